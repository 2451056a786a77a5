/** The events of a referral as one thread that the referring practice, the specialist's office and the patient stand in together. */

import { shortDateWords } from '@refloop/domain/fhir/date';
import type { Instant } from '@refloop/domain/instant';
import type { MessageTopic } from '@refloop/domain/patient/messages';
import type { PatientChannel } from '@refloop/domain/patient/outreach';
import type { Channel } from '@refloop/domain/referral/attempt';
import type { AuthorizationDecision, CareFact, Misfiling, PatientMeaning, Withdrawal } from '@refloop/domain/referral/care-event';
import { isUntold } from '@refloop/domain/referral/care-event';
import type { Actor, ReferralEvent, ReferralFact } from '@refloop/domain/referral/event';
import { unreachable } from '@refloop/domain/result';
import { stepWords } from '@refloop/domain/sla/escalation-steps';
import { FAX_BY_MAIL } from '../channels/fax-by-mail.ts';
import { OFFICE_MAIL } from '../channels/office-mail.ts';
import type { ThreadEntry } from '../client/thread.ts';
import type { StoredEffect } from '../store/outbox.ts';
import { groundWords } from './authorization-words.ts';
import { isWritten, settledWords, WRITTEN_THINGS } from './written-words.ts';

type Party = ThreadEntry['party'];

const plain = (code: string): string => code.replaceAll('-', ' ');

/** What each is called, and whose doing it is wherever it was put on record. */
const EVENTS: Record<ReferralFact['type'], { name: string; party: Party }> = {
  'referral-started': { name: 'Referral begun', party: 'practice' },
  'recommendation-made': { name: 'Specialists ranked', party: 'refloop' },
  'recommendation-dismissed': { name: 'Closed without a referral', party: 'practice' },
  'recommendation-pended': { name: 'Prepared to sign', party: 'practice' },
  'pend-taken-back': { name: 'Taken back before it was signed', party: 'practice' },
  'none-in-network-found': { name: 'Nobody in network found', party: 'refloop' },
  'referral-approved': { name: 'Approved', party: 'practice' },
  'write-back-planned': { name: 'Writing to the chart planned', party: 'refloop' },
  'write-step-attempted': { name: 'Writing to the chart', party: 'refloop' },
  'write-step-settled': { name: 'Written to the chart', party: 'refloop' },
  'order-status-observed': { name: 'Order read in the chart', party: 'practice' },
  'write-candidates-refused': { name: 'Entries in the chart looked at', party: 'practice' },
  'approval-withdrawn': { name: 'Approval taken back', party: 'practice' },
  'order-changed-before-write': { name: 'Order changed before it was written', party: 'practice' },
  'attempt-opened': { name: 'Another specialist asked', party: 'practice' },
  'performer-proposed': { name: 'Another specialist proposed to the clinician', party: 'practice' },
  'performer-approved': { name: 'Proposed specialist approved', party: 'practice' },
  'performer-refused': { name: 'Proposed specialist refused', party: 'practice' },
  'attempt-withdrawn': { name: 'Not asked after all', party: 'practice' },
  'attempt-sent': { name: 'Sent', party: 'practice' },
  'transmission-delivered': { name: 'Delivered', party: 'refloop' },
  'transmission-failed': { name: 'Not delivered', party: 'refloop' },
  'attempt-received': { name: 'Received', party: 'office' },
  'attempt-accepted': { name: 'Accepted', party: 'office' },
  'work-begun': { name: 'Work begun', party: 'office' },
  'attempt-declined': { name: 'Declined', party: 'office' },
  'appointment-booked': { name: 'Appointment booked', party: 'office' },
  'appointment-missed': { name: 'Visit missed', party: 'patient' },
  'appointment-cancelled': { name: 'Appointment cancelled', party: 'office' },
  'patient-seen': { name: 'Patient seen', party: 'office' },
  'dates-offered': { name: 'Dates offered', party: 'office' },
  'cancellation-requested': { name: 'Asked to cancel', party: 'practice' },
  'cancellation-confirmed': { name: 'Cancellation confirmed', party: 'office' },
  'report-received': { name: 'Note received', party: 'office' },
  'report-matched': { name: 'Note linked to this referral', party: 'refloop' },
  'report-reviewed': { name: 'Note reviewed', party: 'practice' },
  'report-refused': { name: 'Note is not of this referral', party: 'practice' },
  'report-unlinked': { name: 'Note taken off: it was linked by mistake', party: 'practice' },
  'report-filed': { name: 'Note filed in the chart', party: 'refloop' },
  'receipt-recorded': { name: 'Receipt of the note recorded in the chart', party: 'refloop' },
  'authorization-asked': { name: 'Authorization asked for', party: 'practice' },
  'authorization-decided': { name: 'Authorization decided', party: 'payer' },
  'authorization-for-another': { name: 'Authorization of an office that was asked before', party: 'payer' },
  'chart-found': { name: 'Found in the chart', party: 'refloop' },
  'patient-contacted': { name: 'Patient contacted', party: 'practice' },
  'seen-elsewhere': { name: 'Seen elsewhere', party: 'patient' },
  'loss-reason-recorded': { name: 'Reason of the loss recorded', party: 'practice' },
  'message-posted': { name: 'Message', party: 'practice' },
  'coordinator-assigned': { name: 'Given to a coordinator', party: 'practice' },
  'escalation-raised': { name: 'Escalated', party: 'refloop' },
  'patient-messaged': { name: 'Message to the patient', party: 'refloop' },
  'patient-wrote': { name: 'The patient wrote', party: 'patient' },
  'patient-heard': { name: 'What the patient wrote was seen to', party: 'practice' },
  'patient-consent-changed': { name: 'Consent of the patient', party: 'patient' },
  'patient-rated': { name: 'The patient said how it was', party: 'patient' },
  'clinician-rated': { name: 'The clinician said how they find their work with Refloop', party: 'practice' },
  'order-ended': { name: 'Ended', party: 'practice' },
  'fact-set-aside': { name: 'Set aside: does not fit', party: 'refloop' },
  'set-aside-settled': { name: 'Reconciled', party: 'practice' },
};

