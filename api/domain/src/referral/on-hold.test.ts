/** An order that was in force is put on hold in the EHR: what was begun is still owed, and can be settled. */
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { escalationsDue } from '../sla/escalate.ts';
import { defaultPolicy } from '../sla/policy.ts';
import { actsOf, type ByHandAct, byHand } from './by-hand.ts';
import { endForOffice } from './office-act.ts';
import { endForPatient, patientActs, textReceived } from './patient-act.ts';
import { statusOf } from './status.ts';
import { act, type History, inChart, minute } from './test-care.ts';

const policy = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] });
const STARTS = '2026-12-08T15:00:00.000Z';
const AFTER = '2026-12-08T18:00:00.000Z';
const send = { type: 'send', transmissionId: 't', channel: 'fax' } as const;
const schedule = { type: 'schedule', appointmentId: 'a', startsAt: STARTS } as const;
const ALL: ByHandAct['act'][] = ['sent', 'received', 'accepted', 'booked', 'missed', 'appointment-cancelled', 'seen', 'note', 'ended'];

const read = (history: History, status: string, at: number) =>
  history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status, versionId: String(at) }, at);
const kinds = (history: History, now = minute(60)) => due(history.referral, policy, now).map(({ kind }) => kind);

function put(history: History, what: ByHandAct, now: string): string | undefined {
  const decided = byHand(history.referral, what, `k${history.referral.lastSequence}`, now);
  if (!decided.ok) return decided.refusal.kind;
  history.take(decided.value, now);
  return undefined;
}

function booked(): History {
  const history = inChart();
  for (const [at, step] of [send, { type: 'accept' } as const, schedule].entries()) act(history, step, at + 1);
  read(history, 'on-hold', 20);
  return history;
}

describe.each(['on-hold', 'draft', 'unknown'])('the EHR reads %s in the middle of it', (status) => {
  test('it is on hold from when that was seen, and its clinician finds out why', () => {
    const history = inChart();
    act(history, send, 1);
    read(history, status, 20);
    expect(statusOf(history.referral)).toBe('on-hold');
    expect(due(history.referral, policy, minute(60)).map(({ kind, since, owner }) => [kind, since, owner])).toEqual([
      ['sign-in-ehr', minute(20), 'clinician'],
    ]);
  });
});

test('another word of the EHR for the same begins nothing anew', () => {
  const history = booked();
  expect(read(history, 'draft', 30)).toEqual([]);
  expect(history.referral.order).toMatchObject({ status: 'on-hold', seenAt: minute(20) });
});

test('in force again it goes on where it stood', () => {
  const history = inChart();
  act(history, send, 1);
  read(history, 'on-hold', 20);
  read(history, 'active', 30);
  expect([statusOf(history.referral), kinds(history)]).toEqual(['sent', ['answer']]);
});

test('one that never was in force waits for its signature since its approval', () => {
  const history = inChart();
  read(history, 'revoked', 5);
  read(history, 'draft', 20);
  expect(statusOf(history.referral)).toBe('awaiting-signature');
});

test('revoked after it was sent and held from then on it is on hold', () => {
  const history = inChart();
  act(history, send, 1);
  read(history, 'revoked', 5);
  read(history, 'on-hold', 20);
  expect(statusOf(history.referral)).toBe('on-hold');
});

test('a visit that is booked is ahead, then asked after, then its note is waited for and read', () => {
  const history = booked();
  expect(kinds(history)).toEqual(['visit', 'sign-in-ehr']);
  expect(kinds(history, AFTER)).toEqual(['confirm-visit', 'sign-in-ehr']);
  expect(put(history, { act: 'seen', at: STARTS }, AFTER)).toBeUndefined();
  expect(kinds(history, AFTER)).toEqual(['note', 'sign-in-ehr']);
  expect(put(history, { act: 'note', form: 'final', at: AFTER }, AFTER)).toBeUndefined();
  expect(kinds(history, AFTER)).toEqual(['review', 'sign-in-ehr']);
  history.ask({ type: 'review-report', reportId: history.referral.reports[0]?.id ?? '' }, 60 * 24 * 20);
  expect([statusOf(history.referral), kinds(history, AFTER)]).toEqual(['closed', []]);
});

test('what the patient wrote, what an office asked and what did not fit stay owed and can be settled', () => {
  const history = booked();
  history.take(textReceived('emergency', 'It hurts', 'w', minute(21)), minute(21));
  history.take(
    [{ effectiveAt: minute(22), factKey: null, fact: { type: 'message-posted', version: 1, attempt: 1, from: 'office', text: 'MRI?' } }],
    minute(22),
  );
  history.see({ kind: 'accepted', attempt: 1, at: minute(500), key: 'ahead' }, 23);
  expect(kinds(history)).toEqual(['check-on-patient', 'reply', 'reconcile', 'visit', 'sign-in-ehr']);
  expect(put(history, { act: 'patient-heard', meanings: ['emergency'] }, minute(30))).toBeUndefined();
  expect(put(history, { act: 'reconciled', note: 'Called them' }, minute(31))).toBeUndefined();
  expect(history.ask({ type: 'post-message', attempt: 1, from: 'practice', text: 'In the chart' }, 32)).toBeUndefined();
  expect(kinds(history)).toEqual(['visit', 'sign-in-ehr']);
});

test('before its signature, too, what came is owed and seen to', () => {
  const history = inChart();
  read(history, 'revoked', 5);
  read(history, 'draft', 20);
  history.take(textReceived('emergency', 'It hurts', 'w', minute(21)), minute(21));
  history.see({ kind: 'accepted', attempt: 1, at: minute(500), key: 'ahead' }, 23);
  expect(kinds(history)).toEqual(['check-on-patient', 'reconcile', 'sign-in-ehr']);
  expect(actsOf(history.referral, ['patient-heard', 'reconciled', 'seen'])).toEqual(['patient-heard', 'reconciled']);
  expect(put(history, { act: 'patient-heard', meanings: ['emergency'] }, minute(30))).toBeUndefined();
  expect(put(history, { act: 'reconciled', note: 'Called them' }, minute(31))).toBeUndefined();
  expect(put(history, { act: 'seen', at: minute(30) }, minute(32))).toBe('order-not-active');
});

test('what happened is put on record, and nothing new leaves', () => {
  const history = booked();
  expect(actsOf(history.referral, ALL)).toEqual(['booked', 'missed', 'appointment-cancelled', 'seen', 'note']);
  expect(put(history, { act: 'sent', channel: 'fax', at: minute(30) }, minute(30))).toBe('order-not-active');
  expect(put(history, { act: 'ended', how: 'cancelled', reason: 'moved' }, minute(30))).toBe('order-not-active');
  expect(put(history, { act: 'appointment-cancelled', by: 'patient', at: minute(30) }, minute(30))).toBeUndefined();
  expect(kinds(history)).toEqual(['sign-in-ehr']);
});

test('the patient is not written to, and no step of the whole order is taken', () => {
  const steps = escalationsDue(booked().referral, policy, '2026-12-29T18:00:00.000Z');
  expect(steps.filter(({ step }) => step.act === 'ask-patient' || step.of === 'order')).toEqual([]);
  expect(steps.some(({ step }) => step.of === 'sign-in-ehr')).toBe(true);
});

test('patient and office are told that it is on hold, not that it has ended', () => {
  const { referral } = booked();
  expect([endForPatient(referral, minute(60)), endForOffice(referral, 1, minute(60))]).toEqual(['on-hold', 'on-hold']);
  expect(patientActs(referral, minute(60))).toEqual([]);
});
