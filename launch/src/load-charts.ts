/** Fills a new sandbox with charts, and with the people who sign in to it. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Practitioner } from '@medplum/fhirtypes';
import type pg from 'pg';
import { practitionerOf, SANDBOX_USERS } from './auth/users.ts';
import { findResource } from './chart/find.ts';
import { importReportFile } from './config.ts';
import { type ImportReport, loadFolder } from './data/load-folder.ts';
import { fingerprintOf } from './data/source-files.ts';
import type { Repository } from './fhir/repository.ts';
import { type DataSource, forgetLoadedData, type LoadedData, writeLoadedData } from './loaded-data.ts';
import { builtInResources } from './synthetic/built-in-resources.ts';

export type LoadOptions = {
  pool: pg.Pool;
  repository: Repository;
  source: DataSource;
  /** The calendar day the built-in charts end on. */
  asOf: string;
  stateFolder: string;
};

/** `lines` is what to tell whoever started the sandbox. */
export type LoadOutcome = { kind: 'loaded'; lines: string[] } | { kind: 'unusable'; reason: string };

export type SourceCheck = { kind: 'source'; source: DataSource } | { kind: 'unusable'; reason: string };

/** The source of a start: the folder as it is now, or the built-in patients. */
export async function readSource(dataFolder: string | undefined): Promise<SourceCheck> {
  if (dataFolder === undefined) return { kind: 'source', source: { kind: 'built-in' } };
  try {
    return { kind: 'source', source: { kind: 'folder', path: dataFolder, fingerprint: await fingerprintOf(dataFolder) } };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { kind: 'unusable', reason: `--data: the folder ${dataFolder} cannot be read (${code}). Give a folder that exists.` };
  }
}

/** Refusals named on the terminal; the file has them all. */
const SHOWN_REFUSALS = 10;

/** The report for a terminal. Reasons and ids may say something of a patient, so those are in the file alone. */
export function reportLines(report: ImportReport, file: string): string[] {
  const shown = report.refused
    .slice(0, SHOWN_REFUSALS)
    .map((one) => `refused: ${one.file}, line ${one.line} (${one.resourceType || 'no resource type'}).`);
  const more = report.refused.length - shown.length;
  return [
    `import: ${report.read} read, ${report.taken} taken, ${report.refused.length} refused.`,
    ...shown,
    ...(more > 0 ? [`and ${more} more.`] : []),
    ...(report.refused.length > 0 ? [`${file} says why.`] : []),
  ];
}

/** Written beside and switched, so that nobody reads half a report. */
async function keepReport(file: string, report: ImportReport): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function loadBuiltIn({ repository, asOf }: LoadOptions): Promise<LoadOutcome> {
  const report = await repository.loadResources(builtInResources({ asOf }));
  const [refused] = report.refused;
  if (refused) throw new Error(`The built-in ${refused.resourceType}/${refused.id} was refused: ${refused.reason}`);
  return { kind: 'loaded', lines: [`${report.taken} resources of the built-in patients are loaded.`] };
}

async function loadFrom(folder: string, options: LoadOptions): Promise<LoadOutcome> {
  const result = await loadFolder(folder, (resources) => options.repository.loadResources(resources), { scratch: options.stateFolder });
  if (result.kind === 'unusable') return result;
  const file = importReportFile(options.stateFolder);
  await keepReport(file, result.report);
  return { kind: 'loaded', lines: reportLines(result.report, file) };
}

/** The people who sign in, those a newer version brings too; who is there already stays as they are. */
export async function loadPeople(repository: Repository): Promise<void> {
  const missing: Practitioner[] = [];
  for (const user of SANDBOX_USERS) {
    if (!(await findResource<Practitioner>(repository, 'Practitioner', user.id))) missing.push(practitionerOf(user));
  }
  if (missing.length > 0) await repository.loadResources(missing);
}

/**
 * Loads the source and records that the database was made from it. Cut short, it is done again at the next start: loading
 * twice leaves what loading once leaves.
 *
 * @throws Error when a built-in resource is refused: this server and its own data disagree
 */
export async function loadCharts(options: LoadOptions): Promise<LoadOutcome> {
  const { pool, repository, source, asOf } = options;
  const mark = (status: LoadedData['status']): Promise<void> => writeLoadedData(pool, { source, asOf, status });
  await mkdir(options.stateFolder, { recursive: true });
  await mark('loading');
  await loadPeople(repository);
  const outcome = source.kind === 'built-in' ? await loadBuiltIn(options) : await loadFrom(source.path, options);
  if (outcome.kind === 'loaded') await mark('loaded');
  else await forgetLoadedData(pool);
  return outcome;
}
