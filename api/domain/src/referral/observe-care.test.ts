import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { defaultPolicy } from '../sla/policy.ts';
import type { ObservedFact } from './observe.ts';
import { fold } from './referral.ts';
import { statusOf } from './status.ts';
import { act, inChart, minute } from './test-care.ts';

type Inbound = Exclude<ObservedFact, { kind: 'order-read' }>;
type Without<Each> = Each extends unknown ? Omit<Each, 'at' | 'key' | 'attempt'> : never;

const PERFORMER = '1234567893';
const POLICY = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] });
const at = (minutes: number, fact: Without<Inbound>, key = `ehr|${fact.kind}|${minutes}`): ObservedFact =>
  ({ attempt: null, ...fact, at: minute(minutes), key }) as ObservedFact;
const report = { kind: 'report', reportId: 'rep', form: 'final', document: null, fromNpi: PERFORMER, matched: true } as const;
const booked = { kind: 'appointment', appointmentId: 'a', startsAt: '2026-12-08T15:00:00.000Z', status: 'booked' } as const;

const typesOf = (happenings: { fact: { type: string }; effectiveAt: string | null }[]) =>
  happenings.map(({ fact, effectiveAt }) => (effectiveAt === null ? `${fact.type}?` : fact.type));

describe('a fact proves what must have come before it, without a time', () => {
  test.each<[Without<Inbound>, string[]]>([
    [{ kind: 'received' }, ['attempt-sent?', 'attempt-received']],
    [{ kind: 'accepted' }, ['attempt-sent?', 'attempt-accepted']],
    [{ kind: 'declined', reason: 'other' }, ['attempt-sent?', 'attempt-declined']],
    [booked, ['attempt-sent?', 'attempt-accepted?', 'appointment-booked']],
    [{ ...booked, status: 'noshow' }, ['attempt-sent?', 'attempt-accepted?', 'appointment-booked?', 'appointment-missed']],
    [{ ...booked, status: 'cancelled' }, ['attempt-sent?', 'attempt-accepted?', 'appointment-booked?', 'appointment-cancelled']],
    [{ ...booked, status: 'fulfilled' }, ['attempt-sent?', 'attempt-accepted?', 'appointment-booked?', 'patient-seen']],
    [
      { kind: 'visit', seenBy: { npi: PERFORMER, nucc: null, network: 'in' }, evidence: 'claim' },
      ['attempt-sent?', 'attempt-accepted?', 'patient-seen'],
    ],
    [report, ['attempt-sent?', 'attempt-accepted?', 'patient-seen?', 'report-received', 'report-matched']],
  ])('%o', (fact, expected) => {
    expect(typesOf(inChart().see(at(5, fact), 6))).toEqual(expected);
  });
});

describe('what says nothing new makes no event', () => {
  test('the same key twice', () => {
    const history = inChart();
    history.see(at(1, booked, 'ehr|Appointment/a|1'));
    expect(history.see(at(1, booked, 'ehr|Appointment/a|1'))).toEqual([]);
  });

  test('a stage that is past, told by another source', () => {
    const history = inChart();
    history.see(at(1, booked));
    expect(history.see(at(2, { kind: 'accepted' }))).toEqual([]);
  });

  test('an older version of an appointment that was kept', () => {
    const history = inChart();
    history.see(at(3, { ...booked, status: 'fulfilled' }, 'ehr|Appointment/a|2'), 6);
    expect(history.see(at(1, booked, 'ehr|Appointment/a|1'), 7)).toEqual([]);
    expect(statusOf(history.referral)).toBe('seen');
  });
});

