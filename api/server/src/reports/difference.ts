/** How much a value of a later month differs from one of an earlier. */
import type { MetricRow } from '@refloop/analytics/metric-result';
import { difference, type Interval } from '@refloop/analytics/statistics/difference';

type Measured = Pick<MetricRow, 'value' | 'low' | 'high'>;

const whole = ({ value, low, high }: Measured): Interval | undefined =>
  value === null || low === null || high === null ? undefined : { value, low, high };

/** `later` less `earlier`. Undefined where a value is missing or an interval is open. */
export function differenceOf(later: Measured, earlier: Measured): Interval | undefined {
  const [is, was] = [whole(later), whole(earlier)];
  return is && was ? difference(is, was) : undefined;
}
