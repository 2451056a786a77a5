/**
 * `npm run analytics -- refresh`, `-- metrics` and `-- cms50`. The result on stdout and nothing else there; progress on stderr.
 * Exit 0 done · 1 failed, or a check found rows that make every number wrong · 2 wrong use · 130 cancelled.
 */
import { parseArgs } from 'node:util';
import { metricsTable, toCsv, toParquet } from '@refloop/analytics/export-metrics';
import { ChecksFailed } from '@refloop/analytics/import-histories';
import { headOf, metricIds, readMetric } from '@refloop/analytics/metric-definition';
import { type MetricResult, SEGMENTS, type SegmentName } from '@refloop/analytics/metric-result';
import { NewerSnapshotInForce, type Snapshot } from '@refloop/analytics/snapshot';
import { NoSnapshot, openWarehouse, SnapshotOfAnotherVersion } from '@refloop/analytics/warehouse';
import { definitionText, metricText } from '../analytics/metric-text.ts';
import { type RefreshProgress, refreshWarehouse } from '../analytics/refresh.ts';
import { warehouseFolderOf } from '../config.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { wordsOf } from '../logging/words.ts';
import { migrate } from '../migrations/migrate.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { CMS50_WRONG_USE, type Cms50Command, cms50 } from './cms50.ts';
import { folderOf, plural, say, settings, wrongUse } from './console.ts';

const USAGE = `Usage:
  npm run analytics -- refresh [--warehouse DIR]
      Reads every referral's history from the database and puts a new snapshot in force. Readers keep the old one until then,
      and so does everybody when it is cancelled or a check fails.
  npm run analytics -- metrics [ID ...] [--by NAME,NAME] [--format table|json|csv|parquet] [--warehouse DIR]
      Answers each metric named, or all of them, from the snapshot in force.
  npm run analytics -- metrics --list
      Says what each metric is: definition, what is left out, source, caveats.
  npm run analytics -- cms50 --period YEAR --valuesets PATH --timezone NAME --input PATH [--format json]
      CMS50 (Closing the Referral Loop) over what an EHR exported, with the reasons why each patient is in or out.

  --by NAME,NAME     tell apart by ${SEGMENTS.join(', ')}
  --format FORMAT    table unless told; parquet goes to a file or a pipe, never to a terminal
  --warehouse DIR    the folder of the warehouse; else REFLOOP_WAREHOUSE, else the folder warehouse in REFLOOP_STATE
  --period YEAR      the calendar year that is measured
  --valuesets PATH   a FHIR Bundle of expanded ValueSets, or a folder of ValueSet files; they come from VSAC, none comes with Refloop
  --timezone NAME    the days of the measure are days there, as in America/New_York
  --input PATH       a folder of NDJSON, a file a type, or a FHIR Bundle; plain or .gz

Exit code: 0 done, 1 failed or a check found an error, 2 wrong use, 130 cancelled.`;

const CANCELLED = 130;
const WRONG_USE = 2;
class Cancelled extends Error {}

