/**
 * How often and how fast things happen in the simulated practice. Where a study or a survey gives a number it stands beside it; all other
 * numbers are choices of ours, made so that every path of the lifecycle is walked. Nobody may read these as findings.
 */
import type { Channel, DeclineReason } from '../referral/attempt.ts';
import type { DenialReason } from '../referral/care-event.ts';
import type { LossReason } from '../referral/loss-reason.ts';

type Weights<Value> = readonly (readonly [Value, number])[];

/**
 * Share of the orders, median days from booking to a routine appointment, offices in network. Waits of new patients: AMN Healthcare, Survey
 * of Physician Appointment Wait Times 2025, 15 large metros: obstetrics and gynecology 42, gastroenterology 40, dermatology 36.5,
 * cardiology 33, orthopedic surgery 12; these are means, taken as medians here. The others are ours.
 */
export const SPECIALTIES: readonly { specialty: string; share: number; waitDays: number; offices: number }[] = [
  { specialty: 'cardiology', share: 14, waitDays: 33, offices: 6 },
  { specialty: 'orthopedic-surgery', share: 13, waitDays: 12, offices: 6 },
  { specialty: 'gastroenterology', share: 12, waitDays: 40, offices: 5 },
  { specialty: 'dermatology', share: 11, waitDays: 36.5, offices: 5 },
  { specialty: 'gynecology', share: 8, waitDays: 42, offices: 5 },
  { specialty: 'ophthalmology', share: 8, waitDays: 21, offices: 5 },
  { specialty: 'neurology', share: 7, waitDays: 35, offices: 4 },
  { specialty: 'otolaryngology', share: 6, waitDays: 18, offices: 4 },
  { specialty: 'urology', share: 6, waitDays: 18, offices: 4 },
  { specialty: 'pulmonology', share: 4, waitDays: 24, offices: 4 },
  { specialty: 'endocrinology', share: 4, waitDays: 35, offices: 4 },
  { specialty: 'rheumatology', share: 4, waitDays: 35, offices: 4 },
  { specialty: 'nephrology', share: 3, waitDays: 21, offices: 4 },
];
export const WAIT_SIGMA = 0.6;
/** Of the wait of a routine appointment. */
export const WAIT_OF_URGENCY = { routine: 1, urgent: 0.3, emergency: 0.05 } as const;

export const URGENCIES: Weights<'routine' | 'urgent' | 'emergency'> = [
  ['routine', 84],
  ['urgent', 14.5],
  ['emergency', 1.5],
];
export const KINDS: Weights<'consult' | 'evaluate-and-treat' | 'co-manage' | 'transfer'> = [
  ['consult', 45],
  ['evaluate-and-treat', 40],
  ['co-manage', 12],
  ['transfer', 3],
];
export const SERVICES: Weights<'visit' | 'e-consult' | 'imaging' | 'procedure'> = [
  ['visit', 88],
  ['e-consult', 4],
  ['imaging', 4],
  ['procedure', 4],
];

/** Ordered out of network, by the clinician's choice. Never added to what leaks. */
export const ORDERED_OUT_SHARE = 0.05;
/** By the codes of matching/override.ts: the first three are lawful choices. */
export const ORDERED_OUT_REASONS: Weights<string> = [
  ['patient-prefers', 40],
  ['medical-interest', 10],
  ['insurer-determines', 6],
  ['continuity', 20],
  ['capacity', 18],
  ['language', 6],
];
/** By how near an in-network office is to the patient, the nearest first; those after the last share its weight. */
export const NEARNESS = [45, 25, 14, 9, 7];

export const PENDED_SHARE = 0.07;
export const SUPERSEDED_SHARE = 0.05;
export const DISMISSED_SHARE = 0.02;
export const FORGOTTEN_SHARE = 0.004;
export const WITHDRAWN_SHARE = 0.004;
export const ORDER_CHANGED_SHARE = 0.005;
/** The EHR keeps the order for the clinician to sign there. */
export const UNSIGNED_SHARE = 0.05;
export const NEVER_SIGNED_SHARE = 0.03;
export const REVOKED_SHARE = 0.006;
/** The clinician finds that it is not needed any more. */
export const CANCELLED_SHARE = 0.025;

