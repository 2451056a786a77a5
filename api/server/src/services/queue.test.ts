/** What is open now, asked over HTTP of a real PostgreSQL that holds a simulated practice and something real beside it. */
import type { AuditEntry } from '@refloop/domain/audit/entry';
import { due } from '@refloop/domain/sla/due';
import { defaultPolicy } from '@refloop/domain/sla/policy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import type { QueueAnswer, QueueRowsAnswer, QueueRowsQuestion } from '../client/queue.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../environment/keys.ts';
import { captureLog } from '../logging/test-log.ts';
import { practiceTime } from '../practice/calendar.ts';
import { loadHistory } from '../practice/load-history.ts';
import { simulation } from '../practice/simulate.ts';
import { queueRoutes } from '../routes/queue.ts';
import { digest, newToken } from '../sessions/token.ts';
import { sandboxSite, scopeOf } from '../sites.ts';
import { openBulkLoad } from '../store/postgres/bulk-load.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { createQueueService } from './queue.ts';

const NOW = new Date('2026-11-28T16:00:00.000Z');
const [SEED, REFERRALS, DAY_MS] = ['queue', 160, 86_400_000];
const site = sandboxSite(4010);
const scope = scopeOf(site);
const daysAgo = (days: number): string => new Date(NOW.getTime() - days * DAY_MS).toISOString();

let opened: TestStore;
let token: string;
let app: ReturnType<typeof createApp>;
let until: string;

beforeAll(async () => {
  opened = await openTestStore();
  const { store } = opened;
  await store.enrol(scope);
  let counter = 0;
  const newId = (): string => `q-${(counter += 1)}`;
  const load = await openBulkLoad({ url: opened.url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId, scope });
  await loadHistory({ load, seed: SEED, referrals: REFERRALS, now: () => NOW, staffing: async () => ({}) });
  await load.close();
  token = newToken();
  until = await store.transaction(scope, async (unit) => {
    await unit.grants.put({
      subject: 'coordinator',
      fhirUser: 'Practitioner/coordinator',
      name: 'Rosa Lindqvist',
      roles: ['coordinator'],
      grantedBy: 'test',
      grantedAt: daysAgo(1),
      reason: 'test',
    });
    await unit.sessions.insert({
      tokenHash: digest(token),
      subject: 'coordinator',
      fhirUser: 'Practitioner/coordinator',
      name: 'Rosa Lindqvist',
      patientId: null,
      startedAt: NOW.toISOString(),
      lastActivity: NOW.toISOString(),
      expiresAt: new Date(NOW.getTime() + 3_600_000).toISOString(),
    });
    const real = { kind: 'none-in-network', raisedBy: null, owner: 'coordinator', content: { detail: 'x' } };
    await unit.obligations.insert({ ...real, id: 'late', referralId: 'real-1', raisedAt: daysAgo(7), dueAt: daysAgo(5) });
    await unit.obligations.insert({ ...real, id: 'soon', referralId: 'real-1', raisedAt: daysAgo(0.5), dueAt: daysAgo(-0.5) });
    await unit.obligations.insert({ ...real, id: 'done', referralId: 'real-2', raisedAt: daysAgo(9), dueAt: daysAgo(8) });
    await unit.obligations.settle('done', { what: 'done', at: daysAgo(6) });
    return (await unit.historyLoads.get())?.until ?? '';
  });
  app = createApp({
    store,
    sites: [site],
    idleSeconds: 900,
    now: () => NOW,
    production: false,
    tokenOrigins: () => [],
    beforePage: async () => undefined,
    log: captureLog().log,
    notReady: () => undefined,
    builtApp: undefined,
    routes: queueRoutes({ queue: createQueueService({ store }) }),
  });
});
afterAll(() => opened.close());

const ask = async <Answer>(path: string, body?: QueueRowsQuestion): Promise<Answer> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answered = await app.request(path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  expect(answered.status).toBe(200);
  return (await answered.json()) as Answer;
};
const rowsOf = (more: Partial<QueueRowsQuestion>) =>
  ask<QueueRowsAnswer>('/insights/queue/rows', { kind: null, age: null, owner: null, only: 'all', purpose: 'To call them', ...more });

