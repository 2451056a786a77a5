/**
 * What a candidate without a listed wait or rating is scored as (R21): the middle of its specialty in this directory,
 * so that silence neither helps nor harms. Computed once when a directory is published and stored with it.
 */

import { SPECIALTIES } from '../clinical/specialty.ts';
import type { DirectoryEntry } from '../network/directory.ts';

/** Days and stars; null where nobody in the whole directory states any. */
export type Medians = { waitDays: number | null; stars: number | null };
export type SpecialtyMedians = Readonly<Record<string, Medians>>;

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

const listed = (entries: readonly DirectoryEntry[]): Medians => ({
  waitDays: median(entries.flatMap((entry) => entry.wait?.days ?? [])),
  stars: median(entries.flatMap((entry) => entry.rating?.stars ?? [])),
});

/** Medians by specialty id; a specialty in which nobody states a value takes the whole directory's. */
export function specialtyMedians(entries: readonly DirectoryEntry[]): SpecialtyMedians {
  const everywhere = listed(entries);
  const byNucc = new Map<string, DirectoryEntry[]>();
  for (const entry of entries) {
    const alike = byNucc.get(entry.nucc);
    if (alike) alike.push(entry);
    else byNucc.set(entry.nucc, [entry]);
  }
  return Object.fromEntries(
    SPECIALTIES.map((specialty) => {
      const own = listed(specialty.nucc.flatMap((code) => byNucc.get(code) ?? []));
      return [specialty.id, { waitDays: own.waitDays ?? everywhere.waitDays, stars: own.stars ?? everywhere.stars }];
    }),
  );
}
