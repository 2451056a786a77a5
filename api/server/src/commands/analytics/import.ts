/** `npm run analytics -- import`: from an EHR's Bulk export to a snapshot in force. */
import { writeFile } from 'node:fs/promises';
import { type ExportProgress, importExports, NothingToImport } from '@refloop/analytics/fhir/import-exports';
import { measurable } from '@refloop/analytics/fhir/measurable';
import { ChecksFailed } from '@refloop/analytics/import-histories';
import { NewerSnapshotInForce } from '@refloop/analytics/snapshot';
import { ViewDefinitionError } from '@refloop/analytics/sql-on-fhir/view-definition';
import { openWarehouse } from '@refloop/analytics/warehouse';
import { importText } from '../../analytics/import-text.ts';
import { keepPairs } from '../../analytics/refresh.ts';
import type { Config } from '../../config.ts';
import { createKeyRing } from '../../crypto/key-ring.ts';
import { migrate } from '../../migrations/migrate.ts';
import { openPostgresStore } from '../../store/postgres/store.ts';
import type { Scope, Store } from '../../store/store.ts';
import { folderOf, say, settings, wrongUse } from '../console.ts';
import { readOptions, type Subcommand } from './subcommand.ts';

const HELP = `Usage: npm run analytics -- import FOLDER [FOLDER ...] --warehouse DIR [--issuer URL] [--as-of DAY] [--views DIR] [--report FILE]

Reads FHIR Bulk exports of one EHR (NDJSON, also packed as .ndjson.gz) into a warehouse of their own, by views that a site can read
and change, and says what was read, what was not and why, and which metrics the data allow. A line that cannot be read is told and
stops nothing. Until the new snapshot is whole, and when the import is cancelled or fails, the one before stays in force.
Of several folders a later one is the newer export: what it holds stands for what the earlier ones say of the same resource.

  --warehouse DIR    the folder of the warehouse; not the one that refresh fills
  --issuer URL       the FHIR base of the EHR the export is of; its patients and orders are told apart by it from those of others
  --as-of DAY        the day the snapshot is of, as in 2026-11-28; else today
  --views DIR        views in place of ours of the same file name (analytics/views)
  --report FILE      also writes the report as JSON`;

const whole = new Intl.NumberFormat('en-US');

/** Progress with its rate and the time left, at most twice a second. */
function progressTo(): (progress: ExportProgress) => void {
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
} as const;

type Asked = { sources: string[]; warehouse: string; issuer: string; now: string; views: string | null; report: string | null };

function asked(args: string[]): Asked {
  const { positionals, values } = readOptions(args, OPTIONS, HELP);
  if (positionals.length === 0) return wrongUse('Name the folder of the export.', HELP);
  if (values.warehouse === undefined) return wrongUse('--warehouse is missing: an import has a warehouse of its own.', HELP);
  const day = values['as-of'];
  if (day !== undefined && (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day))))
    return wrongUse(`--as-of: "${day}" is no day such as 2026-11-28.`, HELP);
  return {
    sources: positionals.map(folderOf),
    warehouse: folderOf(values.warehouse),
    issuer: values.issuer ?? 'urn:refloop:import',
    now: day === undefined ? new Date().toISOString() : `${day}T23:59:59.999Z`,
    views: values.views === undefined ? null : folderOf(values.views),
    report: values.report === undefined ? null : folderOf(values.report),
  };
}

/** Of an EHR that Refloop serves as its entry says; of any other a scope of its own, for which no pairs are kept. */
function scopeOf(config: Config, issuer: string): { scope: Scope; isServed: boolean } {
  const site = config.sites.sites.find(({ iss }) => iss === issuer);
  if (site) return { scope: { tenant: site.tenant, issuer, site: site.name }, isServed: true };
  return { scope: { tenant: 'imported', issuer, site: 'Imported' }, isServed: false };
}

async function importInto(
  store: Store,
  { scope, isServed }: ReturnType<typeof scopeOf>,
  question: Asked,
  signal: AbortSignal,
): Promise<string> {
  const began = performance.now();
  if (isServed) await store.enrol(scope);
  const { snapshot, report } = await importExports({
    ...question,
    scope,
    keepPairs: isServed,
    pseudonymKey: store.warehouseKey,
    reidentify: (pairs) => keepPairs(store, pairs),
    signal,
    onProgress: progressTo(),
  });
  const warehouse = openWarehouse({ folder: question.warehouse, signal, seconds: 600 });
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
    return await importInto(store, scopeOf(config, question.issuer), question, signal);
  } finally {
    await store.close();
  }
}

export const importExport: Subcommand = {
  name: 'import',
  does: 'reads an EHR’s FHIR Bulk export into a warehouse of its own, with a report',
  help: HELP,
  needsDatabase: true,
  whenCancelled: 'the snapshot in force is as it was',
  plainErrors: [ChecksFailed, NewerSnapshotInForce, NothingToImport, ViewDefinitionError],
  run,
};
