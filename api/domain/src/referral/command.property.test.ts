import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type ReferralCommand } from './command.ts';
import type { Performer, ReferralEvent, StepName } from './event.ts';
import { evolve, fold, type Referral, statusOf } from './referral.ts';

const STEPS: StepName[] = ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'];
const performer: Performer = { entryId: 'e1', npi: '1234567893', display: 'Ana Rivera, MD', nucc: '207RC0000X', network: 'in', rank: 1 };

const recommend = (recommendationId: string, orderVersion: string | null): ReferralCommand => ({
  type: 'recommend',
  recommendationId,
  patientId: 'p1',
  order: { type: 'ServiceRequest', id: 'o1' },
  orderVersion,
  specialty: 'cardiology',
  urgency: 'routine',
  kind: 'consult',
  replaces: null,
  noneInNetworkWithinMiles: null,
});

const approve = (recommendationId: string, orderVersion: string | null, planId: string): ReferralCommand => ({
  type: 'approve',
  approvalId: `a-${planId}`,
  planId,
  recommendationId,
  orderVersion,
  contentHash: 'c0ffee',
  performer,
  overrideReason: null,
  rung: 1,
  steps: STEPS,
  leftOut: [],
});

/** Runs commands one after the other, as the server does; refused ones change nothing. */
function play(commands: ReferralCommand[]): { referral: Referral | undefined; events: ReferralEvent[]; refusals: string[] } {
  let referral: Referral | undefined;
  const events: ReferralEvent[] = [];
  const refusals: string[] = [];
  for (const command of commands) {
    const decided = decide(referral, command);
    if (!decided.ok) {
      refusals.push(decided.refusal.kind);
      continue;
    }
    for (const fact of decided.value) {
      const at = `2026-11-20T10:00:${String(events.length % 60).padStart(2, '0')}.000Z`;
      const event: ReferralEvent = {
        sequence: events.length + 1,
        effectiveAt: at,
        recordedAt: at,
        actor: { kind: 'person', subject: 's', fhirUser: 'Practitioner/s', sessionId: 'x' },
        fact,
      };
      events.push(event);
      referral = evolve('r1', referral, event);
    }
  }
  return { referral, events, refusals };
}

describe('approving', () => {
  test('approves the version that was seen, and no other', () => {
    expect(play([recommend('r', '3'), approve('r', '4', 'p')]).refusals).toEqual(['order-changed']);
    expect(statusOf(play([recommend('r', '3'), approve('r', '3', 'p')]).referral!)).toBe('approved');
  });

  test('a second approval is refused and says whose the first was', () => {
    const { referral, refusals } = play([recommend('r', '3'), approve('r', '3', 'p1'), approve('r', '3', 'p2')]);
    expect(refusals).toEqual(['already-approved']);
    expect(referral?.order.status === 'approved' && referral.order.writeBack?.planId).toBe('p1');
  });

  test('a newer recommendation replaces the older one', () => {
    expect(play([recommend('r1', '3'), recommend('r2', '3'), approve('r1', '3', 'p')]).refusals).toEqual(['recommendation-not-pending']);
  });

  test('a stale order takes the approval back: the clinician reads and approves again', () => {
    const stale: ReferralCommand = {
      type: 'settle-step',
      planId: 'p',
      step: 'ServiceRequest',
      outcome: { status: 'stale', detail: 'version 4' },
    };
    const first = play([recommend('r1', '3'), approve('r1', '3', 'p'), stale]);
    expect(statusOf(first.referral!)).toBe('draft');
    const again = play([recommend('r1', '3'), approve('r1', '3', 'p'), stale, recommend('r2', '4'), approve('r2', '4', 'q')]);
    expect(again.refusals).toEqual([]);
    expect(statusOf(again.referral!)).toBe('approved');
  });
});

