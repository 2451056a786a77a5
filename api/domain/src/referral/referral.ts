/**
 * One request for another clinician's evaluation, treatment or co-management. Four things that are never derived
 * from one another: the order (the clinician's authority), the payer's authorization, the attempts (one performer
 * each) and the reports that came back.
 */

import type { ReferralKind } from '../drafting/referral-kind.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { Urgency } from '../matching/request.ts';
import type { MessageTopic } from '../patient/messages.ts';
import type { PatientChannel } from '../patient/outreach.ts';
import { unreachable } from '../result.ts';
import type { EscalationAct } from '../sla/escalation-steps.ts';
import { type Attempt, type Moment, newAttempt } from './attempt.ts';
import { afterCare } from './care.ts';
import {
  type ContactOutcome,
  type DenialReason,
  decidesNothing,
  type EndingKind,
  isCareFact,
  type PatientMeaning,
  type Rating,
  type SeenBy,
} from './care-event.ts';
import type { Service } from './closure.ts';
import type { Actor, Performer, PlacedByHand, ReferralEvent, Setting, StepName, StepOutcome } from './event.ts';
import type { LossReason } from './loss-reason.ts';
import { type Proposal, withLapsed } from './proposal.ts';
import type { Report } from './report.ts';

export type Approval = {
  id: string;
  recommendationId: string;
  by: string;
  /** Subject of the clinician whose referral it is: of the one who is covered for, where somebody signed in their place. */
  requester: string;
  at: Instant;
  orderVersion: string | null;
  contentHash: string;
  performer: Performer;
  /** Who may be asked in their place without another approval. */
  alternates: Performer[];
  setting: Setting | null;
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
  /** `reference` is null where it was placed by hand and nobody said which order it is: the EHR is not asked for it. */
  | { status: 'active'; reference: ResourceRef | null; approval: Approval; writeBack: WriteBack }
  /** Held in the EHR after it was in force: nothing new leaves, and what was begun goes on. Counts from when it was seen. */
  | { status: 'on-hold'; reference: ResourceRef; approval: Approval; writeBack: WriteBack; seenAt: Instant }
  /** Taken back in the EHR itself, by whoever may do so there; when is not told, so that it counts from when it was seen. */
  | { status: 'revoked'; reference: ResourceRef; approval: Approval; writeBack: WriteBack; seenAt: Instant }
  /** Nothing more is done for it, without its loop being closed. */
  | {
      status: 'ended';
      how: EndingKind;
      reason: string;
      at: Moment;
      reference: ResourceRef | null;
      approval: Approval;
      writeBack: WriteBack;
    };

/** The payer's side, never derived from anything else. */
export type Authorization =
  | { status: 'not-checked' }
  | { status: 'not-needed' | 'asked' | 'approved'; since: Moment }
  /** Approved for somebody who was asked before: whether it covers who is asked now, the payer has not said. */
  | { status: 'approved-for-another'; since: Moment }
  | { status: 'denied'; since: Moment; reason: DenialReason };

/** Whom the payer approved, by what it said last of them, and in which event it stands. */
export type PayerApproval = { npi: string; since: Moment; sequence: number };

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
  service: Service;
  startedAt: Instant;
  /** The order it was launched from; stays so when the approval creates another one. */
  launchedFrom: ResourceRef | null;
  lastSequence: number;
  /** Of the last event that changes what people decide on: an act says on which it was decided, and is refused after a later one. */
  decidedSequence: number;
  recommendations: OfferedRecommendation[];
  order: Order;
  authorization: Authorization;
  /** Whom the payer approved, also where they are not asked now: asked again, they are. */
  payerApprovals: PayerApproval[];
  attempts: Attempt[];
  /** Whom the coordinator put to the clinician and who is not answered. */
  proposal: Proposal;
  /** Whom a clinician approved since, one after the other. */
  furtherApproved: Performer[];
  /** Whom a clinician refused and none approved since, why, and when. */
  refusedPerformers: { npi: string; reason: string; at: Moment }[];
  reports: Report[];
  openExceptions: { recommendationId: string; kind: 'none-in-network'; withinMiles: number }[];
  /** What the packet of this approval lacked and the chart has had since: where its entries are kept, when they were read, and which they are. */
  chartFound: { document: string; at: Instant; refs: readonly ResourceRef[] }[];
  /** Times at which somebody tried to reach the patient. */
  contacts: { outcome: ContactOutcome; at: Moment }[];
  /** Subject of who sees to it on the practice's side; null until the order is in force. */
  coordinator: string | null;
  /** Steps of the policy that were taken, each once for each stage. */
  escalations: { rule: string; stage: string; act: EscalationAct; to: string; at: Instant }[];
  /** Between us and the office of which attempt, whose word it was, and when; the words stand in the events. */
  messages: { attempt: number; from: 'practice' | 'office'; at: Instant }[];
  /** What was written to the patient, and whether it left. */
  messaged: { topic: MessageTopic; channel: PatientChannel; outcome: 'sent' | 'failed' | 'unknown'; at: Instant }[];
  /** What the patient wrote, and whether a person here has seen to it; the words stand in the events. */
  patientWords: { meaning: PatientMeaning; at: Instant; status: 'open' | 'heard' }[];
  /** What the patient said last of each channel while this was open. */
  consents: Partial<Record<PatientChannel, 'given' | 'withdrawn'>>;
  /** What this was like for the patient; null until they say. */
  rating: { score: Rating; at: Moment } | null;
  /** Visits for this with somebody who was never asked. */
  elsewhere: { seenBy: SeenBy; evidence: 'claim' | 'note' | 'patient'; at: Moment }[];
  /** Why it was lost, where a person said so. */
  loss: { primary: LossReason; secondary: LossReason[] } | null;
  /** When the note that had closed the loop was taken off again; null where the loop was never opened anew. */
  reopenedAt: Moment;
  /** What cannot follow from what is known, for a person to reconcile. */
  setAside: ({ what: string; why: string; since: Instant } & ({ status: 'open' } | { status: 'settled'; note: string }))[];
  /** Source, resource and version of each inbound fact that was taken. */
  factKeys: string[];
};

