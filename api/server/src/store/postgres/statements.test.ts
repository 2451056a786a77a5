/** What must hold although statements leave before those ahead of them are answered: order, one failure for all, and an end. */
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createMigratedDatabase, type TestDatabase } from '../../../../../tools/test-database.ts';
import { type Client, inTransaction, openPool } from './database.ts';
import { following, TransactionEnded } from './statements.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createMigratedDatabase();
  pool = openPool(database.url, 'refloop_app', 1);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const ENROL = 'insert into scope (tenant, issuer, site) values ($1, $2, $3)';
const enrol = (client: Client, tenant: string) => client.query(ENROL, [tenant, 'https://ehr.example.org', 'North']);
const tenants = (): Promise<string[]> =>
  inTransaction(pool, async (client) => (await client.query<{ tenant: string }>('select tenant from scope order by tenant')).rows).then(
    (rows) => rows.map(({ tenant }) => tenant),
  );

let before: string[] = [];
beforeEach(async () => {
  before = await tenants();
});
const added = async (): Promise<string[]> => (await tenants()).filter((tenant) => !before.includes(tenant));

test('statements asked for together take effect in order, and each has its own answer', async () => {
  const answers = await inTransaction(pool, (client) =>
    Promise.all([
      enrol(client, 'order-1'),
      client.query<{ n: number }>(`select count(*)::int as n from scope where tenant like 'order-%'`),
      enrol(client, 'order-2'),
      client.query<{ n: number }>(`select count(*)::int as n from scope where tenant like 'order-%'`),
    ]),
  );
  expect(answers.map(({ rows: [row] }) => (row as { n: number } | undefined)?.n)).toEqual([undefined, 1, undefined, 2]);
  expect(await added()).toEqual(['order-1', 'order-2']);
});

test('where one of them fails, that is what is told, nothing is kept, and the connection serves on', async () => {
  const work = inTransaction(pool, (client) =>
    Promise.all([enrol(client, 'together-1'), enrol(client, 'together-1'), enrol(client, 'together-2')]),
  );
  await expect(work).rejects.toMatchObject({ code: '23505' });
  expect(await added()).toEqual([]);
});

test('a statement that first came behind one that failed is asked for anew, and answered', async () => {
  const fresh = (client: Client) => client.query<{ n: number }>('select $1::int + 1 as n', [1]);
  for (let round = 1; round <= 2; round += 1) {
    const work = inTransaction(pool, (client) => Promise.all([client.query('select 1 / $1::int', [0]), fresh(client), fresh(client)]));
    await expect(work).rejects.toMatchObject({ code: '22012' });
  }
  const answers = await inTransaction(pool, (client) => Promise.all([fresh(client), fresh(client)]));
  expect(answers.map(({ rows }) => rows)).toEqual([[{ n: 2 }], [{ n: 2 }]]);
});

test('what leaves ahead of the work and fails is told, not what failed because of it', async () => {
  const work = inTransaction(pool, (client) =>
    following(client.query('select 1 / $1::int', [0]), async () => {
      await enrol(client, 'ahead');
    }),
  );
  await expect(work).rejects.toMatchObject({ code: '22012' });
  expect(await added()).toEqual([]);
});

test('a failure that nobody waited for keeps nothing and is no success', async () => {
  const work = inTransaction(pool, async (client) => {
    await enrol(client, 'unheard');
    enrol(client, 'unheard').catch(() => undefined);
    return 'done';
  });
  await expect(work).rejects.toThrow('rolled the transaction back');
  expect(await added()).toEqual([]);
});

test('once a transaction has ended, nothing that still comes from it reaches the connection', async () => {
  let kept: Client | undefined;
  await inTransaction(pool, async (client) => {
    kept = client;
  });
  let late: Promise<unknown> = Promise.resolve();
  const thrown = inTransaction(pool, async (client) => {
    late = new Promise((done) => setTimeout(done, 30)).then(() => enrol(client, 'late'));
    late.catch(() => undefined);
    throw new TypeError('ours');
  });
  await expect(thrown).rejects.toThrow(new TypeError('ours'));
  await inTransaction(pool, async (client) => {
    await client.query('select pg_sleep(0.08)');
    await enrol(client, 'another');
  });
  await expect(late).rejects.toThrow(TransactionEnded);
  await expect(kept?.query('select 1')).rejects.toThrow(TransactionEnded);
  expect(await added()).toEqual(['another']);
});

test('a statement is parsed once a connection, however often it is asked for', async () => {
  await inTransaction(pool, async (client) => {
    for (const tenant of ['parsed-1', 'parsed-2', 'parsed-3']) await enrol(client, tenant);
  });
  const rows = await inTransaction(pool, async (client) => {
    const found = await client.query<{ calls: number }>(
      'select (generic_plans + custom_plans)::int as calls from pg_prepared_statements where statement = $1',
      [ENROL],
    );
    return found.rows;
  });
  expect(rows).toHaveLength(1);
  expect(rows[0]?.calls).toBeGreaterThanOrEqual(3);
});
