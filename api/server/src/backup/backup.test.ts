/** Backup, destruction and restoration, on a real PostgreSQL, with the commands as a site runs them. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test-database.ts';
import { sha256 } from '../audit/entry.ts';
import { startSequencer } from '../audit/sequencer.ts';
import { type CommandEnd, runCommand } from '../commands/test-command.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { migrate } from '../migrations/migrate.ts';
import { openReferralApi, type ReferralApi, testDirectory } from '../services/test-referral-api.ts';
import { makeBackup } from './make-backup.ts';
import { readManifest } from './manifest.ts';
import { restoreBackup } from './restore-backup.ts';
import { approved, dismissed, draft, finish, lookAt, type Work } from './test-work.ts';

const keyRing = createKeyRing([DEVELOPMENT_KEY]);

let folder: string;
let databases: TestDatabase[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-backup-'));
  databases = [];
});
afterEach(async () => {
  for (const database of databases) await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function newDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  databases.push(database);
  return database;
}

const lastLine = ({ output }: CommandEnd): string => output.trim().split('\n').at(-1) ?? '';

/** Every row of every table, as text, in an order of its own. */
async function everything(url: string): Promise<Record<string, string[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = await client.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
  const found: Record<string, string[]> = {};
  for (const { name } of tables.rows) {
    // When migrations were applied, and sessions ended, is not of the backup.
    const { rows } = await client.query<{ row: string }>(
      `select (to_jsonb(each) - 'applied_at' - 'ended_at')::text as row from ${name} each order by 1`,
    );
    found[name] = rows.map(({ row }) => row);
  }
  await client.end();
  return found;
}

async function publishDirectory(api: ReferralApi): Promise<string> {
  const bytes = gzipSync(JSON.stringify(testDirectory()));
  const hash = Buffer.from(sha256(bytes)).toString('hex');
  await api.store.directory.publish(
    { hash, asOf: '2026-11-18', counts: {}, synthetic: true, publishedAt: '2026-11-20T10:00:00.000Z' },
    bytes,
  );
  return hash;
}

test('backup while more is written → destroy → restore → the audit verifies, every referral is readable, and work goes on', async () => {
  const before = await openReferralApi();
  await before.store.enrol(before.scope);
  const directory = await publishDirectory(before);
  const sequencer = startSequencer(
    before.store.auditTrail,
    () => before.clock.now,
    () => undefined,
  );
  const token = await before.session();
  const works: Work[] = [];
  for (let round = 0; round < 3; round += 1) {
    works.push(
      await approved(before, token, 4),
      await approved(before, token, 2),
      await dismissed(before, token),
      await draft(before, token),
    );
  }
  const [, unfinished, , pending] = works;
  const seen = await lookAt(before, works);

  // More is written from here until the backup is made.
  const load = new AbortController();
  let more = 0;
  const writing = (async () => {
    while (!load.signal.aborted) {
      await approved(before, token, 4);
      more += 1;
    }
  })();
  await expect.poll(() => more).toBeGreaterThan(0);
  const backup = join(folder, 'monday');
  const made = await runCommand('backup', [backup], { DATABASE_URL: before.url });
  const during = more;
  await expect.poll(() => more).toBeGreaterThan(during);
  load.abort();
  await writing;
  expect(made).toMatchObject({ code: 0, signal: null });
  expect(lastLine(made)).toMatch(/^backup: \d+ tables, \d+ rows, \d+\.\d MB, audit \d+ rows, head [0-9a-f]{64}, ok$/);
  const manifest = await readManifest(backup, keyRing);
  expect(manifest).toMatchObject({ keys: [DEVELOPMENT_KEY.kid], audit: { status: 'whole' } });

  // Destroyed: the database is gone.
  await sequencer.stop();
  await before.close();
  const { url } = await newDatabase();
  const environment = { DATABASE_URL: url };
  const restored = await runCommand('restore', [backup], environment);
  expect(restored, restored.errors).toMatchObject({ code: 0 });
  expect(lastLine(restored).slice(lastLine(restored).indexOf('audit'))).toBe(lastLine(made).slice(lastLine(made).indexOf('audit')));

  const verified = await runCommand('audit', ['verify'], environment);
  expect(verified).toMatchObject({ code: 0, output: expect.stringMatching(/^audit: \d+ rows, head [0-9a-f]{64}, ok\n$/) });
  const projections = await runCommand('projections', ['check'], environment);
  expect(projections).toMatchObject({ code: 0, output: expect.stringContaining('every referral is what its events say') });

  const after = await openReferralApi({ url, ids: 'after' });
  try {
    expect((await after.store.directory.current())?.hash).toBe(directory);
    expect(await lookAt(after, works)).toEqual(seen);
    // The session of then is ended; a new one goes on with what was begun.
    expect((await after.call('GET', '/open-work', token)).status).toBe(401);
    const again = await after.session();
    expect(await finish(after, again, unfinished as Work, 2)).toBe('done');
    const last = await approved(after, again, 4, pending);
    expect((await after.call('GET', `/plans/${last.planId}`, again)).body['writeBack']).toBe('done');
    await approved(after, again, 4);
    const now = await after.store.auditTrail.view(async (view) => {
      const actions: string[] = [];
      for await (const row of view.rows()) actions.push(row.stored?.entry.action ?? '');
      return actions;
    });
    expect(now).toEqual(expect.arrayContaining(['backup.started', 'backup.restored']));
  } finally {
    await after.close();
  }
});

