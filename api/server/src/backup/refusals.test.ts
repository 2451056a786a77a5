/** What is no whole, unaltered backup of ours is refused, and whatever fails leaves the database as it was. */

import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test-database.ts';
import { runCommand, startCommand } from '../commands/test-command.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { type Migration, readMigrations } from '../migrations/files.ts';
import { applyMigration, finishMigrations, migrate } from '../migrations/migrate.ts';
import { openReferralApi, type ReferralApi } from '../services/test-referral-api.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { makeBackup } from './make-backup.ts';
import { type Manifest, readManifest, writeManifest } from './manifest.ts';
import { checkBackup, DatabaseNotEmpty, type RestoreOptions, RestoreUnknown, restoreBackup } from './restore-backup.ts';
import { approved, draft } from './test-work.ts';

const keyRing = createKeyRing([DEVELOPMENT_KEY]);
const now = (): Date => new Date('2026-11-20T10:00:00.000Z');

const migration = (name: string, sql: string): Migration => ({ name, sql, sha256: createHash('sha256').update(sql).digest('hex') });
const LATER = migration(
  '9999-later.sql',
  `create table later (
     id bigint generated always as identity primary key,
     note text not null
   );
   alter table approval add column later text not null default 'unknown';`,
);

let api: ReferralApi;
let home: string;
/** A whole backup, never touched. */
let whole: string;
/** A copy of it, for each test. */
let folder: string;
let target: TestDatabase;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'refloop-refusals-'));
  whole = join(home, 'whole');
  api = await openReferralApi();
  await api.store.enrol(api.scope);
  const token = await api.session({ roles: ['clinician', 'admin'] });
  await approved(api, token, 4);
  await draft(api, token);
  await api.store.auditTrail.sequence(now().toISOString());
  await makeBackup({ url: api.url, folder: whole, keyRing, version: 'test', now });
});
afterAll(async () => {
  await api.close();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = join(home, 'copy');
  cpSync(whole, folder, { recursive: true });
  target = await createTestDatabase();
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await target.drop();
});

async function sql<Row extends pg.QueryResultRow>(statement: string, url = target.url): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** All there is: the tables with their row-level security, and their rows. */
async function state(url = target.url): Promise<unknown> {
  const tables = await sql<{ relname: string }>(
    `select oid, relname, relforcerowsecurity from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 2`,
    url,
  );
  const rows: unknown[] = [];
  for (const { relname } of tables) rows.push(await sql(`select to_jsonb(each)::text as row from ${relname} each order by 1`, url));
  return { tables, rows };
}

const restore = (more: Partial<RestoreOptions> = {}): Promise<Manifest> =>
  restoreBackup({ url: target.url, folder, keyRing, force: false, now, ...more });

/** What restoring is refused with; the database is as it was. */
async function refusal(more: Partial<RestoreOptions> = {}): Promise<string> {
  const before = await state();
  const message = await restore(more).then(
    () => 'restored',
    (error: Error) => error.message,
  );
  expect(await state()).toEqual(before);
  return message;
}

/** As somebody would who has the key. */
async function rewrite(change: (manifest: Manifest) => Manifest): Promise<void> {
  const manifest = await readManifest(folder, keyRing);
  rmSync(join(folder, 'manifest.json'));
  rmSync(join(folder, 'manifest.seal'));
  await writeManifest(folder, change(manifest), keyRing, DEVELOPMENT_KEY.kid);
}

test('the untouched copy is restored', async () => {
  expect(await restore()).toEqual(await readManifest(whole, keyRing));
  expect(await sql('select status from recommendation order by 1')).toEqual([{ status: 'APPROVED' }, { status: 'PENDING_REVIEW' }]);
});

