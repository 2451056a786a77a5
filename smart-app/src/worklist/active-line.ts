/** The line that the keys are on: it stays under them while others come before it or go, so that Enter opens the one that is seen. */
import type { Line } from './standing-list.ts';

export type Place = {
  /** Of the view and all that narrows it: another one begins with its first line. */
  key: string;
  index: number;
  id: string | undefined;
  referralId: string | undefined;
};

export function placeAt(key: string, lines: readonly Line[], index: number): Place {
  const row = lines[index]?.row;
  return { key, index, id: row?.id, referralId: row?.referralId };
}

/**
 * @param place where somebody went to; undefined where nobody did
 * @returns index of the line: the same obligation, else what follows of the same referral, else what stands in its place
 */
export function activeIndex(lines: readonly Line[], place: Place | undefined, key: string): number {
  if (place?.key !== key) return 0;
  const at = lines[place.index]?.row;
  if (at?.id === place.id) return place.index;
  const same = lines.findIndex(({ row }) => row.id === place.id);
  if (same >= 0) return same;
  if (at?.referralId === place.referralId) return place.index;
  const following = lines.findIndex(({ row }) => row.referralId === place.referralId);
  return following >= 0 ? following : Math.min(place.index, Math.max(0, lines.length - 1));
}