test('an order the EHR keeps unsigned is not called active, and its approval cannot be taken back here', () => {
  const settle: ReferralCommand = {
    type: 'settle-step',
    planId: 'p',
    step: 'ServiceRequest',
    outcome: { status: 'done', reference: 'ServiceRequest/o1', versionId: '4', orderStatus: 'draft' },
  };
  const { referral } = play([recommend('r', '3'), approve('r', '3', 'p'), settle]);
  expect(statusOf(referral!)).toBe('awaiting-signature');
  expect(play([recommend('r', '3'), approve('r', '3', 'p'), settle, { type: 'withdraw', planId: 'p', reason: 'x' }]).refusals).toEqual([
    'order-may-be-written',
  ]);
});

describe('a write that is sent is on record before it leaves', () => {
  const attempt: ReferralCommand = { type: 'attempt-step', planId: 'p', step: 'ServiceRequest' };
  const withdraw: ReferralCommand = { type: 'withdraw', planId: 'p', reason: 'placed by hand' };
  const approved = [recommend('r', '3'), approve('r', '3', 'p')];
  const candidate = { reference: 'ServiceRequest/o9', versionId: '1', filedAt: null, author: null };
  const unsure: ReferralCommand = {
    type: 'settle-step',
    planId: 'p',
    step: 'ServiceRequest',
    outcome: { status: 'unsure', detail: 'no mark', candidates: [candidate] },
  };
  const judge = (reference: string | null): ReferralCommand => ({
    type: 'judge-candidates',
    planId: 'p',
    step: 'ServiceRequest',
    ours: reference === null ? null : { status: 'done', reference, versionId: '1' },
  });

  test('from then on the approval cannot be taken back unheard, though nothing was reported', () => {
    expect(play([...approved, attempt, withdraw]).refusals).toEqual(['order-may-be-written']);
  });

  test('twice is one fact', () => {
    const { events } = play([...approved, attempt, attempt]);
    expect(events.filter(({ fact }) => fact.type === 'write-step-attempted')).toHaveLength(1);
  });

  test('a plan of before attempts were on record counts as tried', () => {
    const { events } = play(approved);
    const old = events.map((event) =>
      event.fact.type === 'write-back-planned' ? { ...event, fact: { ...event.fact, attemptsRecorded: false } } : event,
    );
    expect(decide(fold('r1', old), withdraw)).toEqual({ ok: false, refusal: { kind: 'order-may-be-written' } });
  });

  test('what may be ours is judged by a person: this one it is', () => {
    const { referral, refusals } = play([...approved, attempt, unsure, judge('ServiceRequest/o9')]);
    expect(refusals).toEqual([]);
    expect(referral?.order).toMatchObject({ status: 'active', reference: { type: 'ServiceRequest', id: 'o9' } });
  });

  test('or none of them is: what was sent may have come since they were listed, and is looked for before anything else', () => {
    const asked = [...approved, attempt, unsure, judge(null)];
    expect(play([...asked, withdraw]).refusals).toEqual(['order-may-be-written']);
    const notThere: ReferralCommand = {
      type: 'settle-step',
      planId: 'p',
      step: 'ServiceRequest',
      outcome: { status: 'refused', httpStatus: 404, detail: 'not found' },
    };
    expect(play([...asked, notThere, withdraw]).refusals).toEqual([]);
  });

  test('only what was found can be chosen, and only while the question is open', () => {
    expect(play([...approved, attempt, unsure, judge('ServiceRequest/another')]).refusals).toEqual(['nothing-to-judge']);
    expect(play([...approved, attempt, judge(null)]).refusals).toEqual(['nothing-to-judge']);
  });
});

