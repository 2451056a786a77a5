/** The shared SQL statistics against worked examples that others published. */
import { describe, expect, test } from 'vitest';
import type { Query } from './duckdb.ts';
import { statisticsSql } from './metric-definition.ts';
import { withCore } from './test-core.ts';

const withStatistics = <Value>(
  names: string[],
  work: (query: Query) => Promise<Value>,
  durations = 'select null::integer as segment, 0 as day, null as outcome limit 0',
) =>
  withCore(async (query) => {
    await query.run(`create temp view durations as ${durations}`);
    for (const name of names) await query.run(statisticsSql(name));
    return work(query);
  });

// Newcombe 1998, Stat Med 17:857, table I, method 3 (score without continuity correction).
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('the Wilson interval of %d of %d is %d to %d', async (k, n, low, high) => {
  const [row] = await withStatistics(['wilson'], (query) =>
    query.run(`select share_low(${k}, ${n}) as low, share_high(${k}, ${n}) as high`),
  );
  expect([Number(row?.['low']).toFixed(4), Number(row?.['high']).toFixed(4)]).toEqual([low.toFixed(4), high.toFixed(4)]);
});

test('over nobody there is no share; of all and of none the interval ends where it must', async () => {
  const [row] = await withStatistics(['wilson'], (query) =>
    query.run('select share(0, 0) as none, share_low(0, 0) as none_low, share_high(7, 7) as all_high, share_low(0, 7) as zero_low'),
  );
  expect(row).toEqual({ none: null, none_low: null, all_high: 1, zero_low: 0 });
});

type Given = [day: number, outcome: string, many?: number][];
const durations = (rows: Given): string =>
  `select 1 as segment, day, outcome from (values ${rows
    .flatMap(([day, outcome, many = 1]) => Array<string>(many).fill(`(${day}, '${outcome}')`))
    .join(', ')}) as given (day, outcome)`;

const tableOf = (rows: Given) =>
  withStatistics(['wilson', 'life_table', 'median_time'], (query) => query.run('select * from life_table order by day'), durations(rows));

describe('Kaplan–Meier', () => {
  // Freireich and others 1963, Blood 21:699, the 6-MP arm.
  const WEEKS: Given = [
    ...[6, 6, 6, 7, 10, 13, 16, 22, 23].map((week): Given[number] => [week, 'arrived']),
    ...[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map((week): Given[number] => [week, 'censored']),
  ];

  // Estimate and standard error as SAS PROC LIFETEST prints them.
  test.each([
    [6, 0.8571, 0.0764],
    [7, 0.8067, 0.0869],
    [10, 0.7529, 0.0963],
  ])('at week %d is %d with the standard error %d', async (week, survival, error) => {
    const row = (await tableOf(WEEKS)).find(({ day }) => day === week);
    const s = 1 - Number(row?.['kaplan_meier']);
    expect(s).toBeCloseTo(survival, 4);
    // Back from the interval, which lies even about log(-log S): there its half width is z × error / (S |ln S|).
    const low = 1 - Number(row?.['kaplan_meier_high']);
    const half = Math.log(Math.log(low) / Math.log(s));
    expect((half / 1.959963984540054) * s * Math.abs(Math.log(s))).toBeCloseTo(error, 4);
  });

  test('has the median at week 23, from 13 and open above', async () => {
    const [row] = await withStatistics(
      ['wilson', 'life_table', 'median_time'],
      (query) => query.run('select * from median_time'),
      durations(WEEKS),
    );
    expect(row).toMatchObject({ median: 23, median_low: 13, median_high: null, last_day: 35, is_final: false });
  });

  test('where nobody is lost the cumulative incidence and its standard error are the same as Greenwood’s', async () => {
    for (const row of await tableOf(WEEKS)) {
      const [f, low, km, kmHigh] = ['incidence', 'incidence_low', 'kaplan_meier', 'kaplan_meier_high'].map((name) => Number(row[name]));
      expect(f).toBeCloseTo(km ?? 0, 12);
      const ofIncidence = Math.log(Math.log(low ?? 0) / Math.log(f ?? 0)) * (f ?? 0) * Math.abs(Math.log(f ?? 0));
      const s = 1 - (km ?? 0);
      const ofSurvival = Math.log(Math.log(1 - (kmHigh ?? 0)) / Math.log(s)) * s * Math.abs(Math.log(s));
      expect(ofIncidence).toBeCloseTo(ofSurvival, 9);
    }
  });
});

test('the cumulative incidence with competing deaths is that of Br J Cancer 2004, 91:1229, table 2', async () => {
  // 305 patients; the nine followed shortest as printed, all others beyond month 27.
  const months: Given = [
    [7, 'censored'],
    [10, 'arrived'],
    [14, 'censored'],
    [16, 'arrived'],
    [18, 'died'],
    [23, 'arrived'],
    [24, 'censored'],
    [26, 'died'],
    [27, 'arrived'],
    [60, 'censored', 296],
  ];
  const rows = (await tableOf(months)).filter(({ events }) => events === 1);
  // The paper adds up increments that it rounded first, to 1.2 %; each of them is what it prints.
  const increments = rows.map(({ incidence }, at) => Number(incidence) - Number(rows[at - 1]?.['incidence'] ?? 0));
  expect(rows.map(({ day, at_risk: n }, at) => [day, n, ((increments[at] ?? 0) * 100).toFixed(1)])).toEqual([
    [10, 304, '0.3'],
    [16, 302, '0.3'],
    [23, 300, '0.3'],
    [27, 297, '0.3'],
  ]);
  // Not rounded, by hand: each time the share that was still alive, over those at risk.
  const alive = [1, 303 / 304, (303 / 304) * (300 / 302), (303 / 304) * (300 / 302) * (299 / 300) * (297 / 298)];
  const byHand = [304, 302, 300, 297].reduce((sum, n, at) => sum + (alive[at] ?? 0) / n, 0);
  expect(Number(rows.at(-1)?.['incidence'])).toBeCloseTo(byHand, 12);
});
