/** What becomes of a referral in the sandbox EHR, seen by looking: each thing once, whatever breaks, and nothing of ours taken for news. */
import type { Appointment, DocumentReference, Encounter, Resource, Task } from '@medplum/fhirtypes';
import { CAPTURED } from '@refloop/domain/referral/capture';
import { decideCare } from '@refloop/domain/referral/care-command';
import type { Referral } from '@refloop/domain/referral/referral';
import { TASK_IDENTIFIER_SYSTEM } from '@refloop/domain/write-back/identifiers';
import type { ModeName } from '@refloop/launch/modes/modes';
import { REFLOOP } from '@refloop/launch/routes/test-ehr';
import { anyHandler } from '@refloop/server/channels/handler';
import { taskStanding } from '@refloop/server/channels/task-standing';
import { createOutboxWorker } from '@refloop/server/outbox/worker';
import { createCapture, POLL_MS } from '@refloop/server/services/capture/capture';
import { heardFrom, siteKey } from '@refloop/server/services/capture/subscription';
import { keepFirstPolicy } from '@refloop/server/services/engine/policy-in-force';
import { CLINICIAN, happens, putInForce } from '@refloop/server/services/engine/test-in-force';
import { applyDecision, readReferral } from '@refloop/server/services/referral-log';
import { digest } from '@refloop/server/sessions/token';
import { scopeOf } from '@refloop/server/sites';
import type { Scope, Store, Unit } from '@refloop/server/store/store';
import { openTestStore, type TestStore } from '@refloop/server/store/test-store';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Exchange, openExchange } from './test-exchange.ts';

let exchange: Exchange;
let opened: TestStore;
let scope: Scope;
let number = 0;
let referralId: string;
let task: Task;
const failures: unknown[] = [];

beforeAll(async () => {
  exchange = await openExchange();
  opened = await openTestStore();
});
afterAll(async () => {
  await opened.close();
  await exchange.ehr.close();
});

const hourAgo = (): string => new Date(exchange.ehr.now().getTime() - 3_600_000).toISOString();
const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => opened.store.transaction(scope, work);
const put = async <Made extends Resource>(resource: Made): Promise<Made & { id: string }> =>
  (await exchange.ehr.repository.create<Made>(resource)).resource;
const change = async (more: Partial<Task>): Promise<void> => {
  const { id = '' } = task;
  await exchange.ehr.repository.update({ ...(await exchange.ehr.repository.read<Task>('Task', id)), ...more });
};

/** A tenant and an order of its own for each test, at the same EHR. */
beforeEach(async () => {
  number += 1;
  failures.length = 0;
  exchange.away(false);
  // All tests share a patient and an order: what the ones before have left is read already.
  exchange.ehr.pass(3600);
  referralId = `r${number}`;
  await at('full');
  task = await put<Task>({
    resourceType: 'Task',
    identifier: [{ system: TASK_IDENTIFIER_SYSTEM, value: `${referralId}-1` }],
    status: 'draft',
    intent: 'order',
    code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
    focus: { reference: 'ServiceRequest/o1' },
    for: { reference: 'Patient/p1' },
  });
});

let mode: ModeName = 'full';
const site = () => ({ ...exchange.site(mode), tenant: `tenant-${number}` });
async function at(another: ModeName): Promise<void> {
  mode = another;
  scope = scopeOf(site());
  await opened.store.enrol(scope);
  await keepFirstPolicy(opened.store, scope, 'America/Chicago', exchange.ehr.now());
  await putInForce(opened.store, scope, referralId, hourAgo());
  await happens(opened.store, scope, referralId, hourAgo(), { type: 'send', transmissionId: 't', channel: 'fax' });
  const since = exchange.ehr.now().toISOString();
  await inScope(async ({ capture }) => {
    for (const resourceType of CAPTURED) await capture.keep({ resourceType, since, lookedAt: null, refused: null });
  });
}

