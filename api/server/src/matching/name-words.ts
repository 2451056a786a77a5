/** The words that entries are found by: each word once, in order, with the positions of the entries that bear it. */
import { searchWordsOf } from '@refloop/domain/matching/name-search';
import type { DirectoryEntry } from '@refloop/domain/network/directory';
import { packTexts, type SharedTexts, sharedUint32, textReader } from './shared-text.ts';

export type NameWords = {
  words: SharedTexts;
  /** Word n stands at positions[starts[n]] … positions[starts[n + 1] − 1]. */
  starts: Uint32Array<SharedArrayBuffer>;
  positions: Uint32Array<SharedArrayBuffer>;
};

export function packNameWords(entries: readonly DirectoryEntry[]): NameWords {
  const bearers = new Map<string, number[]>();
  for (const [position, entry] of entries.entries()) {
    for (const word of searchWordsOf(entry)) {
      const positions = bearers.get(word);
      if (positions) positions.push(position);
      else bearers.set(word, [position]);
    }
  }
  // Sorting strings without a comparator is by code units, as `wordsBeginning` compares them.
  const sorted = [...bearers.keys()].sort();
  const starts = sharedUint32(sorted.length + 1);
  for (const [at, word] of sorted.entries()) starts[at + 1] = (starts[at] ?? 0) + (bearers.get(word)?.length ?? 0);
  const positions = sharedUint32(starts[sorted.length] ?? 0);
  for (const [at, word] of sorted.entries()) positions.set(bearers.get(word) ?? [], starts[at] ?? 0);
  return { words: packTexts(sorted), starts, positions };
}

/** A function from a prefix to the positions of all entries one of whose words begins with it. */
export function prefixLookup({ words, starts, positions }: NameWords): (prefix: string) => Set<number> {
  const wordAt = textReader(words);
  const count = starts.length - 1;
  return (prefix) => {
    let low = 0;
    for (let high = count; low < high; ) {
      const middle = (low + high) >> 1;
      if (wordAt(middle) < prefix) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < count && wordAt(end).startsWith(prefix)) end += 1;
    return new Set(positions.subarray(starts[low] ?? 0, starts[end] ?? 0));
  };
}
