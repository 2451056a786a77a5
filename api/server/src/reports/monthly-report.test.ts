import type { MetricResult, MetricRow } from '@refloop/analytics/metric-result';
import { describe, expect, test } from 'vitest';
import { documentHtml } from './document-html.ts';
import { headlineOf, monthlyReport } from './monthly-report.ts';

const row = (month: string, n: number, value: number | null, more: Partial<MetricRow> = {}): MetricRow => ({
  segment: { month },
  category: null,
  n,
  value,
  low: value === null ? null : value - 0.05,
  high: value === null ? null : value + 0.05,
  level: 0.95,
  parts: {},
  note: null,
  ...more,
});
const answer = (id: string, ...rows: MetricRow[]): MetricResult => ({
  metric: {
    id,
    version: 3,
    title: `Title of ${id}`,
    unit: 'share',
    definition: 'How many <were> seen.',
    numerator: 'Seen.',
    denominator: 'Ordered.',
    exclusions: 'Drafts.',
    clock: null,
    source: 'A book.',
    caveats: ['One.'],
    target: { value: 0.8, direction: 'at-least', why: 'ours' },
    benchmarks: [],
    parts: {},
    namesRows: true,
    categories: { 'leaked/access/too-far': 'Leaked. It was too far', 'unseen/ended/died': 'Never seen. The patient died' },
  },
  asOf: '2026-11-28T06:00:00.000Z',
  snapshot: 'snap',
  by: ['month'],
  rows,
});

describe('which month is judged', () => {
  const result = answer(
    'completion',
    row('2026-03', 100, 0.5),
    row('2026-04', 100, 0.6),
    row('2026-05', 90, 0.7, { parts: { left_out_young: 10 } }),
    row('2026-06', 10, 0.9),
    row('unknown', 400, 0.9),
  );
  const monthsOf = (month: string) => {
    const { now, before } = headlineOf(result, month);
    return [now?.segment.month, before?.segment.month];
  };
  test('the latest that is old enough in whole and has eleven; the one before it to compare', () => {
    expect(monthsOf('2026-10')).toEqual(['2026-04', '2026-03']);
  });
  test('never one after the month of the report', () => {
    expect(monthsOf('2026-03')).toEqual(['2026-03', undefined]);
  });
  test('a month with appointments still ahead is too young: who was missed early is known before who comes late', () => {
    const early = row('2026-10', 100, 0.2, { parts: { missed: 20, kept: 80, ahead: 30 } });
    expect(headlineOf(answer('no_show', row('2026-09', 100, 0.5), early), '2026-10').now?.segment.month).toBe('2026-09');
  });
  test('one of 20 is not told, nor twenty of 30: the month before stands instead', () => {
    const { now, before } = headlineOf(
      answer('no_show', row('2026-03', 100, 0.5), row('2026-04', 20, 0.05, { parts: { missed: 1, kept: 19 } }), row('2026-05', 30, 0.667)),
      '2026-10',
    );
    expect([now?.segment.month, before]).toEqual(['2026-03', undefined]);
  });
});

test('a range of assumptions is told as one, though it has no value; a change of it is not', async () => {
  const range = (month: string) => row(month, 120, null, { low: 12_000, high: 34_000 });
  const report = await monthlyReport(
    async (metric) => {
      const found = answer(metric, range('2026-03'), range('2026-04'), row('2026-05', 90, null));
      return { ...found, metric: { ...found.metric, unit: 'dollars', target: null } };
    },
    '2026-10',
    ['revenue_capture'],
  );
  expect(report.sections[0]?.tables[0]?.rows).toEqual([
    ['Title of revenue_capture', 'Apr 2026', '12,000 to 34,000 dollars, assumed', '–', '120', 'none set', 'not told: it is assumed'],
  ]);
});

test('a headline of few is not told', async () => {
  const report = await monthlyReport(async (metric) => answer(metric, row('2026-03', 20, 0.05)), '2026-10', ['no_show']);
  expect(report.sections[0]?.tables[0]?.rows).toEqual([
    ['Title of no_show', '–', 'too early or too few', '–', '–', 'at least 80.0 %', '–'],
  ]);
});

test('headlines with change, causes of the month judged, definitions; no small cell, nothing that a browser takes for markup', async () => {
  const asked: unknown[] = [];
  const report = await monthlyReport(
    async (metric, by, filter) => {
      asked.push([metric, by, filter]);
      if (metric === 'completion') return answer(metric, row('2026-03', 100, 0.5), row('2026-04', 100, 0.7));
      const cause = (specialty: string, category: string, n: number, lost: number): MetricRow => ({
        ...row('', n, lost / n),
        segment: { specialty },
        category,
        parts: { lost },
      });
      return answer(
        metric,
        cause('cardiology', 'leaked/access/too-far', 200, 30),
        // Of few, and the smallest beside it, from which they could be had.
        cause('urology', 'leaked/access/too-far', 150, 7),
        cause('dermatology', 'leaked/access/too-far', 150, 20),
        cause('cardiology', 'unseen/ended/died', 200, 60),
      );
    },
    '2026-10',
    ['completion', 'lost_causes'],
  );
  expect(asked).toEqual([
    ['completion', ['month'], { to: '2026-10' }],
    ['lost_causes', ['specialty'], { from: '2026-02', to: '2026-04' }],
  ]);
  const [headlines, causes] = report.sections;
  expect(headlines?.tables[0]?.rows).toEqual([
    ['Title of completion', 'Apr 2026', '70.0 %', '65.0 to 75.0', '100', 'at least 80.0 %', '+20.0 points since Mar 2026 (+12.9 to +27.1)'],
  ]);
  expect(causes?.tables[0]?.rows).toEqual([['Cardiology · Leaked. It was too far', '30', '15.0 %', '10.0 to 20.0', '200']]);
  const html = documentHtml(report);
  expect(html).toContain('How many &lt;were&gt; seen. (version 3)');
  expect(html).not.toMatch(/<script|https?:/);
});
