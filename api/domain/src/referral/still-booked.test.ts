/** Another specialist was asked, or nothing more is wanted: what an earlier office still has is owed until it is told what became of it. */
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { escalationsDue, nextLookAt } from '../sla/escalate.ts';
import { defaultPolicy } from '../sla/policy.ts';
import { actsOf, attemptsFor, type ByHandAct, byHand } from './by-hand.ts';
import { decideOffice, officeActs } from './office-act.ts';
import { decidePatient } from './patient-act.ts';
import { ANOTHER, act, type History, inChart, minute } from './test-care.ts';

const policy = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] });
const STARTS = '2026-12-08T15:00:00.000Z';
const AFTER = '2026-12-08T18:00:00.000Z';
const send = { type: 'send', transmissionId: 't', channel: 'fax' } as const;
const accept = { type: 'accept' } as const;
const schedule = { type: 'schedule', appointmentId: 'a', startsAt: STARTS } as const;
const stop = { type: 'request-cancellation', reason: 'no answer' } as const;
const reroute = { type: 'reroute', performer: ANOTHER, because: 'no-answer' } as const;
const OF_VISIT: ByHandAct['act'][] = ['cancel-confirmed', 'seen', 'missed', 'note'];

const rows = ({ referral }: History, now = minute(60)) => due(referral, policy, now).map(({ kind, about, since }) => [kind, about, since]);

function put(history: History, what: ByHandAct, now: string): string | undefined {
  const decided = byHand(history.referral, what, `k${history.referral.lastSequence}`, now);
  if (!decided.ok) return decided.refusal.kind;
  history.take(decided.value, now);
  return undefined;
}

/** Booked with the first, who is asked to stop; another is asked before they have said that they did. */
function passedOver(): History {
  const history = inChart();
  for (const [at, step] of [send, accept, schedule, stop].entries()) act(history, step, at + 1);
  expect(history.ask(reroute, 6)).toBeUndefined();
  act(history, { ...send, transmissionId: 't2' }, 7);
  return history;
}

describe('another was asked while the visit is still booked with the first', () => {
  test('the first owes its word on the cancellation, beside what the other owes', () => {
    expect(rows(passedOver())).toEqual([
      ['confirm-cancellation', 'attempt 1', minute(4)],
      ['answer', 'attempt 2', minute(7)],
    ]);
  });

  test('past its time somebody hears whether the patient went', () => {
    const history = passedOver();
    expect(nextLookAt(history.referral, policy, '2026-12-08T14:59:00.000Z')).toBe(STARTS);
    expect(rows(history, AFTER)[0]).toEqual(['confirm-visit', 'attempt 1', STARTS]);
  });

  test('the patient is not asked: their page is of whoever is asked now', () => {
    const { referral } = passedOver();
    const late = '2026-12-20T18:00:00.000Z';
    expect(escalationsDue(referral, policy, late).map(({ step }) => step.act)).not.toContain('ask-patient');
    const alone = inChart();
    for (const [at, step] of [send, accept, schedule].entries()) act(alone, step, at + 1);
    expect(escalationsDue(alone.referral, policy, late).map(({ step }) => step.act)).toContain('ask-patient');
  });

  test('both asked to stop, each says so for itself', () => {
    const history = passedOver();
    act(history, stop, 8);
    expect(rows(history)).toEqual([
      ['confirm-cancellation', 'attempt 1', minute(4)],
      ['confirm-cancellation', 'attempt 2', minute(8)],
    ]);
    expect(attemptsFor(history.referral, 'cancel-confirmed')).toEqual([1, 2]);
  });

  test.each([
    ['cancel-confirmed', minute(30), []],
    ['missed', STARTS, []],
    ['seen', STARTS, [['note', 'attempt 1', STARTS]]],
  ] as const)('%s is told of the office that it names', (name, at, then) => {
    const history = passedOver();
    expect(actsOf(history.referral, OF_VISIT)).toContain(name);
    // That the other saw the patient may be told as well.
    expect(attemptsFor(history.referral, name)).toEqual(name === 'seen' ? [1, 2] : [1]);
    expect(put(history, { act: name, at, attempt: 1 }, AFTER)).toBeUndefined();
    expect(rows(history, AFTER)).toEqual([...then, ['answer', 'attempt 2', minute(7)]]);
    expect(history.referral.attempts[1]?.work.status).toBe('sent');
  });

  test('of nobody who was asked nothing is put on record, nor of a visit before its time', () => {
    const history = passedOver();
    expect(put(history, { act: 'seen', at: minute(30), attempt: 3 }, minute(30))).toBe('no-such-attempt');
    expect(put(history, { act: 'seen', at: minute(30), attempt: 1 }, minute(30))).toBe('before-visit');
  });

  test('it is due before the visit, where that is sooner', () => {
    const history = passedOver();
    act(history, { ...send, transmissionId: 't3' }, 8);
    expect(due(history.referral, policy, minute(60))[0]?.dueAt).toBe('2026-11-26T10:04:00.000Z');
    const soon = inChart();
    const tomorrow = { ...schedule, startsAt: '2026-11-25T15:00:00.000Z' };
    for (const [at, step] of [send, accept, tomorrow, stop].entries()) act(soon, step, at + 1);
    soon.ask(reroute, 6);
    expect(due(soon.referral, policy, minute(60))[0]?.dueAt, 'when the clinic closes on the day before').toBe('2026-11-24T23:00:00.000Z');
  });
});

