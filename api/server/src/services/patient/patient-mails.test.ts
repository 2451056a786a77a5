/** E-mails to patients on PostgreSQL, by a real SMTP server: what leaves by itself and where to, and how whoever gets them ends them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anyHandler } from '../../channels/handler.ts';
import { mailStopOf, patientMail } from '../../channels/patient-mail.ts';
import { type MailServer, openMailServer } from '../../channels/test-mail-server.ts';
import { textMessage } from '../../channels/text-message.ts';
import type { PatientView } from '../../client/patient.ts';
import type { Thread } from '../../client/thread.ts';
import { createOutboxWorker } from '../../outbox/worker.ts';
import { type Site, sandboxSite } from '../../sites.ts';
import type { PatientContact } from '../../store/patient-contacts.ts';
import type { Unit } from '../../store/store.ts';
import { openReferralApi, type ReferralApi } from '../test-referral-api.ts';
import { acceptedWith, approvedFor, BORN } from './test-patient.ts';

const AT = '2026-11-20T15:00:00.000Z';
const SOON = '2026-11-20T15:01:00.000Z';
const TO = 'rosa@example.org';
const ADDRESS = 'https://refloop.example.org';
const site: Site = { ...sandboxSite(4010), patientMail: true };

let api: ReferralApi;
let server: MailServer;
let id = '';
let count = 0;
beforeAll(async () => {
  [api, server] = await Promise.all([openReferralApi(), openMailServer()]);
  await api.store.enrol(api.scope);
});
afterAll(async () => {
  await server.close();
  await api.close();
});
beforeEach(async () => {
  server.received.splice(0);
  id = `m${(count += 1)}`;
  api.clock.now = new Date(AT);
  await approvedFor(api.store, api.scope, id, AT, {}, `p-${id}`);
});

const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => api.store.transaction(api.scope, work);
const GIVEN = { status: 'given', at: AT, by: 'patient' } as const;
const ENDED = { ...GIVEN, status: 'withdrawn' } as const;

const isReached = (more: Partial<PatientContact> = {}): Promise<void> =>
  inScope((unit) =>
    unit.patientContacts.put({
      patientId: `p-${id}`,
      language: 'en',
      preferred: 'email',
      text: { to: '+15552100100', consent: GIVEN },
      email: { to: TO, consent: GIVEN },
      proxies: [],
      updatedAt: AT,
      ...more,
    }),
  );
const contact = () => inScope((unit) => unit.patientContacts.get(`p-${id}`));
const types = async () => (await inScope((unit) => unit.events.read(id))).map(({ type }) => type);

async function run(now: string): Promise<void> {
  const deps = { sites: [site], address: ADDRESS };
  await createOutboxWorker({
    store: api.store,
    handlers: [anyHandler(textMessage(deps)), anyHandler(patientMail({ ...deps, smtp: server.settings() }))],
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
/** The office says yes, and what the patient is told of it leaves. */
async function isTold(now = SOON): Promise<string> {
  await acceptedWith(api.store, api.scope, id, AT, []);
  await run(now);
  return /patient#(\S{43})/.exec(server.received[0]?.mail.text ?? '')?.[1] ?? '';
}
const post = (path: string, body?: unknown) => api.call('POST', path, '', body);

