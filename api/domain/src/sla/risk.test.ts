import { expect, test } from 'vitest';
import type { Appointment, Attempt } from '../referral/attempt.ts';
import type { Referral } from '../referral/referral.ts';
import { risksOf } from './risk.ts';

const AT = '2026-11-20T10:00:00.000Z';
const attempt = (number: number, more: Partial<Attempt> = {}) =>
  ({ number, work: { status: 'sent' }, transmissions: [], appointments: [], visits: [], ...more }) as unknown as Attempt;
const missed: Appointment = { id: 'a', startsAt: AT, status: 'missed' };
const referral = (more: Partial<Referral>): Referral =>
  ({ attempts: [attempt(1)], contacts: [], patientWords: [], ...more }) as unknown as Referral;

test.each<[string, Partial<Referral>, boolean, string[]]>([
  ['nothing on record', {}, false, []],
  ['a red flag', {}, true, ['red-flag']],
  [
    'an emergency that nobody has seen to',
    { patientWords: [{ meaning: 'emergency', at: AT, status: 'open' }] },
    false,
    ['emergency-written'],
  ],
  ['one that somebody has', { patientWords: [{ meaning: 'emergency', at: AT, status: 'heard' }] }, false, []],
  ['a question is none', { patientWords: [{ meaning: 'message', at: AT, status: 'open' }] }, false, []],
  [
    'a missed visit, also of an office before',
    { attempts: [attempt(1, { appointments: [missed] }), attempt(2)] },
    false,
    ['missed-visit', 'asked-again'],
  ],
  [
    'not reached the last time',
    {
      contacts: [
        { outcome: 'reached', at: AT },
        { outcome: 'unreachable', at: AT },
      ],
    },
    false,
    ['unreachable'],
  ],
  [
    'reached since',
    {
      contacts: [
        { outcome: 'unreachable', at: AT },
        { outcome: 'reached', at: AT },
      ],
    },
    false,
    [],
  ],
  [
    'seen: what was is over',
    { attempts: [attempt(1, { appointments: [missed], visits: [AT] })], contacts: [{ outcome: 'unreachable', at: AT }] },
    true,
    [],
  ],
])('%s', (_what, more, redFlag, risks) => expect(risksOf(referral(more), redFlag)).toEqual(risks));
