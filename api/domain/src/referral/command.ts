/** What people and software may ask of a referral. A refusal is a value that says what to do about it. */

import type { ReferralKind } from '../drafting/referral-kind.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { Urgency } from '../matching/request.ts';
import { ok, type Result, refuse, unreachable } from '../result.ts';
import type { Service } from './closure.ts';
import type { Performer, ReferralFact, Setting, StepName, StepOutcome } from './event.ts';
import { type Asker, mayCarryOn, maySign, pendedOf } from './pend.ts';
import type { OfferedRecommendation, Pend, Referral } from './referral.ts';

export type ReferralCommand =
  | {
      type: 'recommend';
      recommendationId: string;
      patientId: string;
      order: ResourceRef | null;
      orderVersion: string | null;
      specialty: string;
      urgency: Urgency;
      kind: ReferralKind;
      service: Service;
      replaces: string | null;
      /** The pended recommendation whose place this one takes, knowingly: a referral of one's own from the same order. */
      insteadOf: string | null;
      asker: Asker;
      noneInNetworkWithinMiles: number | null;
    }
  /** Hands it to a clinician to sign. `since` is now, or when it was first handed over. */
  | { type: 'pend'; recommendationId: string; preparedBy: string; for: string; note: string; since: Instant }
  | { type: 'take-back'; recommendationId: string; asker: Asker }
  | { type: 'dismiss'; recommendationId: string; reason: string; asker: Asker }
  | {
      type: 'approve';
      asker: Asker;
      approvalId: string;
      planId: string;
      recommendationId: string;
      /** The version of the order at the moment of approving. */
      orderVersion: string | null;
      contentHash: string;
      performer: Performer;
      alternates: Performer[];
      setting: Setting | null;
      overrideReason: { code: string; text: string } | null;
      rung: number;
      steps: StepName[];
      leftOut: { step: string; why: string }[];
    }
  | { type: 'withdraw'; planId: string; reason: string }
  /** About to send a write: on record before it leaves. */
  | { type: 'attempt-step'; planId: string; step: StepName }
  | { type: 'settle-step'; planId: string; step: StepName; outcome: StepOutcome }
  /** Where the plan writes no order: a person placed it in the EHR. `reference` where they said which one it is. */
  | { type: 'place-by-hand'; planId: string; reference: ResourceRef | null; note: string }
  /** A person looked at what may be ours: this one it is, as the EHR holds it now, or none of them. */
  | { type: 'judge-candidates'; planId: string; step: StepName; ours: Extract<StepOutcome, { status: 'done' }> | null };

export type ReferralRefusal =
  | { kind: 'no-such-recommendation' }
  | { kind: 'recommendation-not-pending'; status: 'approved' | 'dismissed' | 'superseded' | 'taken-back' }
  /** It lies with a clinician to be signed, and whoever asks is neither that one nor covers for them. */
  | { kind: 'pended-for-another'; recommendationId: string; pend: Pend }
  | { kind: 'not-pended-by-asker' }
  | { kind: 'order-changed'; seen: string | null; now: string | null }
  | { kind: 'already-approved'; by: string; at: string; performer: string }
  | { kind: 'no-such-plan' }
  /** The order may be in the chart already; taking the approval back would leave it there unowned. */
  | { kind: 'order-may-be-written' }
  | { kind: 'step-already-settled'; step: StepName }
  /** Placed by hand it would stand there twice. */
  | { kind: 'order-is-written-here' }
  | { kind: 'nothing-to-judge'; step: StepName };

/** Which commands each order status takes; the buttons of the app read the same table. */
export const referralCan = {
  recommend: ['draft'],
  pend: ['draft'],
  'take-back': ['draft'],
  dismiss: ['draft'],
  approve: ['draft'],
  withdraw: ['approved'],
  'attempt-step': ['approved', 'awaiting-signature', 'active', 'on-hold'],
  'settle-step': ['approved', 'awaiting-signature', 'active', 'on-hold'],
  'place-by-hand': ['approved'],
  'judge-candidates': ['approved', 'awaiting-signature', 'active', 'on-hold'],
} satisfies Record<ReferralCommand['type'], Referral['order']['status'][]>;

export function decide(referral: Referral | undefined, command: ReferralCommand): Result<ReferralFact[], ReferralRefusal> {
  switch (command.type) {
    case 'recommend':
      return recommend(referral, command);
    case 'pend':
      return pend(referral, command);
    case 'take-back':
      return takeBack(referral, command);
    case 'dismiss': {
      const refusal = whyNotDecidable(referral, command);
      if (refusal) return refuse(refusal);
      return ok([{ type: 'recommendation-dismissed', version: 1, recommendationId: command.recommendationId, reason: command.reason }]);
    }
    case 'approve':
      return approve(referral, command);
    case 'withdraw':
      return withdraw(referral, command);
    case 'attempt-step':
      return attemptStep(referral, command);
    case 'settle-step':
      return settleStep(referral, command);
    case 'place-by-hand':
      return placeByHand(referral, command);
    case 'judge-candidates':
      return judgeCandidates(referral, command);
    default:
      return unreachable(command);
  }
}