describe('what became of one appointment says nothing of another', () => {
  const moved = { ...booked, appointmentId: 'b', startsAt: '2026-12-15T15:00:00.000Z' } as const;

  test.each(['noshow', 'cancelled'] as const)('the date before, which the office closes as %s: the one that is booked stays', (status) => {
    const history = inChart();
    history.see(at(1, booked));
    history.see(at(2, moved));
    expect(history.see(at(3, { ...booked, status }), 4)).toHaveLength(1);
    expect(history.referral.attempts[0]?.work).toMatchObject({ status: 'scheduled', appointmentId: 'b' });
    expect(history.referral.attempts[0]?.appointments.map(({ id, status: is }) => [id, is])).toEqual([
      ['a', status === 'noshow' ? 'missed' : 'cancelled'],
      ['b', 'booked'],
    ]);
  });

  test('the one that is booked: another is to be booked', () => {
    const history = inChart();
    history.see(at(1, booked));
    history.see(at(2, moved));
    history.see(at(3, { ...moved, status: 'noshow' }), 4);
    expect(history.referral.attempts[0]?.work).toMatchObject({ status: 'missed', appointmentId: 'b' });
  });

  test.each(['noshow', 'cancelled'] as const)(
    'the date before, closed as %s after the one that took its place was kept: they were seen',
    (status) => {
      const history = inChart();
      history.see(at(1, booked));
      history.see(at(2, moved));
      history.see(at(3, { ...moved, status: 'fulfilled' }));
      expect(history.see(at(4, { ...booked, status }), 5)).toHaveLength(1);
      expect(history.referral.attempts[0]).toMatchObject({ work: { status: 'seen' }, visits: [minute(3)] });
      expect(due(history.referral, POLICY, minute(6)).map(({ kind }) => kind)).toEqual(['note']);
      expect(act(history, { type: 'give-outcome', reportId: 'rep', document: null, fromNpi: null }, 7)).toBeUndefined();
    },
  );

  test('the date before, cancelled after the one that took its place was missed: that one is still missed', () => {
    const history = inChart();
    history.see(at(1, booked));
    history.see(at(2, moved));
    history.see(at(3, { ...moved, status: 'noshow' }), 4);
    history.see(at(5, { ...booked, status: 'cancelled' }), 6);
    expect(history.referral.attempts[0]?.work).toEqual({ status: 'missed', since: minute(3), appointmentId: 'b' });
  });

  test.each([
    ['booked', { status: 'scheduled', appointmentId: 'b' }],
    ['fulfilled', { status: 'seen' }],
  ] as const)('the date before, heard of only once it was closed, after the next was %s', (came, work) => {
    const history = inChart();
    history.see(at(2, { ...moved, status: came }), 3);
    expect(typesOf(history.see(at(4, { ...booked, status: 'noshow' }), 5))).toEqual(['appointment-booked?', 'appointment-missed']);
    expect(history.referral.attempts[0]?.work).toMatchObject(work);
  });

  test('a later date, heard of only once it was missed, is the one to be booked again', () => {
    const history = inChart();
    history.see(at(1, booked));
    history.see(at(2, { ...moved, status: 'noshow' }), 3);
    expect(history.referral.attempts[0]?.work).toMatchObject({ status: 'missed', appointmentId: 'b' });
  });

  test.each(['noshow', 'cancelled'] as const)('%s after we asked to cancel: the office still has to confirm', (status) => {
    const history = inChart();
    history.see(at(1, booked));
    act(history, { type: 'request-cancellation', reason: 'Moved' }, 2);
    history.see(at(3, { ...booked, status }), 4);
    expect(history.referral.attempts[0]?.work.status).toBe('cancellation-requested');
  });

  test('a date we never heard of, called off after we asked to cancel: the office still has to confirm', () => {
    const history = inChart();
    act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
    act(history, { type: 'request-cancellation', reason: 'Moved' }, 2);
    history.see(at(3, { ...booked, status: 'cancelled' }), 4);
    expect(history.referral.attempts[0]).toMatchObject({
      work: { status: 'cancellation-requested' },
      appointments: [{ status: 'cancelled' }],
    });
  });
});

