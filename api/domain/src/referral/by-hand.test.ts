import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { defaultPolicy } from '../sla/policy.ts';
import { actsOf, attemptsFor, type ByHandAct, byHand } from './by-hand.ts';
import { DENIAL_REASONS, PATIENT_MEANINGS } from './care-event.ts';
import { officeActs } from './office-act.ts';
import { statusOf } from './status.ts';
import { ANOTHER, type History, inChart, minute } from './test-care.ts';

const ACTS: ByHandAct['act'][] = [
  'sent',
  'received',
  'accepted',
  'declined',
  'booked',
  'missed',
  'appointment-cancelled',
  'seen',
  'note',
  'contacted',
  'authorization',
  'cancel-requested',
  'cancel-confirmed',
  'ended',
  'reconciled',
  'link-report',
  'refuse-report',
];
const policy = defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
const AUTHORIZATION_ANSWERS = ['not-needed', 'asked', 'approved', ...DENIAL_REASONS] as const;
type AuthorizationAnswer = (typeof AUTHORIZATION_ANSWERS)[number];
const said = (answer: AuthorizationAnswer, when: string): ByHandAct =>
  answer === 'approved' ? { act: 'authorization', answer, number: 'A-1', at: when } : { act: 'authorization', answer, at: when };

const at = minute(1);
let keys = 0;
const one = (name: ByHandAct['act'], when = at): ByHandAct => {
  switch (name) {
    case 'patient-heard':
      return { act: name, meanings: PATIENT_MEANINGS };
    case 'sent':
      return { act: name, channel: 'fax', at: when };
    case 'declined':
      return { act: name, reason: 'other', at: when };
    case 'booked':
      return { act: name, startsAt: at, at: when };
    case 'appointment-cancelled':
      return { act: name, by: 'patient', at: when };
    case 'note':
      return { act: name, form: 'final', at: when };
    case 'contacted':
      return { act: name, outcome: 'reached' };
    case 'authorization':
      // Each of them in turn.
      return said(AUTHORIZATION_ANSWERS[keys % AUTHORIZATION_ANSWERS.length] ?? 'asked', when);
    case 'cancel-requested':
      return { act: name, reason: 'moved away', at: when };
    case 'reconciled':
      return { act: name, note: 'Called the office' };
    case 'ended':
      return { act: name, how: 'cancelled', reason: 'moved away' };
    case 'link-report':
      return { act: name, reportId: 'unlinked', attempt: 1 };
    case 'refuse-report':
      return { act: name, reportId: 'unlinked', reason: 'Of another visit' };
    case 'unlink-report':
      return { act: name, reportId: 'unlinked', because: 'other-patient', reason: 'Of a namesake' };
    case 'accepted':
    case 'cancel-confirmed':
    case 'missed':
    case 'received':
    case 'seen':
      return { act: name, at: when };
  }
};

/** Puts each on record, a minute after the other. */
function put(history: History, ...names: ByHandAct['act'][]): (string | undefined)[] {
  return names.map((name, index) => {
    const now = minute(10 + index);
    const decided = byHand(history.referral, one(name, now), `k${(keys += 1)}`, now);
    if (!decided.ok) return decided.refusal.kind;
    history.take(decided.value, now);
    return undefined;
  });
}

