/** What holds of every metric's answer, whatever its SQL says. */
import { expect, test } from 'vitest';
import type { MetricFilter, SegmentName } from './metric-result.ts';
import { runMetric } from './run-metric.ts';
import { type CoreRow, putReferrals, withCore } from './test-core.ts';

const MOMENT = { asOf: '2026-11-28T00:00:00.000Z', snapshot: 's' };

const referrals = (requester: string, many: number): CoreRow[] =>
  Array.from({ length: many }, (_, at) => ({
    requester,
    referral: `${requester} ${at}`,
    ordered_on: '2026-01-05',
    visits: 1,
    seen_on: '2026-01-20',
    seen_by: '2026-01-20',
  }));

const answerBy = (metric: string, by: SegmentName[]) =>
  withCore(async (query) => {
    await putReferrals(query, [...referrals('nine', 9), ...referrals('ten', 10)]);
    return runMetric(query, { metric, by, scope: null }, MOMENT);
  });

test('of a clinician with fewer than ten referrals there is no rate, no interval and no time, only what was counted', async () => {
  const { rows } = await answerBy('completion', ['requester']);
  expect(rows).toMatchObject([
    { segment: { requester: 'nine' }, n: 9, value: null, low: null, high: null, parts: { attended: 9, scheduled_rate: null } },
    { segment: { requester: 'ten' }, n: 10, value: 1, parts: { attended: 10, scheduled_rate: 1 } },
  ]);
  expect(rows[0]?.note).toContain('fewer than 10 referrals');
  const time = await answerBy('time_to_appointment', ['requester', 'specialty']);
  expect(time.rows.map(({ value }) => value)).toEqual([null, 15]);
  expect(time.curve?.map(({ segment }) => segment.requester)).toEqual(['ten']);
});

test('where nobody is judged, few are told with their interval', async () => {
  const { rows } = await answerBy('completion', ['specialty']);
  expect(rows).toMatchObject([{ n: 19, value: 1 }]);
  const few = await withCore(async (query) => {
    await putReferrals(query, referrals('nine', 9));
    return runMetric(query, { metric: 'completion', by: ['specialty'], scope: null }, MOMENT);
  });
  expect(few.rows).toMatchObject([{ n: 9, value: 1 }]);
});

test('what a month keeps in the network is the same whether it is looked at alone or with the months around it', async () => {
  const visits = { a: '2026-02-20', b: '2026-04-01', c: '2026-08-01' };
  const assumptions = {
    synthetic: false,
    source: 'test',
    attribution: { low: 0.5, high: 0.5 },
    capPerPatient: 10_000,
    allowedAmounts: { cardiology: { low: 100, high: 400 } },
  };
  const ordered = { a: '2026-01-05', b: '2026-03-05', c: '2026-07-05' };
  await withCore(async (query) => {
    const rows = (['a', 'b', 'c'] as const).map((referral) => ({
      referral,
      ordered_on: ordered[referral],
      visits: 1,
      seen_by: visits[referral],
      seen_network: 'in',
    }));
    await putReferrals(query, rows);
    const ask = (by: SegmentName[], filter: MetricFilter) =>
      runMetric(query, { metric: 'revenue_capture', by, scope: null, filter }, { ...MOMENT, assumptions });
    const all = (await ask(['month'], {})).rows;
    expect(all.map(({ segment, n }) => [segment.month, n])).toEqual([
      ['2026-01', 1],
      ['2026-03', 0],
      ['2026-07', 1],
    ]);
    const alone = (await ask(['month'], { from: '2026-03', to: '2026-03' })).rows;
    expect(alone).toEqual([all[1]]);
    expect(alone).toMatchObject([{ parts: { left_out_same_episode: 1 } }]);
  });
});
