import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDuckDb, quoted } from './duckdb.ts';
import { metricsTable, toCsv, toParquet } from './export-metrics.ts';
import { headOf, readMetric } from './metric-definition.ts';
import type { MetricResult } from './metric-result.ts';
import { withoutSmallCells } from './small-cells.ts';
import { withWarehouse } from './test-histories.ts';

const row = (payer: string, parts: Record<string, number | null>) =>
  ({ segment: { payer }, category: null, n: 12, value: 0.5, low: null, high: 0.7, level: 0.95, parts, note: 'said "so", twice' }) as const;

const results: MetricResult[] = [
  {
    metric: headOf(readMetric('completion')),
    asOf: '2026-11-28T00:00:00.000Z',
    snapshot: 's',
    by: ['payer'],
    rows: [row('=HYPERLINK("https://example.org")', { attended: 6 }), row('Plan A, Health', { attended: null })],
  },
  {
    metric: headOf(readMetric('network_leakage')),
    asOf: '2026-11-28T00:00:00.000Z',
    snapshot: 's',
    by: ['payer'],
    rows: [row('Plan B', { leaked: 3 })],
  },
];
const table = metricsTable(results);

test('as CSV every cell is one cell, and no text is a formula', () => {
  const [names = '', first = '', second = '', third = '', end] = toCsv(table).split('\r\n');
  expect(names.split(',').slice(0, 7)).toEqual(['metric', 'version', 'as_of', 'snapshot', 'payer', 'category', 'n']);
  expect(first).toContain(`,s,"'=HYPERLINK(""https://example.org"")",,12,0.5,,0.7,0.95,share,`);
  expect(second).toContain('"Plan A, Health"');
  expect(second.endsWith(',"said ""so"", twice",')).toBe(true);
  const at = names.split(',').indexOf('leaked');
  expect([third.split(',')[at], end]).toEqual(['3', '']);
});

test('of a table that leaves, small cells are empty, and named', () => {
  const [names = '', first = ''] = toCsv(metricsTable(results, withoutSmallCells)).split('\r\n');
  // The one cell with a comma in it comes before.
  const cells = first.replace(/"(?:[^"]|"")*"/g, 'text').split(',');
  const cell = (name: string): string | undefined => cells[names.split(',').indexOf(name)];
  expect(['n', 'value', 'attended', 'suppressed'].map(cell)).toEqual(['', '', '', 'n value low high attended']);
});

test('as Parquet it reads back as it was', async () => {
  await withWarehouse(async (folder) => {
    const file = join(folder, 'x.parquet');
    await writeFile(file, await toParquet(table));
    const session = await openDuckDb({ folders: [folder], spillFolder: null, memoryMegabytes: 128, threads: 1, seconds: 30 });
    const query = await session.connect();
    const rows = await query.run(`select payer, n, value, low, high, attended, leaked, note from read_parquet(${quoted(file)})`);
    session.close();
    expect(rows).toEqual([
      {
        payer: '=HYPERLINK("https://example.org")',
        n: 12,
        value: 0.5,
        low: null,
        high: 0.7,
        attended: 6,
        leaked: null,
        note: 'said "so", twice',
      },
      { payer: 'Plan A, Health', n: 12, value: 0.5, low: null, high: 0.7, attended: null, leaked: null, note: 'said "so", twice' },
      { payer: 'Plan B', n: 12, value: 0.5, low: null, high: 0.7, attended: null, leaked: 3, note: 'said "so", twice' },
    ]);
  });
});
