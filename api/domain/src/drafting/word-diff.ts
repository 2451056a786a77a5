/** What was taken out and what was put in, by words. */

export type DiffPart = { readonly kind: 'same' | 'removed' | 'added'; readonly text: string };

/** Beyond this many word pairs the changed middle is shown as one removal and one addition. */
const MOST_PAIRS = 16_000_000;

const tokens = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];

/** Lengths of the longest common subsequence of every pair of tails, row by row. */
function commonTails(before: readonly string[], after: readonly string[]): Uint16Array[] {
  const rows = [new Uint16Array(after.length + 1)];
  for (let at = before.length - 1; at >= 0; at -= 1) {
    const below = rows[0] ?? new Uint16Array(after.length + 1);
    const row = new Uint16Array(after.length + 1);
    for (let other = after.length - 1; other >= 0; other -= 1) {
      row[other] = before[at] === after[other] ? (below[other + 1] ?? 0) + 1 : Math.max(below[other] ?? 0, row[other + 1] ?? 0);
    }
    rows.unshift(row);
  }
  return rows;
}

function changed(before: readonly string[], after: readonly string[]): DiffPart[] {
  if (before.length * after.length > MOST_PAIRS) {
    return [
      { kind: 'removed', text: before.join('') },
      { kind: 'added', text: after.join('') },
    ];
  }
  const tails = commonTails(before, after);
  const parts: DiffPart[] = [];
  let [at, other] = [0, 0];
  while (at < before.length || other < after.length) {
    const [here, there] = [before[at], after[other]];
    if (here !== undefined && here === there) {
      parts.push({ kind: 'same', text: here });
      at += 1;
      other += 1;
    } else if (there === undefined || (here !== undefined && (tails[at + 1]?.[other] ?? 0) >= (tails[at]?.[other + 1] ?? 0))) {
      parts.push({ kind: 'removed', text: here ?? '' });
      at += 1;
    } else {
      parts.push({ kind: 'added', text: there });
      other += 1;
    }
  }
  return parts;
}

/** Neighbours of one kind become one part; within a change what was removed comes first. */
function merged(parts: readonly DiffPart[]): readonly DiffPart[] {
  const result: DiffPart[] = [];
  let [removed, added] = ['', ''];
  const flush = () => {
    if (removed !== '') result.push({ kind: 'removed', text: removed });
    if (added !== '') result.push({ kind: 'added', text: added });
    [removed, added] = ['', ''];
  };
  for (const part of parts) {
    if (part.text === '') continue;
    if (part.kind === 'removed') removed += part.text;
    else if (part.kind === 'added') added += part.text;
    else {
      flush();
      const last = result.at(-1);
      if (last?.kind === 'same') result[result.length - 1] = { kind: 'same', text: last.text + part.text };
      else result.push(part);
    }
  }
  flush();
  return result;
}

/**
 * Word diff by longest common subsequence. `same` and `removed` parts joined give `before`; `same` and `added` give
 * `after`. Texts up to about 4,000 words each are compared word by word.
 */
export function diffWords(before: string, after: string): readonly DiffPart[] {
  const [left, right] = [tokens(before), tokens(after)];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return merged([
    { kind: 'same', text: left.slice(0, start).join('') },
    ...changed(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    { kind: 'same', text: end === 0 ? '' : left.slice(-end).join('') },
  ]);
}
