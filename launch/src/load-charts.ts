/** Fills a new sandbox with charts, and with the people who sign in to it. */
import type pg from 'pg';
import { practitionerOf, SANDBOX_USERS } from './auth/users.ts';
import type { Repository } from './fhir/repository.ts';
import { type DataSource, sourceName, writeLoadedData } from './loaded-data.ts';
import { builtInResources } from './synthetic/built-in-resources.ts';

export type LoadOptions = {
  pool: pg.Pool;
  repository: Repository;
  source: DataSource;
  /** The calendar day the built-in charts end on. */
  asOf: string;
  stateFolder: string;
};

/**
 * Loads the source and records that the database was made from it. Cut short, it is done again at the next start: loading
 * twice leaves what loading once leaves. Returns what to tell whoever started the sandbox.
 *
 * @throws Error when a built-in resource is refused: this server and its own data disagree
 */
export async function loadCharts(options: LoadOptions): Promise<string[]> {
  const { pool, repository, source, asOf } = options;
  await writeLoadedData(pool, { source, asOf, status: 'loading' });
  const users = SANDBOX_USERS.map(practitionerOf);
  const lines: string[] = [];
  if (source.kind === 'built-in') {
    const report = await repository.loadResources([...users, ...builtInResources({ asOf })]);
    const [refused] = report.refused;
    if (refused) throw new Error(`The built-in ${refused.resourceType}/${refused.id} was refused: ${refused.reason}`);
    lines.push(`loaded ${report.taken} resources from ${sourceName(source)}.`);
  }
  await writeLoadedData(pool, { source, asOf, status: 'loaded' });
  return lines;
}
