/** A state folder that an earlier commit left opens with this one, by the drill that a site runs and by hand. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyAudit } from '@refloop/server/audit/verify';
import { makeBackup } from '@refloop/server/backup/make-backup';
import { readEverything } from '@refloop/server/backup/read-everything';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { DEVELOPMENT_KEY } from '@refloop/server/environment/keys';
import { migrate } from '@refloop/server/migrations/migrate';
import { checkProjections, renewProjections } from '@refloop/server/services/projections';
import type { StoredPlan } from '@refloop/server/store/plans';
import { openKeyRotation } from '@refloop/server/store/postgres/rotation';
import { openPostgresStore } from '@refloop/server/store/postgres/store';
import type { StoredRecommendation } from '@refloop/server/store/recommendations';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ROOT } from '../../tools/environment.ts';
import { copyDatabase, ensureDatabase, openPostgres, type Postgres } from '../../tools/postgres.ts';
import { createTestDatabase } from '../../tools/test-database.ts';
import { unpackFolder } from './archive.ts';
import type { Fixture } from './fixture.ts';

const COMMIT = 'e25da7b';
const fixture = JSON.parse(readFileSync(join(import.meta.dirname, `${COMMIT}.json`), 'utf8')) as Fixture;
/** `audit: N rows, head <hash>, ok` */
const head = fixture.audit.replace(/^audit: /, '');
const keyRing = createKeyRing([DEVELOPMENT_KEY]);

let home: string;
/** As it was unpacked; nobody writes to it. */
let state: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'refloop-upgrade-'));
  chmodSync(home, 0o755);
  state = join(home, 'state');
  mkdirSync(state, { mode: 0o755 });
  await unpackFolder(join(import.meta.dirname, `${COMMIT}.tar.br`), state);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}

type Ended = { code: number | null; lines: string[]; errors: string };

function drill(...args: string[]): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, 'tools', 'drill.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], TMPDIR: home },
    });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.once('error', failed);
    child.once('close', (code) => done({ code, lines: output.trim().split('\n'), errors }));
  });
}

const count = (status: string): number => fixture.recommendations.filter((each) => each.status === status).length;

test('the drill: migrations apply, the audit log ends where it did, everything is readable, projections agree, a backup restores; the original is untouched', async () => {
  const before = fingerprint(state);
  const { code, lines, errors } = await drill('upgrade', state);
  expect(lines, errors).toEqual([
    expect.stringMatching(new RegExp(`^migrations: 0003-[a-z-]+\\.sql.* applied after ${fixture.migration}$`)),
    `audit: ${head.replace(/, ok$/, '')}, as before`,
    `readable: ${fixture.referrals} referrals; recommendations: ${count('PENDING_REVIEW')} drafts, ${count('APPROVED')} approved, ` +
      `${count('DISMISSED')} dismissed, ${count('SUPERSEDED')} superseded; ${fixture.plans.filter(({ finished }) => finished).length} finished and ` +
      `${fixture.plans.filter(({ finished }) => !finished).length} unfinished plans; ${fixture.openObligations} open obligations, 0 documents, 0 that came in, 0 effects under way`,
    'projections: 8 referrals were brought into this version’s form',
    expect.stringMatching(/^projections: 1 scopes, every referral is what its events say$/),
    expect.stringMatching(/^backup and restore: \d+ tables, and the same is readable$/),
    `drill: from ${fixture.migration}, ${fixture.referrals} referrals, audit ${head}`,
  ]);
  expect(code).toBe(0);
  expect(fingerprint(state)).toBe(before);
  expect(readdirSync(home)).toEqual(['state']);
});