describe('an office with only paper and a telephone', () => {
  test('sent by fax, told of by telephone, the note on paper: the loop closes with its review', () => {
    const history = inChart();
    expect(put(history, 'sent', 'received', 'accepted', 'booked', 'seen', 'note')).toEqual(Array(6).fill(undefined));
    expect(statusOf(history.referral)).toBe('reported');
    const [report] = history.referral.reports;
    expect(history.ask({ type: 'review-report', reportId: report?.id ?? '' }, 30)).toBeUndefined();
    expect(statusOf(history.referral)).toBe('closed');
    expect(history.referral.setAside).toEqual([]);
  });

  test('what is told out of turn is taken, and the stages that it proves have no time', () => {
    const history = inChart();
    expect(put(history, 'sent', 'booked', 'note')).toEqual([undefined, undefined, undefined]);
    expect(history.events.filter(({ effectiveAt }) => effectiveAt === null).map(({ fact }) => fact.type)).toEqual([
      'attempt-accepted',
      'patient-seen',
    ]);
  });

  test('the same press twice is on record once', () => {
    const history = inChart();
    put(history, 'sent');
    for (const act of ['received', 'contacted', 'cancel-requested'] as const) {
      const first = byHand(history.referral, one(act, minute(20)), `same ${act}`, minute(20));
      if (!first.ok) throw new Error(first.refusal.kind);
      expect(first.value.length).toBeGreaterThan(0);
      history.take(first.value, minute(20));
      expect(byHand(history.referral, one(act, minute(20)), `same ${act}`, minute(21))).toEqual({ ok: true, value: [] });
    }
  });

  test.each([
    ['a visit that was never booked cannot be missed', ['sent', 'accepted', 'missed'], 'nothing-booked'],
    ['nor cancelled', ['sent', 'appointment-cancelled'], 'nothing-booked'],
    ['nothing is put on record of what is over', ['ended', 'received'], 'order-not-active'],
    ['an office that was asked is told to stop before it ends', ['sent', 'ended'], 'attempt-still-open'],
    ['a note that nobody read is read first', ['sent', 'note', 'ended'], 'report-unread'],
    ['nothing was set aside', ['reconciled'], 'nothing-set-aside'],
    ['a cancellation is asked for after it was sent', ['cancel-requested'], 'not-in-this-state'],
  ] as const)('%s', (_what, names, refusal) => {
    expect(put(inChart(), ...names).at(-1)).toBe(refusal);
  });

  test('what lies ahead has not happened', () => {
    const history = inChart();
    put(history, 'sent');
    expect(byHand(history.referral, { act: 'accepted', at: minute(99) }, 'ahead', minute(98))).toMatchObject({
      refusal: { kind: 'not-yet' },
    });
  });
});

test('what was set aside is reconciled, also after the end; and a booked office is told that it is over', () => {
  const history = inChart();
  put(history, 'sent', 'accepted', 'booked');
  history.ask({ type: 'end', how: 'cancelled', reason: 'moved away' }, 20);
  expect(actsOf(history.referral, ACTS)).toEqual(['missed', 'seen', 'cancel-confirmed']);
  expect(put(history, 'cancel-confirmed')).toEqual([undefined]);
  history.see({ kind: 'declined', attempt: 1, reason: 'other', at: minute(21), key: 'late' }, 21);
  expect(actsOf(history.referral, ACTS)).toEqual(['reconciled']);
  expect(put(history, 'reconciled')).toEqual([undefined]);
  expect(actsOf(history.referral, ACTS)).toEqual([]);
});

describe('of an order that is over, what became of the visit is put on record, and asks nothing more', () => {
  const OF_THE_VISIT = ['missed', 'seen', 'cancel-confirmed'];
  test.each(['seen', 'missed', 'cancel-confirmed'] as const)('%s', (act) => {
    const history = inChart();
    put(history, 'sent', 'accepted', 'booked', 'cancel-requested', 'ended');
    expect(statusOf(history.referral)).toBe('cancelled');
    expect(actsOf(history.referral, ACTS)).toEqual(OF_THE_VISIT);
    expect(put(history, act)).toEqual([undefined]);
    expect(actsOf(history.referral, ACTS)).toEqual([]);
  });

  test('also where the loop was closed by another office before it was revoked', () => {
    const history = inChart('procedure');
    put(history, 'sent', 'cancel-requested');
    history.ask({ type: 'reroute', performer: ANOTHER, because: 'no-answer' });
    put(history, 'sent', 'accepted', 'booked');
    const note = { reportId: 'n', form: 'final', document: null, fromNpi: null, matched: true } as const;
    history.see({ kind: 'report', attempt: 1, ...note, at: minute(20), key: 'n' }, 20);
    history.ask({ type: 'review-report', reportId: 'n' }, 21);
    expect(statusOf(history.referral)).toBe('closed');
    history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'revoked', versionId: '9' }, 22);
    expect(actsOf(history.referral, ACTS)).toEqual(OF_THE_VISIT);
  });
});