const captureOn = (store: Store = opened.store, address = REFLOOP) =>
  createCapture({
    store,
    sites: [site()],
    access: exchange.access,
    now: () => exchange.ehr.now(),
    version: 'test',
    address,
    failed: (error) => failures.push(error),
  });
const look = async (store?: Store): Promise<{ read: number; taken: number }> => {
  exchange.ehr.pass(POLL_MS / 1000);
  return captureOn(store).run();
};
const referral = async (): Promise<Referral> => {
  const found = await inScope((unit) => readReferral(unit, referralId));
  if (!found) throw new Error('There is no such referral.');
  return found;
};
const work = async (): Promise<string | undefined> => (await referral()).attempts[0]?.work.status;
const aside = async (): Promise<string[]> => (await referral()).setAside.map(({ why }) => why);
const owed = (): Promise<string[]> =>
  inScope(async (unit) => (await unit.obligations.list({ status: 'open', referralId })).map(({ kind }) => kind).sort());

const appointment = (more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  status: 'booked',
  start: '2027-01-12T15:00:00Z',
  end: '2027-01-12T15:30:00Z',
  basedOn: [{ reference: 'ServiceRequest/o1' }],
  participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
  ...more,
});
const note = (more: Partial<DocumentReference> = {}): DocumentReference => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code: '34099-2' }] },
  subject: { reference: 'Patient/p1' },
  context: { related: [{ reference: 'ServiceRequest/o1' }] },
  content: [{ attachment: { contentType: 'text/plain', data: 'QQ==' } }],
  ...more,
});

test('the other side accepts the Task: accepted once, when they say, and by whom it was learned', async () => {
  const when = hourAgo();
  await change({ status: 'accepted', lastModified: when });
  expect((await look()).taken).toBe(1);
  const events = await inScope((unit) => unit.events.read(referralId));
  const accepted = events.filter(({ type }) => type === 'attempt-accepted');
  expect(accepted).toMatchObject([{ effectiveAt: when, actor: { kind: 'software', name: 'refloop-capture' } }]);
  expect([await look(), await work(), failures]).toEqual([{ read: expect.any(Number), taken: 0 }, 'accepted', []]);
});

test('a decline ends the attempt and leaves the order', async () => {
  await change({ status: 'rejected', statusReason: { text: 'not taking patients' } });
  await look();
  const { attempts, order } = await referral();
  expect([attempts[0]?.work, order.status]).toEqual([
    expect.objectContaining({ status: 'declined', reason: 'not-taking-patients' }),
    'active',
  ]);
});

test('booked, moved, kept; the encounter of a kept appointment is no second visit', async () => {
  const booked = await put(appointment());
  await look();
  expect(await work()).toBe('scheduled');
  await exchange.ehr.repository.update({ ...booked, start: hourAgo() });
  await look();
  expect((await referral()).attempts[0]?.appointments).toMatchObject([{ id: `Appointment/${booked.id}`, status: 'booked' }]);
  await put<Encounter>({
    resourceType: 'Encounter',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/p1' },
    basedOn: [{ reference: 'ServiceRequest/o1' }],
    appointment: [{ reference: `Appointment/${booked.id}` }],
    period: { start: hourAgo(), end: hourAgo() },
  });
  await look();
  await exchange.ehr.repository.update({ ...booked, start: hourAgo(), status: 'fulfilled' });
  await look();
  const [attempt] = (await referral()).attempts;
  expect([attempt?.work.status, attempt?.visits.length, attempt?.appointments.map(({ status }) => status)]).toEqual(['seen', 1, ['kept']]);
});

test('a note that names our order is a report to review; our own referral note is none', async () => {
  await put(note({ type: { coding: [{ system: 'http://loinc.org', code: '57133-1' }] } }));
  const filed = await put(note());
  await look();
  expect((await referral()).reports).toMatchObject([{ id: `DocumentReference/${filed.id}`, status: 'matched', form: 'final' }]);
  expect(await owed()).toContain('review');
});

