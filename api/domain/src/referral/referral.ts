/**
 * One request for another clinician's evaluation, treatment or co-management. Four things that are never derived
 * from one another: the order (the clinician's authority), the payer's authorization, the attempts (one performer
 * each) and the reports that came back.
 */

import type { ReferralKind } from '../drafting/referral-kind.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { Urgency } from '../matching/request.ts';
import { unreachable } from '../result.ts';
import type { Performer, ReferralEvent, StepName, StepOutcome } from './event.ts';

export type Approval = {
  id: string;
  recommendationId: string;
  by: string;
  at: Instant;
  orderVersion: string | null;
  contentHash: string;
  performer: Performer;
  overrideReason: { code: string; text: string } | null;
};

/** A write-back under way: what is to be written and what became of each step. */
export type WriteBack = {
  planId: string;
  rung: number;
  steps: { name: StepName; outcome: StepOutcome | null; attempted: boolean }[];
  leftOut: { step: string; why: string }[];
};

export type Order =
  | { status: 'draft'; reference: ResourceRef | null }
  | { status: 'approved'; reference: ResourceRef | null; approval: Approval; writeBack: WriteBack | null }
  /** In the chart, but unsigned there: nothing may be sent until the order reads active. */
  | { status: 'awaiting-signature'; reference: ResourceRef; approval: Approval; writeBack: WriteBack }
  | { status: 'active'; reference: ResourceRef; approval: Approval; writeBack: WriteBack }
  /** Taken back in the EHR itself, by whoever may do so there. */
  | { status: 'revoked'; reference: ResourceRef; approval: Approval; writeBack: WriteBack };

/** The payer's side. Nothing asks a payer yet, so nothing is claimed. */
export type Authorization = { status: 'not-checked' };

export type Attempt = { number: number; status: 'draft'; performer: Performer; task: ResourceRef | null };

/** A document that came back; none can arrive before something was sent. */
export type Report = never;

/** With whom it lies to be signed and who prepared it, both by subject. */
export type Pend = { preparedBy: string; for: string; note: string; since: Instant };

export type OfferedRecommendation = { id: string; orderVersion: string | null } & (
  | { status: 'pending-review' | 'approved' | 'dismissed' | 'superseded' }
  | { status: 'pended'; pend: Pend }
  /** Back with whoever prepared it: nobody can sign it until it is pended again. */
  | { status: 'taken-back' }
);

/** What still waits for somebody: one referral has at most one. */
export const isOpenOffer = ({ status }: OfferedRecommendation): boolean =>
  status === 'pending-review' || status === 'pended' || status === 'taken-back';

export type Referral = {
  id: string;
  patientId: string;
  specialty: string;
  urgency: Urgency;
  kind: ReferralKind;
  startedAt: Instant;
  /** The order it was launched from; stays so when the approval creates another one. */
  launchedFrom: ResourceRef | null;
  lastSequence: number;
  recommendations: OfferedRecommendation[];
  order: Order;
  authorization: Authorization;
  attempts: Attempt[];
  reports: Report[];
  openExceptions: { recommendationId: string; kind: 'none-in-network'; withinMiles: number }[];
};

/** The one word people see; derived, never stored as truth. Sending and what follows it come with the channels. */
export type StatusWord = 'draft' | 'approved' | 'awaiting-signature' | 'in-chart' | 'revoked';

export function statusOf(referral: Referral): StatusWord {
  switch (referral.order.status) {
    case 'draft':
      return 'draft';
    case 'approved':
      return 'approved';
    case 'awaiting-signature':
    case 'revoked':
      return referral.order.status;
    case 'active':
      return 'in-chart';
    default:
      return unreachable(referral.order);
  }
}

/** The write-back as people see it, one of the three separate indicators. */
export type WriteBackWord = 'waiting' | 'writing' | 'partial' | 'done' | 'awaiting-signature' | 'refused' | 'stale' | 'unknown' | 'unsure';

const isUnsigned = ({ outcome }: { outcome: StepOutcome | null }): boolean =>
  outcome?.status === 'done' && outcome.orderStatus !== undefined && outcome.orderStatus !== 'active';

