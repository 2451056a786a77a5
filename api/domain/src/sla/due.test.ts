import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actsOf } from '../referral/by-hand.ts';
import type { AttemptCommand } from '../referral/care-command.ts';
import type { AuthorizationDecision } from '../referral/care-event.ts';
import { closedBy } from '../referral/closure.ts';
import { ANOTHER, act, inChart, minute } from '../referral/test-care.ts';
import { due } from './due.ts';
import { nextLookAt } from './escalate.ts';
import { defaultPolicy } from './policy.ts';

const policy = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: ['2026-11-26'] });
const STARTS = '2026-12-08T15:00:00.000Z';

const after = (...steps: Parameters<typeof act>[1][]) => {
  const history = inChart();
  for (const [at, step] of steps.entries()) expect(act(history, step, at + 1)).toBeUndefined();
  return history.referral;
};
const send = { type: 'send', transmissionId: 't', channel: 'direct' } as const;
const accept = { type: 'accept' } as const;
const schedule = { type: 'schedule', appointmentId: 'a', startsAt: STARTS } as const;

test('once the answer is there and waits for its review, nobody books anew the date that fell through', () => {
  const history = inChart('e-consult');
  const cancel = { type: 'cancel-appointment', appointmentId: 'a', by: 'patient' } as const;
  for (const [at, each] of [send, accept, schedule, cancel].entries()) act(history, each, at + 1);
  expect(due(history.referral, policy, minute(9)).map(({ kind }) => kind)).toEqual(['rebook']);
  const note = { reportId: 'n', form: 'final', document: null, fromNpi: null, matched: true } as const;
  history.see({ kind: 'report', attempt: 1, ...note, at: minute(7), key: 'n' }, 7);
  expect(due(history.referral, policy, minute(9)).map(({ kind }) => kind)).toEqual(['review']);
});

describe('a visit was kept there, and the office is not asked any more', () => {
  const called = () => {
    const history = inChart();
    const stop = { type: 'request-cancellation', reason: 'moved' } as const;
    for (const [at, each] of [send, accept, schedule, { type: 'mark-seen', appointmentId: 'a' } as const, stop].entries())
      act(history, each, at + 1);
    history.see({ kind: 'cancellation-confirmed', attempt: 1, at: minute(6), key: 'c' }, 6);
    return history;
  };
  const note = (form: 'interim' | 'final') =>
    ({ kind: 'report', attempt: 1, reportId: 'n', form, document: null, fromNpi: null, matched: true, at: minute(7), key: 'n' }) as const;
  const kinds = ({ referral }: ReturnType<typeof called>) => due(referral, policy, minute(9)).map(({ kind }) => kind);

  test('its note is waited for all the same', () => {
    expect(kinds(called())).toEqual(['note', 'reroute']);
  });

  test('an interim note is not what is waited for', () => {
    const history = called();
    history.see(note('interim'), 7);
    expect(kinds(history)).toEqual(['review', 'note', 'reroute']);
  });

  test('once it is there it is read, and neither asked for nor is another asked', () => {
    const history = called();
    history.see(note('final'), 7);
    expect(kinds(history)).toEqual(['review']);
  });

  test('a note of which nobody knows whose it is holds nothing up', () => {
    const history = called();
    history.see({ ...note('final'), matched: false }, 7);
    expect(kinds(history)).toEqual(['match-report', 'note', 'reroute']);
  });
});

