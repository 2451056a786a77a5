/** What happened to a referral after its order stood in the chart: with the performers, the payer, the patient and the reports. */
import type { ResourceRef } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { NetworkStatus } from '../network/directory.ts';
import type { AuthorizationGround } from '../packet/authorization-word.ts';
import type { MessageTopic } from '../patient/messages.ts';
import type { PatientChannel } from '../patient/outreach.ts';
import type { EscalationAct, Reach } from '../sla/escalation-steps.ts';
import type { Channel, DeclineReason } from './attempt.ts';
import type { Performer, ReferralFact } from './event.ts';
import type { LossReason } from './loss-reason.ts';

/** Who saw the patient, where a claim, a note or the patient says that it was somebody else than the one referred to. */
export type SeenBy = { npi: string | null; nucc: string | null; network: NetworkStatus['status'] };

/** Why a performer is asked after another. */
export const REROUTE_REASONS = ['declined', 'cancelled', 'no-answer', 'patient-asked'] as const;
export type RerouteReason = (typeof REROUTE_REASONS)[number];

/** How the order ended without its loop being closed. */
export const ENDINGS = ['cancelled', 'patient-declined', 'expired', 'died'] as const;
export type EndingKind = (typeof ENDINGS)[number];

/** Why somebody is not asked after all, before anything went to them: the patient chose another, or the clinician refused whom nobody had approved. */
export const WITHDRAWALS = ['patient-chose', 'clinician-refused'] as const;
export type Withdrawal = (typeof WITHDRAWALS)[number];

export const CONTACTS = ['reached', 'left-message', 'unreachable'] as const;
export type ContactOutcome = (typeof CONTACTS)[number];

/** How a referral came to its coordinator. */
export const ASSIGNMENTS = ['in-turn', 'claimed', 'handed-over'] as const;
export type Assignment = (typeof ASSIGNMENTS)[number];

/** `ground`: by what it was settled where no person was asked; absent where somebody said it. `number`: the payer's own, where it gave one. */
export type AuthorizationDecision =
  | { status: 'not-needed'; ground?: AuthorizationGround }
  | { status: 'approved'; number?: string; ground?: AuthorizationGround }
  | { status: 'denied'; reason: DenialReason };

export const DENIAL_REASONS = ['not-medically-necessary', 'information-missing', 'not-covered', 'out-of-network', 'other'] as const;
export type DenialReason = (typeof DENIAL_REASONS)[number];

export type AttemptFact =
  | { type: 'attempt-opened'; version: 1; attempt: number; performer: Performer; because: RerouteReason }
  /** Not asked after all: nothing had gone there. */
  | { type: 'attempt-withdrawn'; version: 2; attempt: number; because: Withdrawal }
  | { type: 'attempt-sent'; version: 1; attempt: number; transmissionId: string; channel: Channel }
  | { type: 'transmission-delivered'; version: 1; attempt: number; transmissionId: string }
  | { type: 'transmission-failed'; version: 1; attempt: number; transmissionId: string; detail: string }
  | { type: 'attempt-received'; version: 1; attempt: number }
  | { type: 'attempt-accepted'; version: 1; attempt: number }
  | { type: 'work-begun'; version: 1; attempt: number }
  | { type: 'attempt-declined'; version: 1; attempt: number; reason: DeclineReason }
  | { type: 'appointment-booked'; version: 1; attempt: number; appointmentId: string; startsAt: Instant }
  | { type: 'appointment-missed'; version: 1; attempt: number; appointmentId: string }
  | { type: 'appointment-cancelled'; version: 1; attempt: number; appointmentId: string; by: 'patient' | 'specialist' | 'unknown' }
  | { type: 'patient-seen'; version: 1; attempt: number; appointmentId: string | null }
  /** Free dates that the office names; one is chosen, or none. */
  | { type: 'dates-offered'; version: 1; attempt: number; dates: Instant[] }
  | { type: 'cancellation-requested'; version: 1; attempt: number; reason: string }
  | { type: 'cancellation-confirmed'; version: 1; attempt: number };