describe('another was asked, and the first has nothing booked', () => {
  /** Asked to stop after these steps, at minute `steps + 1`; then the other is asked, and sent it. */
  const letGo = (...steps: Parameters<typeof act>[1][]): History => {
    const history = inChart();
    for (const [at, step] of [...steps, stop].entries()) expect(act(history, step, at + 1)).toBeUndefined();
    expect(history.ask(reroute, 10)).toBeUndefined();
    act(history, { ...send, transmissionId: 't2' }, 11);
    return history;
  };
  const ANSWER = ['answer', 'attempt 2', minute(11)];
  const END = '2026-12-08T10:02:00.000Z';
  const IN_TIME = '2026-12-08T10:01:59.000Z';

  test.each<[string, Parameters<typeof act>[1][], number]>([
    ['sent', [send], 2],
    ['received', [send, { type: 'acknowledge' }], 3],
    ['accepted', [send, accept], 3],
    ['in progress', [send, accept, { type: 'begin-work' }], 4],
    ['a visit that was missed', [send, accept, schedule, { type: 'no-show', appointmentId: 'a' }], 5],
    ['a visit that was cancelled', [send, accept, schedule, { type: 'cancel-appointment', appointmentId: 'a', by: 'specialist' }], 5],
  ])('%s: it owes its word that it let go, and a coordinator or the office can say so', (_what, steps, since) => {
    const history = letGo(...steps);
    expect(rows(history)).toEqual([['confirm-cancellation', 'attempt 1', minute(since)], ANSWER]);
    expect([actsOf(history.referral, ['cancel-confirmed']), attemptsFor(history.referral, 'cancel-confirmed')]).toEqual([
      ['cancel-confirmed'],
      [1],
    ]);
    expect(officeActs(history.referral, 1, ['confirm-cancellation', 'accept', 'note'], minute(60))).toEqual(['confirm-cancellation']);
    expect(officeActs(history.referral, 2, ['confirm-cancellation', 'accept'], minute(60))).toEqual(['accept']);
  });

  test('of two that were passed over a word without a name is of neither: which of them is asked', () => {
    const history = letGo(send);
    act(history, stop, 12);
    const third = { ...ANOTHER, npi: '1679576722', entryId: 'third' };
    expect(history.ask({ type: 'propose-performer', performer: third, because: 'no-answer' }, 13)).toBeUndefined();
    const { proposal } = history.referral;
    if (proposal.status !== 'open') throw new Error('nobody is proposed');
    expect(history.ask({ type: 'approve-performer', proposal: proposal.sequence }, 14)).toBeUndefined();
    expect(attemptsFor(history.referral, 'cancel-confirmed')).toEqual([1, 2]);
    expect(put(history, { act: 'cancel-confirmed', at: minute(30) }, minute(31))).toBe('office-not-named');
    expect(put(history, { act: 'cancel-confirmed', at: minute(30), attempt: 2 }, minute(31))).toBeUndefined();
    expect(history.referral.attempts.map(({ work }) => work.status)).toEqual(['cancellation-requested', 'cancelled', 'draft']);
    expect(put(history, { act: 'cancel-confirmed', at: minute(32) }, minute(33)), 'one is left').toBeUndefined();
  });

  test.each([1, undefined])('told by telephone, it is settled, and whoever is asked now stays asked (named: %s)', (attempt) => {
    const history = letGo(send);
    expect(put(history, { act: 'cancel-confirmed', at: minute(30), attempt }, minute(31))).toBeUndefined();
    expect(rows(history)).toEqual([ANSWER]);
    expect(history.referral.attempts.map(({ work }) => work.status)).toEqual(['cancelled', 'sent']);
    expect(actsOf(history.referral, ['cancel-confirmed'])).toEqual([]);
  });

  test('confirmed on the page of the office, it is settled', () => {
    const history = letGo(send);
    const decided = decideOffice(history.referral, 1, { act: 'confirm-cancellation' }, 'press', minute(40));
    if (!decided.ok) throw new Error(decided.refusal.kind);
    history.take(decided.value, minute(40));
    expect(rows(history)).toEqual([ANSWER]);
  });

  test.each(['declined', 'cancellation-confirmed'] as const)('what it answers by its Task, %s, settles it', (kind) => {
    const history = letGo(send);
    const told = { attempt: 1, at: minute(25), key: 'Task/1/2' };
    history.see(kind === 'declined' ? { kind, reason: 'other', ...told } : { kind, ...told }, 25);
    expect(rows(history)).toEqual([ANSWER]);
  });

  test('seen there all the same, its note is waited for instead; its final note is the answer', () => {
    const history = letGo(send);
    const { npi, nucc, network } = history.referral.attempts[0]?.performer ?? ANOTHER;
    history.see({ kind: 'visit', attempt: 1, seenBy: { npi, nucc, network }, evidence: 'note', at: minute(20), key: 'v' }, 20);
    expect(rows(history)).toEqual([['note', 'attempt 1', minute(20)], ANSWER]);
    const note = { kind: 'report', reportId: 'n', form: 'final', document: null, fromNpi: null, matched: true } as const;
    history.see({ ...note, attempt: 1, at: minute(21), key: 'n' }, 21);
    expect(rows(history).map(([kind]) => kind)).toEqual(['review', 'answer']);
  });

  test('one that never got it has nothing to let go of, unless it told of it all the same', () => {
    const failed = {
      kind: 'transmission-failed',
      attempt: 1,
      transmissionId: 't',
      detail: 'Nobody answered',
      at: minute(12),
      key: 'f',
    } as const;
    for (const [steps, kinds] of [
      [[send], ['answer']],
      [
        [send, accept],
        ['confirm-cancellation', 'answer'],
      ],
    ] as const) {
      const history = letGo(...steps);
      history.see(failed, 12);
      expect(rows(history).map(([kind]) => kind)).toEqual(kinds);
    }
  });

  test('after two weeks nobody waits for it any more: it is looked at then, and no lead is told of it before', () => {
    const history = letGo(send);
    const kinds = (now: string) => rows(history, now).map(([kind]) => kind);
    expect([kinds(IN_TIME), kinds(END)]).toEqual([['confirm-cancellation', 'answer'], ['answer']]);
    expect(nextLookAt(history.referral, policy, IN_TIME)).toBe(END);
    expect(escalationsDue(history.referral, policy, IN_TIME).map(({ step }) => step.rule)).not.toContain('confirm-cancellation-lead');
    // A word that comes late is taken all the same.
    expect(put(history, { act: 'cancel-confirmed', at: END, attempt: 1 }, END)).toBeUndefined();
    expect(history.referral.attempts[0]?.work.status).toBe('cancelled');
  });

  test('where a visit is booked nothing ends by itself, and a lead is told', () => {
    const history = passedOver();
    expect(escalationsDue(history.referral, policy, '2026-12-04T18:00:00.000Z').map(({ step }) => step.rule)).toContain(
      'confirm-cancellation-lead',
    );
    expect(rows(history, '2027-03-01T00:00:00.000Z')[0]).toEqual(['confirm-visit', 'attempt 1', STARTS]);
  });

  test('before another is asked it does not end by itself either', () => {
    const history = inChart();
    for (const [at, step] of [send, stop].entries()) act(history, step, at + 1);
    expect(rows(history, '2027-03-01T00:00:00.000Z')).toEqual([['confirm-cancellation', 'attempt 1', minute(2)]]);
  });

  test('whatever becomes of the order, as long and no longer', () => {
    const history = letGo(send);
    history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'on-hold', versionId: '9' }, 20);
    expect(rows(history).map(([kind]) => kind)).toEqual(['confirm-cancellation', 'sign-in-ehr']);
    history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'revoked', versionId: '10' }, 21);
    expect(rows(history)).toEqual([
      ['confirm-cancellation', 'attempt 1', minute(2)],
      ['confirm-cancellation', 'attempt 2', minute(21)],
    ]);
    expect([actsOf(history.referral, OF_VISIT), attemptsFor(history.referral, 'cancel-confirmed')]).toEqual([['cancel-confirmed'], [1, 2]]);
    expect(rows(history, END).map(([, about]) => about)).toEqual(['attempt 2']);
  });

  test.each([
    ['declined', [send, { type: 'decline', reason: 'other' } as const]],
    ['confirmed before', [send, stop, { type: 'confirm-cancellation' } as const]],
  ] as const)('of one that %s nothing more is waited for', (_what, steps) => {
    const history = inChart();
    for (const [at, step] of steps.entries()) act(history, step, at + 1);
    history.ask(reroute, 6);
    expect(rows(history).map(([kind]) => kind)).toEqual(['send']);
  });
});

