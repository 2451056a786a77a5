/** Whether a value has reached its target, said only where its interval says so. */
import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { valueText } from './figures.ts';

type Target = NonNullable<MetricAnswer['metric']['target']>;
export type Standing = 'reached' | 'missed' | 'not told';

/** `not told` where the interval holds the target, or there is none. */
export function standingOf({ low, high }: Pick<MetricRow, 'low' | 'high'>, { value, direction }: Target): Standing {
  const above = low !== null && low >= value;
  const below = high !== null && high <= value;
  if (direction === 'at-least') return above ? 'reached' : high !== null && high < value ? 'missed' : 'not told';
  return below ? 'reached' : low !== null && low > value ? 'missed' : 'not told';
}

export const targetText = ({ value, direction }: Target, unit: MetricAnswer['metric']['unit']): string =>
  `${direction === 'at-least' ? '≥' : '≤'} ${valueText(value, unit)}`;
