/** A date that somebody else than the patient sets, moves or calls off: they are written of it by day, once, or the thread says that they were not. */
import { decidePatient } from '@refloop/domain/referral/patient-act';
import { beforeEach, expect, test } from 'vitest';
import { anyHandler } from '../../channels/handler.ts';
import { textMessage } from '../../channels/text-message.ts';
import { createOutboxWorker } from '../../outbox/worker.ts';
import type { Session } from '../../sessions/session.ts';
import { type Site, sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import type { Store, Unit } from '../../store/store.ts';
import { keepFirstPolicy } from '../engine/policy-in-force.ts';
import { happens } from '../engine/test-in-force.ts';
import { applyDecision } from '../referral-log.ts';
import { readThread } from '../worklist.ts';
import { acceptedWith, approvedFor } from './test-patient.ts';

/** By day in Chicago; then half past nine in the evening, and the morning after. */
const AT = '2026-11-20T16:00:00.000Z';
const NOON = '2026-11-20T18:00:00.000Z';
const NIGHT = '2026-11-21T03:30:00.000Z';
const MORNING = '2026-11-21T15:30:00.000Z';
const FIRST = '2026-12-01T15:00:00.000Z';
const SECOND = '2026-12-03T15:00:00.000Z';
const SOON = '2026-11-21T14:00:00.000Z';
const textMessages = { url: 'http://127.0.0.1:1/x', from: '+15552100199', key: 'k', secret: 's'.repeat(32) };
const site: Site = { ...sandboxSite(4010), textMessages };
const scope = scopeOf(site);
const SESSION = { scope, roles: ['coordinator'], subject: 'kim', fhirUser: 'Practitioner/kim', name: 'Kim' } as unknown as Session;

let store: Store;
let sent: string[];
const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => store.transaction(scope, work);

async function contact(status: 'given' | 'unknown'): Promise<void> {
  const consent = status === 'unknown' ? { status } : { status, at: AT, by: 'patient' as const };
  const email = { to: null, consent: { status: 'unknown' as const } };
  await inScope((unit) =>
    unit.patientContacts.put({
      patientId: 'p1',
      language: 'en',
      preferred: 'text',
      text: { to: '+15552100100', consent },
      email,
      proxies: [],
      updatedAt: AT,
    }),
  );
}
async function run(now: string): Promise<string[]> {
  sent = [];
  const gateway = async (_: unknown, init?: RequestInit): Promise<Response> => {
    sent.push((JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as { text: string }).text);
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
  return sent;
}
const books = (at: string, startsAt: string, appointmentId = `a-${startsAt}`) =>
  happens(store, scope, 'r', at, { type: 'schedule', appointmentId, startsAt });
const callsOff = (at: string, startsAt: string, by: 'patient' | 'specialist' = 'specialist') =>
  happens(store, scope, 'r', at, { type: 'cancel-appointment', appointmentId: `a-${startsAt}`, by });
const details = async (now: string): Promise<(string | null)[]> =>
  ((await inScope((unit) => readThread(unit, SESSION, 'r', now)))?.entries ?? [])
    .filter(({ title }) => /Appointment|Message to the patient/.test(title))
    .map(({ detail }) => detail);

beforeEach(async () => {
  let count = 0;
  store = openMemoryStore({ newId: () => `id-${(count += 1)}` });
  await store.enrol(scope);
  await keepFirstPolicy(store, scope, 'America/Chicago', new Date(AT));
  await approvedFor(store, scope, 'r', AT);
  await acceptedWith(store, scope, 'r', AT, [FIRST, SECOND]);
  await contact('given');
});

const DATE = /There is a date for your visit/;
const OFF = /Your visit is not on the day that was set/;

test('set, moved and called off by the office: each is written once, with a link and nothing of the visit', async () => {
  await books(NOON, FIRST);
  expect(await run(NOON)).toEqual([expect.stringMatching(DATE)]);
  expect(sent.join()).not.toMatch(/Rosa|Rivera|ardiolog|Palpitations|Dec|12-01/);
  await books('2026-11-20T18:10:00.000Z', SECOND);
  expect(await run('2026-11-20T18:11:00.000Z')).toEqual([expect.stringMatching(DATE)]);
  await callsOff('2026-11-20T18:20:00.000Z', SECOND);
  expect(await run('2026-11-20T18:21:00.000Z')).toEqual([expect.stringMatching(OFF)]);
  expect(await run(MORNING)).toEqual([]);
  expect((await details(MORNING)).filter((detail) => detail?.includes('Sent.'))).toEqual([
    'The date of the visit. By text message. Sent.',
    'The date of the visit. By text message. Sent.',
    'That the visit was called off. By text message. Sent.',
  ]);
  expect((await details(MORNING)).join()).not.toContain('did not tell');
});

test.each([
  ['declines after all', [{ type: 'decline', reason: 'other' }]],
  ['says that it is cancelled', [{ type: 'request-cancellation', reason: 'moved' }, { type: 'confirm-cancellation' }]],
] as const)('the office %s: the visit that was booked there falls with it, and the patient is written of it', async (_what, steps) => {
  await books(NOON, FIRST);
  await run(NOON);
  for (const [at, step] of steps.entries()) await happens(store, scope, 'r', `2026-11-20T18:2${at}:00.000Z`, step);
  expect(await run('2026-11-20T18:25:00.000Z')).toEqual([expect.stringMatching(OFF)]);
});

test('nobody is written of a visit that never was', async () => {
  await happens(store, scope, 'r', NOON, { type: 'decline', reason: 'other' });
  expect(await run(NOON)).not.toContainEqual(expect.stringMatching(OFF));
});

test('in the night it waits, and only the date that stands in the morning is told', async () => {
  await books(NIGHT, FIRST);
  await books('2026-11-21T03:40:00.000Z', SECOND);
  expect(await run('2026-11-21T03:50:00.000Z')).toEqual([]);
  expect(await run(MORNING)).toEqual([expect.stringMatching(DATE)]);
});

test('called off and set anew before it left: the new date alone is told', async () => {
  await books(NOON, FIRST);
  await run(NOON);
  await callsOff(NIGHT, FIRST);
  await books('2026-11-21T03:40:00.000Z', SECOND);
  expect(await run(MORNING)).toEqual([expect.stringMatching(DATE)]);
});

test('called off in the night before an early visit it is too late to write, and the thread says that it was not sent', async () => {
  await books(NOON, SOON);
  await run(NOON);
  await callsOff(NIGHT, SOON);
  expect(await run(MORNING)).toEqual([]);
  expect((await details(MORNING)).at(-1)).toBe('That the visit was called off. By text message. Not sent.');
});

test('what the patient does themselves, or told the office, is no news to them', async () => {
  await inScope((unit) =>
    applyDecision(unit, 'r', { kind: 'patient', link: 'l', as: 'patient' }, NOON, (referral) =>
      decidePatient(referral, { act: 'book', startsAt: FIRST }, 'press', NOON),
    ),
  );
  expect(await run(NOON)).toEqual([]);
  await books('2026-11-20T18:10:00.000Z', SECOND);
  await run('2026-11-20T18:11:00.000Z');
  await callsOff('2026-11-20T18:20:00.000Z', SECOND, 'patient');
  expect(await run('2026-11-20T18:21:00.000Z')).toEqual([]);
  expect((await details(MORNING)).join()).not.toContain('did not tell');
});

test('a visit that is past when it becomes known is not told', async () => {
  await books(NOON, '2026-11-20T17:00:00.000Z');
  expect(await run(NOON)).not.toContainEqual(expect.stringMatching(DATE));
});

test('without consent nothing is asked for, and the thread says that the patient was not told, while the visit is ahead', async () => {
  await contact('unknown');
  await books(NOON, FIRST);
  expect(await run(NOON)).toEqual([]);
  expect(await details(NOON)).toEqual(['Refloop did not tell the patient. For']);
  await callsOff('2026-11-20T18:20:00.000Z', FIRST);
  expect(await details(MORNING)).toEqual(['For', 'By the specialist. Refloop did not tell the patient.']);
  expect((await details('2026-12-02T15:00:00.000Z')).join()).not.toContain('did not tell');
});
