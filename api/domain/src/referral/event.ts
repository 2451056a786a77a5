/**
 * What happened to a referral. Events are facts in the past tense, kept for good; the referral is their fold.
 * A changed shape gets a new version and an upcaster, never an edit (golden/*.json holds one of each version).
 */

import type { ReferralKind } from '../drafting/referral-kind.ts';
import type { ResourceRef } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { Urgency } from '../matching/request.ts';
import type { NetworkStatus } from '../network/directory.ts';
import type { CareFact } from './care-event.ts';
import type { Service } from './closure.ts';

/** Who did it. Software acts under its own name, never under a person's. */
export type Actor =
  | { kind: 'person'; subject: string; fhirUser: string; sessionId: string }
  /** A clinician who covers for another (its subject) and acts in that one's place, in their own name. */
  | { kind: 'covering'; subject: string; fhirUser: string; sessionId: string; coveringFor: string }
  | { kind: 'software'; name: string; version: string }
  /** Whoever opened a link for the specialist's office, knowing the specialist's NPI; it has no account here. */
  | { kind: 'office'; npi: string; link: string }
  /** Whoever opened a link for the patient, knowing the date of birth, or wrote from the patient's number; `as` is in whose name they act. */
  | { kind: 'patient'; link: string | null; as: PatientSide };

export const PATIENT_SIDES = ['patient', 'parent', 'guardian', 'proxy'] as const;
/** The patient, or who may act for them. */
export type PatientSide = (typeof PATIENT_SIDES)[number];

export type Performer = {
  entryId: string;
  npi: string;
  display: string;
  nucc: string;
  network: NetworkStatus['status'];
  /** Its place in the ranking the clinician saw; null when it was named or chosen outside the ranking. */
  rank: number | null;
};

/** So many may be approved beside the one who is chosen. Ours. */
export const MOST_ALTERNATES = 2;

/**
 * Where and for whom it was ordered, as far as the measures need it: no identifier of a person, and of the address three digits of the ZIP code.
 */
export type Setting = {
  clinic: string | null;
  payer: string | null;
  zip3: string | null;
  /** To the performer's place, in miles. */
  miles: number | null;
  /** BCP-47. */
  language: string | null;
};

export type StepName = 'DocumentReference' | 'ServiceRequest' | 'Communication' | 'Task' | 'Provenance';

/** An entry of the chart that may be what Refloop wrote: where it is and what a person tells it apart by. No content. */
export type Candidate = { reference: string; versionId: string | null; filedAt: string | null; author: string | null };

export type StepOutcome =
  | {
      status: 'done';
      reference: string;
      versionId: string | null;
      /** Of the order alone: the status the EHR gave it. Some keep what an app writes unsigned until a person signs there. */
      orderStatus?: string;
    }
  | { status: 'refused'; httpStatus: number; detail: string }
  | { status: 'stale'; detail: string }
  | { status: 'unknown'; detail: string }
  /** The EHR keeps no mark of ours and holds something that may be what was written: a person decides. */
  | { status: 'unsure'; detail: string; candidates: Candidate[] };

/**
 * Where the EHR takes no orders from Refloop: a person said that they placed the order there. `reference` names it where they said which one it
 * is; without it the EHR is not asked how the order stands.
 */
export type PlacedByHand = { status: 'by-hand'; reference: string | null; note: string };

/** Until its order stands in the chart. */
export type OrderFact =
  | {
      type: 'referral-started';
      version: 2;
      patientId: string;
      order: ResourceRef | null;
      specialty: string;
      urgency: Urgency;
      kind: ReferralKind;
      service: Service;
    }
  | {
      type: 'recommendation-made';
      version: 2;
      recommendationId: string;
      orderVersion: string | null;
      specialty: string;
      urgency: Urgency;
      kind: ReferralKind;
      service: Service;
      replaces: string | null;
    }
  | { type: 'recommendation-dismissed'; version: 1; recommendationId: string; reason: string }
  /**
   * Prepared by one person and handed to a clinician to sign, both by subject. Stands again for each recommendation that carries it on;
   * `since` is when it was first handed over.
   */
  | {
      type: 'recommendation-pended';
      version: 1;
      recommendationId: string;
      preparedBy: string;
      for: string;
      note: string;
      since: Instant;
    }
  /** Who prepared it took it back before anybody signed. */
  | { type: 'pend-taken-back'; version: 1; recommendationId: string }
  | { type: 'none-in-network-found'; version: 1; recommendationId: string; withinMiles: number }
  | {
      type: 'referral-approved';
      version: 3;
      approvalId: string;
      recommendationId: string;
      /** The version of the order the clinician saw; null when the approval creates the order. */
      orderVersion: string | null;
      contentHash: string;
      performer: Performer;
      /** Who may be asked too, where that one cannot or the patient prefers it: approved with it, in network. */
      alternates: Performer[];
      /** Null where the approval was made before this was kept. */
      setting: Setting | null;
      overrideReason: { code: string; text: string } | null;
    }
  | {
      type: 'write-back-planned';
      version: 2;
      planId: string;
      approvalId: string;
      rung: number;
      steps: StepName[];
      leftOut: { step: string; why: string }[];
      /** Whether each write is on record before it leaves; plans made before that was so may have been tried unseen. */
      attemptsRecorded: boolean;
    }
  /** Recorded before a write leaves: without it a step was certainly never written. */
  | { type: 'write-step-attempted'; version: 1; planId: string; step: StepName }
  | { type: 'write-step-settled'; version: 3; planId: string; step: StepName; outcome: StepOutcome | PlacedByHand }
  /** The order as the EHR was seen to hold it after the write-back: signed meanwhile, or revoked there. */
  | { type: 'order-status-observed'; version: 1; reference: string; status: string; versionId: string | null }
  /** A person looked at the candidates: none of them is what Refloop wrote. */
  | { type: 'write-candidates-refused'; version: 1; planId: string; step: StepName; references: string[] }
  /** The clinician takes the approval back because nothing of the order is, or can be, in the chart. */
  | { type: 'approval-withdrawn'; version: 1; planId: string; approvalId: string; reason: string }
  | { type: 'order-changed-before-write'; version: 1; planId: string; approvalId: string; detail: string };

export type ReferralFact = OrderFact | CareFact;

/** What is to become an event: when it happened (null where that is only inferred), and what told of it where it was observed. */
export type Happening = { effectiveAt: Instant | null; factKey: string | null; fact: ReferralFact };

export type ReferralEvent = {
  /** 1, 2, 3 … within one referral. */
  sequence: number;
  /** When it happened; null for something only inferred. */
  effectiveAt: Instant | null;
  /** When we learned of it. */
  recordedAt: Instant;
  actor: Actor;
  /** Source, resource and version of what was observed; null where somebody asked for it here. */
  factKey: string | null;
  fact: ReferralFact;
};