export function writeBackWord(steps: readonly { outcome: StepOutcome | null }[]): WriteBackWord {
  const statuses = steps.map((step) => step.outcome?.status);
  if (statuses.includes('stale')) return 'stale';
  if (statuses.every((status) => status === 'done')) return steps.some(isUnsigned) ? 'awaiting-signature' : 'done';
  if (statuses.every((status) => status === undefined)) return 'waiting';
  if (statuses.includes('unsure')) return 'unsure';
  if (statuses.includes('unknown')) return 'unknown';
  if (statuses.includes(undefined)) return statuses.includes('refused') ? 'partial' : 'writing';
  return statuses.includes('done') ? 'partial' : 'refused';
}

/**
 * Counts up with every change of what the fold makes of the same events: rows kept in an older form are then made anew.
 * golden/fold.json holds one history folded; the test beside it fails where that changed and this did not.
 */
export const FOLD_VERSION = 2;

/** The fold. Events come in order of sequence; the first is always `referral-started`. */
export function fold(id: string, events: readonly ReferralEvent[]): Referral | undefined {
  return events.reduce<Referral | undefined>((referral, event) => evolve(id, referral, event), undefined);
}

export function evolve(id: string, before: Referral | undefined, event: ReferralEvent): Referral {
  const { fact } = event;
  if (fact.type === 'referral-started') {
    return {
      id,
      patientId: fact.patientId,
      specialty: fact.specialty,
      urgency: fact.urgency,
      kind: fact.kind,
      startedAt: event.recordedAt,
      launchedFrom: fact.order,
      lastSequence: event.sequence,
      recommendations: [],
      order: { status: 'draft', reference: fact.order },
      authorization: { status: 'not-checked' },
      attempts: [],
      reports: [],
      openExceptions: [],
    };
  }
  if (!before) throw new Error(`Referral ${id} has a ${fact.type} event before it was started`);
  return { ...applied(before, event), lastSequence: event.sequence };
}

type Standing = { status: Exclude<OfferedRecommendation['status'], 'pended'> } | { status: 'pended'; pend: Pend };

const withStanding = ({ id, orderVersion }: OfferedRecommendation, standing: Standing): OfferedRecommendation => ({
  id,
  orderVersion,
  ...standing,
});

const withRecommendation = (referral: Referral, id: string, standing: Standing): OfferedRecommendation[] =>
  referral.recommendations.map((offered) => (offered.id === id ? withStanding(offered, standing) : offered));