/** The write-back as people see it, one of the three separate indicators. */
export type WriteBackWord = 'waiting' | 'writing' | 'partial' | 'done' | 'awaiting-signature' | 'refused' | 'stale' | 'unknown' | 'unsure';

/** FHIR R4 request-status: what ends an order, and what it counts for; draft and on-hold wait for a person. */
const REVOKED = ['revoked', 'entered-in-error'];
const IN_FORCE = ['active', 'completed'];

/** What the EHR's own status makes of an order of ours; one that says none keeps it as it was sent, which is active. */
export function orderStanding(status: string | undefined): 'active' | 'awaiting-signature' | 'revoked' {
  if (status === undefined || IN_FORCE.includes(status)) return 'active';
  return REVOKED.includes(status) ? 'revoked' : 'awaiting-signature';
}

/** The step wrote the order, and the EHR keeps it for a person to sign. */
export const isUnsigned = ({ outcome }: { outcome: { status: string; orderStatus?: string } | null }): boolean =>
  outcome?.status === 'done' && orderStanding(outcome.orderStatus) === 'awaiting-signature';

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
 * golden-fold.json holds histories folded; the test beside it fails where that changed and this did not. Insights, too, are read anew whole
 * with another one: which stages stand once a note is taken off is the fold's word.
 */
export const FOLD_VERSION = 25;

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
      service: fact.service,
      startedAt: event.recordedAt,
      launchedFrom: fact.order,
      lastSequence: event.sequence,
      decidedSequence: event.sequence,
      recommendations: [],
      order: { status: 'draft', reference: fact.order },
      authorization: { status: 'not-checked' },
      payerApprovals: [],
      attempts: [],
      proposal: { status: 'none' },
      furtherApproved: [],
      refusedPerformers: [],
      reports: [],
      openExceptions: [],
      chartFound: [],
      contacts: [],
      coordinator: null,
      escalations: [],
      messages: [],
      messaged: [],
      patientWords: [],
      consents: {},
      rating: null,
      elsewhere: [],
      loss: null,
      reopenedAt: null,
      setAside: [],
      factKeys: keysOf(event),
    };
  }
  if (!before) throw new Error(`Referral ${id} has a ${fact.type} event before it was started`);
  return {
    ...withLapsed(applied(before, event)),
    lastSequence: event.sequence,
    decidedSequence: decidesNothing(fact) ? before.decidedSequence : event.sequence,
    factKeys: [...before.factKeys, ...keysOf(event)],
  };
}

