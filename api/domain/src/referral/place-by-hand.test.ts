/** An order that the EHR does not take from Refloop, once a person said that they placed it there. */
import { expect, test } from 'vitest';
import { due } from '../sla/due.ts';
import { defaultPolicy } from '../sla/policy.ts';
import { isOfReferral } from './capture.ts';
import { decide, type ReferralCommand } from './command.ts';
import { observe } from './observe.ts';
import { fold } from './referral.ts';
import { approve, play, recommend } from './test-play.ts';
import { readFact } from './upcast.ts';

const NOW = '2026-11-20T10:30:00.000Z';
const order = { type: 'ServiceRequest', id: 'o1' };
const policy = defaultPolicy({ timeZone: 'UTC', opens: 8, closes: 17, holidays: [] });
const approved = { ...approve('r', '3', 'p'), rung: 3, steps: ['DocumentReference'] } as ReferralCommand;
const place = (reference: typeof order | null): ReferralCommand => ({ type: 'place-by-hand', planId: 'p', reference, note: 'Order 4711' });
const placed = (reference: typeof order | null, ...more: ReferralCommand[]) =>
  play([recommend('r', '3'), approved, place(reference), ...more]);

test('its loop is owed like any other', () => {
  const { referral, refusals } = placed(null);
  expect(refusals).toEqual([]);
  expect(referral?.order).toMatchObject({ status: 'active', reference: null });
  expect(referral && due(referral, policy, NOW).map(({ kind, owner }) => [kind, owner])).toEqual([['send', 'coordinator']]);
});

test('the note is written after it, and it is not taken back nor said twice', () => {
  const outcome = { status: 'done', reference: 'DocumentReference/d', versionId: '1' } as const;
  const { referral, refusals } = placed(
    null,
    place(null),
    { type: 'withdraw', planId: 'p', reason: 'x' },
    { type: 'settle-step', planId: 'p', step: 'DocumentReference', outcome },
  );
  expect(refusals).toEqual(['step-already-settled', 'order-may-be-written']);
  expect(referral?.order).toMatchObject({ status: 'active', writeBack: { steps: [{ name: 'DocumentReference', outcome }] } });
});

test('said to be the order that Refloop was opened from, it stands as the EHR shows it; said of none, the EHR is not asked', () => {
  const read = { kind: 'order-read', reference: 'ServiceRequest/o1', status: 'draft', versionId: '5' } as const;
  const [named, unnamed] = [placed(order).referral, placed(null).referral];
  if (!named || !unnamed) throw new Error('Nothing came of it');
  expect(observe(named, read, NOW)).toMatchObject([{ fact: { type: 'order-status-observed', status: 'draft' } }]);
  expect(observe(unnamed, read, NOW)).toEqual([]);
  const visit = { resourceType: 'Appointment', id: 'a', basedOn: [{ reference: 'ServiceRequest/o1' }] };
  expect([isOfReferral(visit, named), isOfReferral(visit, unnamed)]).toEqual([true, false]);
});

test('where Refloop writes the order, or the plan lapsed, it is refused', () => {
  expect(play([recommend('r', '3'), approve('r', '3', 'p'), place(null)]).refusals).toEqual(['order-is-written-here']);
  expect(play([recommend('r', '3'), approved, { type: 'withdraw', planId: 'p', reason: 'x' }, place(null)]).refusals).toEqual([
    'no-such-plan',
  ]);
});

test('an approval whose events are of before that is placed still', () => {
  const { events } = play([
    recommend('r', '3'),
    approved,
    {
      type: 'settle-step',
      planId: 'p',
      step: 'DocumentReference',
      outcome: { status: 'done', reference: 'DocumentReference/d', versionId: '1' },
    },
  ]);
  const stored = events.map((event) => {
    const { type, version, ...data } = event.fact;
    return { ...event, fact: readFact(type, type === 'write-step-settled' ? 2 : version, data) };
  });
  const before = fold('referral', stored);
  expect(before?.order.status).toBe('approved');
  expect(decide(before, place(null))).toMatchObject({ ok: true, value: [{ type: 'write-step-settled', version: 3 }] });
});