describe('opened', () => {
  let copy: string;
  let postgres: Postgres;

  beforeEach(async () => {
    copy = mkdtempSync(join(home, 'copy-'));
    chmodSync(copy, 0o755);
    copyDatabase(state, copy);
    postgres = await openPostgres({ stateFolder: copy, hold: 'own', settings: { fsync: 'off' } });
  });
  afterEach(async () => {
    await postgres.stop();
    rmSync(copy, { recursive: true, force: true });
  });

  async function sql<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: postgres.url('refloop') });
    await client.connect();
    const { rows } = await client.query<Row>(statement);
    await client.end();
    return rows;
  }

  test('every recommendation and plan is what it was; what was left can be rotated, and read again', async () => {
    const url = await ensureDatabase(postgres, 'refloop');
    await migrate(url);
    const newId = (): string => 'id';
    const store = await openPostgresStore({ url, keyRing, newId, poolSize: 2 });
    const [scope] = await store.scopes();
    if (!scope) throw new Error('no scope');
    const look = () =>
      store.transaction(scope, async (unit) => {
        const recommendations: (StoredRecommendation | undefined)[] = [];
        for (const { id } of fixture.recommendations) recommendations.push(await unit.recommendations.get(id));
        const plans: (StoredPlan | undefined)[] = [];
        for (const { id } of fixture.plans) plans.push(await unit.plans.get(id));
        return { recommendations, plans };
      });
    const seen = await look();
    expect(seen.recommendations.map((each) => ({ id: each?.id, status: each?.status }))).toEqual(fixture.recommendations);
    expect(seen.plans.map((each) => ({ id: each?.id, finished: each?.finished }))).toEqual(fixture.plans);
    // A sentence that the clinician wrote, in the draft that was left and in the one that was approved.
    const own = seen.recommendations.filter((each) => JSON.stringify(each?.working).includes('symptoms interfere with work'));
    expect(own.map((each) => each?.status ?? '').toSorted((one, other) => one.localeCompare(other))).toEqual([
      'APPROVED',
      'PENDING_REVIEW',
    ]);

    expect((await verifyAudit(store.auditTrail, new Date())).status).toBe('whole');
    // As a start of this version does.
    await renewProjections(store, new Date());
    expect(await checkProjections(store)).toMatchObject({ good: true });
    let ids = 0;
    const rotation = await openKeyRotation({ url, keyRing, newId: () => `rotation-${(ids += 1)}` });
    const actor = { subject: 'test', fhirUser: null, sessionId: null };
    expect(await rotation.rotate({ actor, now: () => new Date() })).toMatchObject({ status: 'rotated', destroyed: [DEVELOPMENT_KEY.kid] });
    await rotation.close();
    expect(await look()).toEqual(seen);
    expect((await readEverything(store, new Date())).faults).toEqual([]);
    await store.close();
  });

  test('and tampered with, the drill says what does not survive, with exit code 1; running, it is not touched', async () => {
    const running = await drill('upgrade', copy);
    expect(running).toMatchObject({ code: 1, errors: expect.stringContaining('is running. Stop it first, or name a backup.') });
    const [row] = await sql<{ id: string }>(`select id from recommendation where status = 'PENDING_REVIEW' limit 1`);
    await sql(`update audit_chain set leaf = sha256('other') where number = 4`);
    await sql(
      `update recommendation set working_sealed = set_byte(working_sealed, 20, 1 + get_byte(working_sealed, 20) % 255) where id = '${row?.id}'`,
    );
    await postgres.stop();
    const { code, lines } = await drill('upgrade', copy);
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(/^audit: row 4: its entry .* was changed$/m);
    expect(lines.join('\n')).toMatch(new RegExp(`^Recommendation ${row?.id} of .* cannot be read: .*does not open`, 'm'));
    expect(lines.at(-1)).toContain('not everything survives');
  });
});

test('the drill takes a backup too', async () => {
  const database = await createTestDatabase();
  await migrate(database.url);
  const store = await openPostgresStore({ url: database.url, keyRing, newId: () => 'id', poolSize: 2 });
  await store.close();
  const folder = join(home, 'backup');
  await makeBackup({ url: database.url, folder, keyRing, version: 'test', now: () => new Date() });
  await database.drop();
  const { code, lines, errors } = await drill('upgrade', folder);
  expect(code, errors).toBe(0);
  expect(lines[0]).toMatch(/^migrations: none to apply after /);
  expect(lines.at(-1)).toMatch(/^drill: from .*, 0 referrals, audit 0 rows, head 0{64}, ok$/);
  rmSync(folder, { recursive: true, force: true });
});

test('wrong use says so', async () => {
  for (const args of [[], ['downgrade'], ['upgrade'], ['upgrade', state, 'more'], ['upgrade', join(home, 'nowhere')]]) {
    expect({ args, ...(await drill(...args)) }).toMatchObject({ args, code: 2, lines: [''], errors: expect.stringContaining('Usage:') });
  }
  const empty = join(home, 'empty');
  cpSync(import.meta.dirname, empty, { recursive: true });
  expect(await drill('upgrade', empty)).toMatchObject({ code: 1, errors: expect.stringContaining('holds no database of Refloop') });
  rmSync(empty, { recursive: true, force: true });
});
