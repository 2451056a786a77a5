/** For tests: a fresh database on the PostgreSQL of this test run. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** PostgreSQL, Appendix A. */
const OBJECT_IN_USE = '55006';

export type TestDatabase = {
  /** The superuser's URL of the new database; migrations run with it. */
  url: string;
  /** The same database as another role. */
  urlAs: (role: string) => string;
  drop: () => Promise<void>;
};

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through vitest.config.ts, which starts PostgreSQL.`);
  return value;
}

async function createDatabase(more: string): Promise<TestDatabase> {
  const server = setting('REFLOOP_TEST_POSTGRES');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name} ${more}`);
  const urlAs = (role: string): string => server.replace('postgres@/postgres', `${role}@/${name}`);
  // A pool says it has ended while its connections are still closing; forced out then, they fail the test run as uncaught errors.
  const drop = async (): Promise<void> => {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const inUse = await run(`drop database if exists ${name}`).then(
        () => false,
        (error: { code?: string }) => error.code === OBJECT_IN_USE || Promise.reject(error),
      );
      if (!inUse) return;
      await new Promise((done) => setTimeout(done, 25));
    }
    await run(`drop database if exists ${name} with (force)`);
  };
  return { url: urlAs('postgres'), urlAs, drop };
}

export const createTestDatabase = (): Promise<TestDatabase> => createDatabase('');

/** One that the migrations have been through: a copy of the one that the run made at its start takes a fifth of what they take. */
export const createMigratedDatabase = (): Promise<TestDatabase> =>
  createDatabase(`template ${setting('REFLOOP_TEST_MIGRATED')} strategy file_copy`);