describe('what leaves by itself', () => {
  test('goes by mail where they prefer it, once, with a link that opens, and stands in the thread', async () => {
    await isReached();
    const link = await isTold();
    await run('2026-11-20T15:30:00.000Z');
    expect(server.received.map(({ to, mail }) => [to, mail.subject])).toEqual([[[TO], `A message from ${api.scope.site}`]]);
    expect(server.received[0]?.raw).not.toMatch(/Rosa Example|Rivera|ardiolog|Palpitations|1985/);
    expect((await post('/patient/open', { link, born: BORN, as: 'patient' })).status).toBe(200);
    const coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
    const { entries } = (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
    expect(JSON.stringify(entries)).toMatch(/By e-mail\./);
  });

  test('nothing leaves without a yes to e-mails, and texts take their place where those are wanted', async () => {
    await isReached({ email: { to: TO, consent: { status: 'unknown' } } });
    await isTold();
    expect(server.received).toEqual([]);
    expect((await inScope((unit) => unit.outbox.ofReferral(id))).map(({ kind }) => kind)).toContain('text-message');
  });

  test('ended between the asking and the sending, it does not leave', async () => {
    await isReached();
    await acceptedWith(api.store, api.scope, id, AT, []);
    await isReached({ email: { to: TO, consent: ENDED } });
    await run(SOON);
    expect(server.received).toEqual([]);
    expect(await types()).not.toContain('patient-messaged');
  });

  test('an answer that is lost is a doubt on somebody’s list, and no second mail', async () => {
    await isReached();
    server.loseNextAnswer();
    await isTold();
    await run('2026-11-20T18:00:00.000Z');
    expect(server.received).toHaveLength(1);
    expect((await inScope((unit) => unit.obligations.openOf(id))).map(({ kind }) => kind)).toContain('perhaps-sent');
  });
});

describe('ended by the button of a mailbox', () => {
  const end = (stop: string) =>
    api.request(`/patient/mail-stops/${stop}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });

  test('no more leave there, as an event of the patient’s own; begun again, the same button ends them again', async () => {
    await isReached();
    const link = await isTold();
    const stop = mailStopOf(link);
    expect([(await end(stop)).status, (await end(stop)).status]).toEqual([204, 204]);
    expect((await contact())?.email.consent).toMatchObject({ status: 'withdrawn', by: 'patient' });
    expect((await contact())?.text.consent, 'of texts it says nothing').toEqual(GIVEN);
    expect((await types()).filter((type) => type === 'patient-consent-changed')).toHaveLength(1);
    const { opened } = (await post('/patient/open', { link, born: BORN, as: 'patient' })).body as PatientView;
    await post('/patient/acts', { opened, key: 'press-again', what: { act: 'emails', wanted: true } });
    expect((await contact())?.email.consent.status).toBe('given');
    api.clock.now = new Date('2027-06-20T15:00:00.000Z');
    expect((await end(stop)).status, 'also when the days of the link are over').toBe(204);
    expect((await contact())?.email.consent.status).toBe('withdrawn');
    const audit = (await inScope((unit) => unit.audit.list({ referralId: id }))).filter(
      ({ action }) => action === 'patient-link.mails-ended',
    );
    expect(audit).toHaveLength(3);
  });

  test('a mail to an address they have no more ends nothing at the one they have', async () => {
    await isReached();
    const link = await isTold();
    await isReached({ email: { to: 'new@example.org', consent: GIVEN } });
    expect((await end(mailStopOf(link))).status).toBe(204);
    expect((await contact())?.email.consent.status).toBe('given');
  });

  test('nothing else ends any: what is no mail’s, what was opened, a look alone', async () => {
    await isReached();
    const link = await isTold();
    const { opened } = (await post('/patient/open', { link, born: BORN, as: 'patient' })).body as PatientView;
    for (const none of ['0'.repeat(64), mailStopOf(opened)]) expect((await end(none)).status).toBe(404);
    expect((await end(link)).status).toBe(400);
    expect((await api.request(`/patient/mail-stops/${mailStopOf(link)}`, { method: 'GET' })).status).toBe(404);
    expect((await contact())?.email.consent.status).toBe('given');
  });
});

test('on their page: the end of the address, a yes and a no; nothing where there is no address', async () => {
  await isReached({ email: { to: TO, consent: { status: 'unknown' } } });
  await acceptedWith(api.store, api.scope, id, AT, []);
  const coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  const { link } = (await api.call('POST', `/worklist/referrals/${id}/patient-link`, coordinator)).body;
  const { opened, emails } = (await post('/patient/open', { link, born: BORN, as: 'patient' })).body as PatientView;
  expect(emails).toEqual({ address: 'r…@example.org', wanted: false });
  const say = (wanted: boolean) => post('/patient/acts', { opened, key: `press-${wanted}-0123`, what: { act: 'emails', wanted } });
  expect((await say(true)).body['emails']).toMatchObject({ wanted: true });
  expect((await say(false)).body['emails']).toMatchObject({ wanted: false });
  expect((await contact())?.email.consent).toMatchObject({ status: 'withdrawn', by: 'patient' });
  await isReached({ email: { to: null, consent: { status: 'unknown' } } });
  expect((await post('/patient/acts', { opened, key: 'press-none-0123', what: { act: 'emails', wanted: true } })).status).toBe(409);
});