/** Earlier versions put this on record as delivered. */
const HANDED = 'Handed to the mail server';

const CHANNEL_WORDS: Record<Channel, string> = {
  direct: 'By Direct message',
  fax: 'By fax',
  link: 'By a secure link',
  fhir: 'By FHIR',
  'by-hand': 'By hand, post or telephone',
};

const WITHDRAWN_WORDS: Record<Withdrawal, string> = {
  'patient-chose': 'The patient chose another specialist before anything was sent.',
  'clinician-refused': 'The clinician refused them before anything was sent.',
};

const MISFILED_WORDS: Record<Misfiling, string> = {
  'other-patient': 'It is of another patient.',
  'other-referral': 'It is of another referral.',
};

const TOPIC_WORDS: Record<MessageTopic, string> = {
  book: 'To book.',
  remind: 'A reminder to book.',
  'day-before': 'A reminder of the visit.',
  missed: 'About the missed visit.',
  'were-you-seen': 'Whether the visit took place.',
  rate: 'How it was.',
  booked: 'The date of the visit.',
  'called-off': 'That the visit was called off.',
};
const CHANNEL_OF_PATIENT: Record<PatientChannel, string> = { text: 'By text message.', email: 'By e-mail.' };
const OUTCOME_WORDS = { sent: 'Sent.', failed: 'Not sent.', unknown: 'Not known whether it was sent.' } as const;
const MEANING_WORDS: Record<PatientMeaning, string> = {
  emergency: 'It may be an emergency; they were told to call 911.',
  decline: 'They do not want this referral.',
  'other-date': 'They ask for a date.',
  message: '',
};

export const eventName = (type: string): string => (Object.hasOwn(EVENTS, type) ? EVENTS[type as ReferralFact['type']].name : plain(type));

type Names = ReadonlyMap<string, string>;

/** What became of a sending beyond its event, by transmission: that a machine of ours took it on is none of the office's doings. */
export type Handed = ReadonlyMap<string, string>;

const BY_MAIL: Readonly<Record<string, string>> = {
  [OFFICE_MAIL]: 'Handed to the mail server; that it arrived is not known',
  [FAX_BY_MAIL]: 'Handed to the fax service by mail; that it arrived is not known',
};

export const handedToMail = (effects: readonly StoredEffect[]): Handed =>
  new Map(
    effects.flatMap(({ kind, key, standing }): [string, string][] => {
      const words = BY_MAIL[kind];
      return words !== undefined && standing.status === 'done' ? [[key, words]] : [];
    }),
  );