/** What the domain says is owed by each simulated referral, counted here by other means. */
function owedBySimulated(): { kind: string; owner: string; raisedAt: string; dueAt: string; referralId: string }[] {
  const { calendar } = practiceTime(2023, 2028);
  const made = [...simulation({ seed: SEED, referrals: REFERRALS, until: new Date(until) }).referrals()];
  return made.flatMap(({ referral, referralId, events, clinician }) =>
    due(referral, defaultPolicy(calendar), until).map(({ kind, owner, since, dueAt }) => ({
      kind,
      owner: owner === 'clinician' ? clinician : (referral.coordinator ?? 'nobody'),
      raisedAt: since ?? events.at(-1)?.recordedAt ?? referral.startedAt,
      dueAt,
      referralId,
    })),
  );
}

test('what is open is counted by step, age and owner, the real beside the simulated', async () => {
  const owed = owedBySimulated();
  const queue = await ask<QueueAnswer>('/insights/queue');
  expect(owed.length).toBeGreaterThan(5);
  expect([queue.at, queue.open, queue.referrals]).toEqual([
    NOW.toISOString(),
    owed.length + 2,
    new Set(owed.map(({ referralId }) => referralId)).size + 1,
  ]);
  const now = NOW.toISOString();
  expect(queue.overdue).toBe(owed.filter(({ dueAt }) => dueAt < now).length + 1);
  expect(queue.atRisk).toBe(owed.filter(({ dueAt }) => dueAt >= now && dueAt < daysAgo(-1)).length + 1);
  for (const kind of new Set(owed.map((each) => each.kind))) {
    const of = owed.filter((each) => each.kind === kind);
    const step = queue.steps.find((each) => each.kind === kind);
    expect([kind, step?.open, step?.overdue, step?.oldest]).toEqual([
      kind,
      of.length,
      of.filter(({ dueAt }) => dueAt < now).length,
      of.map(({ raisedAt }) => raisedAt).sort()[0],
    ]);
  }
  for (const { owner, open } of queue.owners.filter((each) => each.owner !== 'coordinator'))
    expect([owner, open]).toEqual([owner, owed.filter((each) => each.owner === owner).length]);
  expect(queue.owners.find(({ owner }) => owner === 'coordinator')).toMatchObject({
    name: 'Rosa Lindqvist',
    open: 2,
    overdue: 1,
    atRisk: 1,
  });
  const most = Math.max(...queue.steps.map(({ overdue }) => overdue));
  expect(queue.steps.find(({ kind }) => kind === queue.bottleneck)?.overdue).toBe(most);
});

test('each age has its place: what is seven days old to the moment is up to a week', async () => {
  const queue = await ask<QueueAnswer>('/insights/queue');
  const ages = queue.steps.find(({ kind }) => kind === 'none-in-network')?.ages.filter(({ open }) => open > 0);
  expect(ages).toEqual([
    { age: 'day', open: 1, overdue: 0 },
    { age: 'week', open: 1, overdue: 1 },
  ]);
  expect(queue.ages.reduce((sum, { open }) => sum + open, 0)).toBe(queue.open);
});

test('the rows behind a number are those it counts, and who asked for them and why is on record', async () => {
  const queue = await ask<QueueAnswer>('/insights/queue');
  for (const { age, open } of queue.ages) expect([age, (await rowsOf({ age })).total]).toEqual([age, open]);
  const [owed, step] = [owedBySimulated(), queue.steps.find(({ kind }) => kind !== 'none-in-network' && kind !== 'visit')];
  const { total, rows } = await rowsOf({ kind: step?.kind ?? '' });
  expect([total, rows.map(({ referralId }) => referralId).toSorted()]).toEqual([
    step?.open,
    owed.flatMap(({ kind, referralId }) => (kind === step?.kind ? [referralId] : [])).toSorted(),
  ]);
  const late = await rowsOf({ kind: 'none-in-network', age: 'week', owner: 'coordinator', only: 'overdue' });
  expect([late.total, late.rows]).toEqual([
    1,
    [
      {
        referralId: 'real-1',
        step: 'Nobody in network found',
        specialty: null,
        urgency: null,
        status: null,
        owner: 'Rosa Lindqvist',
        since: daysAgo(7),
        dueAt: daysAgo(5),
        overdue: true,
      },
    ],
  ]);
  expect((await rowsOf({ only: 'at-risk', owner: 'coordinator' })).rows.map(({ dueAt }) => dueAt)).toEqual([daysAgo(-0.5)]);
  const entries = await opened.asOwner<{ entry: string }>(`select convert_from(entry, 'UTF8') as entry from audit_entry`);
  const asked = entries.map(({ entry }) => JSON.parse(entry) as AuditEntry).filter(({ action }) => action === 'insights.queue-rows');
  expect(asked.map(({ actor, purpose }) => [actor.subject, purpose])).toContainEqual(['coordinator', 'HOPERAT']);
});
