/** What is known of a referral, read straight from its events, by other means than the warehouse: one pass, in order, with a memory. */
import type { ReferralEvent, Setting } from '@refloop/domain/referral/event';
import { dayNumber } from './calendar.ts';

type Network = 'in' | 'out' | 'unknown';
type Visit = { seenOn: number | null; knownOn: number; network: Network; askedNetwork: Network; approvedPerformer: boolean };

export type ReferralFacts = {
  id: string;
  specialty: string;
  urgency: string;
  service: string;
  /** Whether Refloop ever recommended anybody for it. */
  recommended: boolean;
  /** Null of what was never ordered. */
  order: null | {
    on: number;
    requester: string;
    setting: Setting | null;
    wasActive: boolean;
    end: { how: string; on: number } | null;
    bookedBy: number | null;
    visits: Visit[];
    lawfulOverride: boolean;
    /** Of the specialist ordered, in the list that was shown. */
    rank: number | null;
  };
  lossReason: string | null;
};

type Standing = 'approved' | 'active' | 'awaiting' | 'revoked' | 'ended';
type OrderNow = NonNullable<ReferralFacts['order']> & { standing: Standing; asked: Map<number, Network>; lastAsked: number };

/** FHIR R4 request-status, in the words of the standard and not of the domain. */
const standingOf = (status: string | undefined): Standing =>
  status === undefined || status === 'active' || status === 'completed'
    ? 'active'
    : status === 'revoked' || status === 'entered-in-error'
      ? 'revoked'
      : 'awaiting';

const LAWFUL_OVERRIDES = ['patient-prefers', 'insurer-determines', 'medical-interest'];

function chartSays(order: OrderNow, status: string | undefined, on: number): void {
  if (order.standing === 'ended') return;
  order.standing = standingOf(status);
  if (order.standing === 'active') order.wasActive = true;
  order.end = order.standing === 'revoked' ? { how: 'revoked', on } : null;
}

export function readFacts(id: string, events: readonly ReferralEvent[]): ReferralFacts {
  const facts: ReferralFacts = { id, specialty: '', urgency: '', service: '', recommended: false, order: null, lossReason: null };
  let order: OrderNow | null = null;
  for (const { fact, effectiveAt, recordedAt, actor } of events) {
    const seenOn = effectiveAt === null ? null : dayNumber(effectiveAt);
    const knownOn = seenOn ?? dayNumber(recordedAt);
    if (fact.type === 'referral-started' || fact.type === 'recommendation-made') {
      facts.specialty = fact.specialty;
      facts.urgency = fact.urgency;
      facts.service = fact.service;
      if (fact.type === 'recommendation-made') facts.recommended = true;
    } else if (fact.type === 'loss-reason-recorded') facts.lossReason = fact.primary;
    else if (fact.type === 'referral-approved') {
      order = {
        on: knownOn,
        requester: actor.kind === 'software' ? actor.name : actor.fhirUser,
        setting: fact.setting,
        wasActive: false,
        end: null,
        bookedBy: null,
        visits: [],
        lawfulOverride: fact.overrideReason !== null && LAWFUL_OVERRIDES.includes(fact.overrideReason.code),
        rank: fact.performer.rank,
        standing: 'approved',
        asked: new Map([[1, fact.performer.network]]),
        lastAsked: 1,
      };
    } else if (fact.type === 'approval-withdrawn' || fact.type === 'order-changed-before-write') order = null;
    else if (order !== null) {
      if (fact.type === 'write-step-settled' && fact.step === 'ServiceRequest' && fact.outcome.status === 'done') {
        chartSays(order, fact.outcome.orderStatus, dayNumber(recordedAt));
      } else if (fact.type === 'order-status-observed') chartSays(order, fact.status, dayNumber(recordedAt));
      else if (fact.type === 'order-ended') {
        order.standing = 'ended';
        order.end = { how: fact.how, on: knownOn };
      } else if (fact.type === 'attempt-opened') {
        order.asked.set(fact.attempt, fact.performer.network);
        order.lastAsked = fact.attempt;
      } else if (fact.type === 'appointment-booked') order.bookedBy = Math.min(order.bookedBy ?? knownOn, knownOn);
      else if (fact.type === 'patient-seen') {
        const network = order.asked.get(fact.attempt) ?? 'unknown';
        order.visits.push({ seenOn, knownOn, network, askedNetwork: network, approvedPerformer: fact.attempt === 1 });
      } else if (fact.type === 'seen-elsewhere') {
        const askedNetwork = order.asked.get(order.lastAsked) ?? 'unknown';
        order.visits.push({ seenOn, knownOn, network: fact.seenBy.network, askedNetwork, approvedPerformer: false });
      }
    }
  }
  return { ...facts, order };
}

/** The visit that came first; of the same day the one that was told first. */
export const firstVisit = (visits: readonly Visit[]): Visit | undefined =>
  visits.reduce<Visit | undefined>((first, visit) => (first === undefined || visit.knownOn < first.knownOn ? visit : first), undefined);

/** The first day on which the patient was certainly seen for this order. */
export function seenOnOf({ on, visits }: NonNullable<ReferralFacts['order']>): number | null {
  const days = visits.flatMap(({ seenOn }) => (seenOn === null || seenOn < on ? [] : [seenOn]));
  return days.length === 0 ? null : Math.min(...days);
}
