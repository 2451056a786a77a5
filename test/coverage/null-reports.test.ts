/** A sample of what `npm run campaign -- coverage` counts over many more reports. */
import { FALSE_DISCOVERY_RATE } from '@refloop/analytics/fairness/fairness-definition';
import { expect, test } from 'vitest';
import { ALPHA, judgeAlarms } from './coverage.ts';
import { acceptedCounts } from './exact-binomial.ts';
import { countNullReports, NULL_REPORT } from './null-reports.ts';

const REPORTS = 120;

test('sixty groups that do not differ: a test at 5 % each would call somebody in nearly every report, the report in one of twenty', () => {
  const { withAlarm, withAnyBelow } = countNullReports(20_261_128, REPORTS, FALSE_DISCOVERY_RATE);
  // The comparisons are independent of each other, and the mid-p value is not exact at few counts: near 1 − 0.95^60.
  const without = 1 - (1 - FALSE_DISCOVERY_RATE) ** NULL_REPORT.comparisons;
  expect(without).toBeGreaterThan(0.95);
  expect(withAnyBelow).toBeGreaterThanOrEqual(acceptedCounts(REPORTS, without, ALPHA).low);
  const alarms = Array.from({ length: REPORTS }, (_, at) => (at < withAlarm ? 1 : 0));
  expect(judgeAlarms(alarms)).toMatchObject({ withAlarm, good: true });
  // What is accepted is far from what would come without the procedure.
  expect(judgeAlarms(alarms).accepted).toBeLessThan(withAnyBelow / 5);
});
