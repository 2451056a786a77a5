import { describe, expect, test } from 'vitest';
import { closedBy, type Service } from './closure.ts';
import type { ReferralFact } from './event.ts';
import { evolve } from './referral.ts';
import { statusOf } from './status.ts';
import { ANOTHER, act, inChart, minute } from './test-care.ts';

const sent = (service: Service = 'visit') => {
  const history = inChart(service);
  act(history, { type: 'send', transmissionId: 't', channel: 'direct' }, 1);
  act(history, { type: 'accept' }, 2);
  return history;
};
const outcome = { type: 'give-outcome', reportId: 'rep', document: null, fromNpi: null } as const;

test('the whole way, in the words people see', () => {
  const history = inChart();
  const words = [statusOf(history.referral)];
  const steps: Parameters<typeof act>[1][] = [
    { type: 'send', transmissionId: 't', channel: 'direct' },
    { type: 'acknowledge' },
    { type: 'accept' },
    { type: 'schedule', appointmentId: 'a', startsAt: '2026-12-08T15:00:00.000Z' },
    { type: 'no-show', appointmentId: 'a' },
    { type: 'schedule', appointmentId: 'b', startsAt: '2026-12-15T15:00:00.000Z' },
    { type: 'mark-seen', appointmentId: 'b' },
    outcome,
  ];
  for (const [at, step] of steps.entries()) {
    expect(act(history, step, at + 1)).toBeUndefined();
    words.push(statusOf(history.referral));
  }
  expect(history.ask({ type: 'review-report', reportId: 'rep' })).toBeUndefined();
  words.push(statusOf(history.referral));
  expect(words.join(' ')).toBe('in-chart sent received accepted scheduled no-show scheduled seen reported closed');
  expect(history.referral.attempts[0]?.appointments.map(({ id, status }) => [id, status])).toEqual([
    ['a', 'missed'],
    ['b', 'kept'],
  ]);
});

const textThat = (outcome: 'sent' | 'failed' | 'unknown') =>
  ({ type: 'patient-messaged', version: 1, messageId: 'm', topic: 'book', channel: 'text', outcome }) as const;
test.each<[string, ReferralFact, boolean]>([
  ['a text that left by itself', textThat('sent'), false],
  ['a text that did not leave', textThat('failed'), true],
  ['a text that perhaps left', textThat('unknown'), true],
  ['what a clinician says of their work', { type: 'clinician-rated', version: 1, score: 4 }, false],
  ['what the patient writes', { type: 'patient-wrote', version: 1, channel: 'text', meaning: 'message', text: 'No' }, true],
])('%s: whether it takes a press away that was decided before', (_, fact, takes) => {
  const { referral } = inChart();
  const sequence = referral.lastSequence + 1;
  const actor = { kind: 'software', name: 'test', version: '1' } as const;
  const event = { sequence, recordedAt: minute(1), effectiveAt: minute(1), actor, factKey: null, fact };
  const { lastSequence, decidedSequence } = evolve(referral.id, referral, event);
  expect([lastSequence, decidedSequence]).toEqual([sequence, takes ? sequence : referral.decidedSequence]);
});

