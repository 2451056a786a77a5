/** Migrations: once for all replicas, never behind a changed file, and by roles that are no superusers. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test-database.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { readMigrations, tablesOf } from './files.ts';
import { applyMigration, MIGRATION_LOCK, migrate } from './migrate.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function run(url: string, ...statements: string[]): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: pg.QueryResultRow[] = [];
    for (const sql of statements) ({ rows } = await client.query<pg.QueryResultRow>(sql));
    return rows;
  } finally {
    await client.end();
  }
}

test('replicas that start together apply each file once', async () => {
  const applied = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
  const files = readdirSync(import.meta.dirname).filter((file) => /^\d.*\.sql$/.test(file));
  expect(applied.flat()).toEqual(files.sort());
  expect(await migrate(database.url)).toEqual([]);
});

test('the tables that the files are said to make are the tables there are', async () => {
  await migrate(database.url);
  const tables = await run(database.url, `select tablename as name from pg_tables where schemaname = 'public' order by 1`);
  expect(tables.map(({ name }) => name)).toEqual([...tablesOf(readMigrations()), 'schema_migration'].sort());
});

test('a file that was changed after it was applied is refused by name', async () => {
  await migrate(database.url);
  await run(database.url, `update schema_migration set sha256 = 'other' where name like '0001%'`);
  await expect(migrate(database.url)).rejects.toThrow('0001-foundation.sql was changed after it was applied');
});

test('a database of a newer version is refused by name', async () => {
  await migrate(database.url);
  await run(database.url, `insert into schema_migration values ('9999-later.sql', '', now())`);
  await expect(migrate(database.url)).rejects.toThrow('9999-later.sql, which this version does not know');
});

test('a file that fails leaves nothing of itself', async () => {
  await run(database.url, 'create table audit_head (other int)');
  await expect(migrate(database.url)).rejects.toThrow('Migration 0001-foundation.sql failed');
  expect(await run(database.url, `select tablename from pg_tables where schemaname = 'public' order by 1`)).toEqual([
    { tablename: 'audit_head' },
    { tablename: 'schema_migration' },
  ]);
});

test('a file may take its time; to wait for another process has an end, and says what for', async () => {
  await run(
    database.url,
    'create sequence once',
    `create function slow() returns event_trigger language plpgsql as $$ begin if nextval('once') = 5 then perform pg_sleep(1); end if; end $$`,
    `create event trigger slow on ddl_command_start when tag in ('CREATE TABLE') execute function slow()`,
  );
  expect(await migrate(database.url, { waitMs: 500 })).not.toEqual([]);
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    await other.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await expect(migrate(database.url, { waitMs: 100 })).rejects.toThrow('Another process is bringing the database up, or restoring it');
  } finally {
    await other.end();
  }
});

test('a file that fails on a row says its code, not the row', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const failing = { name: '9999-failing.sql', sql: `select 'Plantedname'::int`, sha256: '0' };
  try {
    const refused = applyMigration(client, failing);
    await expect(refused).rejects.toThrow(/^Migration 9999-failing\.sql failed: PostgreSQL refused it with code 22P02 .*\.$/);
  } finally {
    await client.end();
  }
});

describe('with logins that are no superusers', () => {
  const scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
  let owner: string;
  let application: string;

  beforeEach(async () => {
    const name = randomBytes(6).toString('hex');
    [owner, application] = [`owner_${name}`, `app_${name}`];
    // The site's administrator makes the roles; the first migration in this server may have made the two groups already.
    const group = (role: string): string =>
      `do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$`;
    await run(
      database.url,
      group('refloop_app'),
      group('refloop_auditor'),
      `create role ${owner} login`,
      `create role ${application} login in role refloop_app, refloop_auditor`,
      `alter database ${new URL(database.url.replace('@/', '@localhost/')).pathname.slice(1)} owner to ${owner}`,
    );
  });
  afterEach(async () => {
    await run(
      database.url,
      `reassign owned by ${owner} to postgres`,
      `drop owned by ${owner}, ${application}`,
      `drop role ${owner}, ${application}`,
    );
  });

  test('the owner migrates, the application works, and neither sees across tenants', async () => {
    await migrate(database.urlAs(owner));
    const store = await openPostgresStore({
      url: database.urlAs(application),
      keyRing: createKeyRing([DEVELOPMENT_KEY]),
      newId: () => 'id',
      poolSize: 2,
    });
    try {
      const at = '2026-11-20T10:00:00.000Z';
      await store.transaction(scope, async (unit) => {
        await unit.grants.put({
          subject: 's',
          fhirUser: 'Practitioner/s',
          name: null,
          roles: ['lead'],
          grantedBy: 'a',
          grantedAt: at,
          reason: 'r',
        });
        await unit.audit.append({
          at,
          actor: { subject: 's', fhirUser: null, sessionId: null },
          action: 'grant.changed',
          purpose: 'HSYSADMIN',
        });
      });
      expect(await store.auditTrail.sequence(at)).toBe(1);
      expect(await store.transaction(scope, (unit) => unit.grants.list())).toHaveLength(1);
      expect(await store.transaction({ ...scope, tenant: 'south' }, (unit) => unit.grants.list())).toEqual([]);
    } finally {
      await store.close();
    }
    // Row-level security is forced: it binds the tables' owner as well.
    expect(await run(database.urlAs(owner), 'select * from role_grant')).toEqual([]);
    await expect(run(database.urlAs(application), 'delete from audit_entry')).rejects.toThrow('permission denied');
    await expect(run(database.urlAs(application), 'create table mine (a int)')).rejects.toThrow('permission denied');
  });

  /** The database as it was before a migration, by the tables' owner. */
  async function migrateUpTo(before: string): Promise<void> {
    await run(
      database.urlAs(owner),
      'create table schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null)',
    );
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.sql') && file < before);
    for (const file of files.sort()) {
      const sql = readFileSync(join(import.meta.dirname, file), 'utf8');
      const sha256 = createHash('sha256').update(sql).digest('hex');
      await run(database.urlAs(owner), sql, `insert into schema_migration values ('${file}', '${sha256}', now())`);
    }
  }

  test('whose doing an unfinished write-back is, is filled in for those that were there before, though the policies bind the owner', async () => {
    await migrateUpTo('0004');
    const plan = (id: string, subject: string): string =>
      `insert into plan (tenant, issuer, id, site, referral_id, recommendation_id, patient_index, subject, made_at, finished, revision, content_sealed)
       values ('north', 'i', '${id}', 's', 'r', 'rec', '', '${subject}', now(), false, 1, '')`;
    const obligation = (id: string): string =>
      `insert into obligation (tenant, issuer, id, site, referral_id, kind, raised_at, due_at, owner, status, content_sealed)
       values ('north', 'i', '${id}', 's', 'r', 'k', now(), now(), 'a coordinator', 'open', '')`;
    await run(database.url, plan('p1', 'lee'), plan('p2', 'moss'), obligation('write-back-p2'), obligation('none-in-network-1'));
    await migrate(database.urlAs(owner));
    expect(await run(database.url, 'select id, raised_by from obligation order by id')).toEqual([
      { id: 'none-in-network-1', raised_by: null },
      { id: 'write-back-p2', raised_by: 'moss' },
    ]);
    expect(await run(database.urlAs(owner), 'select * from obligation'), 'and bind them again').toEqual([]);
  });

  test('an order that was settled with a word before that put it in force is asked for again; nothing else is', async () => {
    await migrateUpTo('0036');
    const referral = (id: string, status: string): string =>
      `insert into referral (tenant, issuer, referral_id, site, patient_index, sequence, status, updated_at, state_sealed)
       values ('north', 'i', '${id}', 's', '', 5, '${status}', now(), '')`;
    const plan = (id: string, of: string, madeAt: string): string =>
      `insert into plan (tenant, issuer, id, site, referral_id, recommendation_id, patient_index, subject, made_at, finished, revision, content_sealed)
       values ('north', 'i', '${id}', 's', '${of}', 'rec', '', 'lee', '${madeAt}', true, 1, '')`;
    const row = (id: string, of: string, status: string): string =>
      `insert into obligation (tenant, issuer, id, site, referral_id, kind, raised_at, due_at, owner, raised_by, status, settled_at, content_sealed)
       values ('north', 'i', 'write-back-${id}', 's', '${of}', 'unfinished-write-back', now(), now(), 'a coordinator', 'lee', '${status}',
         ${status === 'done' ? 'now()' : 'null'}, '')`;
    const settled = (id: string, of: string, madeAt = '2026-11-02', status = 'done') => [plan(id, of, madeAt), row(id, of, status)];
    await run(
      database.url,
      ...['lost', 'withdrawn-before', 'waits'].map((id) => referral(id, 'approved')),
      ...settled('p1', 'lost'),
      ...settled('p2', 'withdrawn-before', '2026-11-01'),
      ...settled('p3', 'withdrawn-before'),
      ...settled('p4', 'waits', '2026-11-01'),
      ...settled('p5', 'waits', '2026-11-02', 'open'),
      referral('placed', 'in-chart'),
      ...settled('p6', 'placed'),
    );
    await migrate(database.urlAs(owner));
    const open = `select id, owner, settled_at, due_at > now() as ahead from obligation where status = 'open' order by id`;
    expect(await run(database.url, open)).toEqual([
      { id: 'write-back-p1', owner: 'lee', settled_at: null, ahead: true },
      { id: 'write-back-p3', owner: 'lee', settled_at: null, ahead: true },
      { id: 'write-back-p5', owner: 'a coordinator', settled_at: null, ahead: false },
    ]);
  });

  test('a login that may not act as the application is refused when it connects, not served with its own rights', async () => {
    await migrate(database.url);
    const opening = openPostgresStore({ url: database.urlAs(owner), keyRing: createKeyRing([DEVELOPMENT_KEY]), newId: () => 'id' });
    await expect(opening).rejects.toThrow(/permission denied to set role/);
  });
});
