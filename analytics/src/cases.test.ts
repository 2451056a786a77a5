/** Every worked table of every metric: metrics/<id>/cases.json holds the rows and what must come of them. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RevenueAssumptions } from './assumptions.ts';
import { metricIds } from './metric-definition.ts';
import type { SegmentName } from './metric-result.ts';
import { HOME } from './models.ts';
import { runMetric } from './run-metric.ts';
import { type Core, type CoreRow, emptyCore, openCore, putReferrals, putRows } from './test-core.ts';

type Case = {
  title: string;
  asOf: string;
  by?: SegmentName[];
  rows: CoreRow[];
  /** Rows of other models that the metric reads, by their names. */
  tables?: Record<string, CoreRow[]>;
  /** Of metrics of money. */
  assumptions?: RevenueAssumptions;
  /** One a row of the answer, in its order; what is not named is not compared. */
  expect: Record<string, unknown>[];
  /** Days of the curve to look at. */
  curve?: ({ day: number } & Record<string, number>)[];
};

const DIGITS = 4;

/** The named fields of `actual`, numbers rounded as people write them into a case. */
function named(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'number') return Number(actual.toFixed(DIGITS));
  if (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null) return actual;
  const fields = actual as Record<string, unknown>;
  return Object.fromEntries(Object.entries(expected).map(([name, each]) => [name, named(fields[name], each)]));
}

let core: Core;
beforeAll(async () => {
  core = await openCore();
});
afterAll(() => core?.close());

describe.each(metricIds())('%s', (metric) => {
  const cases = JSON.parse(readFileSync(new URL(`metrics/${metric}/cases.json`, HOME), 'utf8')) as Case[];
  test.each(cases)('$title', async ({ asOf, by = [], rows, tables = {}, assumptions = null, expect: expected, curve = [] }) => {
    await emptyCore(core);
    await putReferrals(core.query, rows);
    for (const [table, others] of Object.entries(tables)) await putRows(core.query, table, others);
    const answer = await runMetric(core.query, { metric, by, scope: null }, { asOf, snapshot: 'case', assumptions });
    expect(answer.rows.map((row, at) => named(row, expected[at] ?? {}))).toEqual(expected);
    for (const point of curve)
      expect(
        named(
          answer.curve?.find(({ day }) => day === point.day),
          point,
        ),
      ).toEqual(point);
  });
});
