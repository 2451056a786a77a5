import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type ReferralCommand } from './command.ts';
import { maySign } from './pend.ts';
import { fold, isOpenOffer } from './referral.ts';
import { statusOf } from './status.ts';
import { approve, play, recommend, STEPS } from './test-play.ts';

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
/** Two clinicians, one who covers for the first, and two who prepare. */
const asker = fc.constantFrom(
  { subject: 'lee', coversFor: [] },
  { subject: 'moss', coversFor: [] },
  { subject: 'covering', coversFor: ['lee'] },
  { subject: 'ortiz', coversFor: [] },
  { subject: 'tran', coversFor: [] },
);
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
  fc
    .tuple(id, version, asker, fc.option(id), fc.option(id))
    .map(([each, at, by, replaces, insteadOf]) => recommend(each, at, { asker: by, replaces, insteadOf })),
  fc.tuple(id, fc.constantFrom('ortiz', 'tran'), fc.constantFrom('lee', 'moss')).map(
    ([recommendationId, preparedBy, signer]): ReferralCommand => ({
      type: 'pend',
      recommendationId,
      preparedBy,
      for: signer,
      note: '',
      since: '2026-11-20T09:41:00.000Z',
    }),
  ),
  fc.tuple(id, asker).map(([recommendationId, by]): ReferralCommand => ({ type: 'take-back', recommendationId, asker: by })),
  fc.tuple(id, version, fc.constantFrom('p1', 'p2'), asker).map(([each, at, plan, by]) => approve(each, at, plan, by)),
  fc
    .tuple(id, asker)
    .map(([recommendationId, by]): ReferralCommand => ({ type: 'dismiss', recommendationId, reason: 'not now', asker: by })),
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
      expect(referral.recommendations.filter(isOpenOffer).length).toBeLessThanOrEqual(1);
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

test('what lies with a clinician to be signed leaves it by that one, by who covers, by who prepared it, or knowingly', () => {
  const handedOver: ReferralCommand[] = [
    recommend('r1', '1', { asker: { subject: 'ortiz', coversFor: [] } }),
    { type: 'pend', recommendationId: 'r1', preparedBy: 'ortiz', for: 'lee', note: '', since: '2026-11-20T09:41:00.000Z' },
  ];
  let pended = 0;
  let left = 0;
  fc.assert(
    fc.property(fc.array(command, { maxLength: 15 }), (then) => {
      const commands = [...handedOver, ...then];
      for (const [at, each] of commands.entries()) {
        const before = play(commands.slice(0, at)).referral?.recommendations.find(({ status }) => status === 'pended');
        if (before?.status !== 'pended') continue;
        pended += 1;
        const { referral, refusals } = play(commands.slice(0, at + 1));
        const now = referral?.recommendations.find(({ status }) => status === 'pended');
        if (now?.status === 'pended' && now.id === before.id) continue;
        expect(refusals.length).toBe(play(commands.slice(0, at)).refusals.length);
        left += 1;
        // Carried on, it is the same hand-over of the same person to the same clinician.
        if (now?.status === 'pended') expect(now.pend).toEqual(before.pend);
        switch (each.type) {
          case 'take-back':
            expect(each.asker.subject).toBe(before.pend.preparedBy);
            break;
          case 'approve':
          case 'dismiss':
            expect(maySign(before.pend, each.asker)).toBe(true);
            break;
          case 'recommend':
            if (each.insteadOf === before.id) expect(now).toBeUndefined();
            else {
              expect(each.replaces).toBe(before.id);
              expect(now).toBeDefined();
              expect(each.asker.subject === before.pend.preparedBy || maySign(before.pend, each.asker)).toBe(true);
            }
            break;
          case 'pend':
          case 'withdraw':
          case 'attempt-step':
          case 'settle-step':
          case 'place-by-hand':
          case 'judge-candidates':
            expect.unreachable(`${each.type} took it away`);
        }
      }
    }),
    { numRuns: 300, seed: 20_261_128 },
  );
  expect(pended, 'the property was met').toBeGreaterThan(300);
  expect(left).toBeGreaterThan(50);
});