test('the other side accepts the Task while a note stands that is not theirs: on record once, and accepted since then once that is off', async () => {
  const wrong = await put(note());
  await look();
  expect(await work()).toBe('completed');
  await change({ status: 'accepted' });
  const when = (await exchange.ehr.repository.read<Task>('Task', task.id ?? '')).meta?.lastUpdated;
  expect((await look()).taken).toBe(1);
  await change({ priority: 'routine' });
  expect([(await look()).taken, await work(), await aside()]).toEqual([0, 'completed', []]);
  const told = (await inScope((unit) => unit.events.read(referralId))).filter(({ type }) => type === 'attempt-accepted');
  expect(told.map(({ effectiveAt }) => effectiveAt)).toEqual([null, when]);
  const reportId = `DocumentReference/${wrong.id}`;
  const at = exchange.ehr.now().toISOString();
  await inScope((unit) =>
    applyDecision(unit, referralId, CLINICIAN, at, (now) =>
      decideCare(now, { type: 'unlink-report', reportId, because: 'other-patient', reason: 'Of a namesake' }, at),
    ),
  );
  expect((await referral()).attempts[0]).toMatchObject({ work: { status: 'accepted', since: when }, acceptedAt: when });
  expect([await owed(), failures]).toEqual([expect.arrayContaining(['book']), []]);
  expect([(await look()).taken, await work()]).toEqual([0, 'accepted']);
});

test('what we wrote ourselves is no news, also when we have moved on', async () => {
  await happens(opened.store, scope, referralId, hourAgo(), { type: 'accept' });
  const handlers = [anyHandler(taskStanding({ sites: [site()], access: exchange.access, now: () => exchange.ehr.now() }))];
  const parts = {
    holder: 'w',
    version: '1',
    random: () => 0.5,
    pause: async () => undefined,
    failed: (error: unknown) => void failures.push(error),
  };
  await createOutboxWorker({
    ...parts,
    store: { ...opened.store, scopes: async () => [scope] },
    handlers,
    now: () => exchange.ehr.now(),
  }).run();
  const written = await exchange.ehr.repository.read<Task>('Task', task.id ?? '');
  expect(written.status).toBe('accepted');
  await happens(opened.store, scope, referralId, hourAgo(), { type: 'request-cancellation', reason: 'Not needed' });
  await look();
  expect([await work(), await aside(), failures]).toEqual(['cancellation-requested', [], []]);
});

