/** Finding a specialist by name: every word typed must begin a word of the practitioner's or the practice's name. */
import type { DirectoryEntry } from '../network/directory.ts';
import { milesFrom } from './candidate.ts';
import { compareNearness } from './order.ts';
import type { MatchRequest, Origin } from './request.ts';
import { nuccCodesOf } from './selection.ts';

export type NameQuery = {
  text: string;
  /** Our specialty id; null for all. */
  specialty: MatchRequest['specialty'] | null;
  origin: Origin | null;
  limit: number;
};

export type NameSearchResult = { total: number; entries: readonly DirectoryEntry[] };

/** Letters and digits in lower case without accents, word by word: "Peña-Ruiz" is `pena` and `ruiz`. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f'’]/g, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** The words an entry is found by, each once. */
export const searchWordsOf = (entry: DirectoryEntry): readonly string[] => [
  ...new Set(
    [entry.name.family, entry.name.given, entry.organization?.name, entry.location.name].flatMap((text) => (text ? wordsOf(text) : [])),
  ),
];

/** Searches all entries, nearest first. A text without a letter or digit finds nobody. */
export function searchByName(entries: readonly DirectoryEntry[], query: NameQuery): NameSearchResult {
  const typed = wordsOf(query.text);
  if (typed.length === 0) return { total: 0, entries: [] };
  const codes = query.specialty === null ? null : new Set(nuccCodesOf({ specialty: query.specialty }));
  const found = entries
    .filter((entry) => codes === null || codes.has(entry.nucc))
    .filter((entry) => {
      const words = searchWordsOf(entry);
      return typed.every((prefix) => words.some((word) => word.startsWith(prefix)));
    })
    .map((entry) => ({ entry, miles: milesFrom(query.origin, entry), npi: entry.npi, entryId: entry.id, score: 0 }))
    .sort(compareNearness);
  return { total: found.length, entries: found.slice(0, query.limit).map(({ entry }) => entry) };
}