export const AUTHORIZATION_ASKED = { visit: 0.1, 'e-consult': 0.02, imaging: 0.5, procedure: 0.5 } as const;
export const AUTHORIZATION_NOT_NEEDED_SHARE = 0.2;
export const DENIED_SHARE = 0.09;
/** Of those denied: denied for good; the others are approved on appeal. */
export const DENIAL_STANDS_SHARE = 0.65;
export const DENIALS: Weights<DenialReason> = [
  ['not-medically-necessary', 35],
  ['information-missing', 30],
  ['not-covered', 20],
  ['out-of-network', 10],
  ['other', 5],
];

/** MGMA Stat poll of 17 March 2026 (n = 292): 73 % have digital fax fully integrated; fax is still the commonest way. The shares are ours. */
export const CHANNELS: Weights<Channel> = [
  ['fax', 58],
  ['direct', 22],
  ['fhir', 9],
  ['link', 8],
  ['by-hand', 3],
];
export const TRANSMISSION_FAILED_SHARE = 0.03;
export const ACKNOWLEDGED_SHARE = 0.5;
export const SEND_HOURS = { median: 2.5, sigma: 0.8 };
/** Business hours from sent to accepted or declined; nine of them are a day. The norm it is measured against is two business days. */
export const ANSWER_HOURS = { median: 12, sigma: 0.9 };
export const SILENT_SHARE = 0.05;
export const DECLINED_SHARE = 0.08;
export const DECLINES: Weights<DeclineReason> = [
  ['not-taking-patients', 28],
  ['wrong-specialty', 22],
  ['packet-incomplete', 20],
  ['not-in-plan', 14],
  ['authorization-missing', 8],
  ['out-of-area', 4],
  ['other', 4],
];
/** Business days after which the practice stops waiting for an answer. */
export const PATIENCE_DAYS = 10;
export const REROUTED_SHARE = 0.85;
export const MOST_ATTEMPTS = 4;
/** From a decline or the last word on silence until another is asked, in business hours: the coordinator's search and the clinician's answer. */
export const ASK_ANOTHER_HOURS = { median: 6, sigma: 0.9 };
/** The part of that time after which somebody is proposed; what is left of it is the clinician's. */
export const PROPOSED_AFTER = { low: 0.1, high: 0.9 };
/** Of imaging and procedures: the office tells that it has begun, and nothing more until its result. */
export const REPORTS_WORK_BEGUN_SHARE = 0.2;
export const PATIENT_ASKED_SHARE = 0.015;
/** After it has declined, something still comes that says it had accepted. */
export const CONTRADICTED_SHARE = 0.03;

export const REACHED_SHARE = 0.62;
export const MOST_CALLS = 4;
export const PATIENT_DECLINES_SHARE = 0.05;
/**
 * Once accepted and reached. With those not reached, declined, denied and silent this leaves about seven of ten with an appointment:
 * 71 % were scheduled in Weiner and others (PMC4469338; 7,819 orders, 65 and older, urban public system, 2000 to 2002), 62 % in Srinivasan
 * and others (J Pediatr 2023; 38,334 paediatric referrals, 2019 to 2021), and 38.9 % of attempts had no date in Patel and others (JGIM 2018;33:715).
 */
export const BOOKED_SHARE = 0.88;
export const BOOK_HOURS = { median: 14, sigma: 0.9 };

/** Odds of not showing up when the appointment is within a day; the ones after it are set against these. */
export const NO_SHOW_BASE_ODDS = 0.0135;
/**
 * Odds ratios of the Marshfield Clinic study (PMC11149957): more than four weeks of lead against less than a day 5.45, an earlier no-show
 * 4.42, Medicaid 1.56; 8.0 % overall. The bands between are ours. It also found 1.34 for Spanish against English: left out, so that the
 * planted route is the only thing that sets a language apart.
 */
export const NO_SHOW_BY_LEAD: readonly { belowDays: number; ratio: number }[] = [
  { belowDays: 1, ratio: 1 },
  { belowDays: 7, ratio: 2 },
  { belowDays: 14, ratio: 3 },
  { belowDays: 28, ratio: 4.2 },
  { belowDays: Number.POSITIVE_INFINITY, ratio: 5.45 },
];
export const NO_SHOW_AGAIN_RATIO = 4.42;
export const NO_SHOW_MEDICAID_RATIO = 1.56;
export const CANCELLED_BY_PATIENT_SHARE = 0.07;
export const CANCELLED_BY_OFFICE_SHARE = 0.03;
export const REBOOKED_SHARE = 0.65;
export const MOST_APPOINTMENTS = 4;
export const MOVED_SHARE = 0.06;
/** Of the visits after which a note comes: nobody says that they took place, and only the note proves it. */
export const VISIT_UNTOLD_SHARE = 0.07;

