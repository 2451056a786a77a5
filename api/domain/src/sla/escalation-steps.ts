/**
 * What is done, and who is told, while an obligation stays open. Each step bears the number of the requirement it keeps (R117 to R148 of the
 * product’s requirements, from its source documents) and counts from when the obligation began. 48 hours are two business days and 24 hours
 * one, days are calendar days unless they say business, and for an urgent or an emergency referral hours run on the wall clock (their
 * conflicts C3 to C5). Every step is a task for the person it names; those that tell the patient leave by themselves besides, where the patient has consented to a
 * channel (patient/outreach.ts), and those that ask the office do, where its packet went by mail: then nobody here is asked to (R117, R148, R149). Steps marked `ours` are this product’s own: the source documents name none.
 */
import type { Urgency } from '../matching/request.ts';
import type { ObligationKind, Span } from './service-levels.ts';

export const ESCALATION_ACTS = [
  'ask-receipt',
  'alert',
  'follow-up',
  'remind-specialist',
  'request-note',
  'notify-patient',
  'remind-patient',
  'remind-visit',
  'reach-patient',
  'ask-patient',
  'call-patient',
  'notify-requester',
  'review-expiry',
] as const;
/** What is done. An alert tells somebody here and does nothing outside. */
export type EscalationAct = (typeof ESCALATION_ACTS)[number];

/** Who is told: a person with that role, by name. */
export type Reach = 'coordinator' | 'clinician' | 'lead';

export type EscalationStep = {
  /** Unique; the requirement’s number, with a word where it has several steps. */
  rule: string;
  /** The obligation it belongs to, or the order as a whole from its approval on. */
  of: ObligationKind | 'order';
  /**
   * `unacknowledged`: only while nobody there said that they have it. `unreported`: only while no final report is known to answer it.
   * `missed`, `cancelled`: what became of the visit that was booked last.
   */
  only: 'always' | 'unacknowledged' | 'unreported' | 'missed' | 'cancelled';
  after: Record<Urgency, Span>;
  act: EscalationAct;
  reach: Reach;
  /** The how-manieth time a lead is told of the same: of several leads the next one each time. Not named is the first. */
  time?: number;
  /** As it is told, after "is due" or on a timeline: without a span, of which another urgency has another, and a site may set another. */
  words: string;
};

const hours = (count: number): Span => ({ hours: count, clock: 'wall' });
const days = (count: number): Span => ({ days: count, clock: 'wall' });
const businessDays = (count: number): Span => ({ days: count, clock: 'business' });
const businessHours = (count: number): Span => ({ hours: count, clock: 'business' });
const same = (span: Span): Record<Urgency, Span> => ({ routine: span, urgent: span, emergency: span });

/** Ours: what stays open so long reaches a lead, whatever it is. */
const toLead = (of: ObligationKind, words: string, fast = { urgent: hours(48), emergency: hours(8) }): EscalationStep[] => [
  {
    rule: `${of}-lead`,
    of,
    only: 'always',
    after: { routine: businessDays(4), ...fast },
    act: 'alert',
    reach: 'lead',
    words,
  },
];

/** Ours: what is due within four hours, or one, reaches a lead at twice that, as what is not sent does (`send-lead`). */
const WITHIN_HOURS = { urgent: hours(8), emergency: hours(2) };

/**
 * Ours: a possible emergency is never told for the last time while nobody has said that they called. In hours on the wall clock from when the
 * patient wrote: after a day every day for a week, then every week for four.
 */
const AGAIN_AFTER = [2, 4, 8, 16, ...[1, 2, 3, 4, 5, 6, 7, 14, 21, 28].map((day) => day * 24)];

const emergencyAgain: EscalationStep[] = AGAIN_AFTER.map((count, at) => ({
  rule: `R78-lead-${at + 2}`,
  of: 'check-on-patient',
  only: 'always',
  after: same(hours(count)),
  act: 'alert',
  reach: 'lead',
  time: at + 2,
  words: `Alert ${at + 2}: still nobody has said that they called about what may be an emergency. Call the patient, or send somebody to them.`,
}));