describe('an altered backup', () => {
  test('one flipped bit anywhere in any of its files is found before the database is touched', async () => {
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(18);
    for (const file of files) {
      const bytes = readFileSync(join(whole, file));
      const positions = new Set([
        0,
        3,
        9,
        Math.floor(bytes.length / 2),
        bytes.length - 9,
        bytes.length - 1,
        ...Array.from({ length: 2 }, (_, index) => ((index + 1) * 7919) % bytes.length),
      ]);
      for (const position of positions) {
        const altered = Buffer.from(bytes);
        altered[position] = (altered[position] ?? 0) ^ (1 << (position % 8));
        writeFileSync(join(folder, file), altered);
        const found = await checkBackup({ folder, keyRing }).then(
          () => 'nothing',
          (error: Error) => error.message,
        );
        expect({ file, position, found }).toEqual({
          file,
          position,
          found: expect.stringMatching(/altered|needs the key|not what Refloop writes/),
        });
      }
      writeFileSync(join(folder, file), bytes);
    }
    expect((await checkBackup({ folder, keyRing })).manifest.format).toBe(1);
  });

  test('a file that is missing, cut short, longer, or another table’s', async () => {
    const file = join(folder, 'referral_event.copy.gz');
    rmSync(file);
    expect(await refusal()).toMatch('referral_event.copy.gz is missing');
    copyFileSync(join(whole, 'referral_event.copy.gz'), file);
    truncateSync(file, 100);
    expect(await refusal()).toMatch('referral_event.copy.gz was altered');
    copyFileSync(join(whole, 'plan.copy.gz'), file);
    expect(await refusal()).toMatch('referral_event.copy.gz was altered');
    writeFileSync(file, Buffer.concat([readFileSync(join(whole, 'referral_event.copy.gz')), Buffer.of(0)]));
    expect(await refusal()).toMatch('referral_event.copy.gz was altered');
  });

  test('rights that somebody gave himself, with a manifest that fits them but no key to seal it', async () => {
    const file = join(folder, 'role_grant.copy.gz');
    const bytes = gzipSync(gunzipSync(readFileSync(file)).toString('utf8').replace('{clinician,admin}', '{clinician,lead,admin}'));
    writeFileSync(file, bytes);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    const tables = manifest.tables.map((each) =>
      each.table === 'role_grant' ? { ...each, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } : each,
    );
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, tables }));
    expect(await refusal()).toMatch('manifest.json was altered');
  });

  test('a folder that is no backup, or one that was not finished', async () => {
    for (const file of ['manifest.seal', 'manifest.json']) {
      rmSync(join(folder, file));
      expect(await refusal()).toMatch(`is not a whole backup: ${file} cannot be read`);
    }
    expect(await refusal({ folder: join(home, 'nowhere') })).toMatch('is not a whole backup');
  });

  test('a file that is altered after it was checked: rolled back', async () => {
    const file = join(folder, 'referral.copy.gz');
    const message = await refusal({
      progress: ({ step }) => {
        if (step === 'restored')
          writeFileSync(file, gzipSync(gunzipSync(readFileSync(file)).toString('utf8').replace('approved', 'draft   ')));
      },
    });
    expect(message).toMatch(/referral.copy.gz was altered|invalid|extra data/);
  });
});

describe('the keys', () => {
  const other = { kid: 'other', key: Buffer.alloc(32, 7) };
  test('another key, or another under the same name', async () => {
    expect(await refusal({ keyRing: createKeyRing([other]) })).toMatch(
      `needs the key named ${DEVELOPMENT_KEY.kid}, which is not in REFLOOP_KEY`,
    );
    expect(await refusal({ keyRing: createKeyRing([{ ...other, kid: DEVELOPMENT_KEY.kid }]) })).toMatch(
      'the key named development-only is another',
    );
    await restore({ keyRing: createKeyRing([other, DEVELOPMENT_KEY]) });
  });

  test('a second key that the backup needs, missing or with other bytes', async () => {
    await restore();
    const second = { kid: 'second', key: Buffer.alloc(32, 8) };
    const store = await openPostgresStore({
      url: target.url,
      keyRing: createKeyRing([second, DEVELOPMENT_KEY]),
      newId: () => 'id',
      poolSize: 2,
    });
    await store.transaction(api.scope, (unit) =>
      unit.events.append('r2', 0, [{ type: 't', version: 1, effectiveAt: null, recordedAt: now().toISOString(), actor: {}, data: {} }]),
    );
    await store.close();
    const both = join(home, 'both');
    expect((await makeBackup({ url: target.url, folder: both, keyRing, version: 'test', now })).keys).toEqual([
      DEVELOPMENT_KEY.kid,
      'second',
    ]);
    expect(await refusal({ folder: both, force: true })).toMatch('needs keys that are not in REFLOOP_KEY: second');
    const wrong = createKeyRing([DEVELOPMENT_KEY, { ...second, key: Buffer.alloc(32, 9) }]);
    expect(await refusal({ folder: both, force: true, keyRing: wrong })).toMatch('do not open what the backup holds');
    await restore({ folder: both, force: true, keyRing: createKeyRing([DEVELOPMENT_KEY, second]) });
    rmSync(both, { recursive: true, force: true });
  });
});