const keysOf = ({ factKey }: ReferralEvent): string[] => (factKey === null ? [] : [factKey]);

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
  if (isCareFact(fact)) {
    const { effectiveAt: at, recordedAt, sequence } = event;
    return afterCare(referral, fact, { at, recordedAt, sequence, by: nameOf(event.actor) });
  }
  switch (fact.type) {
    case 'referral-started':
      return referral;
    case 'recommendation-made':
      return {
        ...referral,
        specialty: fact.specialty,
        urgency: fact.urgency,
        kind: fact.kind,
        service: fact.service,
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
        by: nameOf(event.actor),
        requester: subjectOf(event.actor),
        at: event.recordedAt,
        orderVersion: fact.orderVersion,
        contentHash: fact.contentHash,
        performer: fact.performer,
        alternates: fact.alternates,
        setting: fact.setting,
        overrideReason: fact.overrideReason,
      };
      return {
        ...referral,
        recommendations: withRecommendation(referral, fact.recommendationId, { status: 'approved' }),
        order: { status: 'approved', reference: referral.order.reference, approval, writeBack: null },
        attempts: [newAttempt(1, fact.performer, event.effectiveAt)],
        // Its note was made of a chart that was read anew.
        chartFound: [],
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
      return seenInEhr(referral, fact, event.recordedAt);
    case 'write-step-settled':
      return settled(referral, fact, event.recordedAt);
    case 'approval-withdrawn':
    case 'order-changed-before-write':
      // The approval was for a version that is no more, or was taken back: no authority is left until the next approval.
      return { ...referral, order: { status: 'draft', reference: referral.order.reference }, attempts: [] };
    default:
      return unreachable(fact);
  }
}

function subjectOf(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return actor.subject;
    case 'covering':
      return actor.coveringFor;
    case 'software':
      return actor.name;
    case 'office':
      return actor.npi;
    case 'patient':
      return actor.as;
    default:
      return unreachable(actor);
  }
}

function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
    case 'covering':
      return actor.fhirUser;
    case 'software':
      return actor.name;
    case 'office':
      return `NPI ${actor.npi}`;
    case 'patient':
      return `The ${actor.as}`;
    default:
      return unreachable(actor);
  }
}

type InChart = { reference: ResourceRef; approval: Approval; writeBack: WriteBack };

/** Whether it is known to have been in force: whoever was asked by it may have something under way. */
function wasInForce({ order, attempts }: Referral): boolean {
  if (order.status === 'active' || order.status === 'on-hold') return true;
  return order.status === 'revoked' && attempts.some(({ work }) => work.status !== 'draft');
}

/** @param seenAt when Refloop saw that it stands so */
function standingInChart(status: string | undefined, before: Referral, order: InChart, seenAt: Instant): Order {
  const standing = orderStanding(status);
  switch (standing) {
    case 'revoked':
      return { status: standing, ...order, seenAt };
    case 'active':
      return { status: standing, ...order };
    case 'awaiting-signature':
      return wasInForce(before) ? { status: 'on-hold', ...order, seenAt } : { status: standing, ...order };
    default:
      return unreachable(standing);
  }
}

/** The EHR is the authority over its order: what it shows is how it is, whoever did it. */
function seenInEhr(referral: Referral, seen: { reference: string; status: string }, at: Instant): Referral {
  const { order } = referral;
  if (order.status === 'draft' || order.status === 'approved' || order.status === 'ended') return referral;
  if (order.reference === null || referenceText(order.reference) !== seen.reference) return referral;
  const { reference, approval, writeBack } = order;
  return { ...referral, order: standingInChart(seen.status, referral, { reference, approval, writeBack }, at) };
}

type WriteStep = WriteBack['steps'][number];

function withStep(referral: Referral, planId: string, name: StepName, change: (step: WriteStep) => WriteStep): Referral {
  const { order } = referral;
  if (order.status === 'draft' || order.writeBack?.planId !== planId) return referral;
  const writeBack = { ...order.writeBack, steps: order.writeBack.steps.map((step) => (step.name === name ? change(step) : step)) };
  return { ...referral, order: { ...order, writeBack } };
}

type Settled = { planId: string; step: StepName; outcome: StepOutcome | PlacedByHand };

function settled(referral: Referral, { planId, step, outcome }: Settled, at: Instant): Referral {
  const { order } = referral;
  if (order.status === 'draft' || order.writeBack?.planId !== planId) return referral;
  if (outcome.status === 'by-hand') {
    const { approval, writeBack } = order;
    const reference = outcome.reference === null ? null : (referenceOf(outcome.reference) ?? null);
    return { ...referral, order: { status: 'active', reference, approval, writeBack } };
  }
  const writeBack: WriteBack = {
    ...order.writeBack,
    steps: order.writeBack.steps.map((each) => (each.name === step ? { ...each, outcome } : each)),
  };
  const reference = outcome.status === 'done' ? referenceOf(outcome.reference) : undefined;
  const attempts = step === 'Task' && reference ? referral.attempts.map((attempt) => ({ ...attempt, task: reference })) : referral.attempts;
  if (step === 'ServiceRequest' && reference) {
    const status = outcome.status === 'done' ? outcome.orderStatus : 'active';
    return { ...referral, attempts, order: standingInChart(status, referral, { reference, approval: order.approval, writeBack }, at) };
  }
  return { ...referral, attempts, order: { ...order, writeBack } };
}

function referenceOf(text: string): ResourceRef | undefined {
  const [type, id] = text.split('/');
  return type && id ? { type, id } : undefined;
}