describe('the office declined, and the answer is there all the same', () => {
  const declined = (service?: Parameters<typeof inChart>[0]) => {
    const history = inChart(service);
    for (const [at, each] of [send, { type: 'decline', reason: 'other' } as const].entries()) act(history, each, at + 1);
    return history;
  };
  const note = { kind: 'report', reportId: 'n', form: 'final', document: null, fromNpi: null, matched: true, key: 'n' } as const;
  const kinds = ({ referral }: ReturnType<typeof inChart>) => due(referral, policy, minute(30)).map(({ kind }) => kind);

  test.each(['visit', 'e-consult', 'imaging'] as const)(
    'nobody else is asked before it is read; once it is, nothing is owed (%s)',
    (service) => {
      const history = declined(service);
      expect(kinds(history)).toEqual(['reroute']);
      history.see({ ...note, attempt: 1, at: minute(7) }, 7);
      expect(kinds(history)).toEqual(['review']);
      expect(history.ask({ type: 'review-report', reportId: 'n' }, 8)).toBeUndefined();
      expect([closedBy(history.referral)?.id, kinds(history)]).toEqual(['n', []]);
    },
  );

  test('an interim note answers nothing: somebody else is asked', () => {
    const history = declined();
    history.see({ ...note, form: 'interim', attempt: 1, at: minute(7) }, 7);
    expect(kinds(history)).toContain('reroute');
  });

  test('also where it is of an office that was asked before', () => {
    const history = declined();
    history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }, 5);
    for (const [at, each] of [{ ...send, transmissionId: 'u' }, { type: 'decline', reason: 'other' } as const].entries())
      act(history, each, at + 6);
    expect(kinds(history)).toEqual(['reroute']);
    history.see({ ...note, attempt: 1, at: minute(9) }, 9);
    expect(kinds(history)).toEqual(['review']);
  });
});

