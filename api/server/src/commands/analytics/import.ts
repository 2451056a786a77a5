/** `npm run analytics -- import`: from an EHR's Bulk export to a snapshot in force. */
import { writeFile } from 'node:fs/promises';
import { lastInstantIn } from '@refloop/analytics/calendar-day';
import { type ExportProgress, importExports, NothingToImport } from '@refloop/analytics/fhir/import-exports';
import { measurable } from '@refloop/analytics/fhir/measurable';
import { readViews } from '@refloop/analytics/fhir/views';
import { ChecksFailed } from '@refloop/analytics/import-histories';
import { NewerSnapshotInForce } from '@refloop/analytics/snapshot';
import { ViewDefinitionError } from '@refloop/analytics/sql-on-fhir/view-definition';
import { openWarehouse } from '@refloop/analytics/warehouse';
import { importText } from '../../analytics/import-text.ts';
import { fetchLiveExport, NoAccess, siteToAsk } from '../../analytics/live-export.ts';
import { keepPairs } from '../../analytics/refresh.ts';
import { BulkExportFailed } from '../../bulk/bulk-request.ts';
import type { BulkProgress } from '../../bulk/fetch-export.ts';
import type { Config } from '../../config.ts';
import { createKeyRing } from '../../crypto/key-ring.ts';
import { readSystemKey, type SystemKey } from '../../ehr/system-key.ts';
import { migrate } from '../../migrations/migrate.ts';
import { openPostgresStore } from '../../store/postgres/store.ts';
import type { Scope, Store } from '../../store/store.ts';
import { folderOf, megabytes, plural, say, settings, wrongUse } from '../console.ts';
import { readOptions, type Subcommand } from './subcommand.ts';

const HELP = `Usage: npm run analytics -- import FOLDER [FOLDER ...] --warehouse DIR [--issuer URL] [--as-of DAY] [--views DIR] [--report FILE]
       npm run analytics -- import URL --warehouse DIR [--since T|last] [--group ID] [--client-id ID --key JWK_FILE] [--as-of DAY] …

Reads FHIR Bulk exports of one EHR (NDJSON, also packed as .ndjson.gz) into a warehouse of their own, by views that a site can read
and change, and says what was read, what was not and why, and which metrics the data allow. A line that cannot be read is told and
stops nothing. Until the new snapshot is whole, and when the import is cancelled or fails, the one before stays in force.
Of several folders a later one is the newer export: what it holds stands for what the earlier ones say of the same resource.
A URL is the FHIR base of an EHR: its export is asked for, waited for and fetched. What breaks off goes on with the next run; what
is here already is not fetched again. The files stay in the folder exports of REFLOOP_STATE, in the clear. Where the EHR keeps its files on
another host, REFLOOP_BULK_FILE_ORIGINS must name it.

  --warehouse DIR    the folder of the warehouse; not the one that refresh fills
  --issuer URL       the FHIR base of the EHR that a folder is of; patients and orders are told apart by it from those of others
  --as-of DAY        the day the snapshot is of, as in 2026-11-28; else the export's own, and today for a folder. Days are those of
                     REFLOOP_TIMEZONE (UTC unless set)
  --views DIR        views in place of ours of the same file name (analytics/views)
  --report FILE      also writes the report as JSON

  --since T          of a URL: only what changed after, as in 2026-11-28T10:00:00Z; last, which it is unless told, is since the last
                     export that is here, and everything where there is none; all is everything anew
  --group ID         of a URL: the patients of a group of the EHR's, which many EHRs ask for
  --client-id ID     the client that Refloop is at the EHR; else that of the EHR's entry in REFLOOP_SITES (system)
  --key JWK_FILE     its private key, P-384 or RSA`;

const whole = new Intl.NumberFormat('en-US');