const FORMATS = ['table', 'json', 'csv', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

const whole = new Intl.NumberFormat('en-US');
const MODELS: Record<string, string> = { input__event: 'events', core__referral: 'referrals' };

/** Progress with its rate and the time left, at most twice a second. */
function progressTo(): (progress: RefreshProgress) => void {
  const began = performance.now();
  let [told, total] = [0, 0];
  return (progress) => {
    switch (progress.stage) {
      case 'counted':
        total = progress.referrals;
        return say(`${whole.format(total)} referrals to read`);
      case 'reading': {
        const now = performance.now();
        if (now - told < 500 && progress.referrals < total) return;
        told = now;
        const rate = progress.referrals / Math.max(0.001, (now - began) / 1000);
        const left = Math.ceil(Math.max(0, total - progress.referrals) / Math.max(1, rate));
        return say(
          `read ${whole.format(progress.referrals)} of ${whole.format(total)} referrals, ${whole.format(progress.events)} events ` +
            `(${whole.format(Math.round(rate))} referrals a second, ${left} s left)`,
        );
      }
      case 'modelling':
        return MODELS[progress.model] === undefined ? undefined : say(`${MODELS[progress.model]} made`);
      case 'checking':
        return say('checking');
      case 'writing':
        return say('writing');
    }
  };
}

function snapshotLine({ manifest }: Snapshot, seconds: number): string {
  const warnings = manifest.checks.filter(({ rows }) => rows > 0);
  for (const { check, rows, meaning } of warnings) say(`warning ${check}: ${whole.format(rows)} rows. ${meaning}`);
  const { name, referrals, events, checks } = manifest;
  return `analytics: snapshot ${name}, ${referrals} referrals, ${events} events, ${plural(checks.length, 'check')}, ${plural(warnings.length, 'warning')}, ${seconds.toFixed(1)} s`;
}

async function refresh(warehouse: string | undefined, signal: AbortSignal): Promise<string> {
  const began = performance.now();
  // Named here, it counts as the setting does: in production the attestation must be of this very folder.
  const config = settings(warehouse === undefined ? process.env : { ...process.env, REFLOOP_WAREHOUSE: warehouse });
  await migrate(config.migrationDatabaseUrl);
  const store = await openPostgresStore({ url: config.databaseUrl, keyRing: createKeyRing(config.keys), newId: () => '', poolSize: 2 });
  try {
    const options = { folder: config.warehouseFolder, now: new Date().toISOString(), signal, onProgress: progressTo() };
    const snapshot = await refreshWarehouse(store, options);
    return `${snapshotLine(snapshot, (performance.now() - began) / 1000)}\n`;
  } finally {
    await store.close();
  }
}

async function written(results: MetricResult[], format: Format): Promise<string | Uint8Array> {
  switch (format) {
    case 'table':
      return results.map(metricText).join('\n');
    case 'json':
      return `${JSON.stringify(results, null, 2)}\n`;
    case 'csv':
      return toCsv(metricsTable(results));
    case 'parquet':
      return toParquet(metricsTable(results));
  }
}

type MetricsQuestion = { ids: string[]; by: SegmentName[]; format: Format; folder: string };

async function metrics({ ids, by, format, folder }: MetricsQuestion, signal: AbortSignal): Promise<string | Uint8Array> {
  const warehouse = openWarehouse({ folder, signal, seconds: 600 });
  try {
    const results: MetricResult[] = [];
    for (const metric of ids) results.push(await warehouse.metric({ metric, by, scope: null }));
    return await written(results, format);
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
  format: { type: 'string' },
  period: { type: 'string' },
  valuesets: { type: 'string' },
  timezone: { type: 'string' },
  input: { type: 'string' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function read(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return wrongUse(error instanceof Error ? error.message : 'Not understood.', USAGE);
  }
}

const isFormat = (text: string): text is Format => FORMATS.some((format) => format === text);
const isSegment = (text: string): text is SegmentName => SEGMENTS.some((name) => name === text);

function metricsQuestion(named: string[], values: ReturnType<typeof read>['values']): MetricsQuestion {
  const known = metricIds();
  const unknown = named.find((id) => !known.includes(id));
  if (unknown !== undefined) return wrongUse(`There is no metric "${unknown}". There are ${known.join(', ')}.`, USAGE);
  const by = [...new Set(values.by.split(',').filter((name) => name !== ''))];
  const wrong = by.find((name) => !isSegment(name));
  if (wrong !== undefined) return wrongUse(`--by: "${wrong}" is none of ${SEGMENTS.join(', ')}.`, USAGE);
  const format = values.format ?? 'table';
  if (!isFormat(format)) return wrongUse(`--format: "${format}" is none of ${FORMATS.join(', ')}.`, USAGE);
  if (format === 'parquet' && process.stdout.isTTY)
    return wrongUse('--format parquet: redirect it to a file, as in > metrics.parquet.', USAGE);
  const folder = values.warehouse === undefined ? warehouseFolderOf(process.env) : folderOf(values.warehouse);
  return { ids: named.length === 0 ? known : named, by: by.filter(isSegment), format, folder };
}

function cms50Question({ period, valuesets, timezone, input, format = 'json' }: ReturnType<typeof read>['values']): Cms50Command {
  if (period === undefined || !/^\d{4}$/.test(period)) return wrongUse('cms50 needs --period with a year, as in --period 2026.', USAGE);
  if (valuesets === undefined)
    return wrongUse('cms50 needs --valuesets: a FHIR Bundle of expanded ValueSets, or a folder of them. They come from VSAC.', USAGE);
  if (timezone === undefined) return wrongUse('cms50 needs --timezone, as in --timezone America/New_York.', USAGE);
  if (input === undefined) return wrongUse('cms50 needs --input: a folder of NDJSON, or a FHIR Bundle.', USAGE);
  if (format !== 'json') return wrongUse(`--format: cms50 answers as json alone, not as "${format}".`, USAGE);
  return { year: Number(period), valueSets: folderOf(valuesets), timezone, input: folderOf(input) };
}

async function answer(args: string[], signal: AbortSignal): Promise<string | Uint8Array> {
  const { positionals, values } = read(args);
  const [action, ...named] = positionals;
  if (values.help || action === 'help') return `${USAGE}\n`;
  switch (action) {
    case 'refresh':
      if (named.length > 0) return wrongUse(`"${named[0]}" is too much.`, USAGE);
      return refresh(values.warehouse === undefined ? undefined : folderOf(values.warehouse), signal);
    case 'metrics': {
      const question = metricsQuestion(named, values);
      return values.list ? list(question.ids, question.format) : metrics(question, signal);
    }
    case 'cms50':
      if (named.length > 0) return wrongUse(`"${named[0]}" is too much.`, USAGE);
      return cms50(cms50Question(values), signal);
    case undefined:
    default:
      return wrongUse(action === undefined ? 'Say what to do.' : `"${action}" is none of refresh, metrics and cms50.`, USAGE);
  }
}

/** Told in words of ours, without anything of a patient. */
const KNOWN = [ChecksFailed, NewerSnapshotInForce, NoSnapshot, SnapshotOfAnotherVersion];

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(new Cancelled()));
// Whoever reads it may have had enough.
process.stdout.on('error', () => process.exit(0));

try {
  const result = await answer(process.argv.slice(2), controller.signal);
  await new Promise<void>((done) => process.stdout.write(result, () => done()));
} catch (error) {
  if (controller.signal.aborted) {
    say('Cancelled; the snapshot in force is as it was.');
    process.exitCode = CANCELLED;
  } else if (error instanceof Error && CMS50_WRONG_USE.some((kind) => error instanceof kind)) {
    say(error.message);
    process.exitCode = WRONG_USE;
  } else {
    const known = KNOWN.some((kind) => error instanceof kind);
    say(known && error instanceof Error ? error.message : `It failed: ${wordsOf(error)}`);
    process.exitCode = 1;
  }
}