describe('who owes what, by when', () => {
  test.each<[string, Parameters<typeof act>[1][], string, string]>([
    // It is Tuesday, ten o'clock UTC: four in the morning in Chicago.
    ['in the chart, and not sent', [], 'send by coordinator for coordinator', '2026-11-20T18:00:00.000Z'],
    ['sent: two business days', [send], 'answer by coordinator for specialist', '2026-11-27T10:01:00.000Z'],
    [
      'acknowledged: no more time for that',
      [send, { type: 'acknowledge' }],
      'answer by coordinator for specialist',
      '2026-11-27T10:01:00.000Z',
    ],
    ['accepted: 14 days to book', [send, accept], 'book by coordinator for specialist', '2026-12-08T10:02:00.000Z'],
    ['booked: the visit', [send, accept, schedule], 'visit by coordinator for patient', STARTS],
    [
      'missed: a business day',
      [send, accept, schedule, { type: 'no-show', appointmentId: 'a' }],
      'rebook by coordinator for patient',
      '2026-11-25T10:04:00.000Z',
    ],
    [
      'seen: five business days for the note',
      [send, accept, schedule, { type: 'mark-seen', appointmentId: 'a' }],
      'note by coordinator for specialist',
      '2026-12-02T10:04:00.000Z',
    ],
    [
      'declined: somebody else is found',
      [send, { type: 'decline', reason: 'other' }],
      'reroute by coordinator for coordinator',
      '2026-11-25T10:02:00.000Z',
    ],
  ])('%s', (_what, steps, words, dueAt) => {
    const [only, ...others] = due(after(...steps), policy, minute(60));
    expect([`${only?.kind} by ${only?.owner} for ${only?.waitingOn}`, only?.dueAt, others]).toEqual([words, dueAt, []]);
  });

  test('the payer’s word is owed while it keeps it from being sent; from that word on it has its whole time to be sent (R111, R112)', () => {
    const history = inChart();
    const owed = () =>
      due(history.referral, policy, minute(60 * 24 * 9)).map(({ kind, waitingOn, since, dueAt }) => [kind, waitingOn, since, dueAt]);
    history.ask({ type: 'ask-authorization' }, 5);
    expect(owed()).toEqual([['payer-decision', 'payer', minute(5), '2026-12-01T10:05:00.000Z']]);
    const day = 60 * 24;
    const decided = (decision: AuthorizationDecision, at: number) =>
      history.see({ kind: 'authorization-decided', decision, at: minute(at), key: `d${at}` }, at);
    decided({ status: 'denied', reason: 'other' }, 6 * day);
    expect(owed()).toEqual([['payer-denial', 'coordinator', minute(6 * day), '2026-12-01T10:00:00.000Z']]);
    decided({ status: 'approved', number: 'A-1' }, 7 * day);
    // Tuesday, four in the morning in Chicago: four hours of opening time.
    expect(owed()).toEqual([['send', 'coordinator', minute(7 * day), '2026-12-01T18:00:00.000Z']]);
  });

  test('said again that nothing keeps it from being sent, it has no more time: the first word counts, until the payer is asked anew', () => {
    const history = inChart();
    const decided = (decision: AuthorizationDecision, at: number) =>
      history.see({ kind: 'authorization-decided', decision, at: minute(at), key: `d${at}` }, at);
    const since = () => due(history.referral, policy, minute(999)).map((each) => [each.kind, each.since]);
    decided({ status: 'not-needed' }, 5);
    decided({ status: 'not-needed' }, 200);
    expect(since()).toEqual([['send', minute(5)]]);
    decided({ status: 'approved', number: 'A-1' }, 220);
    expect([history.referral.authorization.status, since()]).toEqual(['approved', [['send', minute(5)]]]);
    history.ask({ type: 'ask-authorization' }, 300);
    decided({ status: 'not-needed' }, 400);
    expect(since()).toEqual([['send', minute(400)]]);
  });

  test.each(['asked', 'denied'] as const)(
    'once another is chosen, nobody waits for what the payer says of the one before (%s)',
    (status) => {
      const history = inChart();
      history.ask({ type: 'ask-authorization' }, 5);
      const decision = { status: 'denied', reason: 'other' } as const;
      if (status === 'denied') history.see({ kind: 'authorization-decided', decision, at: minute(6), key: 'd' }, 6);
      history.ask({ type: 'choose-other', performer: ANOTHER, words: 'Another' }, 90);
      expect(due(history.referral, policy, minute(999)).map(({ kind, since }) => [kind, since])).toEqual([['send', minute(90)]]);
    },
  );

  test('a decision about an office that was asked before gives the next one no less time', () => {
    const history = inChart();
    history.see({ kind: 'authorization-decided', decision: { status: 'approved', number: 'A-1' }, at: minute(1), key: 'd' }, 1);
    for (const [at, each] of [send, { type: 'decline', reason: 'other' } as const].entries()) act(history, each, at + 2);
    history.ask({ type: 'reroute', performer: ANOTHER, because: 'declined' }, 90);
    expect(due(history.referral, policy, minute(99)).map(({ kind, since }) => [kind, since])).toEqual([['send', minute(90)]]);
  });

  test('a week after an appointment of which nothing was heard somebody asks', () => {
    const referral = after(send, accept, schedule);
    expect(due(referral, policy, '2026-12-08T16:00:00.000Z')).toMatchObject([{ kind: 'confirm-visit', dueAt: '2026-12-15T15:00:00.000Z' }]);
  });

  test('a report waits for its review, and nothing else is owed', () => {
    const referral = after(send, accept, { type: 'give-outcome', reportId: 'rep', document: null, fromNpi: null });
    expect(due(referral, policy, minute(60))).toMatchObject([{ kind: 'review', owner: 'clinician', about: 'report rep' }]);
  });

  test.each(['e-consult', 'imaging', 'visit'] as const)('nor where the office works on it and names no stage (%s)', (service) => {
    const history = inChart(service);
    act(history, send, 1);
    history.see({ kind: 'work-begun', attempt: 1, at: minute(2), key: 'w' }, 2);
    history.see(
      { kind: 'report', attempt: 1, reportId: 'rep', form: 'final', document: null, fromNpi: null, matched: true, at: minute(3), key: 'k' },
      3,
    );
    expect(due(history.referral, policy, minute(60)).map(({ kind }) => kind)).toEqual(['review']);
  });
});

const step: fc.Arbitrary<(history: ReturnType<typeof inChart>, at: number) => void> = fc.oneof(
  fc
    .constantFrom<Parameters<typeof act>[1]>(
      send,
      { type: 'acknowledge' },
      accept,
      { type: 'decline', reason: 'other' },
      schedule,
      { type: 'no-show', appointmentId: 'a' },
      { type: 'cancel-appointment', appointmentId: 'a', by: 'unknown' },
      { type: 'mark-seen', appointmentId: null },
      { type: 'give-interim-note', reportId: 'i', document: null, fromNpi: null },
      { type: 'give-outcome', reportId: 'o', document: null, fromNpi: null },
      { type: 'request-cancellation', reason: 'x' },
      { type: 'confirm-cancellation' },
    )
    .map((command) => (history, at) => void act(history, command as AttemptCommand, at)),
  fc
    .constantFrom(
      { type: 'reroute', performer: ANOTHER, because: 'no-answer' } as const,
      { type: 'review-report', reportId: 'o' } as const,
      { type: 'review-report', reportId: 'i' } as const,
      { type: 'end', how: 'expired', reason: 'x' } as const,
    )
    .map((command) => (history, at) => void history.ask(command, at)),
  fc
    .constantFrom('accepted' as const, 'received' as const)
    .map((kind) => (history, at) => void history.see({ kind, attempt: null, at: minute(at), key: `k${at}` }, at)),
);