describe('asked to cancel, and the visit took place', () => {
  const owed = (history: History, at = 60) => due(history.referral, policy, minute(at)).map(({ kind, about }) => [kind, about]);

  test.each<[string, ByHandAct['act'][]]>([
    ['before it was asked', ['sent', 'accepted', 'booked', 'seen', 'cancel-requested']],
    ['after it was asked', ['sent', 'accepted', 'booked', 'cancel-requested', 'seen']],
  ])('%s: the visit stands, its note is owed, and it is what can be put on record', (_when, acts) => {
    const history = inChart();
    for (const [index, act] of acts.entries())
      if (act === 'seen') {
        const seenBy = { npi: null, nucc: null, network: 'in' } as const;
        history.see({ kind: 'visit', attempt: 1, seenBy, evidence: 'note', at: minute(20 + index), key: 'visit' }, 20 + index);
      } else put(history, act);
    expect([owed(history), statusOf(history.referral)]).toEqual([[['note', 'attempt 1']], 'seen']);
    const offered = actsOf(history.referral, ACTS);
    expect(['note', 'cancel-confirmed', 'declined'].map((act) => offered.includes(act as ByHandAct['act']))).toEqual([true, false, false]);
    expect(officeActs(history.referral, 1, ['note', 'confirm-cancellation', 'ask'], minute(60))).toEqual(['note', 'ask']);
    expect(put(history, 'note')).toEqual([undefined]);
    expect(owed(history)).toEqual([['review', expect.stringContaining('report')]]);
  });

  test('what is booked beyond the visit is still called off', () => {
    const history = inChart();
    put(history, 'sent', 'accepted', 'seen');
    history.see(
      { kind: 'appointment', attempt: 1, appointmentId: 'next', startsAt: minute(9999), status: 'booked', at: minute(20), key: 'n' },
      20,
    );
    history.ask({ type: 'request-cancellation', attempt: 1, at: minute(21), reason: 'moved away' }, 21);
    expect(owed(history).map(([kind]) => kind)).toEqual(['note', 'confirm-cancellation']);
    expect(actsOf(history.referral, ACTS)).toContain('cancel-confirmed');
  });
});

