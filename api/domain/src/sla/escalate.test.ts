import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byHand } from '../referral/by-hand.ts';
import { textReceived } from '../referral/patient-act.ts';
import { act, type History, inChart, minute } from '../referral/test-care.ts';
import { due } from './due.ts';
import { escalationsDue, nextLookAt, raise } from './escalate.ts';
import { ESCALATION_STEPS } from './escalation-steps.ts';
import { defaultPolicy, type SlaPolicy } from './policy.ts';
import { OBLIGATION_KINDS, type ObligationKind } from './service-levels.ts';
import type { StaffPerson } from './staff.ts';

/** `minute(0)` is Tuesday 2026-11-24, four in the morning in Chicago; Thursday the 26th is Thanksgiving. */
const policy = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: ['2026-11-26'] });
const staff: StaffPerson[] = [
  { subject: 'kim', roles: ['coordinator'], substitute: null },
  { subject: 'lena', roles: ['lead'], substitute: null },
];

const send = { type: 'send', transmissionId: 't', channel: 'link' } as const;
const accept = { type: 'accept' } as const;
const schedule = { type: 'schedule', appointmentId: 'a', startsAt: '2026-12-08T15:00:00.000Z' } as const;
const missed = { type: 'no-show', appointmentId: 'a' } as const;
const seen = { type: 'mark-seen', appointmentId: 'a' } as const;

const after = (...steps: Parameters<typeof act>[1][]): History => {
  const history = inChart();
  for (const [at, step] of steps.entries()) expect(act(history, step, at + 1)).toBeUndefined();
  return history;
};

/** All that is raised until then, as a clock would: from one moment at which something is due to the next. */
function until(history: History, end: string, of: SlaPolicy = policy): string[] {
  const told: string[] = [];
  for (let now: string | undefined = history.referral.startedAt; now !== undefined && now <= end; ) {
    const happenings = raise(history.referral, of, staff, now);
    for (const { fact } of happenings) if (fact.type === 'escalation-raised') told.push(`${now} ${fact.rule} ${fact.act} → ${fact.to}`);
    history.take(happenings, now);
    now = nextLookAt(history.referral, of, now);
  }
  return told;
}

describe('each rule at its time, once', () => {
  test('sent, and nobody says that they have it', () => {
    expect(until(after(send), '2026-12-10T00:00:00.000Z')).toEqual([
      '2026-11-25T10:01:00.000Z R117 ask-receipt → kim',
      '2026-11-27T10:01:00.000Z R118 alert → kim',
      '2026-12-01T10:01:00.000Z R120 follow-up → kim',
      '2026-12-01T10:01:00.000Z R131 alert → lena',
    ]);
  });

  test('acknowledged, only the answer is waited for', () => {
    expect(until(after(send, { type: 'acknowledge' }), '2026-12-10T00:00:00.000Z')).toEqual(['2026-12-01T10:01:00.000Z R131 alert → lena']);
  });

  test('accepted, and nothing is booked', () => {
    expect(until(after(send, accept), '2026-12-09T00:00:00.000Z')).toEqual([
      '2026-11-24T10:02:00.000Z R135 notify-patient → kim',
      '2026-11-29T10:02:00.000Z R136 remind-patient → kim',
      '2026-12-04T10:02:00.000Z R137 remind-patient → kim',
      '2026-12-08T10:02:00.000Z R138 call-patient → kim',
    ]);
  });

  test('booked, and nothing is heard of the visit', () => {
    const told = until(after(send, accept, schedule), '2026-12-19T00:00:00.000Z');
    expect(told.filter((each) => !each.includes('R135'))).toEqual([
      '2026-12-07T15:00:00.000Z R139 remind-visit → kim',
      '2026-12-09T15:00:00.000Z R123 ask-patient → kim',
      '2026-12-15T15:00:00.000Z R122 notify-requester → s',
    ]);
  });

  test('missed twice is told twice', () => {
    const history = after(send, accept, schedule, missed);
    expect(until(history, '2026-11-25T23:00:00.000Z')).toEqual([
      '2026-11-24T10:04:00.000Z R128 alert → kim',
      '2026-11-24T10:04:00.000Z R142 reach-patient → kim',
    ]);
    act(history, { ...schedule, appointmentId: 'b' }, 2500);
    act(history, { ...missed, appointmentId: 'b' }, 2501);
    expect(until(history, minute(2502))).toEqual([`${minute(2501)} R128 alert → kim`, `${minute(2501)} R142 reach-patient → kim`]);
  });

  test('cancelled is told as cancelled, and reaches a lead where nobody books again', () => {
    const history = after(send, accept, schedule, { type: 'cancel-appointment', appointmentId: 'a', by: 'specialist' });
    expect(until(history, '2026-12-02T00:00:00.000Z')).toEqual([
      '2026-11-24T10:04:00.000Z rebook-cancelled alert → kim',
      '2026-12-01T10:04:00.000Z rebook-lead alert → lena',
    ]);
  });

  test('begun after it was accepted, the patient is not told of it anew', () => {
    const history = after(send, accept, { type: 'begin-work' });
    expect(until(history, '2026-11-30T00:00:00.000Z')).toEqual([
      '2026-11-24T10:02:00.000Z R135 notify-patient → kim',
      '2026-11-29T10:02:00.000Z R136 remind-patient → kim',
    ]);
  });

  test('a date booked after a visit leaves its missing note as it was', () => {
    const history = after(send, accept, schedule, seen, { ...schedule, appointmentId: 'b', startsAt: '2027-12-08T15:00:00.000Z' });
    expect(until(history, '2026-12-03T00:00:00.000Z')).toEqual([
      '2026-11-24T10:04:00.000Z R148 request-note → kim',
      '2026-12-01T10:04:00.000Z R149 remind-specialist → kim',
      '2026-12-02T10:04:00.000Z R124-note alert → kim',
    ]);
  });

  test('seen, and no note comes', () => {
    expect(until(after(send, accept, schedule, seen), '2027-01-01T00:00:00.000Z')).toEqual([
      '2026-11-24T10:04:00.000Z R148 request-note → kim',
      '2026-12-01T10:04:00.000Z R149 remind-specialist → kim',
      '2026-12-02T10:04:00.000Z R124-note alert → kim',
      '2026-12-20T10:00:02.000Z R121 alert → s',
    ]);
  });

  test('what is over is left alone once the office knows', () => {
    const history = after(send, accept);
    history.ask({ type: 'end', how: 'cancelled', reason: 'moved away' }, 3);
    history.see({ kind: 'cancellation-confirmed', attempt: 1, at: '2026-11-24T10:04:00.000Z', key: 'c' }, 4);
    expect(until(history, '2027-12-31T00:00:00.000Z')).toEqual([]);
  });
});