test('an open referral always has an obligation, each with an owner and a deadline; one that is over has none', () => {
  let open = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const history = inChart();
      for (const [at, each] of steps.entries()) {
        each(history, at + 1);
        const { referral } = history;
        const owed = due(referral, policy, minute(at + 1));
        const over = referral.order.status === 'ended' || closedBy(referral) !== undefined;
        const aside = referral.setAside.some(({ status }) => status === 'open');
        const unread = referral.reports.some(({ status }) => status !== 'reviewed');
        const [last] = referral.attempts.slice(-1);
        const isBooked = last?.appointments.some(
          ({ status, startsAt }) => status === 'booked' && !last.visits.some((seen) => seen !== null && seen >= startsAt),
        );
        const isAsked =
          last !== undefined &&
          ['sent', 'received', 'accepted', 'in-progress', 'cancellation-requested'].includes(last.work.status) &&
          last.visits.length === 0 &&
          !['missed', 'kept'].includes(last.appointments.at(-1)?.status ?? '') &&
          !referral.reports.some((report) => report.form === 'final' && report.status !== 'received' && report.attempt === last.number);
        const untold =
          referral.order.status === 'ended' &&
          last !== undefined &&
          !['declined', 'cancelled', 'completed'].includes(last.work.status) &&
          (isBooked || isAsked);
        expect(owed.length > 0).toBe(!over || aside || unread || untold);
        for (const { owner, dueAt } of owed) expect([owner.length > 0, Number.isNaN(Date.parse(dueAt))]).toEqual([true, false]);
        if (!over) open += 1;
      }
    }),
    { numRuns: 300, seed: 20_261_128 },
  );
  expect(open).toBeGreaterThan(500);
});

test('what an office asks waits for an answer, from its first question on', () => {
  const history = inChart();
  act(history, send, 1);
  const owed = () => due(history.referral, policy, minute(30)).map(({ kind, since }) => `${kind} ${since}`);
  history.ask({ type: 'post-message', attempt: 1, from: 'office', text: 'Is there an ECG?' }, 5);
  history.ask({ type: 'post-message', attempt: 1, from: 'office', text: 'And the medications?' }, 9);
  expect(owed()).toEqual([`reply ${minute(5)}`, `answer ${minute(1)}`]);
  history.ask({ type: 'post-message', attempt: 1, from: 'practice', text: 'Both are on their way.' }, 12);
  expect(owed()).toEqual([`answer ${minute(1)}`]);
});