test.each<[ByHandAct['act'] & ('seen' | 'missed' | 'note'), Parameters<typeof act>[1][]]>([
  ['seen', [{ ...send, transmissionId: 't2' }]],
  ['missed', [{ ...send, transmissionId: 't2' }, accept, { ...schedule, appointmentId: 'b' }]],
  ['note', [{ ...send, transmissionId: 't2' }]],
])('%s without a name, where two may have told of it, is refused', (name, ofTheOther) => {
  const history = passedOver();
  for (const [at, step] of ofTheOther.entries()) act(history, step, at + 8);
  const what: ByHandAct = name === 'note' ? { act: name, form: 'final', at: AFTER } : { act: name, at: AFTER };
  if (name === 'note') expect(put(history, { act: 'seen', at: STARTS, attempt: 1 }, AFTER)).toBeUndefined();
  expect(attemptsFor(history.referral, name)).toEqual([1, 2]);
  expect(put(history, what, AFTER)).toBe('office-not-named');
  expect(put(history, { ...what, attempt: 2 }, AFTER)).toBeUndefined();
});

describe('whoever is asked now was asked to cancel, with a visit booked', () => {
  /** Friday, nine in the morning in Chicago; asked on Tuesday at four. */
  const FRIDAY = '2026-12-04T15:00:00.000Z';
  const askedAt = (at: number, startsAt = FRIDAY): History => {
    const history = inChart();
    for (const [each, step] of [send, accept, { ...schedule, startsAt }].entries()) act(history, step, each + 1);
    act(history, stop, at);
    return history;
  };
  const TUESDAY = 7 * 24 * 60;
  const leadTold = (history: History, now: string) =>
    escalationsDue(history.referral, policy, now).flatMap(({ step, at }) => (step.rule === 'confirm-cancellation-lead' ? [at] : []));

  test('a lead hears that it was not confirmed once that is overdue, before the visit', () => {
    const history = askedAt(TUESDAY);
    const owed = due(history.referral, policy, minute(TUESDAY))[0];
    expect([owed?.kind, owed?.dueAt]).toEqual(['confirm-cancellation', '2026-12-03T10:00:00.000Z']);
    expect(nextLookAt(history.referral, policy, minute(TUESDAY + 60))).toBe(owed?.dueAt);
    expect(leadTold(history, '2026-12-03T09:59:59.000Z')).toEqual([]);
    expect(leadTold(history, '2026-12-03T10:00:00.000Z')).toEqual(['2026-12-03T10:00:00.000Z']);
  });

  test('without a visit a lead is told after the time of the step, and no sooner', () => {
    const history = inChart();
    act(history, send, 1);
    act(history, stop, 2);
    expect(due(history.referral, policy, minute(3))[0]?.dueAt).toBe('2026-11-26T10:02:00.000Z');
    expect(leadTold(history, '2026-11-29T10:02:00.000Z')).toEqual([]);
    expect(leadTold(history, '2026-12-05T10:02:00.000Z')).toEqual(['2026-11-30T10:02:00.000Z']);
  });

  test('past its time somebody hears whether the patient went, and it is looked at then; the patient is not asked', () => {
    const history = askedAt(TUESDAY);
    expect(nextLookAt(history.referral, policy, '2026-12-04T14:00:00.000Z')).toBe(FRIDAY);
    expect(rows(history, FRIDAY)).toEqual([['confirm-visit', 'attempt 1', FRIDAY]]);
    const rules = escalationsDue(history.referral, policy, '2026-12-20T00:00:00.000Z').map(({ step }) => step.act);
    expect([rules.includes('notify-requester'), rules.includes('ask-patient')]).toEqual([true, false]);
  });

  test.each<['seen' | 'missed' | 'cancel-confirmed', string[], string]>([
    ['seen', ['note'], 'cancellation-requested'],
    ['missed', ['confirm-cancellation'], 'cancellation-requested'],
    ['cancel-confirmed', ['reroute'], 'cancelled'],
  ])('%s is told of it', (name, then, status) => {
    const history = askedAt(TUESDAY);
    expect(actsOf(history.referral, ['seen', 'missed', 'cancel-confirmed'])).toContain(name);
    if (name !== 'cancel-confirmed') expect(put(history, { act: name, at: minute(TUESDAY) }, AFTER)).toBe('before-visit');
    expect(put(history, { act: name, at: FRIDAY }, AFTER)).toBeUndefined();
    expect(rows(history, AFTER).map(([kind]) => kind)).toEqual(then);
    expect(history.referral.attempts[0]?.work.status).toBe(status);
    expect(history.referral.attempts[0]?.appointments.map((each) => each.status)).not.toContain(
      name === 'cancel-confirmed' ? '' : 'booked',
    );
  });
});

