/** PostgreSQL is killed and started again under a running process, which is never started anew. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnPostgres, openOwnPostgres } from '../../../tools/own-postgres.ts';
import { verifyView } from './audit/verify.ts';
import { createKeyRing } from './crypto/key-ring.ts';
import { directoryBytes } from './directory/snapshot.ts';
import { DEVELOPMENT_KEY } from './environment/keys.ts';
import { testDirectory } from './services/test-referral-api.ts';
import { match } from './services/test-referral-input.ts';
import { digest, newToken } from './sessions/token.ts';
import { sandboxSite, scopeOf } from './sites.ts';
import { openPostgresStore } from './store/postgres/store.ts';
import type { Store } from './store/store.ts';
import { processes, reasonOf, type Started, statusOf, untilReady } from './test-process.ts';

const site = sandboxSite(4010);
const scope = scopeOf(site);

let postgres: OwnPostgres;
let started: ReturnType<typeof processes>;
let refloop: Started;
let store: Store;
let token: string;
let counter = 0;

beforeAll(async () => {
  postgres = await openOwnPostgres();
  started = processes(postgres.url);
  // One person writes here as fast as eight connections carry it.
  refloop = await started.start({ REFLOOP_RATE_LIMITS: 'off' });
  await untilReady(refloop);
  const newId = (): string => `test-${(counter += 1)}`;
  store = await openPostgresStore({ url: postgres.url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId, poolSize: 2 });
  token = newToken();
  const at = new Date().toISOString();
  await store.transaction(scope, (unit) =>
    unit.sessions.insert({
      tokenHash: digest(token),
      subject: 'admin',
      fhirUser: 'Practitioner/admin',
      name: 'Admin',
      patientId: null,
      startedAt: at,
      lastActivity: at,
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  );
});
afterAll(async () => {
  await store?.close();
  await started?.endAll();
  await postgres?.close();
});

const headers = (): Record<string, string> => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' });

/** Gives a role, which writes the grant and its audit entry in one transaction. */
const putGrant = (subject: string): Promise<Response> =>
  fetch(`${refloop.url}/grants/${subject}`, {
    method: 'PUT',
    headers: headers(),
    body: JSON.stringify({ fhirUser: 'Practitioner/1', roles: ['lead'], reason: 'For the test' }),
  });

async function granted(): Promise<string[]> {
  const answer = (await (await fetch(`${refloop.url}/grants`, { headers: headers() })).json()) as { grants: { subject: string }[] };
  return answer.grants.map(({ subject }) => subject);
}

/** The process's own sequencer gives numbers; this only looks. */
const verdict = () => store.auditTrail.view((view) => verifyView(view, new Date()));
async function numbered(): Promise<number> {
  const found = await verdict();
  return found.status === 'broken' ? -1 : found.rows;
}

/** Entries that still wait for their number, however young. */
const waiting = () => store.auditTrail.view((view) => view.unsequencedBefore(new Date(Date.now() + 60_000).toISOString()));

async function restart(): Promise<void> {
  await postgres.kill();
  await expect.poll(() => statusOf(`${refloop.url}/health`)).toBe(503);
  expect(await reasonOf(refloop)).toContain('PostgreSQL does not answer');
  await postgres.start();
  await expect.poll(() => statusOf(`${refloop.url}/health`)).toBe(200);
}

test('requests meanwhile are told so, the process lives, and it recovers by itself', async () => {
  expect((await putGrant('before')).status).toBe(200);
  await postgres.kill();
  const refused = await putGrant('meanwhile');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await refused.json()).toMatchObject({ type: '/problems/database-away', detail: expect.stringContaining('Nothing was changed') });
  await expect.poll(() => statusOf(`${refloop.url}/health`)).toBe(503);
  expect(await reasonOf(refloop)).toContain('PostgreSQL does not answer');
  expect(await statusOf(`${refloop.url}/health/live`)).toBe(200);
  expect(await statusOf(`${refloop.url}/sites`), 'what needs no database is served').toBe(200);
  await postgres.start();
  await expect.poll(() => statusOf(`${refloop.url}/health`)).toBe(200);
  expect((await putGrant('after')).status).toBe(200);
  expect((await granted()).filter((subject) => ['before', 'meanwhile', 'after'].includes(subject)).sort()).toEqual(['after', 'before']);
  expect(refloop.child.exitCode).toBeNull();
});

test('killed under load, nothing that was acknowledged is lost and nothing is half written', async () => {
  await expect.poll(waiting).toEqual([]);
  const [grantsBefore, entriesBefore] = [(await granted()).length, await numbered()];
  const acknowledged: string[] = [];
  const statuses = new Set<number>();
  const enough = new AbortController();
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let turn = 0; !enough.signal.aborted; turn += 1) {
      const subject = `load-${writer}-${turn}`;
      const status = await putGrant(subject).then(
        async (answer) => {
          await answer.body?.cancel();
          return answer.status;
        },
        () => 0,
      );
      statuses.add(status);
      if (status === 200) acknowledged.push(subject);
    }
  });
  await expect.poll(() => acknowledged.length).toBeGreaterThan(50);
  await restart();
  const before = acknowledged.length;
  await expect.poll(() => acknowledged.length).toBeGreaterThan(before + 50);
  enough.abort();
  await Promise.all(writers);
  const failures = refloop
    .errors()
    .split('\n')
    .filter((line) => line.includes('"status":500') || line.includes('"level":"error"'));
  expect(statuses, failures.slice(0, 5).join('\n')).toEqual(new Set([200, 503]));
  const kept = (await granted()).filter((subject) => subject.startsWith('load-'));
  expect(acknowledged.filter((subject) => !kept.includes(subject))).toEqual([]);
  // A grant and its audit entry stand or fall together, and the sequencer goes on: each entry gets its number.
  const entries = (await granted()).length - grantsBefore;
  await expect.poll(waiting).toEqual([]);
  expect(await numbered()).toBe(entriesBefore + entries);
  expect(await verdict()).toMatchObject({ status: 'whole' });
});

test('a directory published afterwards comes into force', async () => {
  await restart();
  const { hash, bytes } = await directoryBytes(testDirectory());
  await store.directory.publish({ hash, asOf: '2026-11-18', counts: {}, synthetic: true, publishedAt: new Date().toISOString() }, bytes);
  const search = JSON.stringify({ text: 'Family1', match: match() });
  const found = () => statusOf(`${refloop.url}/directory/search`, { method: 'POST', headers: headers(), body: search });
  await expect.poll(found).toBe(200);
});