describe('a note of somebody who was not asked is linked by a person', () => {
  const note = { kind: 'report', attempt: 1, reportId: 'unlinked', document: null, fromNpi: '1999999984', matched: false } as const;
  const comes = (history: History, form: 'final' | 'interim' = 'final') =>
    history.see({ ...note, form, at: minute(14), key: 'DocumentReference/pa|1' }, 14);
  const review = (history: History) => history.ask({ type: 'review-report', reportId: 'unlinked' }, 30);

  test('it is next, and once it is linked the clinician reviews it: the loop closes', () => {
    const history = inChart();
    put(history, 'sent', 'accepted');
    comes(history);
    expect(actsOf(history.referral, ACTS)).toContain('link-report');
    expect(put(history, 'ended')).toEqual(['report-not-linked']);
    expect(put(history, 'link-report')).toEqual([undefined]);
    expect(actsOf(history.referral, ACTS)).not.toContain('link-report');
    expect([statusOf(history.referral), review(history), statusOf(history.referral)]).toEqual(['reported', undefined, 'closed']);
  });

  test('the same press twice links it once; one that is linked already is said to be', () => {
    const history = inChart();
    put(history, 'sent');
    comes(history);
    const link = { act: 'link-report', reportId: 'unlinked', attempt: 1 } as const;
    const first = byHand(history.referral, link, 'press', minute(20));
    if (first.ok) history.take(first.value, minute(20));
    expect(byHand(history.referral, link, 'press', minute(21))).toEqual({ ok: true, value: [] });
    expect(byHand(history.referral, link, 'another press', minute(21))).toMatchObject({ refusal: { kind: 'nothing-to-link' } });
  });

  test('an interim one proves no less of the office than one that was known at once', () => {
    const history = inChart();
    put(history, 'sent');
    comes(history, 'interim');
    expect(put(history, 'link-report')).toEqual([undefined]);
    expect(history.events.filter(({ effectiveAt }) => effectiveAt === null).map(({ fact }) => fact.type)).toEqual(['attempt-accepted']);
  });

  test('of an order that is over, and of a loop that another note has closed: it does not stay open for ever', () => {
    const over = inChart();
    put(over, 'sent', 'cancel-requested', 'ended');
    comes(over);
    expect(actsOf(over.referral, ACTS)).toEqual(['cancel-confirmed', 'link-report', 'refuse-report']);
    expect([put(over, 'link-report'), review(over)]).toEqual([[undefined], undefined]);

    const closed = inChart();
    put(closed, 'sent');
    comes(closed);
    put(closed, 'note');
    closed.ask({ type: 'review-report', reportId: closed.referral.reports.at(-1)?.id ?? '' }, 16);
    expect([statusOf(closed.referral), actsOf(closed.referral, ACTS)]).toEqual(['closed', ['link-report', 'refuse-report']]);
    expect([put(closed, 'link-report'), review(closed)]).toEqual([[undefined], undefined]);
  });

  test('one that is of something else is refused with a reason: nobody reviews it, it closes nothing, and the right one may come', () => {
    const history = inChart();
    put(history, 'sent', 'accepted', 'booked', 'seen');
    comes(history);
    const owed = () => due(history.referral, policy, minute(40)).map(({ kind }) => kind);
    expect(owed()).toEqual(['match-report', 'note']);
    expect(put(history, 'refuse-report')).toEqual([undefined]);
    expect([owed(), statusOf(history.referral)]).toEqual([['note'], 'seen']);
    expect(put(history, 'refuse-report')).toEqual(['nothing-to-link']);
    expect(review(history)).toMatchObject({ kind: 'report-not-matched' });
    history.see({ ...note, form: 'final', at: minute(14), key: 'DocumentReference/pa|2' }, 31);
    expect(owed(), 'and it is asked once').toEqual(['note']);
    history.see({ ...note, reportId: 'right', matched: true, form: 'final', at: minute(32), key: 'DocumentReference/pb|1' }, 32);
    expect([owed(), statusOf(history.referral)]).toEqual([['review'], 'reported']);
  });

  test('one that was refused by mistake is linked after all, and then reviewed', () => {
    const history = inChart();
    put(history, 'sent', 'accepted', 'booked', 'seen');
    comes(history);
    expect(put(history, 'refuse-report')).toEqual([undefined]);
    expect(actsOf(history.referral, ACTS).filter((act) => act === 'link-report' || act === 'refuse-report')).toEqual(['link-report']);
    expect(put(history, 'link-report')).toEqual([undefined]);
    expect(due(history.referral, policy, minute(40)).map(({ kind }) => kind)).toEqual(['review']);
    expect(actsOf(history.referral, ACTS)).not.toContain('link-report');
    expect([review(history), statusOf(history.referral)]).toEqual([undefined, 'closed']);
  });

  test('what is linked is not refused any more; what was refused does not keep the referral from ending', () => {
    const history = inChart();
    put(history, 'sent');
    comes(history);
    const refused = inChart();
    put(refused, 'sent', 'cancel-requested');
    comes(refused);
    expect(put(history, 'link-report', 'refuse-report')).toEqual([undefined, 'nothing-to-link']);
    expect(put(refused, 'ended', 'refuse-report', 'ended')).toEqual(['report-not-linked', undefined, undefined]);
    expect(due(refused.referral, policy, minute(40)).map(({ kind }) => kind)).toEqual(['confirm-cancellation']);
  });
});

