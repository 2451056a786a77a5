/**
 * Reads a stored event's data as the current shape of its type. A type whose shape changes gets a new version and a
 * step here from the old one; events themselves are never rewritten. golden/ holds one example of every version.
 */
import { PATIENT_MEANINGS } from './care-event.ts';
import type { ReferralFact } from './event.ts';

type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/** For each type: the current version, and how each older version becomes the next. */
export const EVENT_VERSIONS: Record<ReferralFact['type'], { current: number; steps: Record<number, Upcaster> }> = {
  // Until version 2 a visit was all that could be asked for.
  'referral-started': { current: 2, steps: { 1: (data) => ({ ...data, service: 'visit' }) } },
  'recommendation-made': { current: 2, steps: { 1: (data) => ({ ...data, service: 'visit' }) } },
  'recommendation-dismissed': { current: 1, steps: {} },
  'recommendation-pended': { current: 1, steps: {} },
  'pend-taken-back': { current: 1, steps: {} },
  'none-in-network-found': { current: 1, steps: {} },
  // Until version 3 one performer was approved and nobody beside.
  'referral-approved': { current: 3, steps: { 1: (data) => ({ ...data, setting: null }), 2: (data) => ({ ...data, alternates: [] }) } },
  'write-back-planned': { current: 2, steps: { 1: (data) => ({ ...data, attemptsRecorded: false }) } },
  'write-step-attempted': { current: 1, steps: {} },
  // Version 2 adds the outcome “unsure”; what version 1 could say reads as it did.
  'write-step-settled': { current: 3, steps: { 1: (data) => data, 2: (data) => data } },
  'order-status-observed': { current: 1, steps: {} },
  'write-candidates-refused': { current: 1, steps: {} },
  'order-changed-before-write': { current: 1, steps: {} },
  'approval-withdrawn': { current: 1, steps: {} },
  'attempt-opened': { current: 1, steps: {} },
  // Version 2 adds the reason “clinician-refused”; what version 1 could say reads as it did.
  'attempt-withdrawn': { current: 2, steps: { 1: (data) => data } },
  'attempt-sent': { current: 1, steps: {} },
  'transmission-delivered': { current: 1, steps: {} },
  'transmission-failed': { current: 1, steps: {} },
  'attempt-received': { current: 1, steps: {} },
  'attempt-accepted': { current: 1, steps: {} },
  'work-begun': { current: 1, steps: {} },
  'attempt-declined': { current: 1, steps: {} },
  'appointment-booked': { current: 1, steps: {} },
  'appointment-missed': { current: 1, steps: {} },
  'appointment-cancelled': { current: 1, steps: {} },
  'patient-seen': { current: 1, steps: {} },
  'dates-offered': { current: 1, steps: {} },
  'cancellation-requested': { current: 1, steps: {} },
  'cancellation-confirmed': { current: 1, steps: {} },
  'report-received': { current: 1, steps: {} },
  'report-matched': { current: 1, steps: {} },
  'report-reviewed': { current: 1, steps: {} },
  'report-refused': { current: 1, steps: {} },
  'report-unlinked': { current: 1, steps: {} },
  'report-filed': { current: 1, steps: {} },
  'receipt-recorded': { current: 1, steps: {} },
  'performer-proposed': { current: 1, steps: {} },
  'performer-approved': { current: 1, steps: {} },
  'performer-refused': { current: 1, steps: {} },
  'authorization-asked': { current: 1, steps: {} },
  'authorization-decided': { current: 1, steps: {} },
  'authorization-for-another': { current: 1, steps: {} },
  'chart-found': { current: 1, steps: {} },
  'patient-contacted': { current: 1, steps: {} },
  'seen-elsewhere': { current: 1, steps: {} },
  'loss-reason-recorded': { current: 1, steps: {} },
  'message-posted': { current: 1, steps: {} },
  'coordinator-assigned': { current: 1, steps: {} },
  'escalation-raised': { current: 1, steps: {} },
  'patient-messaged': { current: 1, steps: {} },
  'patient-wrote': { current: 1, steps: {} },
  // Whoever said so before said it of every word.
  'patient-heard': { current: 2, steps: { 1: (data) => ({ ...data, meanings: [...PATIENT_MEANINGS] }) } },
  'patient-consent-changed': { current: 1, steps: {} },
  'patient-rated': { current: 1, steps: {} },
  'clinician-rated': { current: 1, steps: {} },
  'order-ended': { current: 1, steps: {} },
  'fact-set-aside': { current: 1, steps: {} },
  'set-aside-settled': { current: 1, steps: {} },
};

const isKnown = (type: string): type is ReferralFact['type'] => Object.hasOwn(EVENT_VERSIONS, type);

/** Throws on a type or version this release does not know: guessing would falsify the history. */
export function readFact(type: string, version: number, data: Record<string, unknown>): ReferralFact {
  if (!isKnown(type)) throw new Error(`Unknown event type "${type}": it was written by a newer release`);
  const { current, steps } = EVENT_VERSIONS[type];
  if (version > current) throw new Error(`Event ${type} has version ${version}; this release reads up to ${current}`);
  let shape = data;
  for (let from = version; from < current; from += 1) {
    const step = steps[from];
    if (!step) throw new Error(`No upcaster for ${type} from version ${from}`);
    shape = step(shape);
  }
  return { ...shape, type, version: current } as ReferralFact;
}
