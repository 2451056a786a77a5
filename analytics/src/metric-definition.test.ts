import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metricIds, readMetric } from './metric-definition.ts';
import type { SegmentName } from './metric-result.ts';
import { HOME } from './models.ts';
import { runMetric } from './run-metric.ts';
import { type Core, type CoreRow, emptyCore, openCore, putReferrals } from './test-core.ts';

const filesOf = (id: string): string[] => readdirSync(new URL(`metrics/${id}/`, HOME));

let core: Core;
beforeAll(async () => {
  core = await openCore();
});
afterAll(() => core?.close());

describe.each(metricIds())('%s', (id) => {
  const metric = readMetric(id);

  test('says what it is, where that comes from, and what to beware of', () => {
    expect(metric.id).toBe(id);
    expect(metric.version).toBeGreaterThan(0);
    for (const words of [metric.title, metric.definition, metric.numerator, metric.denominator, metric.exclusions, metric.source]) {
      expect(words).not.toMatch(/^(undefined|null|)$/);
    }
    expect(metric.caveats.length).toBeGreaterThan(0);
    expect(['share', 'days', 'count', 'per-referral', 'minutes', 'dollars']).toContain(metric.unit);
  });

  test('a benchmark bears its population, its source and its caveat', () => {
    for (const { label, value, population, source, caveat } of metric.benchmarks) {
      expect(value).toBeGreaterThan(0);
      for (const words of [label, population, source, caveat]) expect(words.length).toBeGreaterThan(5);
    }
  });

  test('has a file for each rule and no other, each with a header that says what it is', () => {
    const shared = new Set(readdirSync(new URL('rules/', HOME)));
    const used = [...metric.tables, ...metric.rules, 'result', ...(metric.hasCurve ? ['curve'] : [])].map((rule) => `${rule}.sql`);
    const own = filesOf(id).filter((name) => name.endsWith('.sql'));
    expect(used.filter((name) => !own.includes(name) && !shared.has(name))).toEqual([]);
    expect(own.filter((name) => !used.includes(name))).toEqual([]);
    expect(filesOf(id)).toEqual(expect.arrayContaining(['cases.json', 'metric.yml', 'result.sql']));
    for (const file of filesOf(id).filter((name) => name.endsWith('.sql'))) {
      expect(readFileSync(new URL(`metrics/${id}/${file}`, HOME), 'utf8'), file).toMatch(/^-- [A-Z]/);
    }
  });

  const answerTo = async (rows: CoreRow[], by: SegmentName[]) => {
    await emptyCore(core);
    await putReferrals(core.query, rows);
    return runMetric(core.query, { metric: id, by, scope: null }, { asOf: '2026-11-28T00:00:00.000Z', snapshot: 'test' });
  };

  test('explains every number of its answer, gives every number it explains, and names each category that a row may be of', async () => {
    const { rows } = await answerTo([{ referral: 'a', ordered_on: '2026-01-05' }], []);
    expect(Object.keys(rows[0]?.parts ?? {}).sort()).toEqual(Object.keys(metric.parts).sort());
    const named = Object.keys(metric.categories);
    expect(named.length === 0 ? [null] : named).toEqual(expect.arrayContaining(rows.map(({ category }) => category)));
  });

  test('over no referral at all there is no row', async () => {
    const answer = await answerTo([], ['specialty']);
    expect([answer.rows, answer.curve ?? []]).toEqual([[], []]);
  });
});

test('a metric that there is not is refused by name', () => {
  expect(() => readMetric('../completion')).toThrow(`There is no metric "../completion". There are ${metricIds().join(', ')}.`);
});

test('every model and check says what is in it and what is out, in lower-case SQL', () => {
  for (const folder of ['models', 'checks', 'rules', 'statistics']) {
    for (const file of readdirSync(new URL(`${folder}/`, HOME))) {
      const sql = readFileSync(new URL(`${folder}/${file}`, HOME), 'utf8');
      expect(sql, file).toMatch(folder === 'checks' ? /^-- severity: (error|warning)\n-- [A-Z]/ : /^-- [A-Z]/);
      expect(sql.replaceAll(/--.*$/gm, '').replaceAll(/'[^']*'/g, ''), file).not.toMatch(/\b(SELECT|FROM|WHERE|JOIN|WITH|CASE|WHEN)\b/);
    }
  }
});