test('the note of a visit that was kept is waited for after another was asked, and put on record as theirs', () => {
  const history = inChart();
  for (const [at, step] of [send, accept, schedule, { type: 'mark-seen', appointmentId: 'a' } as const, stop].entries())
    act(history, step, at + 1);
  history.ask(reroute, 6);
  expect(rows(history).map(([kind, about]) => [kind, about])).toEqual([
    ['note', 'attempt 1'],
    ['send', 'attempt 2'],
  ]);
  expect([actsOf(history.referral, OF_VISIT), attemptsFor(history.referral, 'note')]).toEqual([['note'], [1]]);
  expect(put(history, { act: 'note', form: 'final', at: AFTER, attempt: 1 }, AFTER)).toBeUndefined();
  expect(rows(history, AFTER).map(([kind]) => kind)).toEqual(['review', 'send']);
});

test('the note of the first closes the loop: what is booked with the other is told of until it is cancelled', () => {
  const history = passedOver();
  act(history, accept, 8);
  act(history, { ...schedule, appointmentId: 'b', startsAt: '2026-12-15T15:00:00.000Z' }, 9);
  expect(put(history, { act: 'note', form: 'final', at: AFTER, attempt: 1 }, AFTER)).toBeUndefined();
  history.ask({ type: 'review-report', reportId: history.referral.reports[0]?.id ?? '' }, 60 * 24 * 15);
  expect(rows(history, AFTER)).toEqual([['confirm-cancellation', 'attempt 2', minute(60 * 24 * 15)]]);
  expect(actsOf(history.referral, OF_VISIT)).toEqual(['cancel-confirmed', 'seen', 'missed']);
  expect(put(history, { act: 'cancel-confirmed', at: AFTER }, '2026-12-14T18:00:00.000Z')).toBeUndefined();
  expect(rows(history, AFTER)).toEqual([]);
});

