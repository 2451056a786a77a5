/** What the patient tells somebody of the practice of how they are reached, and what leaves by it afterwards. On the store in memory. */
import { beforeEach, describe, expect, test } from 'vitest';
import { anyHandler } from '../../channels/handler.ts';
import { TEXT_MESSAGE, textMessage } from '../../channels/text-message.ts';
import type { TellContact } from '../../client/patient-contact.ts';
import { createOutboxWorker } from '../../outbox/worker.ts';
import { isRefusal } from '../../problem.ts';
import type { Session } from '../../sessions/session.ts';
import { type Site, sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import type { Store, Unit } from '../../store/store.ts';
import { keepFirstPolicy } from '../engine/policy-in-force.ts';
import { howToReach } from '../how-to-reach.ts';
import { readReferral } from '../referral-log.ts';
import { changeConsent } from './patient-consent.ts';
import { createPatientContactService } from './patient-contact.ts';
import { acceptedWith, approvedFor } from './test-patient.ts';

const AT = '2026-11-20T15:00:00.000Z';
const CALL = '2026-11-20T15:05:00.000Z';
const LATER = '2026-11-20T15:20:00.000Z';
const NUMBER = '+15552100100';
const textMessages = { url: 'http://127.0.0.1:1/x', from: '+15552100199', key: 'k', secret: 's'.repeat(32) };
const site: Site = { ...sandboxSite(4010), textMessages };
const scope = scopeOf(site);
const times = { startedAt: AT, lastActivity: AT, expiresAt: '2026-11-20T23:00:00.000Z' };
const coordinator: Session = {
  scope,
  roles: ['coordinator'],
  subject: 'teo',
  fhirUser: 'Practitioner/teo',
  name: 'Teo',
  patientId: null,
  sessionId: 'x',
  ...times,
};

let store: Store;
let presses = 0;
const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => store.transaction(scope, work);
const service = () => createPatientContactService({ store, siteOf: () => site });

async function read() {
  const answered = await service().read(coordinator, 'r', new Date(CALL));
  if (isRefusal(answered)) throw new Error(answered.detail);
  return answered;
}

/** What is not said of the form stands in it as it was read. */
async function tells(more: Partial<TellContact>, now = CALL) {
  const { mark, preferred, language, text, email } = await read();
  const asItWas = { text: { to: text.to ?? '', wanted: null }, email: { to: email.to ?? '', wanted: null } };
  const asked: TellContact = { key: `press-${(presses += 1)}`, mark, how: 'telephone', note: '', preferred, language, ...asItWas, ...more };
  return service()
    .tell(coordinator, 'r', asked, new Date(now))
    .catch((error: { refusal?: unknown }) => error.refusal);
}

const saysSo = (given: boolean, by: 'patient' | 'staff' = 'patient') =>
  inScope(async (unit) => {
    const contact = await unit.patientContacts.take('p1');
    if (!contact) throw new Error('Nothing is on record.');
    const actor = { kind: 'patient', link: null, as: 'patient' } as const;
    return changeConsent(unit, contact, { channel: 'text', given, by, actor, now: LATER, key: `word-${(presses += 1)}` });
  });
const wants = (to = NUMBER) => tells({ text: { to, wanted: true } });
const consentEvents = (id: string) =>
  inScope(async (unit) => (await unit.events.read(id)).filter(({ type }) => type === 'patient-consent-changed'));

beforeEach(async () => {
  let count = 0;
  store = openMemoryStore({ newId: () => `id-${(count += 1)}` });
  await store.enrol(scope);
  await keepFirstPolicy(store, scope, 'America/Chicago', new Date(AT));
  await approvedFor(store, scope, 'r', AT);
});

describe('on record', () => {
  test('the e-mail address of the chart, without a consent to write to it; what is none is not taken', async () => {
    await approvedFor(store, scope, 'mail', AT, { email: 'rosa@example.org' });
    await approvedFor(store, scope, 'no-mail', AT, { email: 'ask at the desk' });
    for (const [id, to] of [
      ['mail', 'rosa@example.org'],
      ['no-mail', null],
    ] as const) {
      expect(await service().read(coordinator, id, new Date(CALL))).toMatchObject({
        email: { to, consent: { status: 'unknown' } },
        leavesBy: null,
      });
    }
  });

  test('as the chart had it, before anything was told', async () => {
    expect(await read()).toEqual({
      mark: 'chart',
      isFromChart: true,
      language: 'es',
      preferred: 'text',
      text: { to: NUMBER, consent: { status: 'unknown' } },
      email: { to: null, consent: { status: 'unknown' } },
      leavesBy: null,
      sends: ['text'],
      proxies: [],
      isUnderAge: false,
      told: null,
    });
    expect(await inScope((unit) => unit.patientContacts.get('p1')), 'reading keeps nothing').toBeUndefined();
  });

  test('what was told: to whom, how, and a consent of each referral of theirs', async () => {
    await approvedFor(store, scope, 'r2', AT);
    await inScope((unit) =>
      unit.grants.put({
        subject: 'teo',
        name: 'Teo Lindqvist, RN',
        roles: ['coordinator'],
        fhirUser: 'Practitioner/teo',
        grantedBy: 'a',
        grantedAt: AT,
        reason: 'of the test',
      }),
    );
    const told = await tells({ how: 'in-person', note: 'Not before ten', language: 'en', text: { to: '555 210 0177', wanted: true } });
    expect(told).toMatchObject({
      isFromChart: false,
      language: 'en',
      leavesBy: 'text',
      text: { to: '+15552100177', consent: { status: 'given', at: CALL, by: 'staff' } },
      told: { at: CALL, to: 'Teo Lindqvist, RN', how: 'in-person', note: 'Not before ten' },
    });
    expect(await read()).toEqual(told);
    for (const id of ['r', 'r2']) {
      expect(await consentEvents(id)).toMatchObject([
        { actor: { kind: 'person', subject: 'teo' }, data: { channel: 'text', given: true } },
      ]);
    }
    const [entry] = (await inScope((unit) => unit.audit.list({ referralId: 'r' }))).filter(
      ({ action }) => action === 'patient-contact.told',
    );
    expect(entry).toMatchObject({ actor: { subject: 'teo' }, payload: { how: 'in-person', addressesChanged: ['text'] } });
    expect(JSON.stringify(entry), 'neither the number nor the note').not.toMatch(/0177|Not before/);
  });

  test('the same press twice is one word; what was read before another’s is not written over', async () => {
    const { mark } = await read();
    const press = { key: 'press-twice', mark };
    const first = await tells({ ...press, preferred: 'phone' });
    expect(await tells({ ...press, preferred: 'phone' }, LATER)).toEqual(first);
    expect(await tells({ mark, preferred: 'text' })).toMatchObject({ refused: 'conflict' });
    expect(await read()).toMatchObject({ preferred: 'phone' });
  });

  test('who may act for the patient', async () => {
    await wants();
    await inScope(async (unit) => {
      const contact = await unit.patientContacts.take('p1');
      if (contact) await unit.patientContacts.put({ ...contact, proxies: [{ side: 'parent', name: 'Ana Example' }] });
    });
    expect(await tells({ preferred: 'phone' })).toMatchObject({
      proxies: [{ id: 'parent Ana Example', side: 'parent', name: 'Ana Example', acts: false, reach: null, put: null }],
    });
  });

  test('a site without text messages says that a person does it', async () => {
    await wants();
    const noGateway = createPatientContactService({ store, siteOf: () => ({}) });
    expect(await noGateway.read(coordinator, 'r', new Date(CALL))).toMatchObject({ sends: [], leavesBy: null });
  });
});

describe('refused, with the field and nothing written', () => {
  test.each([
    ['text.to', { text: { to: '12', wanted: null } }],
    ['text.to', { text: { to: '', wanted: true } }],
    ['email.to', { email: { to: 'rosa at example', wanted: null } }],
    ['text.wanted', { text: { to: '(555) 210-0177', wanted: null } }],
  ] satisfies [string, Partial<TellContact>][])('%s', async (field, more) => {
    await wants();
    const before = await read();
    expect(await tells(more, LATER)).toMatchObject({ refused: 'invalid-request', errors: [{ field }] });
    expect(await read()).toEqual(before);
  });

  test('a yes over the patient’s own STOP, also where somebody had put a no on record before it', async () => {
    await wants();
    await tells({ text: { to: NUMBER, wanted: false } });
    await saysSo(false);
    expect((await read()).text.consent).toEqual({ status: 'withdrawn', at: LATER, by: 'patient' });
    expect(await wants()).toMatchObject({ refused: 'conflict', errors: [{ field: 'text.wanted', fix: expect.stringContaining('START') }] });
    await saysSo(true);
    expect(await wants()).toMatchObject({ text: { consent: { status: 'given', by: 'patient' } } });
  });

  test('a no that was told can be taken back by another word', async () => {
    await wants();
    await tells({ text: { to: NUMBER, wanted: false } });
    expect(await wants()).toMatchObject({ leavesBy: 'text', text: { consent: { status: 'given', by: 'staff' } } });
    expect((await inScope((unit) => readReferral(unit, 'r')))?.consents.text).toBe('given');
  });
});

describe('what is asked to leave goes by it', () => {
  const sent: string[] = [];
  async function run(now: string): Promise<string[]> {
    const gateway = async (_: unknown, init?: RequestInit): Promise<Response> => {
      sent.push((JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as { to: string }).to);
      return new Response('{"id":"1"}', { status: 201 });
    };
    sent.length = 0;
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
  const accepted = () => acceptedWith(store, scope, 'r', CALL, []);

  test('nothing before the patient was asked, and to the number they told once they were', async () => {
    await accepted();
    expect(await run(LATER)).toEqual([]);
    await approvedFor(store, scope, 'r2', AT);
    await wants('(555) 210-0177');
    await acceptedWith(store, scope, 'r2', CALL, []);
    expect(await run(LATER)).toEqual(['+15552100177']);
  });

  test.each([
    ['calls preferred', { preferred: 'phone' }],
    [
      'e-mail wanted and no more texts',
      { preferred: 'email', email: { to: 'rosa@example.org', wanted: true }, text: { to: NUMBER, wanted: false } },
    ],
    ['no more texts', { text: { to: NUMBER, wanted: false } }],
    ['no number any more', { text: { to: '', wanted: null } }],
  ] satisfies [string, Partial<TellContact>][])('%s: nothing is written, and what waited does not leave', async (_, more) => {
    await wants();
    await accepted();
    expect(await tells(more)).toMatchObject({ leavesBy: null });
    await approvedFor(store, scope, 'r2', AT);
    await acceptedWith(store, scope, 'r2', CALL, []);
    const rows = await inScope((unit) => unit.outbox.ofReferral('r2'));
    expect(rows.filter(({ kind }) => kind === TEXT_MESSAGE)).toEqual([]);
    expect(await run(LATER)).toEqual([]);
  });

  test('e-mail preferred, where the site sends none: the texts they said yes to leave', async () => {
    await wants();
    expect(await tells({ preferred: 'email', email: { to: 'rosa@example.org', wanted: true } })).toMatchObject({ leavesBy: 'text' });
    await accepted();
    expect(await run(LATER)).toEqual([NUMBER]);
  });

  test('another number meanwhile: what waited for the one before does not leave', async () => {
    await wants();
    await accepted();
    await tells({ text: { to: '(555) 210-0177', wanted: true } });
    expect(await run(LATER)).toEqual([]);
  });
});

test('whoever calls is shown one number: the chart’s until the patient tells another, then theirs, and whose word it is', async () => {
  const reached = () =>
    inScope(async (unit) => {
      const referral = await readReferral(unit, 'r');
      if (!referral) throw new Error('The referral is not there.');
      return (await howToReach(unit, referral, () => undefined)).patient;
    });
  const charted = await reached();
  expect(charted.phoneFrom).toBe('chart');
  await tells({ text: { to: charted.phone, wanted: true } });
  expect(await reached(), 'the same number told is the chart’s').toMatchObject({ phone: charted.phone, phoneFrom: 'chart' });
  await wants('+15552100177');
  expect(await reached()).toMatchObject({ phone: '+15552100177', phoneFrom: 'patient' });
});
