/**
 * How long each step of a referral may take, and whose it is. Data: a site may have its own. The values are those the product's source
 * documents name (packet in four hours, answer in two business days, booked within 14 days, note in five business days, a missed visit the
 * same day), read as settled for us: 48 hours are two business days and 24 hours one, four hours are business hours, and for an urgent
 * or an emergency referral every one of them runs on the wall clock. Where they name none the value is ours, and marked so.
 */
import type { Urgency } from '../matching/request.ts';

export type Span = { hours: number; clock: 'wall' | 'business' } | { days: number; clock: 'wall' | 'business' };

export const OBLIGATION_KINDS = [
  'decide',
  'finish-writing',
  'sign-in-ehr',
  'payer-decision',
  'payer-denial',
  'send',
  'answer',
  'book',
  'visit',
  'confirm-visit',
  'rebook',
  'note',
  'match-report',
  'review',
  'reroute',
  'approve-performer',
  'confirm-cancellation',
  'reconcile',
  'reply',
  'check-on-patient',
  'answer-patient',
  'hear-decline',
] as const;
export type ObligationKind = (typeof OBLIGATION_KINDS)[number];

/** On whose desk it lies, and whom it waits for. A chase is the coordinator's, whoever is waited for. */
export const PARTIES = ['clinician', 'coordinator', 'specialist', 'patient', 'payer'] as const;
export type Party = (typeof PARTIES)[number];

export type ServiceLevel = { owner: 'clinician' | 'coordinator'; waitingOn: Party; within: Record<Urgency, Span> };
export type ServiceLevels = Readonly<Record<ObligationKind, ServiceLevel>>;

const wallHours = (hours: number): Span => ({ hours, clock: 'wall' });
const businessDays = (days: number): Span => ({ days, clock: 'business' });
const days = (count: number): Span => ({ days: count, clock: 'wall' });

/**
 * So long the word of an office that was asked to stop, has nothing booked and was passed over is waited for. Ours: as long as a booking may take,
 * so that whoever would still have called the patient has.
 */
export const LETS_GO_WITHIN: Span = days(14);

export const SERVICE_LEVELS: ServiceLevels = {
  // Ours: until an order is approved nobody else knows of it.
  decide: {
    owner: 'clinician',
    waitingOn: 'clinician',
    within: { routine: businessDays(2), urgent: wallHours(24), emergency: wallHours(4) },
  },
  // Ours.
  'finish-writing': {
    owner: 'clinician',
    waitingOn: 'clinician',
    within: { routine: businessDays(1), urgent: wallHours(4), emergency: wallHours(1) },
  },
  // Ours.
  'sign-in-ehr': {
    owner: 'clinician',
    waitingOn: 'clinician',
    within: { routine: businessDays(2), urgent: wallHours(24), emergency: wallHours(4) },
  },
  // CMS-0057-F (Interoperability and Prior Authorization): seven calendar days, 72 hours where it is expedited; an emergency is ours.
  'payer-decision': {
    owner: 'coordinator',
    waitingOn: 'payer',
    within: { routine: days(7), urgent: wallHours(72), emergency: wallHours(4) },
  },
  // Ours, as where an office declined.
  'payer-denial': {
    owner: 'coordinator',
    waitingOn: 'coordinator',
    within: { routine: businessDays(1), urgent: wallHours(24), emergency: wallHours(4) },
  },
  send: {
    owner: 'coordinator',
    waitingOn: 'coordinator',
    within: { routine: { hours: 4, clock: 'business' }, urgent: wallHours(4), emergency: wallHours(1) },
  },
  answer: {
    owner: 'coordinator',
    waitingOn: 'specialist',
    within: { routine: businessDays(2), urgent: wallHours(48), emergency: wallHours(4) },
  },
  book: { owner: 'coordinator', waitingOn: 'specialist', within: { routine: days(14), urgent: days(3), emergency: wallHours(4) } },
  // From the appointment's own time on.
  visit: { owner: 'coordinator', waitingOn: 'patient', within: { routine: days(0), urgent: days(0), emergency: days(0) } },
  'confirm-visit': { owner: 'coordinator', waitingOn: 'specialist', within: { routine: days(7), urgent: days(2), emergency: days(1) } },
  rebook: {
    owner: 'coordinator',
    waitingOn: 'patient',
    within: { routine: businessDays(1), urgent: wallHours(24), emergency: wallHours(4) },
  },
  note: {
    owner: 'coordinator',
    waitingOn: 'specialist',
    within: { routine: businessDays(5), urgent: businessDays(5), emergency: businessDays(5) },
  },
  // Ours.
  'match-report': {
    owner: 'coordinator',
    waitingOn: 'coordinator',
    within: { routine: businessDays(1), urgent: businessDays(1), emergency: businessDays(1) },
  },
  // Ours.
  review: {
    owner: 'clinician',
    waitingOn: 'clinician',
    within: { routine: businessDays(3), urgent: businessDays(1), emergency: businessDays(1) },
  },
  // Ours.
  reroute: {
    owner: 'coordinator',
    waitingOn: 'coordinator',
    within: { routine: businessDays(1), urgent: wallHours(24), emergency: wallHours(4) },
  },
  // Ours, as long as the coordinator has to find somebody: nobody is asked meanwhile.
  'approve-performer': {
    owner: 'clinician',
    waitingOn: 'clinician',
    within: { routine: businessDays(1), urgent: wallHours(24), emergency: wallHours(4) },
  },
  'confirm-cancellation': {
    owner: 'coordinator',
    waitingOn: 'specialist',
    within: { routine: businessDays(2), urgent: businessDays(2), emergency: businessDays(2) },
  },
  // Ours.
  reply: {
    owner: 'coordinator',
    waitingOn: 'coordinator',
    within: { routine: businessDays(1), urgent: wallHours(4), emergency: wallHours(1) },
  },
  // Ours: the patient was told to call 911; somebody here finds out that they are looked after.
  'check-on-patient': {
    owner: 'coordinator',
    waitingOn: 'coordinator',
    within: { routine: wallHours(0.25), urgent: wallHours(0.25), emergency: wallHours(0.25) },
  },
  // Ours.
  'answer-patient': {
    owner: 'coordinator',
    waitingOn: 'coordinator',
    within: { routine: businessDays(1), urgent: wallHours(4), emergency: wallHours(1) },
  },
  // Ours: the requirement (R144) has the referrer notified and names no time.
  'hear-decline': {
    owner: 'clinician',
    waitingOn: 'clinician',
    within: { routine: businessDays(2), urgent: wallHours(24), emergency: wallHours(4) },
  },
  // Ours.
  reconcile: {
    owner: 'coordinator',
    waitingOn: 'coordinator',
    within: { routine: businessDays(2), urgent: wallHours(24), emergency: wallHours(4) },
  },
};