test('on hold, too, the earlier office says what became of its visit', () => {
  const history = passedOver();
  history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'on-hold', versionId: '9' }, 20);
  expect(rows(history).map(([kind]) => kind)).toEqual(['confirm-cancellation', 'sign-in-ehr']);
});

describe('the order is over, and nothing is booked', () => {
  const asked = (...steps: Parameters<typeof act>[1][]): History => {
    const history = inChart();
    for (const [at, step] of steps.entries()) act(history, step, at + 1);
    return history;
  };
  const revoke = (history: History): History => {
    history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'revoked', versionId: '9' }, 20);
    return history;
  };

  test.each([
    ['sent', [send]],
    ['received', [send, { type: 'acknowledge' } as const]],
    ['accepted', [send, accept]],
    ['in-progress', [send, accept, { type: 'begin-work' } as const]],
    ['cancellation-requested', [send, accept, stop]],
  ] as const)('whoever has it, %s, is told to stop, and says so', (status, steps) => {
    const history = revoke(asked(...steps));
    expect(history.referral.attempts[0]?.work.status).toBe(status);
    expect(rows(history)).toEqual([['confirm-cancellation', 'attempt 1', minute(20)]]);
    expect(actsOf(history.referral, OF_VISIT)).toEqual(['cancel-confirmed']);
    expect(put(history, { act: 'cancel-confirmed', at: minute(30) }, minute(31))).toBeUndefined();
    expect([rows(history), actsOf(history.referral, OF_VISIT)]).toEqual([[], []]);
  });

  /** A Tuesday, four in the morning in Chicago: the clinic opens at 14:00 and closes at 23:00 UTC. */
  test.each([
    ['a week ahead: two business days', '2026-12-01T15:00:00.000Z', 20, '2026-11-26T10:20:00.000Z'],
    ['the day after next, early: when the clinic closes on the day before', '2026-11-26T09:00:00.000Z', 20, '2026-11-25T23:00:00.000Z'],
    ['tomorrow: when the clinic closes today', '2026-11-25T15:00:00.000Z', 20, '2026-11-24T23:00:00.000Z'],
    ['today: at once, by the shortest time of the policy', '2026-11-24T20:00:00.000Z', 20, '2026-11-24T10:35:00.000Z'],
    ['in a few minutes: by then', '2026-11-24T10:25:00.000Z', 20, '2026-11-24T10:25:00.000Z'],
    ['on Monday, told on Saturday: at once', '2026-11-30T15:00:00.000Z', 60 * 24 * 4 + 20, '2026-11-28T10:35:00.000Z'],
    [
      'on Monday, told on Thursday: when the clinic closes on Friday',
      '2026-11-30T15:00:00.000Z',
      60 * 24 * 2 + 20,
      '2026-11-27T23:00:00.000Z',
    ],
  ])('a visit that is booked %s', (_when, startsAt, at, dueAt) => {
    const history = asked(send, accept, { ...schedule, startsAt });
    history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'revoked', versionId: '9' }, at);
    expect(due(history.referral, policy, minute(at))).toMatchObject([{ kind: 'confirm-cancellation', since: minute(at), dueAt }]);
  });

  test('asked to cancel while the order is in force, the visit is no later for that', () => {
    const history = asked(send, accept, { ...schedule, startsAt: '2026-11-25T15:00:00.000Z' }, stop);
    expect(due(history.referral, policy, minute(9))).toMatchObject([{ kind: 'confirm-cancellation', dueAt: '2026-11-24T23:00:00.000Z' }]);
    // Asked once its time was past, somebody hears whether the patient went.
    const late = asked(send, accept, { ...schedule, startsAt: minute(3) });
    act(late, stop, 30);
    expect(rows(late, minute(40))).toEqual([['confirm-visit', 'attempt 1', minute(3)]]);
  });

  test('a patient who declines does not leave the office calling them', () => {
    const history = asked(send);
    const decided = decidePatient(history.referral, { act: 'decline', reason: 'not-wanted' }, 'd', minute(20));
    if (!decided.ok) throw new Error(decided.refusal.kind);
    history.take(decided.value, minute(20));
    expect(rows(history)).toEqual([
      ['hear-decline', 'patient', minute(20)],
      ['confirm-cancellation', 'attempt 1', minute(20)],
    ]);
  });

  test.each(['declined', 'cancellation-confirmed'] as const)('what the office answers by its Task, %s, settles it', (kind) => {
    const history = revoke(asked(send));
    const told = { attempt: 1, at: minute(25), key: 'Task/1/2' };
    history.see(kind === 'declined' ? { kind, reason: 'other', ...told } : { kind, ...told }, 25);
    expect(rows(history)).toEqual([]);
  });

  test.each([
    ['nobody was asked', []],
    ['it declined', [send, { type: 'decline', reason: 'other' } as const]],
    ['the visit was missed', [send, accept, schedule, { type: 'no-show', appointmentId: 'a' } as const]],
    ['the patient was seen', [send, accept, schedule, { type: 'mark-seen', appointmentId: 'a' } as const]],
  ] as const)('where %s there is nothing to tell', (_what, steps) => {
    expect(rows(revoke(asked(...steps)))).toEqual([]);
  });

  test('whoever has answered is told nothing', () => {
    const history = asked(send, accept, { type: 'begin-work' });
    history.see(
      { kind: 'report', attempt: 1, reportId: 'n', form: 'final', document: null, fromNpi: null, matched: true, at: minute(7), key: 'n' },
      7,
    );
    expect(rows(revoke(history)).map(([kind]) => kind)).not.toContain('confirm-cancellation');
  });
});

test('a loop that the first closed leaves nobody else at work on it', () => {
  const history = passedOver();
  expect(put(history, { act: 'note', form: 'final', at: AFTER, attempt: 1 }, AFTER)).toBeUndefined();
  history.ask({ type: 'review-report', reportId: history.referral.reports[0]?.id ?? '' }, 60 * 24 * 15);
  expect(rows(history, AFTER)).toEqual([['confirm-cancellation', 'attempt 2', minute(60 * 24 * 15)]]);
  expect(actsOf(history.referral, OF_VISIT), 'the coordinator may say that they heard').toEqual(['cancel-confirmed']);
  expect(put(history, { act: 'cancel-confirmed', at: AFTER }, AFTER)).toBeUndefined();
  expect([rows(history, AFTER), actsOf(history.referral, OF_VISIT)]).toEqual([[], []]);
});
