/** The total order of candidates: two that differ never tie, so the same question has one answer. */

/** What decides a place, first to last: score (high first), miles (near first), NPI, entry id. */
export type Place = { score: number; miles: number | null; npi: string; entryId: string };

/** By UTF-16 code units, never by locale: a collation differs between machines. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Unknown distances are equal among themselves and come after every known one. */
export const compareMiles = (a: number | null, b: number | null): number => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a - b);

/** Nearest first; the order of lists that carry no rank. */
export const compareNearness = (a: Place, b: Place): number =>
  compareMiles(a.miles, b.miles) || compareText(a.npi, b.npi) || compareText(a.entryId, b.entryId);

/** Best first. */
export const comparePlaces = (a: Place, b: Place): number => b.score - a.score || compareNearness(a, b);