/** Of visits that take place anywhere, with somebody out of network who was never asked; a planted specialty has its own. */
export const LEAK_SHARE = 0.07;
/** Of visits that take place anywhere, with another in network who was never asked. No leak. */
export const ELSEWHERE_IN_NETWORK_SHARE = 0.03;
/** Where the payer's claims are seen nothing hides; elsewhere the patient tells, or a note comes, this often. */
export const ELSEWHERE_TOLD_SHARE = 0.15;
export const CLAIM_DAYS = { median: 21, sigma: 0.5 };
export const LEAK_REASONS: Weights<LossReason> = [
  ['patient-preference', 28],
  ['wait-too-long', 16],
  ['default-choice', 14],
  ['too-far', 10],
  ['insurer-determined', 8],
  ['physician-judgement', 7],
  ['directory-wrong', 6],
  ['no-subspecialty-in-network', 5],
  ['plan-mismatch', 4],
  ['no-language-or-access', 2],
];
export const REASON_RECORDED_SHARE = 0.6;
/** Where it is known that the patient was seen elsewhere, the order is ended this often; else it stays open until it expires. */
export const ENDED_AFTER_ELSEWHERE_SHARE = 0.8;

/**
 * Of the visits that take place, those after which a final note comes back at all. Of physicians in O'Malley and Reschovsky (Arch Intern Med 2011;171:56; 4,720 physicians, 2008), 62.2 % in
 * primary care say that they mostly receive results, 80.6 % of specialists that they send them.
 */
export const NOTE_SHARE = 0.72;
/** Business hours from the visit to the note; nine of them are a day. The norm it is measured against is five business days. */
export const NOTE_HOURS = { median: 50, sigma: 0.9 };
export const INTERIM_SHARE = 0.12;
/** Comes without saying which referral it answers. */
export const UNMATCHED_SHARE = 0.15;
export const NEVER_MATCHED_SHARE = 0.04;
export const REVIEW_HOURS = { median: 11, sigma: 1.1 };
export const NEVER_REVIEWED_SHARE = 0.07;

/** The practice ends what has not closed after about this many days; the share that it ends at all. */
export const EXPIRES_AFTER_DAYS = { low: 180, high: 210 };
export const EXPIRED_SHARE = 0.97;

/** Of whoever still has a request that is over: business hours until they are told, and the share of those who say that they let go of it. */
export const TOLD_TO_STOP_HOURS = { median: 6, sigma: 0.7 };
export const LETS_GO_SHARE = 0.9;

/** A year, by what the payer covers. */
export const DEATHS_A_YEAR = { medicare: 0.045, medicaid: 0.008, commercial: 0.003 } as const;

/** Patients who would rather be texted than called, and of all who said yes to text messages. Ours. */
export const TEXT_PREFERRED_SHARE = 0.7;
export const TEXT_CONSENT_SHARE = 0.75;
/** Of those who were sent a link to book and are reached, who take the date on their page. Ours. */
export const SELF_BOOKED_SHARE = 0.3;
/** Of those who are asked how it was, who say; what they say, and after how long. Ours. */
export const RATED_SHARE = 0.35;
export const RATINGS_GIVEN: Weights<1 | 2 | 3 | 4 | 5> = [
  [1, 5],
  [2, 6],
  [3, 13],
  [4, 34],
  [5, 42],
];
export const RATED_HOURS = { median: 4, sigma: 1.1 };
/**
 * Of the notes that are read, those after which the clinician says how they find their work with Refloop: about one in the eighteen that each
 * reads in four weeks is when they are asked, and two in three answer. What they say. Ours.
 */
export const WORK_RATED_SHARE = 0.037;
export const WORK_RATINGS_GIVEN: Weights<1 | 2 | 3 | 4 | 5> = [
  [1, 4],
  [2, 9],
  [3, 22],
  [4, 41],
  [5, 24],
];