function applied(referral: Referral, event: ReferralEvent): Referral {
  const { fact } = event;
  switch (fact.type) {
    case 'referral-started':
      return referral;
    case 'recommendation-made':
      return {
        ...referral,
        specialty: fact.specialty,
        urgency: fact.urgency,
        kind: fact.kind,
        // The question is asked anew; if nobody is in network again, the next event says so.
        openExceptions: [],
        recommendations: [
          ...referral.recommendations.map((offered) => (isOpenOffer(offered) ? withStanding(offered, { status: 'superseded' }) : offered)),
          { id: fact.recommendationId, orderVersion: fact.orderVersion, status: 'pending-review' },
        ],
      };
    case 'recommendation-dismissed':
      return { ...referral, recommendations: withRecommendation(referral, fact.recommendationId, { status: 'dismissed' }) };
    case 'recommendation-pended': {
      const { preparedBy, for: signer, note, since } = fact;
      const pend: Pend = { preparedBy, for: signer, note, since };
      return { ...referral, recommendations: withRecommendation(referral, fact.recommendationId, { status: 'pended', pend }) };
    }
    case 'pend-taken-back':
      return { ...referral, recommendations: withRecommendation(referral, fact.recommendationId, { status: 'taken-back' }) };
    case 'none-in-network-found':
      return {
        ...referral,
        openExceptions: [
          ...referral.openExceptions,
          { recommendationId: fact.recommendationId, kind: 'none-in-network', withinMiles: fact.withinMiles },
        ],
      };
    case 'referral-approved': {
      const approval: Approval = {
        id: fact.approvalId,
        recommendationId: fact.recommendationId,
        by: event.actor.kind === 'software' ? event.actor.name : event.actor.fhirUser,
        at: event.recordedAt,
        orderVersion: fact.orderVersion,
        contentHash: fact.contentHash,
        performer: fact.performer,
        overrideReason: fact.overrideReason,
      };
      return {
        ...referral,
        recommendations: withRecommendation(referral, fact.recommendationId, { status: 'approved' }),
        order: { status: 'approved', reference: referral.order.reference, approval, writeBack: null },
        attempts: [{ number: 1, status: 'draft', performer: fact.performer, task: null }],
      };
    }
    case 'write-back-planned': {
      if (referral.order.status !== 'approved') return referral;
      const steps = fact.steps.map((name) => ({ name, outcome: null, attempted: !fact.attemptsRecorded }));
      return {
        ...referral,
        order: { ...referral.order, writeBack: { planId: fact.planId, rung: fact.rung, steps, leftOut: fact.leftOut } },
      };
    }
    case 'write-step-attempted':
      return withStep(referral, fact.planId, fact.step, (step) => ({ ...step, attempted: true }));
    case 'write-candidates-refused':
      // Those are not ours; what was sent may have come since they were listed, so that it stays attempted.
      return withStep(referral, fact.planId, fact.step, (step) => ({ ...step, outcome: null }));
    case 'order-status-observed':
      return seenInEhr(referral, fact);
    case 'write-step-settled':
      return settled(referral, fact.planId, fact.step, fact.outcome);
    case 'approval-withdrawn':
    case 'order-changed-before-write':
      // The approval was for a version that is no more, or was taken back: no authority is left until the next approval.
      return { ...referral, order: { status: 'draft', reference: referral.order.reference }, attempts: [] };
    default:
      return unreachable(fact);
  }
}

/** FHIR R4 request-status: what ends an order, and what it counts for; draft and on-hold wait for a person. */
const REVOKED = ['revoked', 'entered-in-error'];
const IN_FORCE = ['active', 'completed'];

/** The EHR is the authority over its order: what it shows is how it is, whoever did it. */
function seenInEhr(referral: Referral, seen: { reference: string; status: string }): Referral {
  const { order } = referral;
  if (order.status === 'draft' || order.status === 'approved' || referenceText(order.reference) !== seen.reference) return referral;
  const { reference, approval, writeBack } = order;
  if (REVOKED.includes(seen.status)) return { ...referral, order: { status: 'revoked', reference, approval, writeBack } };
  const status = IN_FORCE.includes(seen.status) ? 'active' : 'awaiting-signature';
  return { ...referral, order: { status, reference, approval, writeBack } };
}

type WriteStep = WriteBack['steps'][number];

function withStep(referral: Referral, planId: string, name: StepName, change: (step: WriteStep) => WriteStep): Referral {
  const { order } = referral;
  if (order.status === 'draft' || order.writeBack?.planId !== planId) return referral;
  const writeBack = { ...order.writeBack, steps: order.writeBack.steps.map((step) => (step.name === name ? change(step) : step)) };
  return { ...referral, order: { ...order, writeBack } };
}

function settled(referral: Referral, planId: string, step: StepName, outcome: StepOutcome): Referral {
  const { order } = referral;
  if (order.status === 'draft' || order.writeBack?.planId !== planId) return referral;
  const writeBack: WriteBack = {
    ...order.writeBack,
    steps: order.writeBack.steps.map((each) => (each.name === step ? { ...each, outcome } : each)),
  };
  const reference = outcome.status === 'done' ? referenceOf(outcome.reference) : undefined;
  const attempts = step === 'Task' && reference ? referral.attempts.map((attempt) => ({ ...attempt, task: reference })) : referral.attempts;
  if (step === 'ServiceRequest' && reference) {
    const status = isUnsigned({ outcome }) ? 'awaiting-signature' : 'active';
    return { ...referral, attempts, order: { status, reference, approval: order.approval, writeBack } };
  }
  return { ...referral, attempts, order: { ...order, writeBack } };
}

function referenceOf(text: string): ResourceRef | undefined {
  const [type, id] = text.split('/');
  return type && id ? { type, id } : undefined;
}
