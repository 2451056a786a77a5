/** Where loops that are not closed stand: at the first thing that is missing. */

import type { MetricRow } from '@refloop/server/client/insights';
import { sizeOf } from './figures.ts';

/** `category`: by which the denominator of `closed_loop` tells its rows apart; null where it does not. */
export type LoopGap = { part: string; category: string | null; name: string; count: number; share: number };

const NAMES = [
  ['not_seen', 'not-seen', 'Not seen by a specialist who was asked'],
  ['no_note', 'no-note', 'Seen, and no final note came back'],
  ['note_not_linked', 'note-not-linked', 'A note came back and is not linked'],
  ['not_reviewed', 'not-reviewed', 'The note waits for its review'],
  ['closed_later', null, 'Closed, but after 180 days'],
] as const;

/** Of one row of `closed_loop`; a share is of its n. Those of nobody are left out. */
export const loopGapsOf = (row: Pick<MetricRow, 'n' | 'parts'>): LoopGap[] =>
  NAMES.flatMap(([part, category, name]) => {
    const count = row.parts[part] ?? 0;
    return count === 0 ? [] : [{ part, category, name, count, share: count / sizeOf(row) }];
  });