test('with an owner and an application that are no superusers: every row of every site, and the rights and policies of before', async () => {
  const source = await newDatabase();
  const target = await newDatabase();
  const name = `backup_${Date.now()}`;
  const [owner, application] = [`owner_${name}`, `app_${name}`];
  const asSuperuser = async (url: string, ...statements: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      for (const sql of statements) await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const group = (role: string): string =>
    `do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$`;
  const nameOf = (url: string): string => new URL(url.replace('@/', '@localhost/')).pathname.slice(1);
  await asSuperuser(
    source.url,
    group('refloop_app'),
    group('refloop_auditor'),
    `create role ${owner} login`,
    `create role ${application} login in role refloop_app, refloop_auditor`,
    `alter database ${nameOf(source.url)} owner to ${owner}`,
    `alter database ${nameOf(target.url)} owner to ${owner}`,
  );
  const environment = (database: TestDatabase): Record<string, string> => ({
    DATABASE_URL: database.urlAs(application),
    REFLOOP_MIGRATION_DATABASE_URL: database.urlAs(owner),
  });
  try {
    await migrate(source.urlAs(owner));
    const api = await openReferralApi({ url: source.urlAs(application), migrationUrl: source.urlAs(owner), ids: 'id' });
    const works = [await approved(api, await api.session(), 4), await draft(api, await api.session())];
    const south = { ...api.scope, tenant: 'south' };
    await api.store.enrol(api.scope);
    await api.store.enrol(south);
    await api.store.transaction(south, (unit) =>
      unit.events.append('r1', 0, [
        {
          type: 'referral.drafted',
          version: 1,
          effectiveAt: null,
          recordedAt: '2026-11-20T10:00:00.000Z',
          actor: {},
          data: { of: 'south' },
        },
      ]),
    );
    const seen = await lookAt(api, works);
    await api.store.auditTrail.sequence('2026-11-20T10:00:00.000Z');
    await api.close();

    const backup = join(folder, 'backup');
    const made = await runCommand('backup', [backup], environment(source));
    expect(made, made.errors).toMatchObject({ code: 0 });
    const manifest = await readManifest(backup, keyRing);
    const rows = await everything(source.url);
    expect(manifest.tables.map(({ table }) => table).sort()).toEqual(Object.keys(rows).filter((table) => table !== 'schema_migration'));
    for (const { table, rows: count } of manifest.tables) expect({ table, count }).toEqual({ table, count: rows[table]?.length });

    const restored = await runCommand('restore', [backup], environment(target));
    expect(restored, restored.errors).toMatchObject({ code: 0 });
    const describe = `select relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) as owner, relacl::text,
        (select jsonb_agg(to_jsonb(pg_policies) - 'schemaname' order by policyname) from pg_policies where tablename = relname) as policies
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'i', 'S') order by 1`;
    const described = async (url: string): Promise<unknown> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const found = await client.query(describe);
      await client.end();
      return found.rows;
    };
    expect(await described(target.url)).toEqual(await described(source.url));

    const after = await openReferralApi({ url: target.urlAs(application), migrationUrl: target.urlAs(owner), ids: 'after' });
    try {
      expect(await lookAt(after, works)).toEqual(seen);
      expect(await after.store.transaction(south, async (unit) => (await unit.events.read('r1'))[0]?.data)).toEqual({ of: 'south' });
      await approved(after, await after.session(), 4);
    } finally {
      await after.close();
    }
    // Neither the owner nor the application sees everybody's rows by the way.
    const asked = new pg.Client({ connectionString: target.urlAs(owner) });
    await asked.connect();
    expect((await asked.query('select * from referral')).rows).toEqual([]);
    await asked.end();
    const asApplication = new pg.Client({ connectionString: target.urlAs(application) });
    await asApplication.connect();
    await asApplication.query(`select set_config('refloop.whole_database', 'yes', false)`);
    expect((await asApplication.query('select * from referral')).rows).toEqual([]);
    await expect(asApplication.query('delete from audit_entry')).rejects.toThrow('permission denied');
    await asApplication.end();

    // And a backup by a login that would see less is not made at all.
    const blind = await runCommand('backup', [join(folder, 'blind')], { DATABASE_URL: source.urlAs(application) });
    expect(blind).toMatchObject({ code: 1, output: '' });
    expect(readdirSync(folder)).toEqual(['backup']);
  } finally {
    for (const { url } of [source, target])
      await asSuperuser(url, `reassign owned by ${owner} to postgres`, `drop owned by ${owner}, ${application}`);
    await asSuperuser(source.url, `drop role ${owner}, ${application}`);
  }
});