export const MISFILINGS = ['other-patient', 'other-referral'] as const;
/** Whose a note is that was linked by mistake: of another patient, or of this one and another referral. */
export type Misfiling = (typeof MISFILINGS)[number];

export type ReportFact =
  | {
      type: 'report-received';
      version: 1;
      reportId: string;
      form: 'interim' | 'final';
      document: ResourceRef | null;
      fromNpi: string | null;
    }
  | { type: 'report-matched'; version: 1; reportId: string; attempt: number }
  | { type: 'report-reviewed'; version: 1; reportId: string }
  /** Of something else than this referral, as a person says who looked at it. */
  | { type: 'report-refused'; version: 1; reportId: string; reason: string }
  /** Linked by mistake, as a person found: it is taken off again, with all that rested on it. */
  | { type: 'report-unlinked'; version: 1; reportId: string; because: Misfiling; reason: string }
  /** The note stands in the patient's chart, as a document that Refloop filed there. */
  | { type: 'report-filed'; version: 1; reportId: string; document: ResourceRef }
  /** The chart says that the report was received, which the EHR's own measure counts (CMS50). */
  | { type: 'receipt-recorded'; version: 1; reportId: string; task: ResourceRef };

export type CareFact =
  | AttemptFact
  | ReportFact
  /** Somebody whom no clinician approved yet is put to the clinician: nobody of theirs is asked before the answer (R57). */
  | { type: 'performer-proposed'; version: 1; performer: Performer; because: RerouteReason }
  | { type: 'performer-approved'; version: 1; performer: Performer }
  | { type: 'performer-refused'; version: 1; performer: Performer; reason: string }
  | { type: 'authorization-asked'; version: 1 }
  | { type: 'authorization-decided'; version: 1; decision: AuthorizationDecision }
  /** The payer’s approval came late: it names an office that was asked before, and is not of whoever is asked now. */
  | { type: 'authorization-for-another'; version: 1; attempt: number; number: string }
  /** What the packet lacked was found in the chart after the note was signed; the entries themselves are kept as `document`. */
  | { type: 'chart-found'; version: 1; document: string; items: ChartFoundItem[] }
  | { type: 'patient-contacted'; version: 1; outcome: ContactOutcome }
  /** Seen for this by somebody who was never asked. */
  | { type: 'seen-elsewhere'; version: 1; seenBy: SeenBy; evidence: 'claim' | 'note' | 'patient' }
  | { type: 'loss-reason-recorded'; version: 1; primary: LossReason; secondary: LossReason[] }
  /** Between the practice and the office of one attempt; no other office reads it. */
  | { type: 'message-posted'; version: 1; attempt: number; from: 'practice' | 'office'; text: string }
  /** Who sees to it on the practice's side, by subject. */
  | { type: 'coordinator-assigned'; version: 1; coordinator: string; because: Assignment }
  /** A step of the policy whose time has come: what is done and which person is told, by subject, in whose place. */
  | {
      type: 'escalation-raised';
      version: 1;
      rule: string;
      stage: string;
      act: EscalationAct;
      reach: Reach;
      to: string;
      insteadOf: string | null;
      /** Id and version of the policy. */
      policy: string;
    }
  /** A message to the patient has left, or has not; what it says stands in its topic. */
  | {
      type: 'patient-messaged';
      version: 1;
      messageId: string;
      topic: MessageTopic;
      channel: PatientChannel;
      outcome: 'sent' | 'failed' | 'unknown';
    }
  /** A word of the patient for the practice, by text message or on their page. */
  | { type: 'patient-wrote'; version: 1; channel: 'text' | 'page'; meaning: PatientMeaning; text: string }
  /** A person here has seen to all that the patient wrote so far of these meanings. */
  | { type: 'patient-heard'; version: 2; meanings: readonly PatientMeaning[] }
  | { type: 'patient-consent-changed'; version: 1; channel: PatientChannel; given: boolean }
  | { type: 'patient-rated'; version: 1; score: Rating; words: string | null }
  /** How the clinician finds their work with Refloop, asked now and then where a loop has closed: nothing of the patient. */
  | { type: 'clinician-rated'; version: 1; score: Rating }
  | { type: 'order-ended'; version: 1; how: EndingKind; reason: string }
  /** Something that cannot follow from what is known: kept for a person to reconcile, and nothing else of it is believed. */
  | { type: 'fact-set-aside'; version: 1; what: string; why: string }
  | { type: 'set-aside-settled'; version: 1; setAside: number; note: string };

