/** The shared SQL statistics against worked examples that others published. */
import { describe, expect, test } from 'vitest';
import type { Query } from './duckdb.ts';
import { statisticsSql } from './metric-definition.ts';
import { withQuery } from './test-core.ts';

const withStatistics = <Value>(
  names: string[],
  work: (query: Query) => Promise<Value>,
  durations = 'select null::integer as segment, 0 as day, null as outcome limit 0',
) =>
  withQuery(async (query) => {
    await query.run(`create temp view durations as ${durations}`);
    await query.run('create temp view tally as select segment, null as why, day, outcome, count(*) as many from durations group by all');
    for (const name of names) await query.run(statisticsSql(name));
    return work(query);
  });

// The four pairs that Newcombe 1998 (Stat Med 17:857) works through, as two implementations of his methods name them (R package propint; J. Hu,
// "Confidence intervals for binomial proportion using SAS"). His table was not seen: the limits are the roots of Wilson's quadratic, solved apart from
// the SQL (test/oracle/statistics.ts) and rounded. Those of ten are what SciPy's own tests expect (scipy/stats/tests/test_morestats.py,
// test_ci_wilson_method: two-sided, without continuity correction), in four digits.
test.each([
  [3, 10, 0.1078, 0.6032],
  [0, 10, 0, 0.2775],
  [10, 10, 0.7225, 1],
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

// The 0.975 column of the table of Student's distribution (Fisher 1925, Statistical Methods for Research Workers, as reprinted in textbooks).
test.each([
  [4, 2.776],
  [5, 2.571],
  [9, 2.262],
  [14, 2.145],
  [29, 2.045],
  [100, 1.984],
])('Student’s quantile with %d degrees of freedom is %d', async (degrees, table) => {
  const [row] = await withStatistics(['wilson', 'mean'], (query) => query.run(`select t_quantile(${degrees}) as t`));
  expect(Math.abs(Number(row?.['t']) - table)).toBeLessThan(0.001);
});

const goodman = (counts: readonly number[]) =>
  withStatistics(['goodman'], async (query) => {
    const n = counts.reduce((sum, count) => sum + count, 0);
    const columns = counts.map(
      (k) => `(${k}, goodman_low(${k}, ${n}, goodman_z(${counts.length})), goodman_high(${k}, ${n}, goodman_z(${counts.length})))`,
    );
    const rows = await query.run(`select low, high from (values ${columns.join(', ')}) as given (k, low, high)`);
    return rows.map(({ low, high }) => [Number(low), Number(high)]);
  });

describe('Goodman’s simultaneous intervals', () => {
  test('are those that the R package CoinMinD prints for its example of GM', async () => {
    const printed = [
      [0.09468368, 0.1966413],
      [0.12376893, 0.2350489],
      [0.09208527, 0.193104],
      [0.06412671, 0.1535697],
      [0.15637944, 0.276067],
      [0.18692732, 0.3130119],
    ];
    const found = await goodman([44, 55, 43, 32, 67, 78]);
    for (const [at, [low = 0, high = 0]] of printed.entries()) {
      expect(found[at]?.[0]).toBeCloseTo(low, 7);
      expect(found[at]?.[1]).toBeCloseTo(high, 7);
    }
  });

  // Sison, Glaz 1995, J Am Stat Assoc 90:366, example 1, the intervals of Goodman beside theirs; three decimals are printed.
  test('are those that Sison and Glaz print beside their own', async () => {
    const found = await goodman([56, 72, 73, 59, 62, 87, 58]);
    expect(found.slice(0, 4).map((pair) => pair.map((end) => end.toFixed(3)))).toEqual([
      ['0.085', '0.166'],
      ['0.115', '0.204'],
      ['0.116', '0.207'],
      ['0.091', '0.173'],
    ]);
  });

  test('of none and of all end where they must, and over nobody there are none', async () => {
    const [row] = await withStatistics(['goodman'], (query) =>
      query.run('select goodman_low(0, 9, 3) as none, goodman_high(9, 9, 3) as every_one, goodman_low(0, 0, 3) as nobody'),
    );
    expect(row).toEqual({ none: 0, every_one: 1, nobody: null });
  });

  /** The area of the normal density beyond z, by Simpson's rule: nothing of the algorithm that is tested is in it. */
  const tailBeyond = (z: number): number => {
    const [steps, end] = [4000, z + 12];
    const width = (end - z) / steps;
    const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    let sum = density(z) + density(end);
    for (let at = 1; at < steps; at += 1) sum += (at % 2 === 1 ? 4 : 2) * density(z + at * width);
    return (sum * width) / 3;
  };

  test.each([2, 5, 16, 38, 100])('have for %d categories the critical value beyond which the right share lies', async (categories) => {
    const [row] = await withStatistics(['goodman'], (query) => query.run(`select goodman_z(${categories}) as z`));
    expect((tailBeyond(Number(row?.['z'])) / (0.05 / (2 * categories)) - 1) * 1e9).toBeCloseTo(0, 0);
  });
});

type Given = [day: number, outcome: string, many?: number][];
const durations = (rows: Given): string =>
  `select 1 as segment, day, outcome from (values ${rows
    .flatMap(([day, outcome, many = 1]) => Array<string>(many).fill(`(${day}, '${outcome}')`))
    .join(', ')}) as given (day, outcome)`;

const tableOf = (rows: Given) =>
  withStatistics(
    ['wilson', 'counts', 'life_table', 'median_time'],
    (query) => query.run('select * from life_table order by day'),
    durations(rows),
  );

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
      ['wilson', 'counts', 'life_table', 'median_time'],
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

/** The chance of so many or fewer, summed term by term. */
function poissonAtMost(count: number, mean: number): number {
  let [term, sum] = [Math.exp(-mean), Math.exp(-mean)];
  for (let each = 1; each <= count; each += 1) {
    term *= mean / each;
    sum += term;
  }
  return sum;
}

// The exact limits leave 2.5 % on each side; Byar's come within a tenth of a per cent of that from ten on.
test.each([10, 40, 200])('the interval of a count of %d leaves 2.5 %% on each side', async (count) => {
  const [row] = await withStatistics(['poisson'], (query) =>
    query.run(`select poisson_low(${count}) as low, poisson_high(${count}) as high, poisson_low(0) as none`),
  );
  expect(1 - poissonAtMost(count - 1, Number(row?.['low']))).toBeCloseTo(0.025, 3);
  expect(poissonAtMost(count, Number(row?.['high']))).toBeCloseTo(0.025, 3);
  expect(row?.['none']).toBe(0);
});