/** Progress with its rate and the time left, at most twice a second. */
function progressTo(): (progress: ExportProgress | BulkProgress) => void {
  const began = performance.now();
  let told = 0;
  return (progress) => {
    const now = performance.now();
    switch (progress.stage) {
      case 'scanning': {
        if (now - told < 500 && progress.read < progress.of) return;
        told = now;
        const rate = progress.read / Math.max(0.001, (now - began) / 1000);
        const left = Math.ceil((progress.of - progress.read) / Math.max(1, rate));
        return say(
          `looked at ${whole.format(Math.round(progress.read / 1e6))} of ${whole.format(Math.round(progress.of / 1e6))} MB, ${progress.file} ` +
            `(${(rate / 1e6).toFixed(1)} MB a second, ${left} s left)`,
        );
      }
      case 'asked':
        return say(progress.resumed ? 'the export that broke off goes on' : 'the EHR took the export');
      case 'waiting':
        return say(`the EHR prepares the export; looking again in ${progress.seconds} s`);
      case 'fetching': {
        if (now - told < 500 && progress.files < progress.of) return;
        told = now;
        return say(`fetched ${progress.files} of ${progress.of} files, ${megabytes(progress.bytes)}`);
      }
      case 'flattening':
        return say(`${progress.table} made`);
      case 'reading':
        if (now - told < 500) return;
        told = now;
        return say(`staged ${whole.format(progress.referrals)} referrals, ${whole.format(progress.events)} events`);
      case 'modelling':
        return undefined;
      case 'checking':
      case 'writing':
        return say(progress.stage);
    }
  };
}

const OPTIONS = {
  warehouse: { type: 'string' },
  issuer: { type: 'string' },
  'as-of': { type: 'string' },
  views: { type: 'string' },
  report: { type: 'string' },
  since: { type: 'string', default: 'last' },
  group: { type: 'string' },
  'client-id': { type: 'string' },
  key: { type: 'string' },
} as const;

type Values = ReturnType<typeof readOptions<typeof OPTIONS>>['values'];

/** What is imported: folders that are here, or what an EHR hands out. */
type Source =
  | { kind: 'folders'; folders: string[]; issuer: string }
  | { kind: 'ehr'; base: string; since: string; group: string | null; client: { clientId: string; key: SystemKey } | null };

type Asked = { source: Source; warehouse: string; day: string | null; views: string | null; report: string | null };

const isUrl = (text: string): boolean => /^https?:\/\//.test(text);

function ownClient({ 'client-id': clientId, key }: Values): { clientId: string; key: SystemKey } | null {
  if (clientId === undefined && key === undefined) return null;
  if (clientId === undefined || key === undefined) return wrongUse('--client-id and --key go together.', HELP);
  const read = readSystemKey(folderOf(key), {});
  return read.ok ? { clientId, key: read.value } : wrongUse(`--key: ${read.message}.`, HELP);
}

function sourceOf(positionals: readonly string[], values: Values): Source {
  const [first] = positionals;
  if (first === undefined) return wrongUse('Name the folder of the export, or the FHIR base of the EHR.', HELP);
  if (!positionals.some(isUrl))
    return { kind: 'folders', folders: positionals.map(folderOf), issuer: values.issuer ?? 'urn:refloop:import' };
  if (positionals.length > 1) return wrongUse('One EHR at a time, and no folders beside it.', HELP);
  const { since } = values;
  if (since !== 'last' && since !== 'all' && (!/^\d{4}-\d{2}-\d{2}T/.test(since) || Number.isNaN(Date.parse(since))))
    return wrongUse(`--since: "${since}" is no moment such as 2026-11-28T10:00:00Z, nor last, nor all.`, HELP);
  return { kind: 'ehr', base: first, since, group: values.group ?? null, client: ownClient(values) };
}

function asked(args: string[]): Asked {
  const { positionals, values } = readOptions(args, OPTIONS, HELP);
  const source = sourceOf(positionals, values);
  if (values.warehouse === undefined) return wrongUse('--warehouse is missing: an import has a warehouse of its own.', HELP);
  const day = values['as-of'] ?? null;
  if (day !== null && (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))))
    return wrongUse(`--as-of: "${day}" is no day such as 2026-11-28.`, HELP);
  return {
    source,
    warehouse: folderOf(values.warehouse),
    day,
    views: values.views === undefined ? null : folderOf(values.views),
    report: values.report === undefined ? null : folderOf(values.report),
  };
}