describe('what cannot follow is set aside for a person', () => {
  test.each<[string, (history: ReturnType<typeof inChart>) => void, Without<Inbound>]>([
    ['an acceptance after a decline', (history) => history.see(at(1, { kind: 'declined', reason: 'other' })), { kind: 'accepted' }],
    [
      'a decline after the visit',
      (history) => history.see(at(1, { ...booked, status: 'fulfilled' })),
      { kind: 'declined', reason: 'other' },
    ],
    ['a receipt for what was never sent', () => undefined, { kind: 'transmission-delivered', transmissionId: 'x' }],
    [
      'a booking after we asked to cancel',
      (history) => {
        act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
        act(history, { type: 'request-cancellation', reason: 'Moved' }, 2);
      },
      booked,
    ],
  ])('%s', (_what, before, fact) => {
    const history = inChart();
    before(history);
    const work = history.referral.attempts[0]?.work;
    expect(typesOf(history.see(at(5, fact), 6))).toEqual(['fact-set-aside']);
    expect(history.referral.attempts[0]?.work).toEqual(work);
    expect(history.ask({ type: 'settle-set-aside', setAside: 0, note: 'A mistake of theirs' })).toBeUndefined();
    expect(history.ask({ type: 'settle-set-aside', setAside: 0, note: 'Again' })).toEqual({ kind: 'nothing-set-aside', setAside: 0 });
  });

  test('what is said to have happened tomorrow', () => {
    expect(typesOf(inChart().see(at(99, { kind: 'accepted' }), 5))).toEqual(['fact-set-aside']);
  });
});

test('a visit with somebody who was never asked is care elsewhere, and no attempt rests on it', () => {
  const history = inChart();
  act(history, { type: 'send', transmissionId: 't', channel: 'fax' }, 1);
  const seenBy = { npi: '1538271645', nucc: '207RC0000X', network: 'out' } as const;
  expect(typesOf(history.see(at(4, { kind: 'visit', seenBy, evidence: 'claim' }), 5))).toEqual(['seen-elsewhere']);
  expect(statusOf(history.referral)).toBe('sent');
  expect(history.referral.elsewhere).toEqual([{ seenBy, evidence: 'claim', at: minute(4) }]);
});

test('a report of one who declined is taken all the same', () => {
  const history = inChart();
  history.see(at(1, { kind: 'declined', reason: 'other' }));
  history.see(at(4, report), 5);
  expect(history.referral.attempts[0]).toMatchObject({ work: { status: 'declined' }, visits: [null] });
  expect(history.ask({ type: 'review-report', reportId: 'rep' })).toBeUndefined();
  expect(statusOf(history.referral)).toBe('closed');
});

describe('who was asked to stop says that they did, and the patient had been there before', () => {
  const seen = { ...booked, status: 'fulfilled' } as const;
  const again = { ...booked, appointmentId: 'b' } as const;
  const seenAndBookedAgain = () => {
    const history = inChart();
    history.see(at(1, seen));
    history.see(at(2, again));
    return history;
  };

  test('of an order that is over: what is booked besides is off, the visit stands, and nobody owes a call any more', () => {
    const history = seenAndBookedAgain();
    history.see({ kind: 'order-read', reference: 'ServiceRequest/o1', status: 'revoked', versionId: '5' });
    const owed = () => due(history.referral, POLICY, minute(6)).map(({ kind }) => kind);
    expect(owed()).toEqual(['confirm-cancellation']);
    expect(typesOf(history.see(at(4, { kind: 'cancellation-confirmed' }), 5))).toEqual(['appointment-cancelled']);
    expect(history.referral.attempts[0]).toMatchObject({
      visits: [minute(1)],
      appointments: [{ status: 'kept' }, { status: 'cancelled' }],
    });
    expect(owed()).toEqual([]);
  });

  test('where we asked to cancel the attempt: it is cancelled, and the note of the visit is still waited for', () => {
    const history = seenAndBookedAgain();
    const owed = () => due(history.referral, POLICY, minute(9)).map(({ kind }) => kind);
    act(history, { type: 'request-cancellation', reason: 'Moved' }, 3);
    expect(owed()).toEqual(['note', 'confirm-cancellation']);
    expect(typesOf(history.see(at(4, { kind: 'cancellation-confirmed' }), 5))).toEqual(['cancellation-confirmed']);
    expect(owed()).toEqual(['note', 'reroute']);
  });

  test('where nothing was asked and nothing is booked, somebody looks at it', () => {
    const history = inChart();
    history.see(at(1, seen));
    expect(typesOf(history.see(at(4, { kind: 'cancellation-confirmed' }), 5))).toEqual(['fact-set-aside']);
  });
});