export const ESCALATION_STEPS: readonly EscalationStep[] = [
  {
    rule: 'payer-late',
    of: 'payer-decision',
    only: 'always',
    // Ours: at the end of the payer's own time.
    after: { routine: days(7), urgent: hours(72), emergency: hours(4) },
    act: 'alert',
    reach: 'coordinator',
    words: 'The payer has not decided in its time. Ask them.',
  },
  {
    rule: 'payer-late-lead',
    of: 'payer-decision',
    only: 'always',
    // Ours.
    after: { routine: days(10), urgent: hours(96), emergency: hours(8) },
    act: 'alert',
    reach: 'lead',
    words: 'The payer has still not decided, and nothing has been sent.',
  },
  ...toLead('payer-denial', 'The payer denied it, and nobody has taken it further.'),
  {
    rule: 'R111',
    of: 'send',
    only: 'always',
    after: { routine: businessHours(4), urgent: hours(4), emergency: hours(1) },
    act: 'alert',
    reach: 'coordinator',
    words: 'Not sent yet.',
  },
  {
    rule: 'send-lead',
    of: 'send',
    only: 'always',
    // Ours.
    after: { routine: businessDays(1), urgent: hours(8), emergency: hours(2) },
    act: 'alert',
    reach: 'lead',
    words: 'Still not sent.',
  },
  {
    rule: 'R117',
    of: 'answer',
    only: 'unacknowledged',
    after: { routine: businessDays(1), urgent: hours(24), emergency: hours(2) },
    act: 'ask-receipt',
    reach: 'coordinator',
    words: 'Ask whether it arrived: no word from the office.',
  },
  {
    rule: 'R118',
    of: 'answer',
    only: 'unacknowledged',
    after: { routine: businessDays(2), urgent: hours(48), emergency: hours(4) },
    act: 'alert',
    reach: 'coordinator',
    words: 'Nobody there has said that they have it. Call the office.',
  },
  {
    rule: 'R120',
    of: 'answer',
    only: 'unacknowledged',
    after: same(days(7)),
    act: 'follow-up',
    reach: 'coordinator',
    words: 'Follow up: it is sent, and nothing was heard since.',
  },
  {
    rule: 'R131',
    of: 'answer',
    only: 'always',
    // Ours: the protocol for an office that does not respond reaches a lead.
    after: { routine: businessDays(4), urgent: hours(72), emergency: hours(8) },
    act: 'alert',
    reach: 'lead',
    words: 'The office does not respond. Decide whether another specialist is asked.',
  },
  {
    rule: 'R135',
    of: 'book',
    only: 'always',
    // At once, so that the hour the requirement names can be kept.
    after: same(hours(0)),
    act: 'notify-patient',
    reach: 'coordinator',
    words: 'Tell the patient who will see them and how to book.',
  },
  {
    rule: 'R136',
    of: 'book',
    only: 'always',
    after: { routine: days(5), urgent: days(1), emergency: hours(2) },
    act: 'remind-patient',
    reach: 'coordinator',
    words: 'Remind the patient to book: no date yet.',
  },
  {
    rule: 'R137',
    of: 'book',
    only: 'always',
    after: { routine: days(10), urgent: days(2), emergency: hours(3) },
    act: 'remind-patient',
    reach: 'coordinator',
    words: 'Remind the patient again: still no date.',
  },
  {
    rule: 'R138',
    of: 'book',
    only: 'always',
    after: { routine: days(14), urgent: days(3), emergency: hours(4) },
    act: 'call-patient',
    reach: 'coordinator',
    words: 'Call the patient: still no date after all reminders.',
  },
  {
    rule: 'R139',
    of: 'visit',
    only: 'always',
    // The day before: a visit counts from when it begins.
    after: same(hours(-24)),
    act: 'remind-visit',
    reach: 'coordinator',
    words: 'Remind the patient of the visit.',
  },
  {
    rule: 'R123',
    of: 'confirm-visit',
    only: 'always',
    // Ours: the day after. The source names the question and no day.
    after: same(days(1)),
    act: 'ask-patient',
    reach: 'coordinator',
    words: 'Ask the patient whether they were seen.',
  },
  {
    rule: 'R122',
    of: 'confirm-visit',
    only: 'always',
    after: { routine: days(7), urgent: days(2), emergency: days(1) },
    act: 'notify-requester',
    reach: 'clinician',
    words: 'The appointment is over, and nothing says that the patient was seen.',
  },
  {
    rule: 'R128',
    of: 'rebook',
    only: 'missed',
    after: same(hours(0)),
    act: 'alert',
    reach: 'coordinator',
    words: 'The patient did not come. Find out why, and book again.',
  },
  {
    rule: 'R142',
    of: 'rebook',
    only: 'missed',
    // At once, so that the 24 hours the requirement names can be kept.
    after: same(hours(0)),
    act: 'reach-patient',
    reach: 'coordinator',
    words: 'Reach the patient about the missed visit.',
  },
  {
    rule: 'rebook-cancelled',
    of: 'rebook',
    only: 'cancelled',
    // Ours.
    after: same(hours(0)),
    act: 'alert',
    reach: 'coordinator',
    words: 'The appointment was cancelled. Book again.',
  },
  {
    rule: 'R78',
    of: 'check-on-patient',
    only: 'always',
    // At once: the clinician hears of it beside the coordinator.
    after: same(hours(0)),
    act: 'alert',
    reach: 'clinician',
    words: 'The patient wrote of what may be an emergency, and was told to call 911. Call them.',
  },
  {
    rule: 'R78-lead',
    of: 'check-on-patient',
    only: 'always',
    // Ours.
    after: same(hours(0.5)),
    act: 'alert',
    reach: 'lead',
    words: 'The patient wrote of what may be an emergency, and nobody here has said that they called.',
  },
  ...emergencyAgain,
  ...toLead('answer-patient', 'The patient wrote, and nobody has answered.', WITHIN_HOURS),
  ...toLead('hear-decline', 'The patient declined, and their clinician has not seen it.'),
  {
    rule: 'approve-performer-late',
    of: 'approve-performer',
    only: 'always',
    // Ours: at the end of the clinician's own time.
    after: { routine: businessDays(1), urgent: hours(24), emergency: hours(4) },
    act: 'alert',
    reach: 'clinician',
    words: 'Another specialist waits for your approval, and nobody is asked meanwhile.',
  },
  {
    rule: 'approve-performer-lead',
    of: 'approve-performer',
    only: 'always',
    // Ours: no later than a lead hears that nobody was asked (reroute-lead).
    after: { routine: businessDays(3), urgent: hours(48), emergency: hours(8) },
    act: 'alert',
    reach: 'lead',
    words:
      'The referring clinician has not answered, and nobody is asked meanwhile. Call them; an administrator can name who covers for them.',
  },
  ...toLead('rebook', 'No new date has been booked.'),
  ...toLead('reply', 'The office asked something, and nobody has answered.', WITHIN_HOURS),
  ...toLead('confirm-cancellation', 'The office has not confirmed that it is cancelled.'),
  ...toLead('match-report', 'A report has come, and nobody has linked it.'),
  ...toLead('reconcile', 'Something told from outside does not fit, and nobody has looked at it.'),
  ...toLead('sign-in-ehr', 'The order is not in force in the EHR: it waits for a signature, or is on hold there.'),
  {
    rule: 'R148',
    of: 'note',
    only: 'always',
    after: same(hours(0)),
    act: 'request-note',
    reach: 'coordinator',
    words: 'Ask for the consult note.',
  },
  {
    rule: 'R149',
    of: 'note',
    only: 'always',
    after: same(businessDays(4)),
    act: 'remind-specialist',
    reach: 'coordinator',
    words: 'Remind them of the consult note: it is due soon.',
  },
  {
    rule: 'R124-note',
    of: 'note',
    only: 'always',
    after: same(businessDays(5)),
    act: 'alert',
    reach: 'coordinator',
    words: 'The visit was a while ago, and there is no consult note.',
  },
  {
    rule: 'R121',
    of: 'order',
    only: 'unreported',
    after: same(days(30)),
    act: 'alert',
    reach: 'clinician',
    words: 'The order is a while old, and there is no consult note.',
  },
  {
    rule: 'review-lead',
    of: 'review',
    only: 'always',
    // Ours.
    after: { routine: businessDays(5), urgent: businessDays(2), emergency: businessDays(1) },
    act: 'alert',
    reach: 'lead',
    words: 'The note is back, and nobody has reviewed it.',
  },
  {
    rule: 'reroute-lead',
    of: 'reroute',
    only: 'always',
    // Ours.
    after: { routine: businessDays(3), urgent: hours(48), emergency: hours(8) },
    act: 'alert',
    reach: 'lead',
    words: 'Declined, and nobody else has been asked.',
  },
  {
    rule: 'R134',
    of: 'order',
    only: 'unreported',
    // Ours: the source names the state and no rule. A person ends it; nothing expires by itself.
    after: same(days(180)),
    act: 'review-expiry',
    reach: 'lead',
    words: 'Open for very long. End it with a reason, or say what is waited for.',
  },
];

const WORDS = new Map(ESCALATION_STEPS.map(({ rule, words }) => [rule, words]));

/** What a step asks of the person it tells; of a rule that this version does not know, its number. */
export const stepWords = (rule: string): string => WORDS.get(rule) ?? rule;