type Exports = { sources: string[]; issuer: string; now: string };

/** Fetches where there is something to fetch. */
async function exportsFor(
  { source, views }: Asked,
  config: Config,
  tell: (progress: BulkProgress) => void,
  signal: AbortSignal,
): Promise<Exports> {
  if (source.kind === 'folders') return { sources: source.folders, issuer: source.issuer, now: new Date().toISOString() };
  const { base, group, since, client } = source;
  const { stateFolder, bulkFileOrigins: fileOrigins } = config;
  const production = config.environment === 'production';
  const site = siteToAsk(config.sites.sites, base, client, production);
  const types = [...new Set(readViews(views).map(({ resource }) => resource))].sort();
  const fetched = await fetchLiveExport(
    { site, group, types, since, stateFolder, fileOrigins, production },
    { fetch, now: () => new Date(), signal, onProgress: tell },
  );
  if (fetched.errors > 0) say(`the EHR left out something, and says so in ${plural(fetched.errors, 'file')}`);
  return { sources: fetched.folders, issuer: base, now: new Date(fetched.transactionTime).toISOString() };
}

/** Of an EHR that Refloop serves as its entry says; of any other a scope of its own, for which no pairs are kept. */
function scopeOf(config: Config, issuer: string): { scope: Scope; isServed: boolean } {
  const site = config.sites.sites.find(({ iss }) => iss === issuer);
  if (site) return { scope: { tenant: site.tenant, issuer, site: site.name }, isServed: true };
  return { scope: { tenant: 'imported', issuer, site: 'Imported' }, isServed: false };
}

async function importInto(store: Store, config: Config, question: Asked, signal: AbortSignal): Promise<string> {
  const began = performance.now();
  const tell = progressTo();
  const { sources, issuer, now } = await exportsFor(question, config, tell, signal);
  const { scope, isServed } = scopeOf(config, issuer);
  if (isServed) await store.enrol(scope);
  const { warehouse: folder, views } = question;
  const { snapshot, report } = await importExports({
    sources,
    warehouse: folder,
    views,
    now: question.day === null ? now : lastInstantIn(config.timezone, question.day),
    timezone: config.timezone,
    scope,
    keepPairs: isServed,
    pseudonymKey: store.warehouseKey,
    reidentify: (pairs) => keepPairs(store, pairs),
    signal,
    onProgress: tell,
  });
  const warehouse = openWarehouse({ folder, signal, seconds: 600 });
  try {
    const metrics = await measurable(warehouse, report.referrals);
    const { name, referrals, events, checks } = snapshot.manifest;
    const warnings = checks.filter(({ rows }) => rows > 0);
    for (const { check, rows, meaning } of warnings) say(`warning ${check}: ${whole.format(rows)} rows. ${meaning}`);
    if (question.report !== null) await writeFile(question.report, `${JSON.stringify({ snapshot: name, ...report, metrics }, null, 2)}\n`);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    return `${importText(report, metrics)}analytics: snapshot ${name}, ${referrals} referrals, ${events} events, ${report.rejectedCount} lines left out, ${seconds} s\n`;
  } finally {
    await warehouse.close();
  }
}

async function run(args: string[], signal: AbortSignal): Promise<string> {
  const question = asked(args);
  const own = settings();
  if (question.warehouse === own.warehouseFolder)
    return wrongUse('--warehouse: that is the warehouse of Refloop’s own history, which refresh fills. Name another folder.', HELP);
  // In production the attestation must be of this very folder.
  const config = settings({ ...process.env, REFLOOP_WAREHOUSE: question.warehouse });
  await migrate(config.migrationDatabaseUrl);
  const store = await openPostgresStore({ url: config.databaseUrl, keyRing: createKeyRing(config.keys), newId: () => '', poolSize: 2 });
  try {
    return await importInto(store, config, question, signal);
  } finally {
    await store.close();
  }
}

export const importExport: Subcommand = {
  help: HELP,
  whenCancelled: 'the snapshot in force is as it was',
  plainErrors: [ChecksFailed, NewerSnapshotInForce, NothingToImport, ViewDefinitionError, BulkExportFailed, NoAccess],
  run,
};