describe('a site’s own exceptions', () => {
  const silent = { rule: 'R117', after: null, because: 'The office answers by fax alone.' };
  test('a step left out, and one with another time, for those referrals alone', () => {
    const own: SlaPolicy = {
      ...policy,
      stepOverrides: [
        { when: { specialty: 'cardiology' }, ...silent },
        {
          when: { specialty: 'cardiology' },
          rule: 'R118',
          after: { routine: { hours: 6, clock: 'wall' } },
          because: 'Agreed with the department.',
        },
        { when: { specialty: 'dermatology' }, rule: 'R120', after: null, because: 'Another department.' },
      ],
    };
    expect(until(after(send), '2026-12-01T20:00:00.000Z', own)).toEqual([
      '2026-11-24T16:01:00.000Z R118 alert → kim',
      '2026-12-01T10:01:00.000Z R120 follow-up → kim',
      '2026-12-01T10:01:00.000Z R131 alert → lena',
    ]);
  });
});

describe('a possible emergency that nobody has seen to', () => {
  const wrote = (history: History): string => {
    history.take(textReceived('emergency', 'chest pain', 'sms/1', minute(10)), minute(10));
    return minute(10 + 15 * 24 * 60);
  };
  const lines = (told: string[]): string[] => told.filter((line) => line.includes(' R78'));

  test('is told to a lead again and again, on the true clock, further apart each time', () => {
    const history = after(send, accept);
    const leads = lines(until(history, wrote(history))).filter((line) => line.endsWith('lena'));
    expect(leads.slice(0, 5)).toEqual([
      '2026-11-24T10:40:00.000Z R78-lead alert → lena',
      '2026-11-24T12:10:00.000Z R78-lead-2 alert → lena',
      '2026-11-24T14:10:00.000Z R78-lead-3 alert → lena',
      '2026-11-24T18:10:00.000Z R78-lead-4 alert → lena',
      '2026-11-25T02:10:00.000Z R78-lead-5 alert → lena',
    ]);
    expect(leads.at(-1)).toBe('2026-12-08T10:10:00.000Z R78-lead-13 alert → lena');
  });

  test('is told to each lead in turn, and to who stands in for one who is away', () => {
    const history = after(send, accept);
    wrote(history);
    const more: StaffPerson[] = [
      ...staff,
      { subject: 'mo', roles: ['lead'], substitute: 'nan' },
      { subject: 'nan', roles: ['coordinator'], substitute: null },
    ];
    const told = raise(history.referral, policy, more, minute(10 + 8 * 60)).flatMap(({ fact }) =>
      fact.type === 'escalation-raised' && fact.rule.startsWith('R78-lead') ? [fact.to] : [],
    );
    expect(new Set(told.slice(0, 2))).toEqual(new Set(['lena', 'nan']));
    expect(told).toEqual([told[0], told[1], told[0], told[1]]);
  });

  test('ends when somebody says that they have seen to it', () => {
    const history = after(send, accept);
    const end = wrote(history);
    const heard = byHand(history.referral, { act: 'patient-heard', meanings: ['emergency'] }, 'press', minute(11));
    if (!heard.ok) throw new Error('Not heard.');
    history.take(heard.value, minute(11));
    expect(lines(until(history, end)).length).toBe(0);
  });
});