function detailOf(fact: ReferralFact, names: Names, handed: Handed): string | null {
  const person = (subject: string): string => names.get(subject) ?? subject;
  switch (fact.type) {
    case 'referral-approved':
      return fact.alternates.length === 0
        ? fact.performer.display
        : `${fact.performer.display}. May be asked too: ${fact.alternates.map(({ display }) => display).join('; ')}.`;
    case 'attempt-opened':
    case 'performer-proposed':
    case 'performer-approved':
      return fact.performer.display;
    case 'performer-refused':
      return `${fact.performer.display}: ${fact.reason}`;
    case 'attempt-withdrawn':
      return WITHDRAWN_WORDS[fact.because];
    case 'attempt-sent':
      return [CHANNEL_WORDS[fact.channel], handed.get(fact.transmissionId)].filter((words) => words !== undefined).join('. ');
    case 'transmission-failed':
    case 'order-changed-before-write':
      return fact.detail;
    case 'attempt-declined':
      return plain(fact.reason);
    case 'appointment-booked':
      return 'For';
    case 'appointment-cancelled':
      return fact.by === 'unknown' ? null : `By the ${fact.by}`;
    case 'message-posted':
      return fact.text;
    case 'cancellation-requested':
    case 'approval-withdrawn':
    case 'recommendation-dismissed':
      return fact.reason;
    case 'report-received':
      return fact.form === 'final' ? 'Final' : 'Interim';
    case 'authorization-decided':
      return decidedWords(fact.decision);
    case 'authorization-for-another':
      return `Approved, number ${fact.number}. It is not of whoever is asked now.`;
    case 'chart-found':
      return fact.items.map(({ label, date }) => (date === '' ? label : `${label}, of ${shortDateWords(date)}`)).join('; ');
    case 'patient-contacted':
      return plain(fact.outcome);
    case 'seen-elsewhere':
      return `Known from: ${fact.evidence}`;
    case 'loss-reason-recorded':
      return plain(fact.primary);
    case 'coordinator-assigned':
      return fact.because === 'in-turn' ? `${person(fact.coordinator)}, in turn` : `${person(fact.coordinator)}, ${plain(fact.because)}`;
    case 'escalation-raised': {
      const inPlace = fact.insteadOf === null ? '' : ` in place of ${person(fact.insteadOf)}`;
      return `${stepWords(fact.rule)} Told: ${person(fact.to)}${inPlace}.`;
    }
    case 'patient-messaged':
      return `${TOPIC_WORDS[fact.topic]} ${CHANNEL_OF_PATIENT[fact.channel]} ${OUTCOME_WORDS[fact.outcome]}`;
    case 'patient-wrote':
      return `${MEANING_WORDS[fact.meaning]} ${fact.meaning === 'decline' ? `Reason: ${plain(fact.text)}.` : fact.text}`.trim();
    case 'patient-consent-changed':
      return `${CHANNEL_OF_PATIENT[fact.channel]} ${fact.given ? 'Messages are wanted.' : 'No more messages are wanted.'}`;
    case 'patient-rated':
      return [`${fact.score} of 5.`, fact.words].filter(Boolean).join(' ');
    case 'order-ended':
      return `${plain(fact.how)}: ${fact.reason}`;
    case 'fact-set-aside':
      return fact.why;
    case 'report-refused':
      return fact.reason;
    case 'report-unlinked':
      return `${MISFILED_WORDS[fact.because]} ${fact.reason}`;
    case 'set-aside-settled':
      return fact.note;
    case 'write-step-settled':
      return settledWords(fact);
    case 'write-step-attempted':
      return WRITTEN_THINGS[fact.step];
    case 'order-status-observed':
      return fact.status;
    case 'none-in-network-found':
      return `Within ${fact.withinMiles} miles`;
    case 'referral-started':
    case 'recommendation-made':
    case 'recommendation-pended':
    case 'pend-taken-back':
    case 'write-back-planned':
    case 'write-candidates-refused':
    case 'dates-offered':
    case 'transmission-delivered':
    case 'attempt-received':
    case 'attempt-accepted':
    case 'work-begun':
    case 'appointment-missed':
    case 'patient-seen':
    case 'cancellation-confirmed':
    case 'report-matched':
    case 'report-reviewed':
    case 'report-filed':
    case 'receipt-recorded':
    case 'authorization-asked':
    case 'patient-heard':
    case 'clinician-rated':
      return null;
    default:
      return unreachable(fact);
  }
}

function decidedWords(decision: AuthorizationDecision): string {
  if (decision.status === 'denied') return `Denied: ${plain(decision.reason)}`;
  const number = decision.status === 'approved' && decision.number ? `, number ${decision.number}` : '';
  return `${plain(decision.status)}${number}${decision.ground ? `: ${groundWords(decision.ground)}` : ''}`;
}

