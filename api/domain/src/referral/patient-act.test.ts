import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { raise } from '../sla/escalate.ts';
import { defaultPolicy } from '../sla/policy.ts';
import type { StaffPerson } from '../sla/staff.ts';
import { actsOf, byHand, heardBy } from './by-hand.ts';
import { decidePatient, endForPatient, type PatientAct, patientActs, textReceived } from './patient-act.ts';
import { evolve } from './referral.ts';
import { statusOf } from './status.ts';
import { act, type History, inChart, minute } from './test-care.ts';
import { approve, play, recommend } from './test-play.ts';

const POLICY = defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
const DAY = 24 * 60;
const FIRST = minute(3 * DAY);
const SECOND = minute(5 * DAY);

/** Accepted, with two dates on offer. */
function offered(): History {
  const history = inChart();
  act(history, { type: 'send', transmissionId: 't', channel: 'link' }, 1);
  act(history, { type: 'accept' }, 2);
  act(history, { type: 'offer-dates', dates: [SECOND, FIRST] }, 3);
  return history;
}

let keys = 0;
function put(history: History, what: PatientAct, at: number, key = `patient/${(keys += 1)}`): string | undefined {
  const decided = decidePatient(history.referral, what, key, minute(at));
  if (!decided.ok) return decided.refusal.kind;
  history.take(decided.value, minute(at));
  return undefined;
}
const owed = (history: History, at: number): string[] => due(history.referral, POLICY, minute(at)).map(({ kind }) => kind);

describe('a patient with a link', () => {
  test('books one of the dates, another in its place, and nothing that was not offered', () => {
    const history = offered();
    expect(patientActs(history.referral, minute(10))).toEqual(['book', 'other-date', 'choose', 'seen', 'decline']);
    expect(put(history, { act: 'book', startsAt: minute(4 * DAY) }, 10)).toBe('date-not-offered');
    expect(put(history, { act: 'book', startsAt: FIRST }, 11, 'one')).toBeUndefined();
    expect(put(history, { act: 'book', startsAt: FIRST }, 12, 'one')).toBeUndefined();
    expect(statusOf(history.referral)).toBe('scheduled');
    expect(put(history, { act: 'book', startsAt: SECOND }, 13)).toBeUndefined();
    expect(history.referral.attempts[0]?.appointments.map(({ startsAt, status }) => [startsAt, status])).toEqual([
      [FIRST, 'replaced'],
      [SECOND, 'booked'],
    ]);
    // A date that is over is offered no more.
    expect(put(history, { act: 'book', startsAt: FIRST }, 4 * DAY)).toBe('date-not-offered');
  });

  test('gives a visit back, and can take the same date again', () => {
    const history = offered();
    put(history, { act: 'book', startsAt: FIRST }, 10);
    expect(put(history, { act: 'cancel' }, 11)).toBeUndefined();
    expect(owed(history, 12)).toEqual(['rebook']);
    expect(put(history, { act: 'book', startsAt: FIRST }, 12)).toBeUndefined();
    expect(put(history, { act: 'cancel' }, 3 * DAY + 1)).toBe('not-offered-to-patient');
  });

  test('declines: it ends, the office is told to stop, the clinician hears of it, and nothing more is sent', () => {
    const history = offered();
    put(history, { act: 'book', startsAt: FIRST }, 10);
    expect(put(history, { act: 'decline', reason: 'feel-better' }, 11)).toBeUndefined();
    expect(statusOf(history.referral)).toBe('patient-declined');
    expect(history.referral.attempts[0]?.work.status).toBe('cancellation-requested');
    expect(owed(history, 12).toSorted()).toEqual(['confirm-cancellation', 'hear-decline']);
    expect(endForPatient(history.referral, minute(12))).toBe('declined');
    expect(patientActs(history.referral, minute(12))).toEqual([]);
    const staff: StaffPerson[] = [{ subject: 'kim', roles: ['coordinator'], substitute: null }];
    const later = raise(history.referral, POLICY, staff, minute(30 * DAY));
    expect(later.map(({ fact }) => 'act' in fact && fact.act).filter((each) => String(each).includes('patient'))).toEqual([]);
    // It is not a coordinator's to put away: their clinician hears of it (R144).
    expect(actsOf(history.referral, ['patient-heard'], heardBy(false))).toEqual([]);
    expect(byHand(history.referral, { act: 'patient-heard', meanings: heardBy(false) }, 'press-0', minute(13))).toMatchObject({
      refusal: { kind: 'nothing-unheard' },
    });
    expect(actsOf(history.referral, ['patient-heard'], heardBy(true))).toEqual(['patient-heard']);
    const heard = byHand(history.referral, { act: 'patient-heard', meanings: heardBy(true) }, 'press', minute(13));
    history.take(heard.ok ? heard.value : [], minute(13));
    expect(owed(history, 14)).toEqual(['confirm-cancellation']);
    expect(byHand(history.referral, { act: 'patient-heard', meanings: heardBy(true) }, 'press-2', minute(15))).toMatchObject({
      refusal: { kind: 'nothing-unheard' },
    });
  });

  test('was seen: not before the visit, not ahead; then says once how it was', () => {
    const history = offered();
    put(history, { act: 'book', startsAt: FIRST }, 10);
    expect(put(history, { act: 'seen', at: minute(20) }, 20)).toBe('not-offered-to-patient');
    expect(put(history, { act: 'seen', at: minute(20) }, 3 * DAY + 60)).toBe('too-early');
    expect(put(history, { act: 'seen', at: minute(3 * DAY + 90) }, 3 * DAY + 60)).toBe('seen-ahead');
    expect(put(history, { act: 'seen', at: FIRST }, 3 * DAY + 60)).toBeUndefined();
    expect(history.referral.attempts[0]?.visits).toEqual([FIRST]);
    expect(patientActs(history.referral, minute(3 * DAY + 61))).toEqual(['rate']);
    expect(put(history, { act: 'rate', score: 4, words: null }, 3 * DAY + 62)).toBeUndefined();
    expect(put(history, { act: 'rate', score: 1, words: null }, 3 * DAY + 63)).toBe('not-offered-to-patient');
    expect(history.referral.rating).toEqual({ score: 4, at: minute(3 * DAY + 62) });
  });
});