/** `id` of the requirement it answers, `date` of the entry as the chart has it, empty where it has none. */
export type ChartFoundItem = { id: string; label: string; date: string; refs: readonly ResourceRef[] };

/** What the patient's word asks of the practice. `emergency`: it may tell of one. */
export const PATIENT_MEANINGS = ['emergency', 'decline', 'other-date', 'message'] as const;
export type PatientMeaning = (typeof PATIENT_MEANINGS)[number];

export const DECLINE_REASONS_OF_PATIENT = ['feel-better', 'seen-elsewhere', 'cost', 'too-far', 'no-time', 'not-wanted', 'other'] as const;
export type PatientDeclineReason = (typeof DECLINE_REASONS_OF_PATIENT)[number];

/** How somebody found it, the patient the referral or the clinician their work with Refloop: from 1 to 5, the best. */
export const RATINGS = [1, 2, 3, 4, 5] as const;
export type Rating = (typeof RATINGS)[number];

/** What each is about. */
const ABOUT = {
  'attempt-opened': 'attempt',
  'attempt-withdrawn': 'attempt',
  'attempt-sent': 'attempt',
  'transmission-delivered': 'attempt',
  'transmission-failed': 'attempt',
  'attempt-received': 'attempt',
  'attempt-accepted': 'attempt',
  'work-begun': 'attempt',
  'attempt-declined': 'attempt',
  'appointment-booked': 'attempt',
  'appointment-missed': 'attempt',
  'appointment-cancelled': 'attempt',
  'patient-seen': 'attempt',
  'dates-offered': 'attempt',
  'cancellation-requested': 'attempt',
  'cancellation-confirmed': 'attempt',
  'report-received': 'report',
  'report-matched': 'report',
  'report-reviewed': 'report',
  'report-refused': 'report',
  'report-unlinked': 'report',
  'report-filed': 'report',
  'receipt-recorded': 'report',
  'performer-proposed': 'referral',
  'performer-approved': 'referral',
  'performer-refused': 'referral',
  'authorization-asked': 'referral',
  'authorization-decided': 'referral',
  'authorization-for-another': 'referral',
  'chart-found': 'referral',
  'patient-contacted': 'referral',
  'seen-elsewhere': 'referral',
  'loss-reason-recorded': 'referral',
  'message-posted': 'referral',
  'coordinator-assigned': 'referral',
  'escalation-raised': 'referral',
  'patient-messaged': 'referral',
  'patient-wrote': 'referral',
  'patient-heard': 'referral',
  'patient-consent-changed': 'referral',
  'patient-rated': 'referral',
  'clinician-rated': 'referral',
  'order-ended': 'referral',
  'fact-set-aside': 'referral',
  'set-aside-settled': 'referral',
} as const satisfies Record<CareFact['type'], 'attempt' | 'report' | 'referral'>;

export const isCareFact = (fact: ReferralFact): fact is CareFact => Object.hasOwn(ABOUT, fact.type);
export const isAttemptFact = (fact: CareFact): fact is AttemptFact => ABOUT[fact.type] === 'attempt';
export const isReportFact = (fact: CareFact): fact is ReportFact => ABOUT[fact.type] === 'report';
/** Counted with others' and told of nobody: it stands in the history, and nobody who looks at the referral is shown it. */
export const isUntold = ({ type }: ReferralFact): boolean => type === 'clinician-rated';
/**
 * Changes nothing that a person decides on: whoever has a form open when it comes presses all the same. A text leaves by itself soon
 * after most that is put on record. One that did not leave, or perhaps, is another thing: the patient was not told.
 */
export const decidesNothing = (fact: ReferralFact): boolean =>
  isUntold(fact) || (fact.type === 'patient-messaged' && fact.outcome === 'sent');
