/** What may be put on record of how a patient is reached, when the patient tells it. */
import { describe, expect, test } from 'vitest';
import type { Consent, Reachable } from './outreach.ts';
import { decideTold, type ToldContact } from './told-contact.ts';

const AT = '2026-11-20T15:00:00.000Z';
const NUMBER = '+15552100100';
const UNKNOWN: Consent = { status: 'unknown' };
const GIVEN: Consent = { status: 'given', at: AT, by: 'patient' };
const ENDED = (by: 'patient' | 'staff'): Consent => ({ status: 'withdrawn', at: AT, by });

const reachedBy = (consent: Consent, to: string | null = NUMBER): Reachable => ({
  language: 'en',
  preferred: 'text',
  text: { to, consent },
  email: { to: null, consent: UNKNOWN },
});
const tells = (text: ToldContact['text'], email: ToldContact['email'] = { to: '', wanted: null }): ToldContact => ({
  language: 'es',
  preferred: 'phone',
  text,
  email,
});
const textAfter = (now: Reachable, text: ToldContact['text']) => {
  const decided = decideTold(now, tells(text));
  return decided.ok ? decided.value.reachable.text : decided.refusal;
};

describe('a number', () => {
  test.each(['(555) 210-0100', '+1 555 210 0100', ' 1-555-210-0100 '])('%s is read as E.164', (to) => {
    expect(textAfter(reachedBy(UNKNOWN, null), { to, wanted: null })).toEqual({ to: NUMBER, consent: UNKNOWN });
  });

  test.each(['12', '+0 555 210 0100', '+1 055 210 0100', 'ask her', '+1234567890123456'])('%s is none', (to) => {
    expect(textAfter(reachedBy(UNKNOWN), { to, wanted: null })).toEqual({ kind: 'not-readable', channel: 'text' });
  });

  test('of another country is taken as it is', () => {
    expect(textAfter(reachedBy(UNKNOWN), { to: '+52 55 1234 5678', wanted: null })).toEqual({ to: '+525512345678', consent: UNKNOWN });
  });

  test('other than the one consented to: nothing is known of it until the patient says so', () => {
    const other = '(555) 210-0177';
    expect(textAfter(reachedBy(GIVEN), { to: other, wanted: null })).toEqual({ kind: 'asked-for-another', channel: 'text' });
    expect(textAfter(reachedBy(GIVEN), { to: other, wanted: true })).toEqual({ to: '+15552100177', consent: UNKNOWN });
    expect(textAfter(reachedBy(GIVEN), { to: '', wanted: null })).toEqual({ to: null, consent: UNKNOWN });
  });
});

describe('consent', () => {
  test('is told on, and what was not spoken of is not', () => {
    const told = { to: 'rosa@example.org', wanted: false };
    const decided = decideTold(reachedBy(GIVEN), tells({ to: NUMBER, wanted: null }, told));
    expect(decided).toEqual({
      ok: true,
      value: {
        reachable: { language: 'es', preferred: 'phone', text: { to: NUMBER, consent: GIVEN }, email: { to: told.to, consent: UNKNOWN } },
        consents: [{ channel: 'email', given: false }],
      },
    });
  });

  test('is not given by staff over a no of the patient’s own, at this number or another; over one they took down themselves it is', () => {
    for (const to of [NUMBER, '(555) 210-0177'])
      expect(textAfter(reachedBy(ENDED('patient')), { to, wanted: true })).toEqual({ kind: 'ended-by-patient', channel: 'text' });
    expect(textAfter(reachedBy(ENDED('staff')), { to: NUMBER, wanted: true })).toMatchObject({ to: NUMBER });
  });

  test('a no stays with another number', () => {
    for (const by of ['patient', 'staff'] as const)
      expect(textAfter(reachedBy(ENDED(by)), { to: '(555) 210-0177', wanted: null })).toEqual({ to: '+15552100177', consent: ENDED(by) });
  });

  test('needs somewhere to send to', () => {
    expect(textAfter(reachedBy(UNKNOWN, null), { to: ' ', wanted: true })).toEqual({ kind: 'nowhere', channel: 'text' });
    const noAddress = decideTold(reachedBy(UNKNOWN), tells({ to: NUMBER, wanted: null }, { to: 'rosa at example', wanted: true }));
    expect(noAddress).toEqual({ ok: false, refusal: { kind: 'not-readable', channel: 'email' } });
  });
});