test('another patient, another owner, another priority: set aside once each, for a person to reconcile', async () => {
  await change({ owner: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1999999984' } } });
  await look();
  await change({ priority: 'routine' });
  await look();
  expect(await aside()).toEqual(['The Task in the EHR is with another specialist now (NPI 1999999984).']);
  const other = await put<Resource>({ resourceType: 'Patient', name: [{ family: 'Other' }] } as Resource);
  await change({ for: { reference: `Patient/${other.id}` }, status: 'accepted' });
  await look();
  expect([(await aside()).length, await work()]).toEqual([2, 'sent']);
  expect((await owed()).filter((kind) => kind === 'reconcile')).toHaveLength(2);
});

test('the EHR is asked once to notify us; what bears its secret makes us look at once, and nothing else does', async () => {
  const asked = () => exchange.asked.filter((each) => each.startsWith('POST Subscription')).length;
  const before = asked();
  await captureOn().run();
  await look();
  expect(asked() - before).toBe(1);
  const mine = () => exchange.notified.filter(({ url }) => url.endsWith(siteKey(site())));
  await expect.poll(async () => (await exchange.ehr.repository.search('Subscription', 'status=active')).matches.length).toBeGreaterThan(0);
  await expect.poll(() => mine().map(({ type }) => type)).toEqual(['handshake']);
  const token = mine()[0]?.bearer ?? '';
  const heard = (bearer: string | undefined) =>
    heardFrom(opened.store, site(), bearer === undefined ? undefined : digest(bearer), exchange.ehr.now());
  expect([await heard(undefined), await heard('another'), (await captureOn().run()).read]).toEqual([false, false, 0]);
  // The other side writes over FHIR.
  await exchange.write(`Task/${task.id}`, { ...(await exchange.ehr.repository.read<Task>('Task', task.id ?? '')), status: 'accepted' });
  expect(mine().map(({ type, focus }) => [type, focus])).toEqual([
    ['handshake', []],
    ['event-notification', [`Task/${task.id}`]],
  ]);
  expect(await heard(token)).toBe(true);
  await captureOn().run();
  expect(await work()).toBe('accepted');
});

test('a process at another address asks to be notified there, though nothing is due; one at the same address does not', async () => {
  await captureOn().run();
  const asked = () => exchange.asked.filter((each) => each.startsWith('POST Subscription')).length;
  const before = asked();
  await captureOn().run();
  expect(asked() - before).toBe(0);
  await captureOn(opened.store, 'http://127.0.0.1:4099').run();
  expect(asked() - before).toBe(1);
});

test('it is looked at every 15 minutes, and at once when woken', async () => {
  const run = () => captureOn().run();
  const before = exchange.asked.filter((each) => each.includes('_lastUpdated')).length;
  const asked = (): number => exchange.asked.filter((each) => each.includes('_lastUpdated')).length;
  await run();
  const first = asked() - before;
  await run();
  expect(asked() - before).toBe(first);
  await inScope(({ capture }) => capture.wake());
  await run();
  expect(asked() - before).toBe(2 * first);
  exchange.ehr.pass(POLL_MS / 1000 - 1);
  await run();
  expect(asked() - before).toBe(2 * first);
});

test('an EHR that goes away, and a process that dies in the middle, lose nothing', async () => {
  await look();
  await change({ status: 'accepted' });
  const booked = await put(appointment());
  exchange.away(true);
  expect(await look()).toEqual({ read: 0, taken: 0 });
  exchange.away(false);
  let begun = 0;
  const dying: Store = {
    ...opened.store,
    transaction: (within, inside) => ((begun += 1) > 4 ? Promise.reject(new Error('dead')) : opened.store.transaction(within, inside)),
  };
  await look(dying);
  expect(failures.length).toBeGreaterThan(0);
  await look();
  expect([await work(), (await referral()).attempts[0]?.appointments.map(({ id }) => id)]).toEqual([
    'scheduled',
    [`Appointment/${booked.id}`],
  ]);
});

test('where there is no Task the other types are looked at, and what is refused is on record', async () => {
  await at('oracle-like');
  await put(appointment());
  await look();
  const checkpoints = await inScope(({ capture }) => capture.checkpoints());
  expect(checkpoints.map(({ resourceType, refused }) => [resourceType, refused === null])).toEqual([
    ['Appointment', true],
    ['DocumentReference', true],
    ['Encounter', true],
    ['ServiceRequest', true],
    ['Task', false],
  ]);
  expect(await work()).toBe('scheduled');
});

test('an order that is revoked in the EHR is revoked; of one that is over nothing is moved', async () => {
  const order = await exchange.ehr.repository.read('ServiceRequest', 'o1');
  await exchange.ehr.repository.update({ ...order, status: 'revoked' } as typeof order);
  await look();
  expect((await referral()).order.status).toBe('revoked');
  const decided = await inScope((unit) =>
    applyDecision(unit, referralId, CLINICIAN, exchange.ehr.now().toISOString(), (now) =>
      decideCare(now, { type: 'assign', coordinator: 'kim', because: 'claimed' }, hourAgo()),
    ),
  );
  expect(decided?.ok).toBe(true);
  await exchange.ehr.repository.update({ ...order, status: 'active' } as typeof order);
});