type Of<Type extends ReferralCommand['type']> = Extract<ReferralCommand, { type: Type }>;

function alreadyApproved(referral: Referral): ReferralRefusal | undefined {
  if (referral.order.status === 'draft') return undefined;
  const { by, at, performer } = referral.order.approval;
  return { kind: 'already-approved', by, at, performer: performer.display };
}

const offeredIn = (referral: Referral | undefined, id: string): OfferedRecommendation | undefined =>
  referral?.recommendations.find((each) => each.id === id);

/** Why this recommendation can no longer be worked on, whoever asks; one that was taken back can. */
function whyClosed(referral: Referral | undefined, recommendationId: string): ReferralRefusal | undefined {
  const offered = offeredIn(referral, recommendationId);
  if (!referral || !offered) return { kind: 'no-such-recommendation' };
  switch (offered.status) {
    case 'pending-review':
    case 'pended':
    case 'taken-back':
      return undefined;
    case 'approved':
    case 'dismissed':
    case 'superseded':
      return alreadyApproved(referral) ?? { kind: 'recommendation-not-pending', status: offered.status };
    default:
      return unreachable(offered);
  }
}

/** Why the asker cannot decide on it: approve it, or close it without ordering. */
function whyNotDecidable(
  referral: Referral | undefined,
  { recommendationId, asker }: { recommendationId: string; asker: Asker },
): ReferralRefusal | undefined {
  const closed = whyClosed(referral, recommendationId);
  if (closed) return closed;
  const offered = offeredIn(referral, recommendationId);
  if (offered?.status === 'taken-back') return { kind: 'recommendation-not-pending', status: 'taken-back' };
  if (offered?.status !== 'pended' || maySign(offered.pend, asker)) return undefined;
  return { kind: 'pended-for-another', recommendationId, pend: offered.pend };
}

function pend(referral: Referral | undefined, command: Of<'pend'>): Result<ReferralFact[], ReferralRefusal> {
  const { recommendationId, preparedBy, for: signer, note, since } = command;
  const closed = whyClosed(referral, recommendationId);
  if (closed) return refuse(closed);
  const before = offeredIn(referral, recommendationId);
  if (before?.status === 'pended') {
    // The same press twice; to hand it to somebody else it is taken back first.
    const same = before.pend.preparedBy === preparedBy && before.pend.for === signer;
    return same ? ok([]) : refuse({ kind: 'pended-for-another', recommendationId, pend: before.pend });
  }
  return ok([{ type: 'recommendation-pended', version: 1, recommendationId, preparedBy, for: signer, note, since }]);
}

function takeBack(referral: Referral | undefined, { recommendationId, asker }: Of<'take-back'>): Result<ReferralFact[], ReferralRefusal> {
  const closed = whyClosed(referral, recommendationId);
  if (closed) return refuse(closed);
  const offered = offeredIn(referral, recommendationId);
  if (offered?.status === 'taken-back') return ok([]);
  if (offered?.status !== 'pended' || offered.pend.preparedBy !== asker.subject) return refuse({ kind: 'not-pended-by-asker' });
  return ok([{ type: 'pend-taken-back', version: 1, recommendationId }]);
}

function recommend(referral: Referral | undefined, command: Of<'recommend'>): Result<ReferralFact[], ReferralRefusal> {
  const refusal = referral && alreadyApproved(referral);
  if (refusal) return refuse(refusal);
  const { recommendationId, patientId, order, orderVersion, specialty, urgency, kind, service, replaces, asker } = command;
  const pended = pendedOf(referral);
  const goesOn = pended !== undefined && command.insteadOf !== pended.id;
  // What waits for a clinician is not replaced unseen: by a changed request of those it lies with, or knowingly.
  if (goesOn && (replaces !== pended.id || !mayCarryOn(pended.pend, asker)))
    return refuse({ kind: 'pended-for-another', recommendationId: pended.id, pend: pended.pend });
  const facts: ReferralFact[] = [];
  if (!referral) facts.push({ type: 'referral-started', version: 2, patientId, order, specialty, urgency, kind, service });
  facts.push({ type: 'recommendation-made', version: 2, recommendationId, orderVersion, specialty, urgency, kind, service, replaces });
  if (goesOn) facts.push({ type: 'recommendation-pended', version: 1, recommendationId, ...pended.pend });
  if (command.noneInNetworkWithinMiles !== null) {
    facts.push({ type: 'none-in-network-found', version: 1, recommendationId, withinMiles: command.noneInNetworkWithinMiles });
  }
  return ok(facts);
}

