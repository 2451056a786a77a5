/** What was asked for and is overtaken before it leaves: by the night, by time, by what the patient said since. On the store in memory. */
import { decideCare } from '@refloop/domain/referral/care-command';
import { beforeEach, expect, test } from 'vitest';
import { anyHandler } from '../../channels/handler.ts';
import { textMessage } from '../../channels/text-message.ts';
import { createOutboxWorker } from '../../outbox/worker.ts';
import { type Site, sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import type { Store, Unit } from '../../store/store.ts';
import { keepFirstPolicy } from '../engine/policy-in-force.ts';
import { CLINICIAN, happens } from '../engine/test-in-force.ts';
import { applyDecision } from '../referral-log.ts';
import { acceptedWith, approvedFor } from './test-patient.ts';

/** In Chicago half past seven in the evening, then half past nine, and the morning after. */
const EVENING = '2026-11-21T01:30:00.000Z';
const NIGHT = '2026-11-21T03:30:00.000Z';
const MORNING = '2026-11-21T15:30:00.000Z';
const NUMBER = '+15552100100';
const textMessages = { url: 'http://127.0.0.1:1/x', from: '+15552100199', key: 'k', secret: 's'.repeat(32) };
const site: Site = { ...sandboxSite(4010), textMessages };
const scope = scopeOf(site);

let store: Store;
let sentAt: string[];
let isAway: boolean;
const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => store.transaction(scope, work);

async function consents(status: 'given' | 'withdrawn', at: string): Promise<void> {
  await inScope(async (unit) => {
    const text = { to: NUMBER, consent: { status, at, by: 'patient' as const } };
    const email = { to: null, consent: { status: 'unknown' as const } };
    await unit.patientContacts.put({ patientId: 'p1', language: 'en', preferred: 'text', text, email, proxies: [], updatedAt: at });
  });
}

beforeEach(async () => {
  let count = 0;
  store = openMemoryStore({ newId: () => `id-${(count += 1)}` });
  sentAt = [];
  isAway = true;
  await store.enrol(scope);
  await keepFirstPolicy(store, scope, 'America/Chicago', new Date(EVENING));
  await approvedFor(store, scope, 'r', EVENING);
  await consents('given', EVENING);
  await acceptedWith(store, scope, 'r', EVENING, []);
  await run('2026-11-21T01:31:00.000Z');
  isAway = false;
});

async function run(now: string): Promise<void> {
  const gateway = async (): Promise<Response> => {
    if (isAway) return new Response('', { status: 503 });
    sentAt.push(now);
    return new Response('{"id":"1"}', { status: 201 });
  };
  await createOutboxWorker({
    store,
    handlers: [anyHandler(textMessage({ sites: [site], address: 'https://refloop.example.org', fetch: gateway }))],
    holder: `worker-${now}`,
    version: 'test',
    now: () => new Date(now),
    random: () => 0.5,
    pause: async () => undefined,
    failed: (error) => {
      throw error;
    },
  }).run();
}
const messaged = async () => (await inScope((unit) => unit.events.read('r'))).filter(({ type }) => type === 'patient-messaged');

test('a gateway that comes back at night is sent nothing before nine, and the wait is no try', async () => {
  await run(NIGHT);
  const waiting = (await inScope((unit) => unit.outbox.ofReferral('r'))).find(({ kind }) => kind === 'text-message');
  expect(waiting).toMatchObject({ tries: 1, dueAt: '2026-11-21T15:00:00.000Z' });
  await run(MORNING);
  expect(sentAt).toEqual([MORNING]);
});

test('STOP that stands with the patient alone is heeded', async () => {
  await consents('withdrawn', NIGHT);
  await run(MORNING);
  expect(sentAt).toEqual([]);
});

test('where the office said no in the night there is nothing to book', async () => {
  await happens(store, scope, 'r', NIGHT, { type: 'decline', reason: 'not-taking-patients' });
  await run(MORNING);
  expect(sentAt).toEqual([]);
});

test('what is too late to be of use does not leave, and the history says so', async () => {
  await run('2026-11-24T15:30:00.000Z');
  expect(sentAt).toEqual([]);
  expect((await messaged()).map(({ data }) => (data as { outcome: string }).outcome)).toEqual(['unknown']);
});

const noteCame = (reportId: string, at: string) =>
  happens(store, scope, 'r', at, { type: 'give-outcome', reportId, document: null, fromNpi: null });
const takenOff = (reportId: string, at: string) =>
  inScope((unit) =>
    applyDecision(unit, 'r', CLINICIAN, at, (referral) =>
      decideCare(referral, { type: 'unlink-report', reportId, because: 'other-patient', reason: 'Of a namesake' }, at),
    ),
  );
const askedHowItWas = async () => (await messaged()).filter(({ data }) => (data as { topic: string }).topic === 'rate').length;

test('how it was is asked of nobody whose visit only a note showed that was taken off; of whom is seen after all it is', async () => {
  await noteCame('wrong', '2026-11-21T16:00:00.000Z');
  await takenOff('wrong', '2026-11-21T17:00:00.000Z');
  await run('2026-11-22T16:30:00.000Z');
  expect(await askedHowItWas()).toBe(0);
  await noteCame('right', '2026-11-22T17:00:00.000Z');
  await run('2026-11-23T17:30:00.000Z');
  expect(await askedHowItWas()).toBe(1);
});

test('it is asked once where the right note comes before the first question has left', async () => {
  await noteCame('wrong', '2026-11-21T16:00:00.000Z');
  await takenOff('wrong', '2026-11-21T17:00:00.000Z');
  await noteCame('right', '2026-11-21T18:00:00.000Z');
  await run('2026-11-22T18:30:00.000Z');
  await run('2026-11-23T18:30:00.000Z');
  expect(await askedHowItWas()).toBe(1);
});

test('it is not asked once more where the question had left before the note was taken off', async () => {
  await noteCame('wrong', '2026-11-21T16:00:00.000Z');
  await run('2026-11-22T16:30:00.000Z');
  expect(await askedHowItWas()).toBe(1);
  await takenOff('wrong', '2026-11-22T17:00:00.000Z');
  await noteCame('right', '2026-11-22T18:00:00.000Z');
  await run('2026-11-23T18:30:00.000Z');
  expect(await askedHowItWas()).toBe(1);
});