test.each(['urgent', 'emergency'] as const)('of what is due in hours in %s a lead hears at twice that, not days later', (urgency) => {
  for (const of of ['reply', 'answer-patient'] as const) {
    const step = ESCALATION_STEPS.find(({ rule }) => rule === `${of}-lead`);
    const within = policy.levels[of].within[urgency];
    expect(step?.after[urgency]).toEqual({ hours: 2 * ('hours' in within ? within.hours : 0), clock: 'wall' });
  }
});

test('an order revoked in the EHR with a visit booked: that the office hears of it counts from when it was seen, each time anew', () => {
  const history = after(send, accept, schedule);
  const read = (status: string, at: number): void =>
    history.take(
      [
        {
          effectiveAt: null,
          factKey: null,
          fact: { type: 'order-status-observed', version: 1, reference: 'ServiceRequest/o1', status, versionId: null },
        },
      ],
      minute(at),
    );
  read('revoked', 60);
  expect(due(history.referral, policy, minute(61))).toMatchObject([{ kind: 'confirm-cancellation', since: minute(60) }]);
  const day = 24 * 60;
  expect(until(history, minute(8 * day)).filter((line) => line > minute(60))).toEqual([
    '2026-11-27T11:00:00.000Z confirm-cancellation-lead alert → lena',
  ]);
  read('active', 8 * day);
  read('revoked', 8 * day + 60);
  expect(until(history, minute(15 * day)).filter((line) => line > minute(8 * day + 60))).toEqual([
    '2026-12-04T11:00:00.000Z confirm-cancellation-lead alert → lena',
  ]);
});

test('rules are told apart by their names', () => {
  const names = ESCALATION_STEPS.map(({ rule }) => rule);
  expect(new Set(names).size).toBe(names.length);
});

test('asked again at the same moment, nothing more is due; and what is due comes in order', () => {
  const step = fc.constantFrom<Parameters<typeof act>[1]>(send, { type: 'acknowledge' }, accept, schedule, missed, seen, {
    type: 'decline',
    reason: 'other',
  });
  let raised = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.integer({ min: 0, max: 60 * 24 * 60 }), (steps, later) => {
      const history = inChart();
      for (const [at, each] of steps.entries()) void act(history, each, at + 1);
      const now = minute(later + 10);
      const due1 = escalationsDue(history.referral, policy, now);
      expect(due1.map(({ at }) => at)).toEqual(due1.map(({ at }) => at).toSorted());
      raised += due1.length;
      history.take(raise(history.referral, policy, staff, now), now);
      expect(escalationsDue(history.referral, policy, now)).toEqual([]);
      const next = nextLookAt(history.referral, policy, now);
      expect(next === undefined || next > now).toBe(true);
      const open = due(history.referral, policy, now).some(({ since }) => since !== null);
      expect(open || next === undefined || history.referral.order.status === 'active').toBe(true);
    }),
    { numRuns: 200, seed: 20_261_128 },
  );
  expect(raised).toBeGreaterThan(200);
});

test('whatever waits for a person here reaches somebody besides its owner in the end', () => {
  // What stands before the order is in force has obligations of its own; a visit that is ahead turns into one that is to be confirmed.
  const elsewhere: readonly ObligationKind[] = ['decide', 'finish-writing', 'visit'];
  const without = OBLIGATION_KINDS.filter((kind) => !elsewhere.includes(kind) && !ESCALATION_STEPS.some(({ of }) => of === kind));
  expect(without).toEqual([]);
});

test('of a referral that cannot change another moment and another policy are reckoned anew', () => {
  const { referral } = after(send, accept, schedule);
  const frozen = Object.freeze({ ...referral });
  const slower: SlaPolicy = { ...policy, levels: { ...policy.levels, visit: { ...policy.levels.visit, owner: 'clinician' } } };
  const moments = [minute(10), '2026-12-08T16:00:00.000Z', minute(10)];
  for (const now of moments) {
    for (const of of [policy, slower, policy]) {
      expect(due(frozen, of, now)).toEqual(due(referral, of, now));
      expect(nextLookAt(frozen, of, now)).toEqual(nextLookAt(referral, of, now));
      expect(escalationsDue(frozen, of, now)).toEqual(escalationsDue(referral, of, now));
    }
  }
  expect(due(frozen, policy, minute(10))[0]?.kind).toBe('visit');
  expect(due(frozen, policy, '2026-12-08T16:00:00.000Z')[0]?.kind).toBe('confirm-visit');
  expect(due(frozen, slower, minute(10))[0]?.owner).toBe('clinician');
});

test('no step tells a span: another urgency may have another, and a site may set another', () => {
  const SPAN = /\b(an?|one|two|three|four|five|seven|ten|fourteen|\d+) (business )?(hour|day)s?\b|\bthe day (before|after)\b/;
  expect(ESCALATION_STEPS.filter(({ words }) => SPAN.test(words)).map(({ rule, words }) => `${rule}: ${words}`)).toEqual([]);
});
