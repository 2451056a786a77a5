import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { openPostgres } from './postgres.ts';
import { createTestDatabase } from './test-database.ts';

test('a test database is a real PostgreSQL 18 that the test alone uses', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ version: string }>('select version()');
  expect(rows[0]?.version).toContain('PostgreSQL 18');
  await client.end();
  await database.drop();
});

test('one that is killed is started again at the same address, with what it had written, until it is told to stop', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refloop-revive-'));
  chmodSync(folder, 0o755);
  const said: string[] = [];
  const postgres = await openPostgres({
    stateFolder: folder,
    hold: 'own',
    revive: true,
    say: (line) => said.push(line),
    settings: { fsync: 'off' },
  });
  const ask = async (sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: postgres.url('postgres') });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(sql)).rows as unknown[];
    } finally {
      await client.end();
    }
  };
  try {
    await ask('create table kept (n int)');
    await ask('insert into kept values (1)');
    const first = postgres.pid;
    process.kill(first, 'SIGKILL');
    await expect.poll(() => ask('select n from kept').catch(() => 'away')).toEqual([{ n: 1 }]);
    expect(postgres.pid).not.toBe(first);
    expect(said.some((line) => line.includes('started again'))).toBe(true);
  } finally {
    await postgres.stop();
  }
  await expect(ask('select 1')).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  expect(() => process.kill(postgres.pid, 0)).toThrow('ESRCH');
  rmSync(folder, { recursive: true, force: true });
});
