/** For tests: a fresh database on the PostgreSQL of this test run. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export type TestDatabase = {
  /** The superuser's URL of the new database; migrations run with it. */
  url: string;
  /** The same database as another role. */
  urlAs: (role: string) => string;
  drop: () => Promise<void>;
};

export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['REFLOOP_TEST_POSTGRES'];
  if (!server) throw new Error('REFLOOP_TEST_POSTGRES is not set: run the tests through vitest.config.ts, which starts PostgreSQL.');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await run(`create database ${name}`);
  const urlAs = (role: string): string => server.replace('postgres@/postgres', `${role}@/${name}`);
  return { url: urlAs('postgres'), urlAs, drop: () => run(`drop database if exists ${name} with (force)`) };
}
