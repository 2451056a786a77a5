/** Text messages on PostgreSQL: what leaves by itself and when, and what a patient's answer does, over HTTP with its signature. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EMERGENCY_WORDS } from '@refloop/domain/patient/messages';
import type { Referral } from '@refloop/domain/referral/referral';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyHandler } from '../../channels/handler.ts';
import { textMessage } from '../../channels/text-message.ts';
import type { Thread } from '../../client/thread.ts';
import { createOutboxWorker } from '../../outbox/worker.ts';
import { patientPageRoutes } from '../../routes/patient.ts';
import { type Site, sandboxSite } from '../../sites.ts';
import type { PatientContact } from '../../store/patient-contacts.ts';
import type { ReferralRow } from '../../store/referrals.ts';
import { lookAgain, readReferral } from '../referral-log.ts';
import { openReferralApi, type ReferralApi } from '../test-referral-api.ts';
import { createIncomingTextService } from './incoming-texts.ts';
import { acceptedWith, approvedFor } from './test-patient.ts';

const AT = '2026-11-20T15:00:00.000Z';
const NUMBER = '+15552100100';
const SECRET = 'a secret of more than thirty-two characters';

let api: ReferralApi;
let site: Site;
let taken: { to: string; text: string }[] = [];
const gateway = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    taken.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as { to: string; text: string });
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"sms-1"}');
  });
});
let id = '';
let count = 0;

beforeAll(async () => {
  api = await openReferralApi();
  await new Promise<void>((done) => gateway.listen(0, '127.0.0.1', done));
  const { port } = gateway.address() as AddressInfo;
  const textMessages = { url: `http://127.0.0.1:${port}/messages`, from: '+15552100199', key: 'k', secret: SECRET };
  site = { ...sandboxSite(4010), phone: '(555) 210-0199', textMessages };
});
afterAll(async () => {
  gateway.close();
  await api.close();
});
beforeEach(async () => {
  taken = [];
  id = `t${(count += 1)}`;
  await approvedFor(api.store, api.scope, id, AT);
});

const inScope: typeof api.store.transaction extends (scope: never, work: infer Work) => unknown ? (work: Work) => Promise<unknown> : never =
  (work) => api.store.transaction(api.scope, work as never);

async function consents(status: 'given' | 'withdrawn' | 'unknown', language: 'en' | 'es' = 'en'): Promise<void> {
  await inScope(async (unit) => {
    const row = await unit.referrals.get(id);
    await unit.patientContacts.put({
      patientId: row?.patientId ?? '',
      language,
      preferred: 'text',
      text: { to: NUMBER, consent: status === 'unknown' ? { status } : { status, at: AT, by: 'patient' } },
      email: { to: null, consent: { status: 'unknown' } },
      proxies: [],
      updatedAt: AT,
    });
  });
}

async function runOutbox(now: string): Promise<void> {
  await api.store.enrol(api.scope);
  await createOutboxWorker({
    store: api.store,
    handlers: [anyHandler(textMessage({ sites: [site], address: 'https://refloop.example.org' }))],
    holder: `w-${now}`,
    version: 'test',
    now: () => new Date(now),
    random: () => 0.5,
    pause: async () => undefined,
    failed: (error) => {
      throw error;
    },
  }).run();
}

const look = (now: string) => inScope((unit) => lookAgain(unit, id, now));
const types = async (): Promise<string[]> =>
  ((await inScope((unit) => unit.events.read(id))) as { type: string }[]).map(({ type }) => type);

describe('what leaves by itself', () => {
  test('the notice at acceptance, the reminders at five and ten days, by day, and no more once a visit is booked', async () => {
    await consents('given', 'es');
    await acceptedWith(api.store, api.scope, id, AT, []);
    await runOutbox('2026-11-20T15:01:00.000Z');
    expect(taken).toEqual([
      { to: NUMBER, id: expect.any(String), from: '+15552100199', text: expect.stringMatching(/Ya puede hacer su cita/) },
    ]);
    expect(JSON.stringify(taken)).not.toMatch(/Rosa|Rivera|ardiolog|Palpitations/);
    expect(await types()).toContain('patient-messaged');
    // Five days on it is due again; before nine in the morning it waits.
    await look('2026-11-25T15:01:00.000Z');
    await runOutbox('2026-11-25T15:02:00.000Z');
    expect(taken.map(({ text }) => /Ya puede|aún no tiene fecha/.exec(text)?.[0])).toEqual(['Ya puede', 'aún no tiene fecha']);
    await look('2026-11-30T23:01:00.000Z');
    await runOutbox('2026-11-30T23:02:00.000Z');
    expect(taken).toHaveLength(2);
    await runOutbox('2026-12-01T09:00:00.000Z');
    expect(taken).toHaveLength(3);
    // Every message has a link of its own, and the patient's page opens by each.
    expect(new Set(taken.map(({ text }) => /#(.{43})/.exec(text)?.[1])).size).toBe(3);
  });

  test.each(['unknown', 'withdrawn'] as const)('nothing without consent (%s): the step stays a person’s', async (status) => {
    await consents(status);
    await acceptedWith(api.store, api.scope, id, AT, []);
    await runOutbox('2026-11-20T15:01:00.000Z');
    expect(taken).toEqual([]);
    expect(await types()).toContain('escalation-raised');
  });

  test('STOP between the asking and the sending: it does not leave', async () => {
    await consents('given');
    const late = '2026-11-20T22:00:00.000Z';
    await acceptedWith(api.store, api.scope, id, late, []);
    await says('STOP', { now: '2026-11-20T22:05:00.000Z' });
    await runOutbox('2026-11-21T09:00:01.000Z');
    expect(taken).toEqual([]);
  });

  test('whoever is alerted reads whom to call, on which number, and how often it was tried by itself', async () => {
    await consents('given', 'es');
    await acceptedWith(api.store, api.scope, id, AT, []);
    await runOutbox('2026-11-20T15:01:00.000Z');
    for (const day of ['2026-11-25', '2026-11-30']) {
      await look(`${day}T15:01:00.000Z`);
      await runOutbox(`${day}T15:02:00.000Z`);
    }
    await look('2026-12-04T15:01:00.000Z');
    api.clock.now = new Date('2026-12-04T15:02:00.000Z');
    const coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
    const { obligations, reach } = (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
    expect(obligations.flatMap(({ steps }) => steps.map(({ rule }) => rule))).toContain('R138');
    expect(reach).toEqual({
      patient: {
        phone: '(555) 210-0100',
        phoneFrom: 'chart',
        language: 'es',
        texts: 'given',
        messages: { sent: 3, failed: 0, unknown: 0, lastAt: '2026-11-30T15:02:00.000Z' },
        calls: { made: 0, lastAt: null },
        locked: false,
      },
      office: {
        phone: '510-555-0100',
        fax: '',
        sendings: { made: 1, arrived: 0, failed: 0, lastAt: expect.any(String) },
        openedAt: null,
        locked: false,
      },
    });
  });

  test('in the words of the site as they were when it was asked for; a reply in those in force', async () => {
    await consents('given');
    let version = 0;
    const say = (name: string, book: string, help: string) =>
      inScope((unit) =>
        unit.configurations.add({
          configuration: {
            version: (version += 1),
            practice: { name, phone: null, accent: null },
            statuses: [],
            templates: [
              { template: 'book', language: 'en', words: book },
              { template: 'help', language: 'en', words: help },
            ],
          },
          madeBy: 'ada',
          madeByName: 'Ada',
          madeAt: AT,
          reason: 'For the test',
        }),
      );
    await say('Bay Clinic', '{practice}: Pick your day: {link}', '{practice}, {phone}. STOP ends texts.');
    await acceptedWith(api.store, api.scope, id, AT, []);
    await say('Hill Clinic', '{practice}: Another: {link}', '{practice} on {phone}. STOP ends texts.');
    await runOutbox('2026-11-20T15:01:00.000Z');
    expect(taken[0]?.text).toMatch(/^Bay Clinic: Pick your day: https:\S+ Reply STOP to end texts\.$/);
    expect(await says('HELP')).toMatchObject({ reply: 'Hill Clinic on (555) 210-0199. STOP ends texts.' });
    expect(await says('I have chest pain')).toEqual({ reply: EMERGENCY_WORDS.en });
  });
});

const sign = (body: string, seconds: number, secret = SECRET): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

let messages = 0;
function says(text: string, { now = AT, from = '555-210-0100', message = `sms-${(messages += 1)}` } = {}) {
  const bytes = JSON.stringify({ id: message, from, text });
  const texts = createIncomingTextService({ store: api.store, sites: [site] });
  return texts.receive(sign(bytes, Date.parse(now) / 1000), new TextEncoder().encode(bytes), new Date(now));
}
const owed = async (): Promise<string[]> =>
  ((await inScope((unit) => unit.obligations.openOf(id))) as { kind: string }[]).map(({ kind }) => kind).toSorted();

describe('what a patient writes', () => {
  test('an emergency: the fixed words and nothing else, and somebody here has a quarter of an hour', async () => {
    await consents('given', 'es');
    expect(await says('me duele mucho el pecho')).toEqual({ reply: EMERGENCY_WORDS.es });
    expect(await owed()).toEqual(['check-on-patient', 'send']);
    // Also where it says stop: nothing else is done with it.
    expect(await says('STOP texting me, I have chest pain')).toEqual({ reply: EMERGENCY_WORDS.es });
    expect(await types()).not.toContain('patient-consent-changed');
    expect(await says('cant breathe', { from: '+15559990000' })).toEqual({ reply: `${EMERGENCY_WORDS.en} ${EMERGENCY_WORDS.es}` });
  });

  test('STOP and START are heeded once, anything else is a person’s to answer; the same message twice is one', async () => {
    await consents('given');
    expect(await says('Stop')).toMatchObject({ reply: expect.stringMatching(/no more texts/) });
    await says('stop');
    expect((await types()).filter((type) => type === 'patient-consent-changed')).toHaveLength(1);
    expect(await says('START')).toMatchObject({ reply: expect.stringMatching(/Reply STOP/) });
    for (const message of ['same', 'same']) await says('Can I come on Monday?', { message });
    expect((await types()).filter((type) => type === 'patient-wrote')).toHaveLength(1);
    expect(await owed()).toEqual(['answer-patient', 'send']);
    expect(await says('HELP')).toMatchObject({ reply: expect.stringContaining('(555) 210-0199') });
  });

  test('of two patients who share a number each is written down, and each history gives its row', async () => {
    await consents('given');
    const first = id;
    id = `t${(count += 1)}`;
    await approvedFor(api.store, api.scope, id, AT, {}, `sibling-of-${first}`);
    await consents('given');
    await says('Can we come together?');
    for (const each of [first, id]) {
      const row = (await inScope((unit) => unit.referrals.get(each))) as ReferralRow;
      const referral = (await inScope((unit) => readReferral(unit, each))) as Referral;
      expect([referral.patientWords.length, row.sequence]).toEqual([1, referral.lastSequence]);
    }
  });

  test('a START that the gateway plays again after a STOP changes nothing', async () => {
    await consents('unknown');
    await says('START', { message: 'first' });
    await says('STOP', { message: 'second' });
    await says('START', { message: 'first' });
    const { text } = (await inScope(async (unit) =>
      unit.patientContacts.get((await unit.referrals.get(id))?.patientId ?? ''),
    )) as PatientContact;
    expect(text.consent.status).toBe('withdrawn');
  });

  test('nothing is taken that the gateway of a site did not sign just now', async () => {
    const texts = createIncomingTextService({ store: api.store, sites: [site, { ...site, textMessages: undefined }] });
    const body = JSON.stringify({ id: 'x', from: NUMBER, text: 'STOP' });
    const bytes = new TextEncoder().encode(body);
    const seconds = Date.parse(AT) / 1000;
    const at = new Date(AT);
    const refused = { refused: 'signature-refused' };
    expect(await texts.receive('', bytes, at)).toMatchObject(refused);
    expect(await texts.receive(sign(body, seconds, 'another secret'), bytes, at)).toMatchObject(refused);
    expect(await texts.receive(sign(`${body} `, seconds), bytes, at)).toMatchObject(refused);
    expect(await texts.receive(sign(body, seconds - 301), bytes, at)).toMatchObject(refused);
    expect(await texts.receive(sign('[]', seconds), new TextEncoder().encode('[]'), at)).toMatchObject({ refused: 'invalid-request' });
    expect(await texts.receive(sign(body, seconds), bytes, at)).toMatchObject({ reply: expect.any(String) });
  });
});

test('the gateway’s address takes a body marked as JSON with its signature in a header', () => {
  const [route] = patientPageRoutes({ page: {} as never, links: {} as never, texts: {} as never, mailStops: {} as never }).filter(
    ({ path }) => path === '/text-messages',
  );
  expect(route?.upload).toMatchObject({ contentType: 'application/json', limit: 16_384 });
});