test('what is restored is row for row what was there when the backup began, and a rotation does no harm to it', async () => {
  const api = await openReferralApi();
  await api.store.enrol(api.scope);
  await publishDirectory(api);
  const token = await api.session();
  await approved(api, token, 3);
  await api.store.auditTrail.sequence(api.clock.now.toISOString());
  const rows = await everything(api.url);
  const backup = join(folder, 'backup');
  // Between any two tables a referral is made, and the audit log grows.
  const progress = async (): Promise<void> => {
    await approved(api, token, 4);
    await api.store.auditTrail.sequence(api.clock.now.toISOString());
  };
  const made = await makeBackup({ url: api.url, folder: backup, keyRing, version: 'test', now: () => api.clock.now, progress });
  expect(await runCommand('keys', ['rotate'], { DATABASE_URL: api.url })).toMatchObject({ code: 0 });
  await api.close();

  const { url } = await newDatabase();
  const options = { url, folder: backup, keyRing, force: false, now: () => new Date() };
  expect(await restoreBackup(options)).toEqual(made);
  expect(await everything(url)).toEqual(rows);

  // A rotated database is backed up with the keys it keeps, and opens with the same REFLOOP_KEY.
  expect(await runCommand('keys', ['rotate'], { DATABASE_URL: url })).toMatchObject({ code: 0 });
  const rotated = await everything(url);
  const second = join(folder, 'second');
  expect((await makeBackup({ ...options, folder: second, version: 'test' })).keys).toEqual([DEVELOPMENT_KEY.kid]);
  await restoreBackup({ ...options, folder: second, force: true });
  expect(await everything(url)).toEqual(rotated);
});

test('a newer version that starts meanwhile waits with the tables it writes anew: its rows of before are in the backup', async () => {
  const api = await openReferralApi();
  await api.store.enrol(api.scope);
  await approved(api, await api.session(), 3);
  await api.store.auditTrail.sequence(api.clock.now.toISOString());
  const rows = await everything(api.url);
  const newer = new pg.Client({ connectionString: api.url });
  await newer.connect();
  let altered: Promise<unknown> | undefined;
  // A table that is rewritten looks empty to a snapshot of before (PostgreSQL, 13.6 Caveats).
  const progress = async (): Promise<void> => {
    altered ??= newer.query('alter table referral_event alter column version type bigint');
    await Promise.race([altered, new Promise((done) => setTimeout(done, 100))]);
  };
  const backup = join(folder, 'backup');
  const made = await makeBackup({ url: api.url, folder: backup, keyRing, version: 'test', now: () => api.clock.now, progress });
  await altered;
  await newer.end();
  await api.close();
  expect(made.tables.find(({ table }) => table === 'referral_event')?.rows).toBe(rows['referral_event']?.length);
  const { url } = await newDatabase();
  await restoreBackup({ url, folder: backup, keyRing, force: false, now: () => new Date() });
  expect(await everything(url)).toEqual(rows);
});

test('a folder that exists is not written over, and wrong use says so', async () => {
  const { url } = await newDatabase();
  for (const [command, args] of [
    ['backup', []],
    ['backup', [folder]],
    ['backup', [join(folder, 'a'), 'more']],
    ['restore', []],
    ['restore', [join(folder, 'a'), 'more']],
    ['restore', [join(folder, 'a'), '--forced']],
  ] as const) {
    const wrong = await runCommand(command, [...args], { DATABASE_URL: url });
    expect({ command, args, ...wrong }).toMatchObject({ code: 2, output: '', errors: expect.stringContaining('Usage:') });
  }
  const never = await runCommand('backup', [join(folder, 'never')], { DATABASE_URL: url });
  expect(never).toMatchObject({ code: 1, output: '', errors: expect.stringContaining('holds nothing of Refloop') });
  expect(existsSync(join(folder, 'never'))).toBe(false);
});
