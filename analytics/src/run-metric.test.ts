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

test('of the curves only as many as are asked for are made, of those with most referrals; a median is told without any', async () => {
  const [all, most, none] = await withCore(async (query) => {
    await putReferrals(query, [...referrals('ten', 10), ...referrals('twelve', 12), ...referrals('eleven', 11)]);
    const question = { metric: 'time_to_appointment', by: ['requester'] satisfies SegmentName[], scope: null };
    return [
      await runMetric(query, question, MOMENT),
      await runMetric(query, { ...question, curves: 2 }, MOMENT),
      await runMetric(query, { ...question, curves: 0 }, MOMENT),
    ];
  });
  expect(all?.curve?.map(({ segment }) => segment.requester)).toEqual(['eleven', 'ten', 'twelve']);
  expect(most?.curve).toEqual(all?.curve?.filter(({ segment }) => segment.requester !== 'ten'));
  expect([none?.curve, none?.rows, most?.rows]).toEqual([undefined, all?.rows, all?.rows]);
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

test('the year of a measure is that of the day in the practice’s time zone', async () => {
  const answers = await withCore(async (query) => {
    await putReferrals(query, [{ referral: 'a', ordered_on: '2026-03-05' }]);
    const ask = (asOfDay: string) =>
      runMetric(query, { metric: 'cms50_referrals', by: [], scope: null }, { asOf: '2027-01-01T03:00:00.000Z', asOfDay, snapshot: 's' });
    return [await ask('2026-12-31'), await ask('2027-01-01')];
  });
  expect(answers.map(({ rows }) => rows[0]?.n ?? 0)).toEqual([1, 0]);
});

test('what a month keeps in the network is the same whether it is looked at alone or with the months around it', async () => {
  const visits = { a: '2026-02-20', b: '2026-04-01', c: '2026-08-01' };
  const assumptions = {
    synthetic: false,
    source: 'test',
    attribution: { low: 0.5, high: 0.5 },
    capPerPatient: 10_000,
    returnOnInvestment: null,
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
