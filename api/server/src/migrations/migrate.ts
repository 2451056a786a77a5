/** Brings the database to the form this version needs: numbered SQL files, each applied once, all or none of a file. */
import pg from 'pg';
import { wordsOf } from '../logging/words.ts';
import { isAway } from '../store/postgres/database.ts';
import { StoreUnavailable } from '../store/unavailable.ts';
import { type Migration, readAfterEach, readMigrations } from './files.ts';

/** Replicas that start together: one migrates, the others wait on this lock (an arbitrary number of ours). */
export const MIGRATION_LOCK = 7_310_001;
/** For another process that migrates or restores, and for each table that somebody holds. */
const WAIT_MS = 60_000;
/** PostgreSQL, Appendix A: lock not available. */
const STILL_HELD = '55P03';

export type AppliedMigration = Pick<Migration, 'name' | 'sha256'>;

const LOG = 'create table if not exists schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null)';

/** Runs the file and notes it, in the transaction of the caller. */
export async function applyMigration(client: pg.ClientBase, migration: Migration): Promise<void> {
  try {
    await client.query(LOG);
    await client.query(migration.sql);
    await client.query('insert into schema_migration (name, sha256, applied_at) values ($1, $2, now())', [
      migration.name,
      migration.sha256,
    ]);
  } catch (error) {
    throw new Error(`Migration ${migration.name} failed: ${wordsOf(error)}`, { cause: error });
  }
}

/** In the transaction of the caller, after the last migration. */
export const finishMigrations = async (client: pg.ClientBase): Promise<void> => void (await client.query(readAfterEach()));

async function within(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Those that are not applied yet. Throws where one that is was changed since, or is of a newer version. */
export function missingMigrations(applied: AppliedMigration[], files: Migration[]): Migration[] {
  for (const row of applied) {
    const file = files.find(({ name }) => name === row.name);
    if (!file)
      throw new Error(
        `The database has migration ${row.name}, which this version does not know. Start the version that made it, or a newer one.`,
      );
    if (file.sha256 !== row.sha256)
      throw new Error(`Migration ${row.name} was changed after it was applied. Restore the file and write a new migration instead.`);
  }
  return files.filter(({ name }) => !applied.some((row) => row.name === name));
}

export const appliedMigrations = async (client: pg.ClientBase): Promise<AppliedMigration[]> =>
  (await client.query<AppliedMigration>('select name, sha256 from schema_migration order by name')).rows;

async function lockMigrations(client: pg.Client): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]).catch((error: { code?: string }) => {
    if (error.code !== STILL_HELD) throw error;
    throw new Error('Another process is bringing the database up, or restoring it, and has not ended. Start again when it has.');
  });
}

/**
 * Applies what is missing and returns the names of what it applied. Throws where an applied file has been changed
 * since, or where the database was made by a newer version; `StoreUnavailable` where PostgreSQL is away.
 * @param url of the role that owns the tables; it must be allowed to create the roles refloop_app and refloop_auditor
 */
export async function migrate(url: string, { waitMs = WAIT_MS }: { waitMs?: number } = {}): Promise<string[]> {
  // A large table takes its time; what must have an end is waiting for others.
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, lock_timeout: waitMs, keepAlive: true });
  let broken = false;
  client.on('error', () => {
    broken = true;
  });
  try {
    await client.connect();
  } catch (error) {
    throw isAway(error) ? new StoreUnavailable('nothing', error) : error;
  }
  try {
    await lockMigrations(client);
    await client.query(LOG);
    const missing = missingMigrations(await appliedMigrations(client), readMigrations());
    for (const migration of missing) await within(client, () => applyMigration(client, migration));
    await within(client, () => finishMigrations(client));
    return missing.map(({ name }) => name);
  } catch (error) {
    // Each file is applied whole or not at all, so the next try begins where this one was cut off.
    throw broken ? new StoreUnavailable('nothing', error) : error;
  } finally {
    await client.end();
  }
}
