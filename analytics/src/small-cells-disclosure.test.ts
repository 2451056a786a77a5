/** The rule, and that nobody who adds and subtracts finds a hidden cell again. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headOf, readMetric } from './metric-definition.ts';
import type { MetricResult, MetricRow } from './metric-result.ts';
import { SUPPRESSED, withoutSmallCells } from './small-cells.ts';

type Given = { site: string; specialty?: string; n: number; attended: number; died?: number; rate?: number };

const row = ({ site, specialty, n, attended, died = 0, rate }: Given): MetricRow => ({
  segment: specialty === undefined ? { site } : { site, specialty },
  category: null,
  n,
  value: n === 0 ? null : attended / n,
  low: n === 0 ? null : 0,
  high: n === 0 ? null : 1,
  level: 0.95,
  parts: { attended, died, ...(rate === undefined ? {} : { scheduled_rate: rate }) },
  note: null,
});

const resultOf = (rows: readonly Given[]): MetricResult => ({
  metric: headOf(readMetric('completion')),
  asOf: '2026-11-28T00:00:00.000Z',
  snapshot: 's',
  by: rows.some(({ specialty }) => specialty !== undefined) ? ['site', 'specialty'] : ['site'],
  rows: rows.map(row),
});

const hiddenOf = (...rows: Given[]): string[][] => withoutSmallCells(resultOf(rows)).map(({ suppressed }) => suppressed ?? []);

describe('one row', () => {
  test.each([
    ['11 and more is shown, and so is nothing', { n: 100, attended: 50, died: 0 }, []],
    ['11 of 22', { n: 22, attended: 11, died: 11 }, []],
    [
      'a count of 10 goes with the next smallest and its share',
      { n: 100, attended: 50, died: 10 },
      ['value', 'low', 'high', 'attended', 'died'],
    ],
    ['a rest of 10 is a small cell too', { n: 100, attended: 90, died: 12 }, ['value', 'low', 'high', 'attended', 'died']],
    ['fewer than 11 in all: nothing of the row', { n: 10, attended: 0, died: 0 }, ['n', 'value', 'low', 'high', 'attended', 'died']],
    [
      'a rate beside a hidden count',
      { n: 200, attended: 100, died: 3, rate: 0.5 },
      ['value', 'low', 'high', 'attended', 'died', 'scheduled_rate'],
    ],
    [
      'where no other cell can go with it, all of the row',
      { n: 100, attended: 0, died: 4 },
      ['n', 'value', 'low', 'high', 'attended', 'died'],
    ],
  ])('%s', (_what, given, hidden) => {
    expect(hiddenOf({ site: 'A', ...given })).toEqual([hidden]);
  });
});

describe('a metric of time', () => {
  const shownOf = (n: number, byDay: readonly (number | null)[]) => {
    const parts = Object.fromEntries([30, 90, 180].map((day, at) => [`seen_by_${day}`, byDay[at] ?? null]));
    const answer: MetricResult = {
      ...resultOf([]),
      metric: headOf(readMetric('time_to_appointment')),
      rows: [{ ...row({ site: 'A', n, attended: 0 }), value: 21, low: 18, high: 25, parts: { attended: 40, censored: n - 40, ...parts } }],
    };
    const [safe] = withoutSmallCells(answer);
    return [safe?.value, ...Object.entries(safe?.parts ?? {}).flatMap(([name, value]) => (name.startsWith('seen_by') ? [value] : []))];
  };
  test.each([
    ['large ones with large steps', 100, [0.2, 0.4, 0.6], [0.2, 0.4, 0.6]],
    ['nobody and everybody', 100, [0, 0.5, 1], [0, 0.5, 1]],
    ['few that have got there', 100, [0.03, 0.4, 0.6], [null, 0.4, 0.6]],
    ['few that have not', 100, [0.2, 0.4, 0.97], [0.2, 0.4, null]],
    ['few between two days', 100, [0.2, 0.25, 0.6], [null, 0.25, 0.6]],
    ['a day that nobody was followed to', 100, [0.2, 0.25, null], [null, 0.25, null]],
    ['eleven of each', 60, [11 / 60, 22 / 60, 33 / 60], [11 / 60, 22 / 60, 33 / 60]],
  ])('%s', (_what, n, byDay, shown) => {
    expect(shownOf(n, byDay)).toEqual([21, ...shown]);
  });
});

describe('several rows', () => {
  const large = { n: 200, attended: 100, died: 20 };

  test('a single hidden row beside a total goes with the next smallest', () => {
    const found = hiddenOf({ site: 'A', ...large }, { site: 'B', n: 5, attended: 5 }, { site: 'C', ...large, n: 150 });
    expect(found.map((names) => names.includes('n'))).toEqual([false, true, true]);
  });

  test('two hidden rows that are small together go with a third', () => {
    const found = hiddenOf({ site: 'A', ...large }, { site: 'B', n: 1, attended: 1 }, { site: 'C', n: 1, attended: 0 });
    expect(found.map((names) => names.includes('n'))).toEqual([true, true, true]);
  });

  test('in a table of two things no line holds a single hidden cell', () => {
    const names = ['A', 'B', 'C'];
    const rows = names.flatMap((site) =>
      names.map((specialty) => ({ site, specialty, ...large, n: 200 + names.indexOf(site) + names.indexOf(specialty) })),
    );
    const found = hiddenOf(...rows.map((given, at) => (at === 4 ? { ...given, n: 6, attended: 3, died: 0 } : given)));
    const isHidden = found.map((hidden) => hidden.includes('n'));
    for (const line of [0, 1, 2]) {
      const [across, down] = [isHidden.filter((_, at) => Math.floor(at / 3) === line), isHidden.filter((_, at) => at % 3 === line)];
      for (const cells of [across, down]) expect(cells.filter(Boolean)).not.toHaveLength(1);
    }
    expect(isHidden.filter(Boolean)).toHaveLength(4);
  });

  test('what is shown is as it was, and what is not bears the reason', () => {
    const [first, second] = withoutSmallCells(
      resultOf([
        { site: 'A', ...large },
        { site: 'B', n: 5, attended: 5 },
        { site: 'C', ...large, n: 150 },
      ]),
    );
    expect(first).toEqual(row({ site: 'A', ...large }));
    expect(second).toMatchObject({ n: null, value: null, low: null, high: null, parts: { attended: null, died: null }, note: SUPPRESSED });
  });
});

/** All ways to fill the hidden cells that fit the total, as somebody would who knows it. */
function* fillings(cells: number, total: number): Iterable<number[]> {
  if (cells === 1) yield [total];
  else for (let first = 0; first <= total; first += 1) for (const rest of fillings(cells - 1, total - first)) yield [first, ...rest];
}

test('of a column whose total is known, no hidden count can be told, nor that it is small', () => {
  const given = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(given, (counts) => {
      const hidden = hiddenOf(...counts.map((n, at) => ({ site: `${at}`, n, attended: 0 })));
      const of = counts.filter((_, at) => hidden[at]?.includes('n'));
      if (counts.every((n, at) => n === 0 || hidden[at]?.includes('n'))) return;
      for (const [at, count] of of.entries()) {
        const possible = new Set(
          [
            ...fillings(
              of.length,
              of.reduce((sum, each) => sum + each, 0),
            ),
          ].map((filled) => filled[at]),
        );
        expect({
          count,
          tells: possible.size === 1 || [...possible].every((each) => each !== undefined && each >= 1 && each <= 10),
        }).toEqual({
          count,
          tells: false,
        });
      }
    }),
    { numRuns: 150, seed: 11 },
  );
});
