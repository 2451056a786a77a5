import { describe, expect, test } from 'vitest';
import { decide, type ReferralCommand } from './command.ts';
import { observe } from './observe.ts';
import { evolve, type Referral } from './referral.ts';
import { statusOf } from './status.ts';
import { CLINICIAN, performer } from './test-play.ts';

const AT = '2026-11-28T10:00:00.000Z';

/** A referral whose order the EHR holds in this status. */
function written(orderStatus: string): Referral {
  const order = { type: 'ServiceRequest', id: 'o1' };
  const commands: ReferralCommand[] = [
    {
      type: 'recommend',
      recommendationId: 'r',
      patientId: 'p',
      order,
      orderVersion: '3',
      specialty: 'cardiology',
      urgency: 'routine',
      kind: 'consult',
      service: 'visit',
      insteadOf: null,
      asker: CLINICIAN,
      replaces: null,
      noneInNetworkWithinMiles: null,
    },
    {
      type: 'approve',
      approvalId: 'a',
      planId: 'q',
      recommendationId: 'r',
      orderVersion: '3',
      contentHash: 'c',
      asker: CLINICIAN,
      performer,
      alternates: [],
      setting: null,
      overrideReason: null,
      rung: 1,
      steps: ['ServiceRequest'],
      leftOut: [],
    },
    {
      type: 'settle-step',
      planId: 'q',
      step: 'ServiceRequest',
      outcome: { status: 'done', reference: 'ServiceRequest/o1', versionId: '4', orderStatus },
    },
  ];
  let referral: Referral | undefined;
  for (const command of commands) {
    const decided = decide(referral, command);
    if (!decided.ok) throw new Error(decided.refusal.kind);
    for (const fact of decided.value) referral = take(referral, fact);
  }
  if (!referral) throw new Error('No referral');
  return referral;
}

const take = (referral: Referral | undefined, fact: Parameters<typeof evolve>[2]['fact']): Referral =>
  evolve('r1', referral, {
    sequence: (referral?.lastSequence ?? 0) + 1,
    effectiveAt: AT,
    recordedAt: AT,
    factKey: null,
    actor: { kind: 'software', name: 'Refloop', version: '1' },
    fact,
  });

const seen = (referral: Referral, status: string, reference = 'ServiceRequest/o1'): Referral =>
  observe(referral, { kind: 'order-read', reference, status, versionId: '5' }, AT).reduce(
    (before, { fact }) => take(before, fact),
    referral,
  );

describe('the order as the EHR shows it', () => {
  test.each([
    ['draft', 'active', 'in-chart'],
    ['active', 'revoked', 'revoked'],
    ['draft', 'entered-in-error', 'revoked'],
    ['active', 'completed', 'in-chart'],
  ])('written as %s and seen %s it is %s', (before, now, word) => {
    expect(statusOf(seen(written(before), now))).toBe(word);
  });

  test('seen as it is known makes no event', () => {
    expect(observe(written('draft'), { kind: 'order-read', reference: 'ServiceRequest/o1', status: 'draft', versionId: '4' }, AT)).toEqual(
      [],
    );
  });

  test.each(['on-hold', 'completed', 'entered-in-error'])('seen as %s again it makes no second event', (status) => {
    const once = seen(written('draft'), status);
    expect(observe(once, { kind: 'order-read', reference: 'ServiceRequest/o1', status, versionId: '5' }, AT)).toEqual([]);
  });

  test('an order found revoked when it is first heard of is told as that', () => {
    expect(statusOf(written('revoked'))).toBe('revoked');
    expect(statusOf(written('completed'))).toBe('in-chart');
  });

  test('another order says nothing about this one', () => {
    expect(statusOf(seen(written('draft'), 'active', 'ServiceRequest/o2'))).toBe('awaiting-signature');
  });
});