describe('what the payer said', () => {
  const say = (history: History, answer: AuthorizationAnswer) => {
    const decided = byHand(history.referral, said(answer, at), `payer-${answer}`, minute(12));
    if (!decided.ok) throw new Error(decided.refusal.kind);
    history.take(decided.value, minute(12));
    return history.referral.authorization;
  };
  const maySend = (history: History) => actsOf(history.referral, ACTS).includes('sent');

  test.each<[AuthorizationAnswer, object, boolean]>([
    ['not-needed', { status: 'not-needed' }, true],
    ['approved', { status: 'approved' }, true],
    ['asked', { status: 'asked' }, false],
    ['not-covered', { status: 'denied', reason: 'not-covered' }, false],
  ])('%s is on record, and whether it may be sent follows', (answer, standing, may) => {
    const history = inChart();
    expect([say(history, answer), maySend(history)]).toEqual([expect.objectContaining(standing), may]);
  });

  test('an approval that names who was asked before is not of whoever is asked now, nor is what came of it taken for theirs', () => {
    const history = inChart();
    say(history, 'asked');
    history.ask({ type: 'choose-other', performer: ANOTHER, words: 'Another' });
    expect(attemptsFor(history.referral, 'authorization')).toEqual([2, 1]);
    const late = (attempt: number | undefined, key: string) => {
      const decided = byHand(history.referral, { act: 'authorization', answer: 'approved', number: 'A-7', at, attempt }, key, minute(30));
      if (!decided.ok) return decided.refusal.kind;
      history.take(decided.value, minute(30));
      return [decided.value.map(({ fact }) => fact.type), history.referral.authorization.status];
    };
    expect(late(3, 'of nobody')).toBe('no-such-attempt');
    expect(late(1, 'late')).toEqual([['authorization-for-another'], 'approved-for-another']);
    history.ask({ type: 'ask-authorization' }, 29);
    expect(late(1, 'again')).toEqual([['authorization-for-another'], 'asked']);
    expect(late(2, 'theirs')).toEqual([['authorization-decided'], 'approved']);
    expect(late(undefined, 'and whose it is not said')).toEqual([['authorization-decided'], 'approved']);
  });

  describe('an approval that names who was asked before', () => {
    const late = (history: History, minutes: number) => {
      const what = { act: 'authorization', answer: 'approved', number: 'A-7', at: minute(minutes), attempt: 1 } as const;
      const decided = byHand(history.referral, what, `late-${minutes}`, minute(30));
      if (!decided.ok) throw new Error(decided.refusal.kind);
      history.take(decided.value, minute(30));
      return history.referral.authorization.status;
    };
    const chosen = (): History => {
      const history = inChart();
      say(history, 'asked');
      history.ask({ type: 'choose-other', performer: ANOTHER, words: 'Another' });
      return history;
    };
    const askAgain = ({ referral, ask }: History): unknown => {
      const [first] = referral.attempts;
      return first && ask({ type: 'choose-other', performer: first.performer, words: 'The first after all' }, 31);
    };

    test.each([[undefined], ['asked'], ['approved']] as const)(
      'is theirs when they are asked again, whatever is said of the other: %s',
      (said) => {
        const history = chosen();
        if (said === 'asked') history.ask({ type: 'ask-authorization' }, 20);
        if (said === 'approved') say(history, 'approved');
        late(history, 25);
        expect(askAgain(history)).toBeUndefined();
        expect(history.referral.authorization).toEqual({ status: 'approved', since: minute(25) });
        expect(maySend(history)).toBe(true);
      },
    );

    test('is not theirs any more once the payer denied the service, or is asked of them again', () => {
      const denied = chosen();
      late(denied, 8);
      say(denied, 'not-covered');
      askAgain(denied);
      expect(denied.referral.authorization.status).toBe('denied');
      const asked = chosen();
      late(asked, 8);
      askAgain(asked);
      asked.ask({ type: 'ask-authorization' }, 32);
      asked.ask({ type: 'choose-other', performer: ANOTHER, words: 'Another' }, 33);
      askAgain(asked);
      expect(asked.referral.authorization.status).toBe('not-checked');
    });

    test('ends a denial of the service that was said before it, and no later one', () => {
      const history = inChart();
      say(history, 'not-covered');
      history.ask({ type: 'choose-other', performer: ANOTHER, words: 'Another' });
      expect(history.referral.authorization.status).toBe('denied');
      expect(late(history, 0)).toBe('denied');
      expect(late(history, 25)).toBe('approved-for-another');
    });
  });

  test('asked and then approved it may be sent', () => {
    const history = inChart();
    say(history, 'asked');
    expect([say(history, 'approved').status, maySend(history)]).toEqual(['approved', true]);
  });
});

