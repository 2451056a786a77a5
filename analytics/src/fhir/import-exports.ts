/** From an EHR's Bulk export to a snapshot in force, with a report of what was read, what was not, and what can be measured with it. */
import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openDuckDb } from '../duckdb.ts';
import { type ImportOptions, importTable } from '../import-histories.ts';
import type { EhrScope } from '../pseudonym.ts';
import type { Snapshot } from '../snapshot.ts';
import type { EventTable } from '../staging.ts';
import { countReferrals, flattenExports, type ReadResources, type ReferralCounts } from './flatten-export.ts';
import { ndjsonFiles, type RejectedLine, type ScannedExport, type ScanProgress, scanExport } from './scan-export.ts';
import { readViews } from './views.ts';
import { pairsOf, writeEvents } from './write-events.ts';

export type ExportImportOptions = Omit<ImportOptions, 'onProgress'> & {
  /** Folders or files, oldest first: where two tell of one resource, the later export is right. */
  sources: readonly string[];
  scope: EhrScope & { site: string };
  /** A folder of views that stand in place of ours of the same name. */
  views: string | null;
  /** Whether the pairs are kept: only where the EHR is one that Refloop serves. */
  keepPairs: boolean;
  /** How many orders a model looks at in one query; 200,000 unless told. */
  referralsAtOnce?: number;
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
 * A line that cannot be read is told and stops nothing. Throws `NothingToImport`, `ViewDefinitionError`, and what `importTable` throws;
 * the snapshot in force then stays as it is.
 */
export async function importExports(options: ExportImportOptions): Promise<{ snapshot: Snapshot; report: ReadReport }> {
  const { sources, onProgress, signal, now } = options;
  const views = readViews(options.views);
  let report: ReadReport | undefined;

  async function write(building: string): Promise<EventTable> {
    const exports: ScannedExport[] = [];
    for (const each of sources) if ((await ndjsonFiles(each)).length === 0) throw new NothingToImport(each);
    const spillFolder = join(building, 'spill-views');
    const session = await openDuckDb({
      folders: [building, ...(await Promise.all(sources.map(folderAround)))],
      spillFolder,
      memoryMegabytes: options.memoryMegabytes ?? 512,
      threads: 2,
      seconds: options.stepSeconds ?? 3600,
      signal,
    });
    try {
      const query = await session.connect();
      for (const each of sources) {
        const scanned = await scanExport(query, each, building, {
          onProgress: (progress) => onProgress?.({ stage: 'scanning', ...progress }),
          ...(signal ? { signal } : {}),
        });
        exports.push(scanned);
      }
      const onTable = (table: string): void => onProgress?.({ stage: 'flattening', table });
      const resources = await flattenExports(query, {
        exports,
        views,
        asOf: now,
        timezone: options.timezone ?? 'UTC',
        onTable,
        ...(options.referralsAtOnce === undefined ? {} : { referralsAtOnce: options.referralsAtOnce }),
      });
      report = reportOf(exports, resources, await countReferrals(query));
      const table = await writeEvents(query, options.scope, options.pseudonymKey, join(building, 'staged-export'));
      if (options.keepPairs) for await (const pairs of pairsOf(query, options.scope)) await options.reidentify(pairs);
      query.close();
      await writeFile(join(building, REPORT_FILE), `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
      return table;
    } finally {
      session.close();
      // They hold what the export says of people, as it stands there.
      await rm(spillFolder, { recursive: true, force: true });
      for (const { path } of exports.flatMap(({ files }) => files)) if (dirname(path) === building) await rm(path, { force: true });
    }
  }

  const snapshot = await importTable(write, options);
  if (!report) throw new Error('The import ended without having read anything.');
  return { snapshot, report };
}
