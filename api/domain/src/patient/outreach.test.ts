import { describe, expect, test } from 'vitest';
import { channelFor, isWantedAt, PATIENT_CHANNELS, phoneNumber, type Reachable, sendAt } from './outreach.ts';

const given = { status: 'given', at: '2026-11-20T10:00:00.000Z', by: 'patient' } as const;
const withdrawn = { ...given, status: 'withdrawn' } as const;
const unknown = { status: 'unknown' } as const;
const patient = (change: Partial<Reachable>): Reachable => ({
  language: 'en',
  preferred: 'text',
  text: { to: '+15550100', consent: given },
  email: { to: 'a@example.org', consent: given },
  ...change,
});

describe('the channel', () => {
  test.each([
    ['the preferred one', patient({}), 'text'],
    ['an e-mail where they prefer it', patient({ preferred: 'email' }), 'email'],
    ['an e-mail where they said STOP to texts', patient({ text: { to: '+15550100', consent: withdrawn } }), 'email'],
    [
      'a text where they prefer e-mail and said no to it',
      patient({ preferred: 'email', email: { to: 'a@b', consent: withdrawn } }),
      'text',
    ],
    [
      'none where the patient ended both',
      patient({ text: { to: '+15550100', consent: withdrawn }, email: { to: 'a@b', consent: withdrawn } }),
      undefined,
    ],
    ['none without any consent', patient({ text: { to: '+1', consent: unknown }, email: { to: 'a@b', consent: unknown } }), undefined],
    ['none without an address', patient({ text: { to: null, consent: given }, email: { to: null, consent: given } }), undefined],
    ['none for whoever wants to be called', patient({ preferred: 'phone' }), undefined],
  ])('%s', (_, who, expected) => {
    expect(channelFor(who, PATIENT_CHANNELS)?.channel).toBe(expected);
  });

  test('none but those by which the clinic writes', () => {
    expect(channelFor(patient({ preferred: 'email' }), ['text'])?.channel).toBe('text');
    expect(channelFor(patient({}), ['email'])?.channel).toBe('email');
    expect(channelFor(patient({}), [])).toBeUndefined();
  });

  test('what waits leaves where they still want it, whatever they prefer since, but for a call', () => {
    expect(isWantedAt(patient({ preferred: 'email' }), 'text', '+15550100')).toBe(true);
    expect(isWantedAt(patient({ preferred: 'phone' }), 'text', '+15550100')).toBe(false);
    expect(isWantedAt(patient({}), 'text', '+15550101')).toBe(false);
    expect(isWantedAt(patient({ email: { to: 'a@example.org', consent: withdrawn } }), 'email', 'a@example.org')).toBe(false);
  });
});

describe('quiet hours, on the clinic’s own clock', () => {
  test.each([
    ['by day: at once', '2026-11-27T18:00:00.000Z', '2026-11-27T18:00:00.000Z'],
    // 20:00 in Chicago (UTC-6): the next morning at nine.
    ['from eight in the evening', '2026-11-28T02:00:00.000Z', '2026-11-28T15:00:00.000Z'],
    ['before nine', '2026-11-28T14:59:00.000Z', '2026-11-28T15:00:00.000Z'],
    // The clocks go forward in the night to 8 March 2026: nine is at 14:00 UTC from then on.
    ['over the change of clocks', '2026-03-08T03:00:00.000Z', '2026-03-08T14:00:00.000Z'],
  ])('%s', (_, now, expected) => {
    expect(sendAt(now, 'America/Chicago')).toBe(expected);
  });
});

test.each([
  ['(555) 210-0100', '+15552100100'],
  ['1-555-210-0100', '+15552100100'],
  ['+44 20 7946 0000', '+442079460000'],
  ['555-0100', undefined],
  ['115-210-0100', undefined],
  ['', undefined],
])('the number %s', (written, expected) => {
  expect(phoneNumber(written)).toBe(expected);
});