/** Told by the page, since nobody here knows in which zone it is read. */
function timesOf(fact: ReferralFact): string[] {
  if (fact.type === 'appointment-booked') return [fact.startsAt];
  return fact.type === 'dates-offered' ? fact.dates : [];
}

/** Of these the reader of a thread needs nothing: they are the bookkeeping of others that stand in it. */
const BOOKKEEPING: readonly ReferralFact['type'][] = [
  'write-back-planned',
  'write-step-attempted',
  'recommendation-made',
] satisfies readonly Exclude<ReferralFact['type'], CareFact['type']>[];

/** Who did it, as all read it. */
export function byOf(actor: Actor, names: Names): string {
  if (actor.kind === 'software') return 'Refloop';
  if (actor.kind === 'office') return 'The specialist’s office, by link';
  if (actor.kind === 'patient')
    return `The patient${actor.as === 'patient' ? '' : `’s ${actor.as}`}, ${actor.link === null ? 'by text message' : 'by link'}`;
  return names.get(actor.subject) ?? actor.fhirUser;
}

function partyOf(fact: ReferralFact, actor: Actor): Party {
  if (fact.type === 'message-posted') return fact.from;
  if (actor.kind === 'patient') return 'patient';
  // Most are linked as they come; the others by somebody here.
  if (fact.type === 'report-matched' && actor.kind === 'person') return 'practice';
  return EVENTS[fact.type].party;
}

const NOT_TOLD = 'Refloop did not tell the patient.';

/** In front of the times of an entry, behind everything else of it. */
const withNotTold = (fact: ReferralFact, detail: string | null): string =>
  (fact.type === 'appointment-booked' ? [NOT_TOLD, detail] : [detail === null ? null : `${detail}.`, NOT_TOLD])
    .filter((each) => each !== null)
    .join(' ');

/** Of a step that a machine carried out it says what that did; behind a message, whether the office is told of it. */
function withWord(fact: ReferralFact, detail: string | null, word: string | undefined): string | null {
  if (word === undefined) return detail;
  return fact.type === 'escalation-raised' ? word : `${detail} (${word})`;
}

function titleOf(fact: ReferralFact, mailed: ReadonlySet<string>): string {
  if (fact.type === 'transmission-delivered' && mailed.has(fact.transmissionId)) return HANDED;
  if (fact.type === 'write-step-settled' && !isWritten(fact)) return 'Not written to the chart';
  return EVENTS[fact.type].name;
}

const UNPROVED = 'Only a note that was taken off had shown it.';

/**
 * `handed`: what became of a sending. `notTold`: sequence of what was done about a visit and the patient was not written of; undefined where
 * there is none. `toOffice`: what became of a word to the office, by sequence. `stages`: those that notes prove (stagesOfNotes).
 */
export type BesideThread = {
  handed?: Handed;
  notTold?: number | undefined;
  toOffice?: ReadonlyMap<number, string>;
  stages?: ReadonlyMap<number, Instant | null>;
};

/** Newest last. */
export function threadOf(
  events: readonly ReferralEvent[],
  names: Names,
  { handed = new Map(), notTold, toOffice = new Map(), stages = new Map() }: BesideThread = {},
): ThreadEntry[] {
  const mailed = new Set(
    events.flatMap(({ fact }) => (fact.type === 'attempt-sent' && fact.channel === 'link' ? [fact.transmissionId] : [])),
  );
  const detailFor = (fact: ReferralFact, sequence: number): string | null => {
    // It stays readable, as the note does, and as what it is by now.
    if (stages.get(sequence) === null) return UNPROVED;
    const detail = detailOf(fact, names, handed);
    return sequence === notTold ? withNotTold(fact, detail) : withWord(fact, detail, toOffice.get(sequence));
  };
  return events
    .filter(({ fact }) => !BOOKKEEPING.includes(fact.type) && !isUntold(fact))
    .map(({ sequence, effectiveAt, recordedAt, actor, fact }) => ({
      sequence,
      at: effectiveAt,
      recordedAt,
      party: partyOf(fact, actor),
      by: byOf(actor, names),
      title: stages.get(sequence) === null ? `${titleOf(fact, mailed)}: no longer assumed` : titleOf(fact, mailed),
      detail: detailFor(fact, sequence),
      rule: fact.type === 'escalation-raised' ? fact.rule : null,
      times: timesOf(fact),
    }));
}
