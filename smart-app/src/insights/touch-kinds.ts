/** The touches of closed referrals by kind of work, most first. */

import type { MetricAnswer } from '@refloop/server/client/insights';
import { sizeOf } from './figures.ts';

export type TouchKind = { name: string; touches: number; perReferral: number };

const KIND = /_touches$/;

/** @param answer of the metric `staff_touches`, not told apart; a kind of work that was never done is left out */
export function touchKindsOf({ metric, rows: [row] }: Pick<MetricAnswer, 'metric' | 'rows'>): TouchKind[] {
  if (!row || row.n === 0) return [];
  return Object.entries(row.parts)
    .flatMap(([part, touches]) =>
      KIND.test(part) && touches !== null && touches > 0
        ? [{ name: metric.parts[part] ?? part, touches, perReferral: touches / sizeOf(row) }]
        : [],
    )
    .toSorted((one, other) => other.touches - one.touches);
}
