/** Brings the database to the form this version needs: numbered SQL files, each applied once, all or none of a file. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { isAway } from '../store/postgres/database.ts';
import { StoreUnavailable } from '../store/unavailable.ts';

const FOLDER = new URL('.', import.meta.url);
/** Replicas that start together: one migrates, the others wait on this lock (an arbitrary number of ours). */
const LOCK = 7_310_001;
const WAIT_MS = 60_000;

type Migration = { name: string; sql: string; sha256: string };

const migrations = (): Migration[] =>
  readdirSync(FOLDER)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, FOLDER), 'utf8');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    });

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into schema_migration (name, sha256, applied_at) values ($1, $2, now())', [
      migration.name,
      migration.sha256,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw new Error(`Migration ${migration.name} failed: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Applies what is missing and returns the names of what it applied. Throws where an applied file has been changed
 * since, or where the database was made by a newer version; `StoreUnavailable` where PostgreSQL is away.
 * @param url of the role that owns the tables; it must be allowed to create the roles refloop_app and refloop_auditor
 */
export async function migrate(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, statement_timeout: WAIT_MS });
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
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'create table if not exists schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null)',
    );
    const applied = await client.query<{ name: string; sha256: string }>('select name, sha256 from schema_migration order by name');
    const files = migrations();
    for (const row of applied.rows) {
      const file = files.find(({ name }) => name === row.name);
      if (!file)
        throw new Error(
          `The database has migration ${row.name}, which this version does not know. Start the version that made it, or a newer one.`,
        );
      if (file.sha256 !== row.sha256)
        throw new Error(`Migration ${row.name} was changed after it was applied. Restore the file and write a new migration instead.`);
    }
    const missing = files.filter(({ name }) => !applied.rows.some((row) => row.name === name));
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } catch (error) {
    // Each file is applied whole or not at all, so the next try begins where this one was cut off.
    throw broken ? new StoreUnavailable('nothing', error) : error;
  } finally {
    await client.end();
  }
}
