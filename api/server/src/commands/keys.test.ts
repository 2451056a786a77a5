/** `npm run keys`: rotation while two processes serve, and after a kill at any point. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../audit/entry.ts';
import { verifyAudit } from '../audit/verify.ts';
import { createKeyRing, createStoredKeyRing } from '../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { differingReferrals } from '../services/projections.ts';
import { testDirectory } from '../services/test-referral-api.ts';
import { approveInput, type Body, type Made, makeInput } from '../services/test-referral-input.ts';
import { digest, newToken } from '../sessions/token.ts';
import { sandboxSite } from '../sites.ts';
import { dataKeyPlace } from '../store/postgres/vault.ts';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { processes, type Started, untilReady } from '../test-process.ts';
import { type CommandEnd, runCommand, startCommand } from './test-command.ts';

const site = sandboxSite(4010);
const scope: Scope = { tenant: site.tenant, issuer: site.iss, site: site.name };
const MANY = 2600;

let opened: TestStore;
let refloop: ReturnType<typeof processes>;

beforeEach(async () => {
  opened = await openTestStore();
  await opened.store.enrol(scope);
  refloop = processes(opened.url);
});
afterEach(async () => {
  await refloop.endAll();
  await opened.close();
});

const keys = (...args: string[]): Promise<CommandEnd> => runCommand('keys', args, { DATABASE_URL: opened.url });
const lastLine = ({ output }: CommandEnd): string => output.trim().split('\n').at(-1) ?? '';
const inUse = async (): Promise<string[]> =>
  (await opened.asOwner<{ kid: string }>('select kid from data_key union select kid from instance_key')).map(({ kid }) => kid);
const known = async (): Promise<string[]> =>
  (await opened.asOwner<{ kid: string }>('select kid from key_encryption_key')).map(({ kid }) => kid);

/** Data keys that seal nothing yet, wrapped as the application wraps them. */
async function manyDataKeys(): Promise<Map<string, Buffer>> {
  const ring = createKeyRing([DEVELOPMENT_KEY]);
  const made = new Map<string, Buffer>();
  const rows: { owner: string; wrapped: Buffer }[] = [];
  for (let index = 0; index < MANY; index += 1) {
    const owner = `referral/many-${index}`;
    const { key, stored } = ring.newDataKey(dataKeyPlace(scope, owner));
    made.set(owner, Buffer.from(key));
    rows.push({ owner, wrapped: Buffer.from(stored.wrapped) });
  }
  await opened.asOwner(
    `insert into data_key (tenant, issuer, owner, site, kid, wrapped)
     select $1, $2, owner, $3, $4, wrapped from unnest($5::text[], $6::bytea[]) as given (owner, wrapped)`,
    [scope.tenant, scope.issuer, scope.site, DEVELOPMENT_KEY.kid, rows.map(({ owner }) => owner), rows.map(({ wrapped }) => wrapped)],
  );
  return made;
}

