/** From an EHR's Bulk export to a snapshot in force, with a report of what was read, what was not, and what can be measured with it. */
import { stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openDuckDb, type Rows } from '../duckdb.ts';
import { type ImportOptions, importReferrals, type StagedReferral } from '../import-histories.ts';
import { codesAlone, type InputEvent, label, language, npi, nucc, safeZip3 } from '../input-event.ts';
import { createPseudonyms, type EhrScope, type Pseudonyms } from '../pseudonym.ts';
import type { Snapshot } from '../snapshot.ts';
import { countReferrals, flattenExports, type ReadResources, type ReferralCounts } from './flatten-export.ts';
import { type RejectedLine, type ScannedExport, type ScanProgress, scanExport } from './scan-export.ts';
import { readViews } from './views.ts';

export type ExportImportOptions = Omit<ImportOptions, 'onProgress'> & {
  /** Folders or files, oldest first: where two tell of one resource, the later export is right. */
  sources: readonly string[];
  scope: EhrScope & { site: string };
  /** A folder of views that stand in place of ours of the same name. */
  views: string | null;
  /** Whether the pairs are kept: only where the EHR is one that Refloop serves. */
  keepPairs: boolean;
  onProgress?: (progress: ExportProgress) => void;
};

export type ExportProgress =
  | ({ stage: 'scanning' } & ScanProgress)
  | { stage: 'flattening'; table: string }
  | Parameters<NonNullable<ImportOptions['onProgress']>>[0];

export type ReadReport = {
  files: { file: string; bytes: number; lines: number; rejected: number }[];
  /** The first 200; `rejectedCount` counts all. */
  rejected: RejectedLine[];
  rejectedCount: number;
  resources: ReadResources[];
  /** Types that no view reads, and how many of each. */
  unused: Record<string, number>;
  referrals: ReferralCounts;
};

export const REPORT_FILE = 'import-report.json';

/** Whoever imports has to say of which EHR: there is no other file in the folder that does. */
export class NothingToImport extends Error {
  constructor(source: string) {
    super(`There is no file in ${source} whose name ends in .ndjson or .ndjson.gz.`);
  }
}

const words = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const day = (value: unknown): string | null => words(value);

/** An event as the allow-list lets it in: the keys of the EHR become pseudonyms, and everything else is a code, a day or a label. */
function pseudonymous(row: Rows[number], of: InputEvent, scope: EhrScope, pseudonyms: Pseudonyms): InputEvent {
  const referral = String(of.referral);
  const within = (kind: 'appointment' | 'report', key: unknown): string | null =>
    typeof key === 'string' ? pseudonyms.within(referral, kind, key) : null;
  const requester = words(row['requester']);
  return {
    ...of,
    sequence: Number(row['sequence']),
    type: words(row['type']),
    effective_on: day(row['effective_on']),
    recorded_on: day(row['recorded_on']),
    requester: requester === null ? null : pseudonyms.requester(scope, requester),
    clinic: label(words(row['clinic'])),
    payer: label(words(row['payer'])),
    zip3: safeZip3(words(row['postal_code'])?.slice(0, 3) ?? null),
    language: language(words(row['language'])),
    performer: npi(words(row['performer'])),
    performer_nucc: nucc(words(row['performer_nucc'])),
    attempt: row['attempt'] === null ? null : Number(row['attempt']),
    appointment: within('appointment', row['appointment']),
    starts_on: day(row['starts_on']),
    report: within('report', row['report']),
    ...codesAlone({
      specialty: words(row['specialty']),
      urgency: words(row['urgency']),
      service: words(row['service']),
      network: words(row['network']),
      order_standing: words(row['order_standing']),
      detail: words(row['detail']),
    }),
  };
}

const idOf = (key: unknown): string => String(key).split('/')[1] ?? '';

async function* staged(rows: AsyncIterable<Rows>, { scope, pseudonymKey, keepPairs }: ExportImportOptions): AsyncIterable<StagedReferral> {
  const pseudonyms = createPseudonyms(pseudonymKey);
  let [key, own]: [unknown, InputEvent[]] = [undefined, []];
  let of: InputEvent = {};
  const done = (): StagedReferral => ({
    rows: own,
    pair: keepPairs ? { ...scope, pseudonym: String(of.referral), referralId: String(key) } : null,
  });
  for await (const piece of rows) {
    for (const row of piece) {
      if (row['referral'] !== key) {
        if (own.length > 0) yield done();
        [key, own] = [row['referral'], []];
        const referral = pseudonyms.referral(scope, String(key));
        of = { ...scope, referral, patient: pseudonyms.patient(scope, idOf(row['patient'])) };
      }
      own.push(pseudonymous(row, of, scope, pseudonyms));
    }
  }
  if (own.length > 0) yield done();
}

function reportOf(exports: readonly ScannedExport[], resources: ReadResources[], referrals: ReferralCounts): ReadReport {
  const unused: Record<string, number> = {};
  const used = new Set([...resources.map(({ resource }) => resource), 'Bundle']);
  for (const each of exports)
    for (const [type, many] of Object.entries(each.resources)) if (!used.has(type)) unused[type] = (unused[type] ?? 0) + many;
  return {
    files: exports.flatMap(({ files }) => files.map(({ file, bytes, lines, rejected }) => ({ file, bytes, lines, rejected }))),
    rejected: exports.flatMap(({ rejected }) => rejected).slice(0, 200),
    rejectedCount: exports.reduce((sum, { rejectedCount }) => sum + rejectedCount, 0),
    resources,
    unused,
    referrals,
  };
}

const folderAround = async (source: string): Promise<string> =>
  (await stat(source)).isDirectory() ? resolve(source) : dirname(resolve(source));

/**
 * Reads exports of one EHR into a new snapshot. What comes does not depend on the order of their lines nor on how often one comes.
 * A line that cannot be read is told and stops nothing. Throws `NothingToImport`, `ViewDefinitionError`, and what `importReferrals` throws;
 * the snapshot in force then stays as it is.
 */
export async function importExports(options: ExportImportOptions): Promise<{ snapshot: Snapshot; report: ReadReport }> {
  const { sources, onProgress, signal, now } = options;
  const views = readViews(options.views);
  let report: ReadReport | undefined;

  async function* source(building: string): AsyncIterable<StagedReferral> {
    const exports: ScannedExport[] = [];
    for (const each of sources) {
      const scanned = await scanExport(each, building, {
        onProgress: (progress) => onProgress?.({ stage: 'scanning', ...progress }),
        ...(signal ? { signal } : {}),
      });
      if (scanned.files.length === 0) throw new NothingToImport(each);
      exports.push(scanned);
    }
    const session = await openDuckDb({
      folders: [building, ...(await Promise.all(sources.map(folderAround)))],
      spillFolder: join(building, 'spill-views'),
      memoryMegabytes: options.memoryMegabytes ?? 512,
      threads: 2,
      seconds: options.stepSeconds ?? 3600,
      signal,
    });
    try {
      const query = await session.connect();
      const onTable = (table: string): void => onProgress?.({ stage: 'flattening', table });
      const resources = await flattenExports(query, { exports, views, asOf: now, timezone: options.timezone ?? 'UTC', onTable });
      report = reportOf(exports, resources, await countReferrals(query));
      yield* staged(query.stream('select * from input__fhir_event order by referral, sequence'), options);
      query.close();
    } finally {
      session.close();
    }
    await writeFile(join(building, REPORT_FILE), `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  }

  const snapshot = await importReferrals(source, options);
  if (!report) throw new Error('The import ended without having read anything.');
  return { snapshot, report };
}