function approve(referral: Referral | undefined, command: Of<'approve'>): Result<ReferralFact[], ReferralRefusal> {
  const refusal = whyNotDecidable(referral, command);
  if (refusal) return refuse(refusal);
  const offered = offeredIn(referral, command.recommendationId);
  const seen = offered?.orderVersion ?? null;
  // The clinician approves the version they saw; any other is read, compared and approved again, never merged.
  if (seen !== command.orderVersion) return refuse({ kind: 'order-changed', seen, now: command.orderVersion });
  const { approvalId, planId, recommendationId, orderVersion, contentHash, performer, alternates } = command;
  const { setting, overrideReason, rung, steps, leftOut } = command;
  const approved = { approvalId, recommendationId, orderVersion, contentHash, performer, alternates, setting, overrideReason };
  return ok([
    { type: 'referral-approved', version: 3, ...approved },
    { type: 'write-back-planned', version: 2, planId, approvalId, rung, steps, leftOut, attemptsRecorded: true },
  ]);
}

/** The step of the plan in force, or undefined: the plan lapsed, or has no such step. */
function stepOf(referral: Referral | undefined, { planId, step }: { planId: string; step: StepName }) {
  if (!referral || referral.order.status === 'draft' || referral.order.writeBack?.planId !== planId) return undefined;
  const found = referral.order.writeBack.steps.find(({ name }) => name === step);
  return found && { ...found, approval: referral.order.approval };
}

/** Once is enough: the fact says that the step may be in the chart from then on. */
function attemptStep(referral: Referral | undefined, command: Of<'attempt-step'>): Result<ReferralFact[], ReferralRefusal> {
  const step = stepOf(referral, command);
  if (!step) return refuse({ kind: 'no-such-plan' });
  if (step.outcome?.status === 'done') return refuse({ kind: 'step-already-settled', step: command.step });
  return ok(step.attempted ? [] : [{ type: 'write-step-attempted', version: 1, planId: command.planId, step: command.step }]);
}

function settleStep(referral: Referral | undefined, command: Of<'settle-step'>): Result<ReferralFact[], ReferralRefusal> {
  const step = stepOf(referral, command);
  if (!step) return refuse({ kind: 'no-such-plan' });
  if (step.outcome?.status === 'done') {
    // The same report twice changes nothing; a different one would rewrite what the chart already holds.
    const same = command.outcome.status === 'done' && command.outcome.reference === step.outcome.reference;
    return same ? ok([]) : refuse({ kind: 'step-already-settled', step: command.step });
  }
  const facts: ReferralFact[] = [
    { type: 'write-step-settled', version: 3, planId: command.planId, step: command.step, outcome: command.outcome },
  ];
  if (command.step === 'ServiceRequest' && command.outcome.status === 'stale') {
    facts.push({
      type: 'order-changed-before-write',
      version: 1,
      planId: command.planId,
      approvalId: step.approval.id,
      detail: command.outcome.detail,
    });
  }
  return ok(facts);
}

/** Said once: from then on the order is in force. */
function placeByHand(referral: Referral | undefined, command: Of<'place-by-hand'>): Result<ReferralFact[], ReferralRefusal> {
  if (!referral || referral.order.status === 'draft' || referral.order.writeBack?.planId !== command.planId)
    return refuse({ kind: 'no-such-plan' });
  const { order } = referral;
  if (order.writeBack?.steps.some(({ name }) => name === 'ServiceRequest')) return refuse({ kind: 'order-is-written-here' });
  if (order.status !== 'approved') return refuse({ kind: 'step-already-settled', step: 'ServiceRequest' });
  const { planId, note } = command;
  const reference = command.reference && referenceText(command.reference);
  return ok([{ type: 'write-step-settled', version: 3, planId, step: 'ServiceRequest', outcome: { status: 'by-hand', reference, note } }]);
}

function judgeCandidates(referral: Referral | undefined, command: Of<'judge-candidates'>): Result<ReferralFact[], ReferralRefusal> {
  const found = stepOf(referral, command);
  if (!found) return refuse({ kind: 'no-such-plan' });
  const { planId, step, ours } = command;
  if (found.outcome?.status !== 'unsure') return refuse({ kind: 'nothing-to-judge', step });
  const references = found.outcome.candidates.map(({ reference }) => reference);
  if (ours === null) return ok([{ type: 'write-candidates-refused', version: 1, planId, step, references }]);
  if (!references.includes(ours.reference)) return refuse({ kind: 'nothing-to-judge', step });
  return ok([{ type: 'write-step-settled', version: 3, planId, step, outcome: ours }]);
}

/**
 * Only while it is certain that no order was written: never sent, or refused by the EHR. One that was sent and of which nothing is
 * known is looked up first.
 */
function withdraw(referral: Referral | undefined, command: Of<'withdraw'>): Result<ReferralFact[], ReferralRefusal> {
  if (!referral || referral.order.status === 'draft' || referral.order.writeBack?.planId !== command.planId)
    return refuse({ kind: 'no-such-plan' });
  const order = referral.order.writeBack.steps.find(({ name }) => name === 'ServiceRequest');
  const certainlyNotThere = order === undefined || order.outcome?.status === 'refused' || (order.outcome === null && !order.attempted);
  if (referral.order.status !== 'approved' || !certainlyNotThere) return refuse({ kind: 'order-may-be-written' });
  const { planId, reason } = command;
  return ok([{ type: 'approval-withdrawn', version: 1, planId, approvalId: referral.order.approval.id, reason }]);
}