describe('while two processes serve', () => {
  type Answer = { status: number; body: Record<string, unknown> };
  const STEPS = ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'];

  async function session(subject: string): Promise<string> {
    const token = newToken();
    const now = new Date();
    await opened.store.transaction(scope, (unit) =>
      unit.sessions.insert({
        tokenHash: digest(token),
        subject,
        fhirUser: `Practitioner/${subject}`,
        name: 'Dr. Lee',
        patientId: 'pat-1',
        startedAt: now.toISOString(),
        lastActivity: now.toISOString(),
        expiresAt: new Date(now.getTime() + 3_600_000).toISOString(),
      }),
    );
    return token;
  }

  /** Every answer counts: what is neither 200 nor 201 is kept as an error. */
  function caller(replicas: Started[], token: string, errors: string[]) {
    let calls = 0;
    return async (method: string, path: string, body?: unknown): Promise<Answer> => {
      const replica = replicas[(calls += 1) % replicas.length];
      const response = await fetch(`${replica?.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = { status: response.status, body: (await response.json()) as Record<string, unknown> };
      if (answer.status !== 200 && answer.status !== 201) errors.push(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer;
    };
  }

  /** One referral from the recommendation to the last written step, each request at the other process. */
  async function refer(call: ReturnType<typeof caller>): Promise<string> {
    const input = makeInput();
    const made = (await call('POST', '/recommendations', input)).body as Made;
    const plan = (await call('POST', '/approvals', approveInput(made, input))).body;
    const holder = `window-${randomBytes(6).toString('hex')}`;
    await call('POST', `/plans/${String(plan['id'])}/lease`, { holder });
    for (const step of STEPS) {
      const reference = step === 'ServiceRequest' ? `ServiceRequest/${String((input['order'] as Body)['id'])}` : `${step}/1`;
      await call('POST', `/plans/${String(plan['id'])}/steps/${step}`, { holder, outcome: { status: 'done', reference, versionId: '4' } });
    }
    expect((await call('GET', `/plans/${String(plan['id'])}`)).body['writeBack']).toBe('done');
    return made.id;
  }

  test('two rotations under load: not one error, everything readable, nothing left under an older key, the older keys gone', async () => {
    const bytes = gzipSync(JSON.stringify(testDirectory()));
    const hash = Buffer.from(sha256(bytes)).toString('hex');
    await opened.store.directory.publish(
      { hash, asOf: '2026-11-18', counts: {}, synthetic: true, publishedAt: '2026-11-20T10:00:00.000Z' },
      bytes,
    );
    const replicas = [await refloop.start(), await refloop.start()];
    await Promise.all(replicas.map((each) => untilReady(each)));

    // So many that each rotation takes a while.
    await manyDataKeys();

    const errors: string[] = [];
    const made: string[] = [];
    const load = new AbortController();
    const work = Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        while (!load.signal.aborted) {
          // A session of its own each time: sessions too have keys.
          const call = caller(replicas, await session(`clinician-${number}`), errors);
          made.push(await refer(call));
        }
      }),
    );
    const someMore = async (): Promise<void> => {
      const before = made.length;
      await expect.poll(() => made.length).toBeGreaterThan(before + 4);
    };
    await someMore();
    const first = await keys('rotate');
    await someMore();
    const second = await keys('rotate');
    await someMore();
    load.abort();
    await work;

    expect(errors).toEqual([]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(lastLine(second)).toMatch(/^keys: \d+ data keys wrapped anew under database\/\w+, 1 older key out of use, ok$/);

    const used = await inUse();
    expect(used).toHaveLength(1);
    expect(await known()).toEqual(used);
    expect(lastLine(second)).toContain(used[0]);
    const call = caller(replicas, await session('clinician-1'), errors);
    for (const id of made) expect((await call('GET', `/recommendations/${id}`)).body['status']).toBe('APPROVED');
    expect(errors).toEqual([]);
    expect(await differingReferrals(opened.store, scope)).toEqual([]);
    expect((await verifyAudit(opened.store.auditTrail, new Date())).status).toBe('whole');
    const status = await keys('status');
    expect(status).toMatchObject({ code: 0, output: expect.stringContaining('under older ones, ok') });
    for (const replica of replicas) expect(replica.errors()).not.toContain('failure');
  });
});

describe('killed', () => {
  /** What the rows open to, through the one key-encryption key that is left. */
  async function openAll(): Promise<Map<string, Buffer>> {
    const roots = createKeyRing([DEVELOPMENT_KEY]);
    const [kek] = await opened.asOwner<{ kid: string; root: string; wrapped: Buffer }>('select kid, root, wrapped from key_encryption_key');
    if (!kek) throw new Error('no key');
    const ring = createStoredKeyRing(
      roots,
      [{ kid: kek.kid, wrapped: { kid: kek.root, wrapped: kek.wrapped }, retired: false }],
      new Map(),
    );
    const rows = await opened.asOwner<{ owner: string; kid: string; wrapped: Buffer }>(
      `select owner, kid, wrapped from data_key where owner like 'referral/many-%'`,
    );
    return new Map(rows.map((row) => [row.owner, Buffer.from(ring.unwrap(row, dataKeyPlace(scope, row.owner)))]));
  }

  const points: [string, RegExp][] = [
    ['when the new key is in force', /is in force\. Retired/],
    ['in the middle of wrapping', /\d of \d+ data keys wrapped anew/],
  ];
  test.each(points)('%s, running it again ends it: every data key is what it was', async (_when, line) => {
    const made = await manyDataKeys();
    const first = startCommand('keys', ['rotate'], { DATABASE_URL: opened.url });
    await expect.poll(first.errors, { interval: 5 }).toMatch(line);
    first.child.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    expect(await known()).toHaveLength(2);
    const unfinished = await keys('status');
    expect(unfinished).toMatchObject({ code: 1, output: expect.stringContaining('not finished') });

    const again = await keys('rotate');
    expect(again).toMatchObject({ code: 0, errors: expect.stringContaining('this one goes on with it') });
    expect(await known()).toEqual(await inUse());
    expect(await openAll()).toEqual(made);
  });

  test('while it waits for a transaction to end, running it again ends it', async () => {
    const holder = new pg.Client({ connectionString: opened.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query(`insert into data_key (tenant, issuer, owner, site, kid, wrapped) values ('t', 'i', 'o', '', $1, '')`, [
      DEVELOPMENT_KEY.kid,
    ]);
    const first = startCommand('keys', ['rotate'], { DATABASE_URL: opened.url });
    const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'delete from key_encryption_key%'`;
    await expect.poll(() => opened.asOwner(waits)).not.toEqual([]);
    first.child.kill('SIGKILL');
    await first.ended;
    await holder.query('rollback');
    await holder.end();
    expect(await known()).toHaveLength(2);
    expect(await keys('rotate')).toMatchObject({ code: 0 });
    expect(await known()).toEqual(await inUse());
  });
});

test('status before the first rotation, wrong use, and keys that are not at hand', async () => {
  const status = await keys('status');
  expect(status).toMatchObject({ code: 0, errors: '' });
  expect(lastLine(status)).toBe('keys: development-only in force, 0 keys lie under older ones, ok');
  for (const args of [[], ['turn'], ['rotate', 'now']]) {
    expect({ args, ...(await keys(...args)) }).toMatchObject({ args, code: 2, output: '', errors: expect.stringContaining('Usage:') });
  }
  const other = { DATABASE_URL: opened.url, REFLOOP_KEY: `other:${randomBytes(32).toString('base64')}` };
  expect(await runCommand('keys', ['rotate'], other)).toMatchObject({
    code: 1,
    output: '',
    errors: expect.stringContaining('The key named development-only is not in REFLOOP_KEY'),
  });
  expect(await known()).toEqual([DEVELOPMENT_KEY.kid]);
});
