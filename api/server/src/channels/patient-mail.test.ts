/** Against a real SMTP server: what leaves, to whom, and how it is ended. */
import { inChart } from '@refloop/domain/referral/test-care';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Site } from '../sites.ts';
import type { PatientContact } from '../store/patient-contacts.ts';
import { mailStopOf, patientMail } from './patient-mail.ts';
import { handlerContract } from './test-handler-contract.ts';
import { type MailServer, openMailServer } from './test-mail-server.ts';
import type { PatientMessage } from './text-message.ts';

const ISSUER = 'https://ehr.example.org/fhir';
const ADDRESS = 'https://refloop.example.org';
const siteOf = (tenant: string, more: Partial<Site> = {}): Site =>
  ({ tenant, name: 'North clinic', iss: ISSUER, phone: '(555) 210-0199', patientMail: true, ...more }) as Site;
const LINK = 'l'.repeat(43);
const TO = 'rosa@example.org';
const message = (more: Partial<PatientMessage> = {}): PatientMessage => ({ to: TO, topic: 'book', language: 'es', link: LINK, ...more });

handlerContract<PatientMessage>('e-mails to patients', async () => {
  const server = await openMailServer();
  // Every scope of the contract has a tenant of its own.
  const sites = new Proxy([] as Site[], {
    get: (list, name) =>
      name === 'find'
        ? (matches: (site: Site) => boolean) => Array.from({ length: 400 }, (_, at) => siteOf(`tenant-${at}`)).find(matches)
        : Reflect.get(list, name),
  });
  return {
    handler: patientMail({ sites, smtp: server.settings(), address: ADDRESS }),
    afterTheEnd: 'left-out',
    content: (referralId, key) => message({ link: `${referralId}-${key}` }),
    happened: (referralId, key) => server.received.filter(({ mail }) => mail.text?.includes(`#${referralId}-${key}\n`)).length,
    away: server.away,
    loseNextAnswer: server.loseNextAnswer,
    close: server.close,
  };
});

describe('a mail', () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await openMailServer();
  });
  afterAll(() => server.close());
  beforeEach(() => void server.received.splice(0));

  const scope = { tenant: 't', issuer: ISSUER, site: 'North clinic' };
  const asked = { id: '00000000-0000-8000-8000-000000000001', scope, referralId: 'r', key: 'k', askedAt: '', triedAt: null, tries: 1 };
  const send = (content: PatientMessage, { address = ADDRESS, site = siteOf('t') } = {}) =>
    patientMail({ sites: [site], smtp: server.settings(), address }).send({ ...asked, content }, { signal: AbortSignal.timeout(5000) });

  test.each([
    ['en', 'A message from North clinic', 'Your visit is ready to be booked', 'To end these e-mails', 'call 911'],
    ['es', 'Un mensaje de North clinic', 'Ya puede hacer su cita', 'Para no recibir más correos', 'llame al 911'],
  ] as const)('in %s: who writes, where to look and whom to call, and nothing of the patient', async (language, subject, ...words) => {
    expect(await send(message({ language }))).toMatchObject({ kind: 'done' });
    const [found] = server.received;
    expect([found?.to, found?.mail.subject]).toEqual([[TO], subject]);
    for (const told of [...words, `${ADDRESS}/patient#${LINK}`, '(555) 210-0199', 'North clinic']) expect(found?.mail.text).toContain(told);
    expect(found?.mail.messageId).toBe('<00000000-0000-8000-8000-000000000001@clinic.example.org>');
    // All that a mail is made of: what a patient is called, has or is referred for has no place to stand in.
    expect(Object.keys(message()).toSorted()).toEqual(['language', 'link', 'to', 'topic']);
  });

  test('is ended by one press in a mailbox, at an address from which nobody gets the link', async () => {
    await send(message());
    const headers = new Map(server.received[0]?.mail.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('list-unsubscribe')).toBe(`<${ADDRESS}/patient/mail-stops/${mailStopOf(LINK)}>`);
    expect(headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(mailStopOf(LINK)).not.toContain(LINK);
    await send(message(), { address: 'http://127.0.0.1:4020' });
    expect(server.received[1]?.raw).not.toMatch(/List-Unsubscribe/i);
  });

  test('leaves as the site says: not at all, in its own words, in its own name', async () => {
    expect(await send(message(), { site: siteOf('t', { patientMail: undefined }) })).toMatchObject({ kind: 'left-out' });
    expect(
      await patientMail({ sites: [siteOf('t')], smtp: undefined, address: ADDRESS }).send(
        { ...asked, content: message() },
        { signal: AbortSignal.timeout(5000) },
      ),
    ).toMatchObject({ kind: 'refused', final: false });
    expect(server.received).toEqual([]);
    await send(message({ practice: 'Bay Clinic', phone: '510-555-0111', words: '{practice}: Elija su día: {link}' }));
    expect(server.received[0]?.mail.text).toMatch(/^Bay Clinic: Elija su día: https:\S+\n\n.*Bay Clinic: 510-555-0111\./);
  });
});

test('what was overtaken does not leave: e-mails that are not wanted there any more', () => {
  const handler = patientMail({ sites: [], smtp: undefined, address: '' });
  const now = '2026-11-24T12:00:00.000Z';
  const { referral } = inChart();
  const given = { status: 'given' as const, at: now, by: 'patient' as const };
  const contact: PatientContact = {
    patientId: 'p1',
    language: 'en',
    preferred: 'email',
    text: { to: '+15552100100', consent: { ...given, status: 'withdrawn' } },
    email: { to: TO, consent: given },
    proxies: [],
    updatedAt: now,
  };
  const mayNotLeave = (of = referral, to: PatientContact | undefined = contact) => handler.mayNotLeave(of, message(), { now, contact: to });
  const no = 'The patient wants no more e-mails there.';
  expect(mayNotLeave()).toBeUndefined();
  // STOP to texts says nothing of e-mails.
  expect(mayNotLeave({ ...referral, consents: { text: 'withdrawn' } })).toBeUndefined();
  expect(mayNotLeave({ ...referral, consents: { email: 'withdrawn' } })).toBe(no);
  expect(mayNotLeave(referral, { ...contact, email: { to: TO, consent: { ...given, status: 'withdrawn' } } })).toBe(no);
  expect(mayNotLeave(referral, { ...contact, email: { to: 'other@example.org', consent: given } })).toBe(no);
  expect(mayNotLeave(referral, { ...contact, preferred: 'phone' })).toBe(no);
  expect(mayNotLeave({ ...referral, order: { ...referral.order, status: 'on-hold' } } as typeof referral)).toMatch(/not in force/);
  expect(handler.notBefore?.(message({ timeZone: 'America/Chicago' }), '2026-11-28T02:00:00.000Z')).toBe('2026-11-28T15:00:00.000Z');
});