test('what may be an emergency is owed within a quarter of an hour, whatever else is, until a person has seen to it', () => {
  const history = offered();
  history.take(textReceived('emergency', 'chest pain', 'sms/1', minute(10)), minute(10));
  const [first] = due(history.referral, POLICY, minute(10));
  expect(first).toMatchObject({ kind: 'check-on-patient', owner: 'coordinator', dueAt: minute(25) });
  history.ask({ type: 'end', how: 'cancelled', reason: 'x' }, 11);
  expect(owed(history, 12)).toContain('check-on-patient');
});

describe('what may be an emergency, typed on the page', () => {
  test.each([
    { act: 'other-date', text: 'My chest hurts, can I come sooner' },
    { act: 'rate', score: 1, words: 'I cannot breathe since that visit' },
  ] as const)('$act: it alone is on record, whatever could be done otherwise', (what) => {
    const history = offered();
    expect(put(history, what, 10)).toBeUndefined();
    expect(owed(history, 10)).toContain('check-on-patient');
    expect(owed(history, 10)).not.toContain('answer-patient');
    expect(history.referral.rating).toBeNull();
    history.ask({ type: 'end', how: 'cancelled', reason: 'x' }, 11);
    expect(put(history, what, 12)).toBeUndefined();
    expect(history.referral.patientWords.map(({ meaning }) => meaning)).toEqual(['emergency', 'emergency']);
  });
});

test('what may be an emergency is owed also while the order waits for a signature in the EHR', () => {
  const outcome = { status: 'done', reference: 'ServiceRequest/o1', versionId: '4', orderStatus: 'draft' } as const;
  const { referral } = play([
    recommend('r', '3'),
    approve('r', '3', 'p'),
    { type: 'settle-step', planId: 'p', step: 'ServiceRequest', outcome },
  ]);
  const [happening] = textReceived('emergency', 'chest pain', 'sms/1', minute(1));
  if (!referral || !happening) throw new Error('No referral');
  const actor = { kind: 'patient', link: null, as: 'patient' } as const;
  const told = evolve('r1', referral, { ...happening, sequence: referral.lastSequence + 1, recordedAt: minute(1), actor });
  expect(due(told, POLICY, minute(1)).map(({ kind }) => kind)).toEqual(['check-on-patient', 'sign-in-ehr']);
});