describe('a decline', () => {
  test('revokes no order, and opens the way to another performer', () => {
    const history = inChart();
    act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
    expect(history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' })).toEqual({ kind: 'attempt-still-open', attempt: 1 });
    act(history, { type: 'decline', reason: 'not-taking-patients' }, 3);
    expect([history.referral.order.status, statusOf(history.referral)]).toEqual(['active', 'declined']);
    expect(history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' })).toBeUndefined();
    expect(history.referral.attempts.map(({ number, performer, work }) => [number, performer.npi, work.status])).toEqual([
      [1, '1234567893', 'declined'],
      [2, ANOTHER.npi, 'draft'],
    ]);
  });

  test.each([
    ['approved', 'approved-for-another'],
    ['not-needed', 'not-needed'],
  ] as const)('what the payer said (%s) is %s of the next one, until it is said of them', (status, then) => {
    const history = inChart();
    const says = () =>
      history.see({ kind: 'authorization-decided', decision: { status }, at: minute(1), key: `payer-${history.events.length}` });
    says();
    act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 2);
    act(history, { type: 'decline', reason: 'not-taking-patients' }, 3);
    expect(history.referral.authorization.status).toBe(status);
    expect(history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' })).toBeUndefined();
    expect(history.referral.authorization).toEqual({ status: then, since: minute(1) });
    says();
    expect(history.referral.authorization.status).toBe(status);
  });

  test.each(['asked', 'denied'] as const)(
    'what the payer was asked of one, and is %s, is neither of the other whom the patient chooses',
    (status) => {
      const history = inChart();
      expect(history.ask({ type: 'ask-authorization' })).toBeUndefined();
      const decision = { status: 'denied', reason: 'out-of-network' } as const;
      if (status === 'denied') history.see({ kind: 'authorization-decided', decision, at: minute(1), key: 'payer' });
      expect(history.referral.authorization.status).toBe(status);
      expect(history.ask({ type: 'choose-other', performer: ANOTHER, words: 'Another' })).toBeUndefined();
      expect(history.referral.authorization).toEqual({ status: 'not-checked' });
    },
  );

  test.each([
    ['not-medically-necessary', 'denied'],
    ['not-covered', 'denied'],
    ['out-of-network', 'not-checked'],
    ['information-missing', 'not-checked'],
    ['other', 'not-checked'],
  ] as const)('a denial (%s) is %s for the next one: of the service it stays, whoever gives it', (reason, then) => {
    const history = inChart();
    history.see({ kind: 'authorization-decided', decision: { status: 'denied', reason }, at: minute(1), key: 'payer' });
    expect(history.ask({ type: 'choose-other', performer: ANOTHER, words: 'Another' })).toBeUndefined();
    expect(history.referral.authorization.status).toBe(then);
    const sent = history.ask({ type: 'send', attempt: 2, at: minute(5), transmissionId: 't', channel: 'fax' }, 5);
    expect(sent?.kind).toBe(then === 'denied' ? 'authorization-open' : undefined);
  });

  test('somebody silent who was told to stop is in nobody’s way', () => {
    const history = inChart();
    act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
    act(history, { type: 'request-cancellation', reason: 'No answer' }, 2);
    expect(history.ask({ type: 'reroute', performer: ANOTHER, because: 'no-answer' })).toBeUndefined();
  });
});

describe('closing', () => {
  test.each<Service>(['visit', 'e-consult', 'imaging', 'procedure'])('%s: received is not reviewed, and review closes it', (service) => {
    const history = sent(service);
    act(history, outcome, 4);
    expect([closedBy(history.referral), statusOf(history.referral)]).toEqual([undefined, 'reported']);
    history.ask({ type: 'review-report', reportId: 'rep' });
    expect(closedBy(history.referral)).toMatchObject({ id: 'rep', reviewedBy: 'Practitioner/s' });
    expect(statusOf(history.referral)).toBe('closed');
  });

  test.each<[Service, number]>([
    ['visit', 1],
    ['e-consult', 0],
    ['imaging', 0],
  ])('the final report on a %s proves %i visit(s), at a time nobody knows', (service, visits) => {
    const history = sent(service);
    act(history, outcome, 4);
    expect(history.referral.attempts[0]?.visits).toEqual(Array.from({ length: visits }, () => null));
    const inferred = history.events.filter(({ effectiveAt }) => effectiveAt === null).map(({ fact }) => fact.type);
    expect(inferred).toEqual(visits === 1 ? ['patient-seen'] : []);
  });

  test('an interim note closes nothing', () => {
    const history = sent();
    act(history, { type: 'give-interim-note', reportId: 'i', document: null, fromNpi: null }, 4);
    history.ask({ type: 'review-report', reportId: 'i' });
    expect([closedBy(history.referral), statusOf(history.referral)]).toEqual([undefined, 'seen']);
  });

  test('a report of nobody knows what is matched by a person before it can be reviewed', () => {
    const history = sent();
    const fact = { kind: 'report', attempt: null, reportId: 'rep', form: 'final', document: null, fromNpi: null, matched: false } as const;
    history.see({ ...fact, at: minute(5), key: 'direct|msg-1|1' }, 6);
    expect(history.ask({ type: 'review-report', reportId: 'rep' })).toEqual({ kind: 'report-not-matched', reportId: 'rep' });
    expect(history.ask({ type: 'match-report', reportId: 'rep', attempt: 1 })).toBeUndefined();
    expect(history.ask({ type: 'review-report', reportId: 'rep' })).toBeUndefined();
    expect(statusOf(history.referral)).toBe('closed');
  });

  test('what is closed is neither ended nor given to another', () => {
    const history = sent();
    act(history, outcome, 4);
    history.ask({ type: 'review-report', reportId: 'rep' });
    expect(history.ask({ type: 'end', how: 'expired', reason: 'Old' })).toEqual({ kind: 'already-closed' });
    expect(history.ask({ type: 'reroute', performer: ANOTHER, because: 'no-answer' })).toEqual({ kind: 'already-closed' });
  });
});

describe('ending', () => {
  test.each([
    ['cancelled', 'cancelled'],
    ['patient-declined', 'patient-declined'],
    ['expired', 'expired'],
    ['died', 'cancelled'],
  ] as const)('%s reads %s, and nothing is asked of anybody any more', (how, word) => {
    const history = sent();
    expect(history.ask({ type: 'end', how, reason: 'Said so' })).toBeUndefined();
    expect(statusOf(history.referral)).toBe(word);
    expect(act(history, { type: 'accept' }, 9)).toEqual({ kind: 'order-not-active', status: 'ended' });
  });

  test('a report that comes after the end is taken, and can be read', () => {
    const history = sent();
    history.ask({ type: 'end', how: 'expired', reason: 'Old' });
    const fact = { kind: 'report', attempt: 1, reportId: 'rep', form: 'final', document: null, fromNpi: null, matched: true } as const;
    history.see({ ...fact, at: minute(9), key: 'direct|msg-1|1' }, 10);
    expect(history.ask({ type: 'review-report', reportId: 'rep' })).toBeUndefined();
    expect(closedBy(history.referral)).toBeDefined();
  });
});

test('nothing leaves before the order is in force', () => {
  const history = inChart();
  history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'on-hold', versionId: '5' });
  expect(act(history, { type: 'send', transmissionId: 't', channel: 'direct' }, 3)).toEqual({
    kind: 'order-not-active',
    status: 'on-hold',
  });
});

test('an act of tomorrow is refused', () => {
  const history = inChart();
  const command = { type: 'send', attempt: 1, at: minute(60), transmissionId: 't', channel: 'direct' } as const;
  expect(history.ask(command, 2)).toEqual({ kind: 'not-yet', at: minute(60) });
});

test('an appointment nobody booked can be neither missed nor cancelled', () => {
  const history = sent();
  act(history, { type: 'schedule', appointmentId: 'a', startsAt: '2026-12-08T15:00:00.000Z' }, 3);
  expect(act(history, { type: 'no-show', appointmentId: 'z' }, 4)).toEqual({ kind: 'no-such-appointment', appointmentId: 'z' });
});
