/** Answers of metrics as one table, for a spreadsheet or another program: a row for each segment, a column for each part. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBValue } from '@duckdb/node-api';
import { openDuckDb, quoted } from './duckdb.ts';
import type { MetricResult } from './metric-result.ts';
import type { SafeRow } from './small-cells.ts';

type Cell = string | number | null;
export type MetricsTable = { columns: { name: string; type: 'varchar' | 'double' | 'bigint' }[]; rows: Cell[][] };

/** @param rowsOf all rows as they are, or those without small cells where the table leaves the product */
export function metricsTable(
  results: readonly MetricResult[],
  rowsOf: (result: MetricResult) => SafeRow[] = ({ rows }) => rows,
): MetricsTable {
  const by = results[0]?.by ?? [];
  const parts = [...new Set(results.flatMap(({ metric }) => Object.keys(metric.parts)))];
  const text = (name: string) => ({ name, type: 'varchar' }) as const;
  const number = (name: string) => ({ name, type: 'double' }) as const;
  return {
    columns: [
      text('metric'),
      { name: 'version', type: 'bigint' },
      text('as_of'),
      text('snapshot'),
      ...by.map(text),
      text('category'),
      { name: 'n', type: 'bigint' },
      ...['value', 'low', 'high', 'level'].map(number),
      text('unit'),
      ...parts.map(number),
      text('note'),
      text('suppressed'),
    ],
    rows: results.flatMap((result) => {
      const { metric, asOf, snapshot } = result;
      return rowsOf(result).map((row): Cell[] => [
        metric.id,
        metric.version,
        asOf,
        snapshot,
        ...by.map((name) => row.segment[name] ?? null),
        row.category,
        row.n,
        row.value,
        row.low,
        row.high,
        row.level,
        metric.unit,
        ...parts.map((name) => row.parts[name] ?? null),
        row.note,
        row.suppressed?.join(' ') ?? null,
      ]);
    }),
  };
}

/** A text that a spreadsheet would take for a formula is told to be text (OWASP, CSV injection). */
const field = (cell: Cell): string => {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** RFC 4180, with a line of names. */
export const toCsv = ({ columns, rows }: MetricsTable): string =>
  [columns.map(({ name }) => name), ...rows].map((cells) => `${cells.map(field).join(',')}\r\n`).join('');

/** The bytes of a Parquet file. */
export async function toParquet({ columns, rows }: MetricsTable): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'refloop-export-'));
  try {
    const session = await openDuckDb({ folders: [folder], spillFolder: null, memoryMegabytes: 256, threads: 1, seconds: 60 });
    try {
      const query = await session.connect();
      await query.run(`create table export (${columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`);
      for (const cells of rows) {
        const values = Object.fromEntries(cells.map((cell, at): [string, DuckDBValue] => [`v${at}`, cell]));
        await query.run(`insert into export values (${cells.map((_, at) => `$v${at}`).join(', ')})`, values);
      }
      const file = join(folder, 'export.parquet');
      await query.run(`copy export to ${quoted(file)} (format parquet, compression zstd)`);
      return await readFile(file);
    } finally {
      session.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
