import type { PatientContactView, ProxyView } from '@refloop/server/client/patient-contact';
import { expect, test } from 'vitest';
import { consentWords, isEndedByPatient, leavesWords, preferredNames, proxyWords } from './contact-words.ts';

const NOW = new Date('2026-11-29T12:00:00.000Z');
const at = '2026-11-20T15:00:00.000Z';
const GIVEN = { status: 'given', at, by: 'patient' } as const;
const contact = (more: Partial<PatientContactView>): PatientContactView => ({
  mark: 'chart',
  isFromChart: true,
  language: 'en',
  preferred: 'text',
  text: { to: '+15552100100', consent: { status: 'unknown' } },
  email: { to: null, consent: { status: 'unknown' } },
  leavesBy: null,
  sends: ['text', 'email'],
  proxies: [],
  isUnderAge: false,
  told: null,
  ...more,
});

test.each([
  [{ status: 'unknown' } as const, /nobody has asked the patient, so none leave/],
  [GIVEN, /^wanted since 20 Nov 2026, .* as they said themselves$/],
  [{ ...GIVEN, by: 'staff' } as const, /^wanted since .* as they told us$/],
  [{ ...GIVEN, status: 'withdrawn', by: 'staff' } as const, /^not wanted since .* as they told us$/],
  [{ ...GIVEN, status: 'withdrawn' } as const, /^ended by the patient since/],
])('consent %j', (consent, words) => {
  const channel = { to: '+15552100100', consent };
  expect(consentWords(channel, NOW)).toMatch(words);
  expect(isEndedByPatient(channel)).toBe(consentWords(channel, NOW).startsWith('ended'));
});

const MAIL = { to: 'rosa@example.org', consent: GIVEN };
test.each<[Partial<PatientContactView>, RegExp]>([
  [{ leavesBy: 'text' }, /leave by themselves as texts\./],
  [{ leavesBy: 'email', preferred: 'email' }, /leave by themselves as e-mails\./],
  [{ sends: [] }, /neither texts nor e-mails/],
  [{ preferred: 'phone', text: { to: '+15552100100', consent: GIVEN } }, /want to be called/],
  [{ leavesBy: 'text', preferred: 'email', sends: ['text'] }, /sends no e-mails to patients, so .* as the texts they said yes to/],
  [{ leavesBy: 'text', preferred: 'email' }, /none can leave by that, so .* as the texts they said yes to/],
  [{ preferred: 'email', email: MAIL, sends: ['text'] }, /They want e-mails, and this practice sends no e-mails/],
  [{ text: { to: null, consent: { status: 'unknown' } } }, /nowhere to send/],
  [{}, /before the patient says yes to texts or e-mails/],
])('%j: %s', (more, words) => expect(leavesWords(contact(more))).toMatch(words));

const ANA: ProxyView = {
  id: 'ana',
  side: 'proxy',
  name: 'Ana Example',
  acts: true,
  instead: true,
  reach: {
    language: 'es',
    preferred: 'text',
    text: { to: '+15552100177', consent: GIVEN },
    email: { to: null, consent: { status: 'unknown' } },
  },
  put: { at, by: 'Teo' },
};

test('who acts for the patient, and that messages go to them', () => {
  expect(proxyWords(ANA, false, NOW)).toEqual([
    'messages go to them instead of the patient',
    'speaks Spanish',
    expect.stringMatching(/^texts to 555-210-0177: wanted since/),
    expect.stringMatching(/^put on record by Teo, /),
  ]);
  expect(proxyWords({ ...ANA, acts: false, instead: false, reach: null, put: null }, false, NOW)).toEqual([
    expect.stringContaining('of age'),
  ]);
  expect(leavesWords(contact({ leavesBy: 'text', proxies: [ANA] }))).toMatch(/as texts, to who acts for the patient: Ana Example\./);
  expect(leavesWords(contact({ proxies: [ANA] }))).toMatch(/None leaves before they say yes/);
});

test('what nothing leaves by says so where it is chosen', () => {
  expect(preferredNames(contact({})).email).toBe('E-mail');
  expect(preferredNames(contact({ sends: ['text'] }))).toMatchObject({
    text: 'Text messages',
    email: expect.stringMatching(/kept; .* no e-mails/),
  });
});
