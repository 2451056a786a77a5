import { describe, expect, test } from 'vitest';
import { type ComparisonQuestion, compare, differenceOfDifferences, isComparable } from './comparison.ts';
import { statisticsSql } from './metric-definition.ts';
import type { MetricFilter, MetricResult, MetricRow } from './metric-result.ts';
import { difference, type Interval } from './statistics/difference.ts';
import { withQuery } from './test-core.ts';

/** The warehouse's own Wilson intervals, so that the example goes all the way. */
const shares = (...counts: [k: number, n: number][]): Promise<Interval[]> =>
  withQuery(async (query) => {
    await query.run(statisticsSql('wilson'));
    const rows = await query.run(
      `select k / n as value, share_low(k, n) as low, share_high(k, n) as high from (values ${counts.map(([k, n]) => `(${k}, ${n})`).join(', ')}) as given (k, n)`,
    );
    return rows.map(({ value, low, high }) => ({ value: Number(value), low: Number(low), high: Number(high) }));
  });

// Newcombe 1998, Stat Med 17:873, table II, method 10: examples a, b and h, as R and statsmodels print them.
test.each([
  [[56, 70], [48, 80], 0.0524, 0.3339],
  [[9, 10], [3, 10], 0.1705, 0.809],
  [[10, 10], [0, 10], 0.6075, 1],
] as const)('the difference of %o and %o lies from %d to %d', async (one, other, low, high) => {
  const [first, second] = await shares([...one], [...other]);
  if (!first || !second) throw new Error('No share');
  const found = difference(first, second);
  expect([found.low, found.high].map((end) => Number(end.toFixed(4)))).toEqual([low, high]);
  expect(difference(second, first)).toEqual({ value: -found.value, low: -found.high, high: -found.low });
});

test('the difference of differences is that of the Bristol Antenatal Care Study in Newcombe 2001, Stat Med 20:2885', async () => {
  const [a, b, c, d] = await shares([17, 65], [17, 75], [18, 72], [16, 65]);
  if (!a || !b || !c || !d) throw new Error('No share');
  // As the R package propint prints them.
  const found = differenceOfDifferences(difference(a, b), difference(c, d));
  expect([found.value, found.low, found.high].map((each) => Number(each.toFixed(7)))).toEqual([0.0310256, -0.1686752, 0.2343009]);
});

test('times, and divisions of a whole, are not compared so', () => {
  expect(isComparable({ unit: 'share', categories: {} })).toBe(true);
  expect(isComparable({ unit: 'days', categories: {} })).toBe(false);
  expect(isComparable({ unit: 'share', categories: { a: 'A' } })).toBe(false);
});

describe('a comparison', () => {
  const row = (n: number, value: number, more: Partial<MetricRow> = {}): MetricRow => ({
    segment: {},
    category: null,
    n,
    value,
    low: value - 0.1,
    high: value + 0.1,
    level: 0.95,
    parts: {},
    note: null,
    ...more,
  });
  const question: ComparisonQuestion = {
    metric: 'completion',
    before: { from: '2026-01', to: '2026-03' },
    after: { from: '2026-04', to: '2026-06' },
    site: 'Hill',
    against: 'Harbour',
    filter: { specialty: 'cardiology' },
    scope: null,
  };
  const asked: MetricFilter[] = [];
  const answering = (rows: Record<string, MetricRow | undefined>) => (given: { filter: MetricFilter }) => {
    asked.push(given.filter);
    const found = rows[`${given.filter.site ?? 'all'} ${given.filter.from}`];
    return Promise.resolve({ metric: {}, asOf: 'now', snapshot: 's', by: [], rows: found ? [found] : [] } as unknown as MetricResult);
  };

  test('is of each place in each period, with the filter it was asked with', async () => {
    asked.length = 0;
    const found = await compare(
      answering({
        'Hill 2026-01': row(40, 0.5),
        'Hill 2026-04': row(40, 0.7),
        'Harbour 2026-01': row(40, 0.5),
        'Harbour 2026-04': row(40, 0.6),
      }),
      question,
    );
    expect(found.places.map(({ site, change }) => [site, change?.value.toFixed(2)])).toEqual([
      ['Hill', '0.20'],
      ['Harbour', '0.10'],
    ]);
    expect(found.changeAgainst?.value).toBeCloseTo(0.1, 12);
    expect(found.changeAgainst?.high).toBeCloseTo(0.1 + 0.2, 12);
    expect(asked).toContainEqual({ specialty: 'cardiology', from: '2026-04', to: '2026-06', site: 'Harbour' });
    expect(found.warnings.join(' ')).toMatch(/assumes that without the pilot both sites would have changed alike/);
  });

  test('says nothing of nine, and says why', async () => {
    const rows = {
      'Hill 2026-01': row(9, 0.5),
      'Hill 2026-04': row(40, 0.7),
      'Harbour 2026-01': row(10, 0.5),
      'Harbour 2026-04': row(40, 0.6),
    };
    const found = await compare(answering(rows), question);
    expect(found.places.map(({ change }) => change === null)).toEqual([true, false]);
    expect([found.changeAgainst, found.warnings[0]]).toEqual([null, 'Where fewer than 10 referrals are counted no change is given.']);
  });

  test('warns of shared months, of unequal length, of the young, and of having nobody to compare with', async () => {
    const rows = { 'all 2026-01': row(40, 0.5), 'all 2026-03': row(40, 0.5, { parts: { left_out_young: 3 } }) };
    const { warnings } = await compare(answering(rows), {
      ...question,
      site: undefined,
      against: undefined,
      after: { from: '2026-03', to: '2026-06' },
    });
    expect(warnings.slice(0, 4).map((each) => each.slice(0, 24))).toEqual([
      'The periods share months',
      'The periods differ in le',
      'Part of the later period',
      'Without a site to compar',
    ]);
  });
});
