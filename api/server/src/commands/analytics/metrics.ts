/** `npm run analytics -- metrics`: answers from the snapshot in force. */
import { AssumptionsUnreadable } from '@refloop/analytics/assumptions';
import { metricsTable, toCsv, toParquet } from '@refloop/analytics/export-metrics';
import { headOf, metricIds, readMetric } from '@refloop/analytics/metric-definition';
import { type MetricResult, SEGMENTS, type SegmentName } from '@refloop/analytics/metric-result';
import { withoutSmallCells } from '@refloop/analytics/small-cells';
import { NoSnapshot, openWarehouse, SnapshotOfAnotherVersion } from '@refloop/analytics/warehouse';
import { definitionText, metricText } from '../../analytics/metric-text.ts';
import { assumptionsOf, warehouseFolderOf } from '../../environment/warehouse.ts';
import { folderOf, wrongUse } from '../console.ts';
import { readOptions, type Subcommand, WAREHOUSE_OPTION } from './subcommand.ts';

const HELP = `Usage: npm run analytics -- metrics [ID ...] [--by NAME,NAME] [--format table|json|csv|parquet]
                                     [--small-cells show|hide] [--warehouse DIR]
       npm run analytics -- metrics [ID ...] --list [--format table|json]

Answers each metric named, or all of them, from the snapshot in force: each with its definition, n and interval. With --list it
says what each metric is (definition, what is left out, source, caveats) and reads no snapshot.

  --by NAME,NAME     tell apart by ${SEGMENTS.join(', ')}
  --format FORMAT    table unless told; parquet goes to a file or a pipe, never to a terminal
  --small-cells HOW  hide leaves cells of 1 to 10 referrals empty, and others from which they could be computed (the rule of CMS);
                     hide for csv and parquet unless told, show for table and json, which are for whoever holds the warehouse
  ${WAREHOUSE_OPTION}`;

const FORMATS = ['table', 'json', 'csv', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

const SMALL_CELLS = ['show', 'hide'] as const;
type SmallCells = (typeof SMALL_CELLS)[number];

/** Without the curve too: each of its steps counts people. */
const safe = ({ curve: _curve, ...result }: MetricResult): object => ({ ...result, rows: withoutSmallCells(result) });

async function written(results: MetricResult[], format: Format, smallCells: SmallCells): Promise<string | Uint8Array> {
  const rowsOf = smallCells === 'hide' ? withoutSmallCells : undefined;
  switch (format) {
    case 'table':
      return results.map(metricText).join('\n');
    case 'json':
      return `${JSON.stringify(smallCells === 'hide' ? results.map(safe) : results, null, 2)}\n`;
    case 'csv':
      return toCsv(metricsTable(results, rowsOf));
    case 'parquet':
      return toParquet(metricsTable(results, rowsOf));
  }
}

type MetricsQuestion = { ids: string[]; by: SegmentName[]; format: Format; smallCells: SmallCells; folder: string };

async function answer({ ids, by, format, smallCells, folder }: MetricsQuestion, signal: AbortSignal): Promise<string | Uint8Array> {
  const warehouse = openWarehouse({ folder, signal, seconds: 600, assumptions: assumptionsOf(process.env) });
  try {
    const results: MetricResult[] = [];
    for (const metric of ids) results.push(await warehouse.metric({ metric, by, scope: null }));
    return await written(results, format, smallCells);
  } finally {
    await warehouse.close();
  }
}

function list(ids: string[], format: Format): string {
  const heads = ids.map((id) => headOf(readMetric(id)));
  return format === 'json' ? `${JSON.stringify(heads, null, 2)}\n` : heads.map(definitionText).join('\n');
}

const OPTIONS = {
  warehouse: { type: 'string' },
  by: { type: 'string', default: '' },
  format: { type: 'string', default: 'table' },
  list: { type: 'boolean', default: false },
  'small-cells': { type: 'string' },
} as const;

const isFormat = (text: string): text is Format => FORMATS.some((format) => format === text);
const isHow = (text: string): text is SmallCells => SMALL_CELLS.some((how) => how === text);
const isSegment = (text: string): text is SegmentName => SEGMENTS.some((name) => name === text);

function question(args: string[]): MetricsQuestion & { list: boolean } {
  const { positionals, values } = readOptions(args, OPTIONS, HELP);
  const known = metricIds();
  const unknown = positionals.find((id) => !known.includes(id));
  if (unknown !== undefined) return wrongUse(`There is no metric "${unknown}". There are ${known.join(', ')}.`, HELP);
  const by = [...new Set(values.by.split(',').filter((name) => name !== ''))];
  const wrong = by.find((name) => !isSegment(name));
  if (wrong !== undefined) return wrongUse(`--by: "${wrong}" is none of ${SEGMENTS.join(', ')}.`, HELP);
  const { format } = values;
  if (!isFormat(format)) return wrongUse(`--format: "${format}" is none of ${FORMATS.join(', ')}.`, HELP);
  if (format === 'parquet' && process.stdout.isTTY)
    return wrongUse('--format parquet: redirect it to a file, as in > metrics.parquet.', HELP);
  const leaves = format === 'csv' || format === 'parquet';
  const smallCells = values['small-cells'] ?? (leaves ? 'hide' : 'show');
  if (!isHow(smallCells)) return wrongUse(`--small-cells: "${smallCells}" is neither show nor hide.`, HELP);
  if (smallCells === 'hide' && format === 'table')
    return wrongUse('--small-cells hide goes with csv, json or parquet; a table is for whoever holds the warehouse.', HELP);
  const folder = values.warehouse === undefined ? warehouseFolderOf(process.env) : folderOf(values.warehouse);
  return { ids: positionals.length === 0 ? known : positionals, by: by.filter(isSegment), format, smallCells, folder, list: values.list };
}

export const metrics: Subcommand = {
  help: HELP,
  whenCancelled: 'nothing was changed',
  plainErrors: [AssumptionsUnreadable, NoSnapshot, SnapshotOfAnotherVersion],
  run: async (args, signal) => {
    const asked = question(args);
    return asked.list ? list(asked.ids, asked.format) : answer(asked, signal);
  },
};