describe('withdrawing', () => {
  const withdraw: ReferralCommand = { type: 'withdraw', planId: 'p', reason: 'placed by hand' };
  const settle = (outcome: Extract<ReferralCommand, { type: 'settle-step' }>['outcome']): ReferralCommand => ({
    type: 'settle-step',
    planId: 'p',
    step: 'ServiceRequest',
    outcome,
  });
  const approved = [recommend('r', '3'), approve('r', '3', 'p')];

  test('gives the order back while it was never tried, or when the EHR refused it', () => {
    expect(statusOf(play([...approved, withdraw]).referral!)).toBe('draft');
    const refused = play([...approved, settle({ status: 'refused', httpStatus: 422, detail: 'no' }), withdraw, recommend('r2', '3')]);
    expect(refused.refusals).toEqual([]);
  });

  test('is refused once the order is, or may be, in the chart', () => {
    const done = settle({ status: 'done', reference: 'ServiceRequest/o1', versionId: '4' });
    expect(play([...approved, done, withdraw]).refusals).toEqual(['order-may-be-written']);
    expect(play([...approved, settle({ status: 'unknown', detail: 'timed out' }), withdraw]).refusals).toEqual(['order-may-be-written']);
    expect(play([recommend('r', '3'), withdraw]).refusals).toEqual(['no-such-plan']);
  });
});

const id = fc.constantFrom('r1', 'r2', 'r3');
const version = fc.constantFrom('1', '2', null);
const outcome = fc.oneof(
  fc.record({
    status: fc.constant('done' as const),
    reference: fc.constantFrom('ServiceRequest/o1', 'Task/t1'),
    versionId: fc.constant('2'),
  }),
  fc.record({ status: fc.constant('unknown' as const), detail: fc.constant('timed out') }),
  fc.record({ status: fc.constant('stale' as const), detail: fc.constant('412') }),
  fc.record({
    status: fc.constant('unsure' as const),
    detail: fc.constant('no mark'),
    candidates: fc.constant([{ reference: 'Task/t1', versionId: null, filedAt: null, author: null }]),
  }),
  fc.record({ status: fc.constant('refused' as const), httpStatus: fc.constant(403), detail: fc.constant('scope') }),
);
const command: fc.Arbitrary<ReferralCommand> = fc.oneof(
  fc.tuple(id, version).map(([each, at]) => recommend(each, at)),
  fc.tuple(id, version, fc.constantFrom('p1', 'p2')).map(([each, at, plan]) => approve(each, at, plan)),
  id.map((recommendationId): ReferralCommand => ({ type: 'dismiss', recommendationId, reason: 'not now' })),
  fc.constantFrom('p1', 'p2').map((planId): ReferralCommand => ({ type: 'withdraw', planId, reason: 'by hand' })),
  fc
    .tuple(fc.constantFrom('p1', 'p2'), fc.constantFrom(...STEPS))
    .map(([planId, step]): ReferralCommand => ({ type: 'attempt-step', planId, step })),
  fc.tuple(fc.constantFrom('p1', 'p2'), fc.constantFrom(...STEPS), fc.boolean()).map(
    ([planId, step, isOurs]): ReferralCommand => ({
      type: 'judge-candidates',
      planId,
      step,
      ours: isOurs ? { status: 'done', reference: 'Task/t1', versionId: '1' } : null,
    }),
  ),
  fc
    .tuple(fc.constantFrom('p1', 'p2'), fc.constantFrom(...STEPS), outcome)
    .map(([planId, step, result]): ReferralCommand => ({ type: 'settle-step', planId, step, outcome: result })),
);

test('whatever is asked in whatever order, the referral keeps its rules', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      const { referral, events } = play(commands);
      // Replaying the events gives the same state.
      expect(fold('r1', events)).toEqual(referral);
      if (!referral) return;
      const pending = referral.recommendations.filter((each) => each.status === 'pending-review');
      expect(pending.length).toBeLessThanOrEqual(1);
      // Nothing is in the chart, or has a performer, without an approval on record.
      if (referral.order.status === 'draft') expect(referral.attempts).toEqual([]);
      else {
        const { approval } = referral.order;
        const offered = events.find(
          ({ fact }) => fact.type === 'recommendation-made' && fact.recommendationId === approval.recommendationId,
        );
        expect(offered?.fact.type === 'recommendation-made' && offered.fact.orderVersion).toBe(approval.orderVersion);
        expect(referral.attempts.map((attempt) => attempt.performer)).toEqual([approval.performer]);
      }
    }),
    { numRuns: 500, seed: 20_261_120 },
  );
});