describe('of an order that is over', () => {
  const note = { kind: 'report', attempt: 1, reportId: 'n', form: 'final', document: null, fromNpi: null, matched: true } as const;

  test('a note that came before is still read, and one that comes afterwards too', () => {
    const before = inChart();
    act(before, send, 1);
    before.see({ ...note, at: minute(3), key: 'k' }, 3);
    before.ask({ type: 'end', how: 'patient-declined', reason: 'moved' }, 4);
    expect(due(before.referral, policy, minute(9)).map(({ kind }) => kind)).toEqual(['review']);
    const later = inChart();
    act(later, send, 1);
    later.ask({ type: 'end', how: 'patient-declined', reason: 'moved' }, 4);
    later.see({ ...note, at: minute(5), key: 'k' }, 5);
    expect(due(later.referral, policy, minute(9)).map(({ kind }) => kind)).toEqual(['review']);
  });

  describe('an office with a date still booked has to hear of it, and past the date somebody here whether the patient went', () => {
    type Told = Parameters<ReturnType<typeof inChart>['see']>[0];
    const visit = { kind: 'appointment', attempt: 1, appointmentId: 'a', startsAt: STARTS, key: 'k' } as const;
    const PAST = '2026-12-10T00:00:00.000Z';
    /** In minutes: after the visit, and before that. */
    const LATER = 22_000;
    const { npi, nucc, network } = inChart().referral.attempts[0]?.performer ?? ANOTHER;
    const SEEN_BY = { npi, nucc, network };
    const ended = (history: ReturnType<typeof inChart>) => history.ask({ type: 'end', how: 'cancelled', reason: 'moved' }, 6);
    const booked = () => {
      const history = inChart();
      for (const [at, each] of [send, accept, schedule].entries()) act(history, each, at + 1);
      return history;
    };
    const owed = ({ referral }: ReturnType<typeof inChart>, at: string) =>
      due(referral, policy, at).map(({ kind, since }) => `${kind} ${since}`);
    /** Whatever is owed, a coordinator can settle. */
    const acts = ({ referral }: ReturnType<typeof inChart>) => actsOf(referral, ['cancel-confirmed', 'seen', 'missed', 'booked']);

    test('until it is told, and it is looked at again when the date is there', () => {
      const history = booked();
      ended(history);
      expect(owed(history, minute(9))).toEqual([`confirm-cancellation ${minute(6)}`]);
      expect(nextLookAt(history.referral, policy, '2026-12-07T00:00:00.000Z')).toBe(STARTS);
      expect(owed(history, PAST)).toEqual([`confirm-visit ${STARTS}`]);
      expect(acts(history)).toEqual(['cancel-confirmed', 'seen', 'missed']);
    });

    test('also where it was asked to cancel before', () => {
      const history = booked();
      act(history, { type: 'request-cancellation', reason: 'moved' }, 5);
      ended(history);
      expect([owed(history, minute(9)), owed(history, PAST)]).toEqual([[`confirm-cancellation ${minute(6)}`], [`confirm-visit ${STARTS}`]]);
      expect(acts(history)).toEqual(['cancel-confirmed', 'seen', 'missed']);
    });

    test('and where an interim note came of it', () => {
      const history = booked();
      history.see(
        {
          kind: 'report',
          attempt: 1,
          reportId: 'i',
          form: 'interim',
          document: null,
          fromNpi: null,
          matched: true,
          at: minute(4),
          key: 'i',
        },
        4,
      );
      ended(history);
      expect(owed(history, minute(9))).toContain(`confirm-cancellation ${minute(6)}`);
      expect(acts(history)).toEqual(['cancel-confirmed', 'seen', 'missed']);
    });

    test.each<[string, number, Told]>([
      ['cancelled there', 8, { kind: 'cancellation-confirmed', attempt: 1, at: minute(8), key: 'k' }],
      ['kept all the same', 8, { ...visit, status: 'fulfilled', at: minute(8) }],
      ['missed', 8, { ...visit, status: 'noshow', at: minute(8) }],
      [
        'seen then, of which appointment is not said',
        LATER,
        { kind: 'visit', attempt: 1, seenBy: SEEN_BY, evidence: 'note', at: STARTS, key: 'k' },
      ],
    ])('%s', (_what, at, fact) => {
      for (const before of [undefined, { type: 'request-cancellation', reason: 'moved' } as const]) {
        const history = booked();
        if (before) act(history, before, 5);
        ended(history);
        history.see(fact, at);
        expect([owed(history, PAST), acts(history)]).toEqual([[], []]);
      }
    });
  });

  test('what the office asked is answered all the same', () => {
    const history = inChart();
    act(history, send, 1);
    history.ask({ type: 'post-message', attempt: 1, from: 'office', text: 'Is there an ECG?' }, 5);
    history.ask({ type: 'end', how: 'cancelled', reason: 'moved' }, 6);
    expect(due(history.referral, policy, minute(9)).map(({ kind }) => kind)).toEqual(['reply', 'confirm-cancellation']);
    expect(history.ask({ type: 'post-message', attempt: 1, from: 'practice', text: 'It is over.' }, 7)).toBeUndefined();
    expect(due(history.referral, policy, minute(9)).map(({ kind }) => kind)).toEqual(['confirm-cancellation']);
  });
});