test.each(['noshow', 'cancelled'] as const)(
  'of whom was seen, and then a later date came to nothing (%s), the final note ends the work',
  (status) => {
    const history = inChart();
    history.see(at(1, { ...booked, status: 'fulfilled' }));
    history.see(at(2, { ...booked, appointmentId: 'b' }));
    history.see(at(3, { ...booked, appointmentId: 'b', status }));
    const owed = () => due(history.referral, POLICY, minute(9)).map(({ kind }) => kind);
    expect(owed()).toEqual(['note', 'rebook']);
    history.see(at(4, { ...report, reportId: 'interim', form: 'interim' }));
    expect(owed(), 'of an interim note the date is still to be booked').toEqual(['review', 'note', 'rebook']);
    history.see(at(5, report));
    expect(history.referral.attempts[0]?.work.status).toBe('completed');
    expect(owed()).toEqual(['review', 'review']);
  },
);

const fact: fc.Arbitrary<Without<Inbound>> = fc.oneof(
  fc.constantFrom<Without<Inbound>>(
    { kind: 'received' },
    { kind: 'accepted' },
    { kind: 'work-begun' },
    { kind: 'declined', reason: 'other' },
    { kind: 'cancellation-confirmed' },
    { kind: 'transmission-delivered', transmissionId: 't' },
    report,
    { ...report, reportId: 'interim', form: 'interim' },
    { ...report, reportId: 'loose', matched: false },
    { kind: 'visit', seenBy: { npi: PERFORMER, nucc: null, network: 'in' }, evidence: 'note' },
    { kind: 'visit', seenBy: { npi: '1538271645', nucc: null, network: 'out' }, evidence: 'claim' },
    { kind: 'authorization-decided', decision: { status: 'denied', reason: 'not-covered' } },
  ),
  fc.record({
    kind: fc.constant('appointment' as const),
    appointmentId: fc.constantFrom('a', 'b'),
    startsAt: fc.constantFrom('2026-12-08T15:00:00.000Z', '2026-12-15T15:00:00.000Z'),
    status: fc.constantFrom('booked' as const, 'cancelled' as const, 'noshow' as const, 'fulfilled' as const),
  }),
);

test('whatever is told in whatever order: nothing is lost, nothing is believed twice, and the events fold to the state', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fact, fc.nat(20)), { maxLength: 25 }), (facts) => {
      const history = inChart();
      for (const [each, minutes] of facts) {
        const observed = at(minutes, each, `ehr|${JSON.stringify(each)}`);
        history.see(observed, 30);
        expect(history.see(observed, 30)).toEqual([]);
      }
      expect(fold('r1', history.events)).toEqual(history.referral);
      const told = new Set(facts.map(([each]) => (each.kind === 'report' ? each.reportId : undefined)));
      for (const reportId of told) if (reportId) expect(history.referral.reports.map(({ id }) => id)).toContain(reportId);
      expect(new Set(history.referral.reports.map(({ id }) => id)).size).toBe(history.referral.reports.length);
      // Every kept visit that was told is a visit, of this attempt or elsewhere, or waits for a person.
      const visits = facts.filter(([each]) => each.kind === 'visit' || (each.kind === 'appointment' && each.status === 'fulfilled'));
      const { attempts, elsewhere, setAside } = history.referral;
      if (visits.length > 0) expect((attempts[0]?.visits.length ?? 0) + elsewhere.length + setAside.length).toBeGreaterThan(0);
    }),
    { numRuns: 500, seed: 20_261_128 },
  );
});

test('an appointment comes to the same whatever the order its versions arrive in', () => {
  const versions = [
    at(1, booked, 'v1'),
    at(2, { ...booked, startsAt: '2026-12-15T15:00:00.000Z' }, 'v2'),
    at(3, { ...booked, startsAt: '2026-12-15T15:00:00.000Z', status: 'fulfilled' }, 'v3'),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(versions, { minLength: 3, maxLength: 3 }), (shuffled) => {
      const history = inChart();
      for (const each of shuffled) history.see(each, 10);
      expect(history.referral.attempts[0]?.work.status).toBe('seen');
      expect(history.referral.attempts[0]?.appointments.map(({ status }) => status)).toEqual(['kept']);
    }),
    { numRuns: 30, seed: 20_261_128 },
  );
});