describe('versions', () => {
  test('a backup of a newer version', async () => {
    const newer = join(home, 'newer');
    await sql(LATER.sql, api.url);
    await sql(`insert into schema_migration values ('${LATER.name}', '${LATER.sha256}', now())`, api.url);
    await expect(makeBackup({ url: api.url, folder: newer, keyRing, version: 'test', now })).rejects.toThrow(
      'which this version does not know',
    );
    try {
      await makeBackup({ url: api.url, folder: newer, keyRing, version: 'test', now, migrations: [...readMigrations(), LATER] });
      expect(await refusal({ folder: newer })).toMatch('made by a newer version of Refloop: it has 9999-later.sql');
    } finally {
      rmSync(newer, { recursive: true, force: true });
      await sql(
        `drop table later; alter table approval drop column later; delete from schema_migration where name = '${LATER.name}'`,
        api.url,
      );
    }
    await rewrite((manifest) => ({ ...manifest, format: 2 }) as unknown as Manifest);
    expect(await refusal()).toMatch('made by a newer version of Refloop');
  });

  test('a backup of an older version: its own migrations, its rows, then the newer ones; sequences go on', async () => {
    const migrations = [...readMigrations(), LATER];
    await restore({ migrations });
    expect(await sql('select later from approval')).toEqual([{ later: 'unknown' }]);
    await sql(`insert into later (note) values ('one'), ('two')`);
    const later = join(home, 'later');
    await makeBackup({ url: target.url, folder: later, keyRing, version: 'test', now, migrations });
    await restore({ folder: later, migrations, force: true });
    expect(await sql(`insert into later (note) values ('three') returning id`)).toEqual([{ id: '3' }]);
    rmSync(later, { recursive: true, force: true });
  });

  test('a migration that differs, or that fails: the database is as it was, also under --force', async () => {
    await restore();
    const [first, ...rest] = readMigrations();
    expect(await refusal({ force: true, migrations: [{ ...(first as Migration), sha256: '0'.repeat(64) }, ...rest] })).toMatch(
      'is not the file that',
    );
    const failing = migration('9999-failing.sql', 'select 1 / 0');
    expect(await refusal({ force: true, migrations: [...readMigrations(), failing] })).toMatch(
      'Migration 9999-failing.sql failed: PostgreSQL refused it with code 22012',
    );
  });

  test('a connection that breaks while all of it is committed: nobody says that nothing was restored', async () => {
    const dying = migration(
      '9999-dying.sql',
      `create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
       create table dying (n int);
       create constraint trigger die after insert on dying deferrable initially deferred for each row execute function die();
       insert into dying values (1);`,
    );
    const error = await restore({ migrations: [...readMigrations(), dying] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RestoreUnknown);
    expect((error as Error).message).toMatch('whether it was restored cannot be said');
  });

  test('a database of an older version is not backed up by this one', async () => {
    const client = new pg.Client({ connectionString: target.url });
    await client.connect();
    for (const each of readMigrations().slice(0, 2)) await applyMigration(client, each);
    await finishMigrations(client);
    await client.end();
    const older = makeBackup({ url: target.url, folder: join(home, 'older'), keyRing, version: 'test', now });
    await expect(older).rejects.toThrow(/is of an older version \(it lacks 0003-/);
    expect(readdirSync(home).sort()).toEqual(['copy', 'whole']);
  });
});

describe('the database', () => {
  test('that holds rows is left alone; with --force they are named, destroyed and replaced', async () => {
    await restore();
    await sql(`insert into scope values ('mine', 'mine', 'mine')`);
    const before = await state();
    const error = await restore().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DatabaseNotEmpty);
    expect((error as DatabaseNotEmpty).tables).toEqual(
      expect.arrayContaining([
        { table: 'scope', rows: 2 },
        { table: 'recommendation', rows: 2 },
      ]),
    );
    expect(await state()).toEqual(before);
    const command = await runCommand('restore', [folder], { DATABASE_URL: target.url });
    expect(command).toMatchObject({
      code: 1,
      output: '',
      errors: expect.stringMatching(/scope 2[\s\S]*Nothing was changed. With --force/),
    });
    expect(await state()).toEqual(before);
    const forced = await runCommand('restore', ['--force', folder], { DATABASE_URL: target.url });
    expect(forced).toMatchObject({ code: 0, errors: expect.stringMatching(/is destroyed \(rows: .*scope 2/) });
    expect(await sql('select tenant from scope')).toEqual([{ tenant: api.scope.tenant }]);
  });

  test('that was migrated and never used counts as empty', async () => {
    await migrate(target.url);
    await restore();
    expect(await sql('select count(*)::int as n from recommendation')).toEqual([{ n: 2 }]);
  });

  test('whose rows row-level security hides from its owner is not taken for empty', async () => {
    const owner = `owner_${Date.now()}`;
    await migrate(target.url);
    await sql(`create role ${owner} login; grant refloop_app, refloop_auditor to ${owner}; alter schema public owner to ${owner};
      alter database ${new URL(target.url.replace('@/', '@localhost/')).pathname.slice(1)} owner to ${owner}`);
    const tables = await sql<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`);
    await sql(tables.map(({ name }) => `alter table ${name} owner to ${owner}`).join(';'));
    // The one row there is, in a table that shows it to nobody without a scope; and the policy of backups gone.
    await sql(
      `insert into role_grant values ('t', 'i', 's', 's', 'f', null, '{}', 'g', now(), 'r'); drop policy whole_database on role_grant`,
    );
    try {
      expect(await refusal({ url: target.urlAs(owner) })).toMatch('already holds rows');
      // Nor is a backup made that would lack them.
      const blind = makeBackup({ url: target.urlAs(owner), folder: join(home, 'blind'), keyRing, version: 'test', now });
      await expect(blind).rejects.toThrow(/does not see every row of .*\brole_grant\b/);
    } finally {
      await sql(`reassign owned by ${owner} to postgres; drop owned by ${owner}; drop role ${owner}`);
    }
  });

  test('of another program that bears names of ours is left alone, even under --force', async () => {
    await sql(`create table plan (price int); insert into plan values (7)`);
    expect(await refusal({ force: true })).toMatch('tables that are not Refloop’s, but bear its names: plan');
    await sql(`create table schema_migration (name text)`);
    expect(await refusal({ force: true })).toMatch('are not Refloop’s');
  });

  test('that somebody uses is left alone', async () => {
    const client = new pg.Client({ connectionString: target.url });
    await client.connect();
    const used = await restore({ force: true }).catch((error: Error) => error.message);
    await client.end();
    expect(used).toMatch('is in use (1 connections). Stop Refloop first');
  });

  test('does not take a backup whose audit log is not the one it says', async () => {
    await rewrite((manifest) => ({ ...manifest, audit: { status: 'whole', rows: 1, head: '0'.repeat(64) } }));
    expect(await refusal()).toMatch(/The audit log is not the one the backup was made of \(\d+ rows, head/);
  });
});

test('a broken audit log is backed up and restored as it is, and both say so with exit code 1', async () => {
  await restore();
  await sql(`update audit_chain set leaf = sha256('other') where number = 2`);
  const broken = join(home, 'broken');
  const made = await runCommand('backup', [broken], { DATABASE_URL: target.url });
  expect(made).toMatchObject({ code: 1, output: expect.stringMatching(/^backup: .*audit: row 2: its entry .* was changed\n$/) });
  const restored = await runCommand('restore', ['--force', broken], { DATABASE_URL: target.url });
  expect(restored).toMatchObject({ code: 1, output: expect.stringMatching(/^restore: .*audit: row 2: its entry .* was changed\n$/) });
  rmSync(broken, { recursive: true, force: true });
});

test('a backup that is broken off leaves nothing, one that is killed no folder of its name', async () => {
  await restore();
  // So much that it takes a while.
  await sql(
    `insert into directory_snapshot select 'large', now(), '{}', true, now(), string_agg(sha256(n::text::bytea), '') from generate_series(1, 600000) n`,
  );
  const begun = (): boolean => readdirSync(home).some((name) => name.endsWith('.partial'));
  const cancelled = startCommand('backup', [join(home, 'cancelled')], { DATABASE_URL: target.url });
  await expect.poll(begun, { interval: 5 }).toBe(true);
  cancelled.child.kill('SIGINT');
  expect(await cancelled.ended).toMatchObject({ code: 130, output: '', errors: expect.stringContaining('It was broken off.') });
  expect(readdirSync(home).sort()).toEqual(['copy', 'whole']);

  const killed = startCommand('backup', [join(home, 'killed')], { DATABASE_URL: target.url });
  await expect.poll(begun, { interval: 5 }).toBe(true);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const left = readdirSync(home).filter((name) => name.startsWith('killed'));
  expect(left).toEqual([expect.stringMatching(/^killed\.[0-9a-f]{8}\.partial$/)]);
  expect(await refusal({ folder: join(home, left[0] ?? '') })).toMatch('is not a whole backup');
  rmSync(join(home, left[0] ?? ''), { recursive: true, force: true });
});