const OF_AN_OFFICE: readonly ByHandAct['act'][] = ['cancel-confirmed', 'missed', 'note', 'seen'];

test('what is offered is taken, and never set aside', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(fc.nat(999), { maxLength: 14 }), (choices) => {
      const history = inChart();
      for (const [index, choice] of choices.entries()) {
        const now = minute(10 + index);
        history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }, 10 + index);
        // Ends few of them, so that the others get far.
        const offered = actsOf(history.referral, ACTS).filter((name) => name !== 'ended' || choice % 20 === 0);
        const name = offered[choice % Math.max(1, offered.length)];
        if (name === undefined) return;
        // Of an office where it may be of several, as the form has it.
        const offices = OF_AN_OFFICE.includes(name) ? attemptsFor(history.referral, name) : [];
        const what = { ...one(name, now), ...(offices.length > 1 ? { attempt: offices[choice % offices.length] } : {}) } as ByHandAct;
        const decided = byHand(history.referral, what, `key ${index}`, now);
        if (!decided.ok) throw new Error(`${name} was offered and refused: ${decided.refusal.kind}`);
        expect(decided.value.map(({ fact }) => fact.type)).not.toContain('fact-set-aside');
        history.take(decided.value, now);
        taken += 1;
      }
    }),
    { numRuns: 300, seed: 20_261_128 },
  );
  expect(taken).toBeGreaterThan(1000);
});

test('nothing is offered before the order is in force nor after the loop is closed', () => {
  const history = inChart();
  expect(actsOf(history.referral, ACTS)).toEqual(['sent', 'contacted', 'authorization', 'ended']);
  put(history, 'sent', 'accepted', 'booked', 'seen', 'note');
  history.ask({ type: 'review-report', reportId: history.referral.reports[0]?.id ?? '' }, 60);
  expect(statusOf(history.referral)).toBe('closed');
  expect(actsOf(history.referral, ACTS)).toEqual([]);
});

test.each(['seen', 'missed'] as const)(
  '%s is put on record from the time of the visit on; earlier, it was moved, and that is put on record first',
  (name) => {
    const history = inChart();
    const put = (what: ByHandAct, key: string): string | undefined => {
      const decided = byHand(history.referral, what, key, minute(60));
      if (!decided.ok) return decided.refusal.kind;
      history.take(decided.value, minute(60));
      return undefined;
    };
    expect(put(one('sent'), 'a')).toBeUndefined();
    expect(put({ act: 'booked', startsAt: minute(50), at }, 'b')).toBeUndefined();
    expect(put({ act: name, at: minute(49) }, 'c')).toBe('before-visit');
    expect(put({ act: 'booked', startsAt: '2062-12-01T10:00:00.000Z', at }, 'y'), 'a slip in the year').toBe('date-too-far');
    expect(put({ act: 'booked', startsAt: minute(40), at }, 'd')).toBeUndefined();
    expect(put({ act: name, at: minute(49) }, 'e')).toBeUndefined();
  },
);
