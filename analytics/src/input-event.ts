/**
 * One event as the warehouse takes it: an allow-list of columns, never the event with something removed. Pseudonyms, dates, codes and
 * three digits of the ZIP code; no free text, no name, no identifier of a person or of a resource in the chart. That is a limited data
 * set (45 CFR 164.514(e)), and still PHI.
 */
import { dayOf as dayInUtc, type Instant } from '@refloop/domain/instant';
import type { Actor, Performer, ReferralEvent, ReferralFact, Setting } from '@refloop/domain/referral/event';
import { stagesOfNotes } from '@refloop/domain/referral/inference';
import { fold, orderStanding } from '@refloop/domain/referral/referral';
import type { DayOf } from './calendar-day.ts';
import type { Pseudonyms } from './pseudonym.ts';
import restrictedZip3 from './restricted-zip3.json' with { type: 'json' };
import { type StaffAct, sideOf, staffActsOf } from './staff-acts.ts';

export type History = {
  tenant: string;
  /** FHIR base of the EHR. */
  issuer: string;
  /** Name of the EHR's site entry. */
  site: string;
  referralId: string;
  patientId: string;
  events: readonly ReferralEvent[];
  /** As its source listed it (reading.ts); without one, or where something of it was withheld, it is read again the next time. */
  mark?: string | null;
};

/** The columns of what is read, with their types in DuckDB. */
export const INPUT_COLUMNS = {
  tenant: 'varchar',
  issuer: 'varchar',
  site: 'varchar',
  referral: 'varchar',
  patient: 'varchar',
  sequence: 'integer',
  type: 'varchar',
  /** When it happened; null where that is only inferred. In the time zone of the import, as all dates here. */
  effective_on: 'date',
  /** When Refloop learned of it; of a stage that a note alone shows, when that was linked. */
  recorded_on: 'date',
  specialty: 'varchar',
  urgency: 'varchar',
  service: 'varchar',
  kind: 'varchar',
  /** Who signed: the pseudonym of the actor of the approval. */
  requester: 'varchar',
  clinic: 'varchar',
  payer: 'varchar',
  zip3: 'varchar',
  miles: 'double',
  language: 'varchar',
  /** NPI of the specialist asked, or of who saw the patient: of the public register. */
  performer: 'varchar',
  performer_nucc: 'varchar',
  network: 'varchar',
  /** Of the specialist chosen, in the ranking that was shown. */
  rank: 'integer',
  attempt: 'integer',
  appointment: 'varchar',
  starts_on: 'date',
  report: 'varchar',
  /** What an event of the order made of it in the chart: active, awaiting-signature, revoked. */
  order_standing: 'varchar',
  /** The coded part of the event: a reason, an outcome, an ending; what it is follows from the type. */
  detail: 'varchar',
  /** Whose act it is: staff, software, office, patient. */
  side: 'varchar',
  /** Of staff: the pseudonym of who acted. */
  person: 'varchar',
  /** Of staff: 1, 2, 3 … within one referral. What one person does at one moment is one act, however many events it makes. */
  act: 'integer',
  /** Seconds since the same person's act before on this referral, in the same session; null where that is too long ago (staff-acts.ts). */
  act_seconds: 'double',
  /** A stage that only a note showed which was taken off: it counts as not having been. Null of every other. */
  withdrawn: 'boolean',
  /** The day on which a stage came to be known anew, as `withdrawn` only of a history in which a note was taken off. */
  known_on: 'date',
  /** Up to which event that history was known, as it says so: where it comes in parts too, the longest is right. */
  judged_to: 'integer',
} as const;

type Column = keyof typeof INPUT_COLUMNS;
export type InputEvent = Partial<Record<Column, string | number | boolean | null>>;

const RESTRICTED = new Set(restrictedZip3);

/**
 * Three digits, or 000 where an area of so few people has them that they tell too much: at most 20,000 in the census of 2000
 * (45 CFR 164.514(b)(2)(i)(B); the list of 67 FR 53182, 53233). A limited data set may keep them; nobody misses them here.
 */
export function safeZip3(zip3: string | null): string | null {
  if (zip3 === null || !PATTERNS.zip3.test(zip3)) return null;
  return RESTRICTED.has(zip3) ? '000' : zip3;
}

/** What a value of each kind looks like: read the same by JavaScript and by DuckDB (RE2), since both let values in by them. */
export const PATTERNS = {
  /** Of codes alone: what does not look like one is left out, so that no text can come in by such a field. */
  code: /^[a-z0-9][a-z0-9-]{0,39}$/,
  npi: /^[0-9]{10}$/,
  nucc: /^[0-9A-Z]{10}$/,
  language: /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
  zip3: /^[0-9]{3}$/,
} as const;

const matching = (pattern: RegExp, text: string | null): string | null => (text !== null && pattern.test(text) ? text : null);
const code = (text: string | null): string | null => matching(PATTERNS.code, text);
const npi = (text: string | null): string | null => matching(PATTERNS.npi, text);
const nucc = (text: string | null): string | null => matching(PATTERNS.nucc, text);
const language = (text: string | null): string | null => matching(PATTERNS.language, text);
/** Names of organisations, as the EHR's coverage and the site file have them. */
const LABEL = 80;
/** Half of a character at its end is none: nothing could be written of it. */
export const label = (text: string | null): string | null =>
  text === null || text.trim() === ''
    ? null
    : text
        .trim()
        .slice(0, LABEL)
        .replace(/[\ud800-\udbff]$/, '');

const performerOf = (performer: Performer): InputEvent => ({
  performer: npi(performer.npi),
  performer_nucc: nucc(performer.nucc),
  network: performer.network,
  rank: performer.rank,
});

const settingOf = (setting: Setting | null): InputEvent =>
  setting === null
    ? {}
    : {
        clinic: label(setting.clinic),
        payer: label(setting.payer),
        zip3: safeZip3(setting.zip3),
        miles: setting.miles,
        language: language(setting.language),
      };

/** `ServiceRequest/1`: what names a resource. */
const isReference = (text: string): boolean => {
  const [type, id] = text.split('/');
  return Boolean(type) && Boolean(id);
};

/** What of an event's own fields the measures need; an event that none needs keeps its type and its dates. */
function fieldsOf(fact: ReferralFact, within: (kind: 'appointment' | 'report', id: string) => string, dayOf: DayOf): InputEvent {
  switch (fact.type) {
    case 'referral-started':
    case 'recommendation-made':
      return { specialty: fact.specialty, urgency: fact.urgency, kind: fact.kind, service: fact.service };
    case 'referral-approved':
      return {
        ...performerOf(fact.performer),
        ...settingOf(fact.setting),
        attempt: 1,
        detail: fact.overrideReason?.code ?? null,
      };
    case 'write-step-settled':
      if (fact.outcome.status === 'by-hand') return { order_standing: 'active' };
      return fact.step === 'ServiceRequest' && fact.outcome.status === 'done' && isReference(fact.outcome.reference)
        ? { order_standing: orderStanding(fact.outcome.orderStatus) }
        : {};
    case 'order-status-observed':
      return { order_standing: orderStanding(fact.status) };
    case 'attempt-opened':
      return { ...performerOf(fact.performer), attempt: fact.attempt, detail: fact.because };
    case 'performer-proposed':
      return { ...performerOf(fact.performer), detail: fact.because };
    case 'performer-approved':
    case 'performer-refused':
      return performerOf(fact.performer);
    case 'attempt-withdrawn':
      return { attempt: fact.attempt, detail: fact.because };
    case 'attempt-sent':
      return { attempt: fact.attempt, detail: fact.channel };
    case 'transmission-delivered':
    case 'transmission-failed':
    case 'attempt-received':
    case 'attempt-accepted':
    case 'work-begun':
    case 'dates-offered':
    case 'cancellation-requested':
    case 'cancellation-confirmed':
      return { attempt: fact.attempt };
    case 'attempt-declined':
      return { attempt: fact.attempt, detail: fact.reason };
    case 'appointment-booked':
      return { attempt: fact.attempt, appointment: within('appointment', fact.appointmentId), starts_on: dayOf(fact.startsAt) };
    case 'appointment-missed':
      return { attempt: fact.attempt, appointment: within('appointment', fact.appointmentId) };
    case 'appointment-cancelled':
      return { attempt: fact.attempt, appointment: within('appointment', fact.appointmentId), detail: fact.by };
    case 'patient-seen':
      return { attempt: fact.attempt, appointment: fact.appointmentId === null ? null : within('appointment', fact.appointmentId) };
    case 'report-received':
      return { report: within('report', fact.reportId), detail: fact.form, performer: npi(fact.fromNpi) };
    case 'report-matched':
      return { report: within('report', fact.reportId), attempt: fact.attempt };
    case 'report-unlinked':
      return { report: within('report', fact.reportId), detail: fact.because };
    case 'report-reviewed':
    case 'report-refused':
    case 'report-filed':
    case 'receipt-recorded':
      return { report: within('report', fact.reportId) };
    case 'authorization-decided':
      return { detail: fact.decision.status === 'denied' ? fact.decision.reason : fact.decision.status };
    case 'authorization-for-another':
      return { attempt: fact.attempt };
    case 'patient-contacted':
      return { detail: fact.outcome };
    case 'seen-elsewhere':
      return {
        performer: npi(fact.seenBy.npi),
        performer_nucc: nucc(fact.seenBy.nucc),
        network: fact.seenBy.network,
        detail: fact.evidence,
      };
    case 'loss-reason-recorded':
      return { detail: fact.primary };
    case 'order-ended':
      return { detail: fact.how };
    case 'recommendation-dismissed':
    case 'recommendation-pended':
    case 'pend-taken-back':
    case 'none-in-network-found':
    case 'write-back-planned':
    case 'write-step-attempted':
    case 'write-candidates-refused':
    case 'approval-withdrawn':
    case 'order-changed-before-write':
    case 'authorization-asked':
    case 'fact-set-aside':
    case 'set-aside-settled':
    case 'coordinator-assigned':
    case 'message-posted':
    case 'patient-heard':
    case 'chart-found':
      return {};
    case 'escalation-raised':
      return { detail: fact.act };
    case 'patient-messaged':
      return { detail: `${fact.topic}-${fact.outcome}` };
    case 'patient-wrote':
      return { detail: fact.meaning };
    case 'patient-consent-changed':
      return { detail: `${fact.channel}-${fact.given ? 'given' : 'withdrawn'}` };
    case 'patient-rated':
    case 'clinician-rated':
      return { detail: String(fact.score) };
  }
}

/** Columns of codes: whatever a field holds, nothing but a code enters by them. */
export const CODES = ['specialty', 'urgency', 'service', 'kind', 'network', 'order_standing', 'detail'] as const;

function codesAlone(fields: InputEvent): InputEvent {
  const coded = CODES.filter((name) => typeof fields[name] === 'string').map((name) => [name, code(String(fields[name]))] as const);
  return { ...fields, ...Object.fromEntries(coded) };
}

function requesterOf(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
    case 'covering':
      return actor.fhirUser;
    case 'software':
      return actor.name;
    case 'office':
      return actor.npi;
    case 'patient':
      return actor.as;
  }
}

const actOf = (act: StaffAct | undefined, personOf: (fhirUser: string) => string): InputEvent =>
  act ? { person: personOf(act.fhirUser), act: act.number, act_seconds: act.seconds } : {};

/**
 * Of the stages that notes show, by the fold's word (stagesOfNotes): the day on which each came to be known anew, and which are no more.
 * Only where a note was taken off is any of it other than what the events say by themselves.
 */
function stagesIn({ referralId, events }: History): Judged | undefined {
  if (!events.some(({ fact }) => fact.type === 'report-unlinked')) return undefined;
  const inOrder = events.toSorted((one, other) => one.sequence - other.sequence);
  const referral = inOrder[0]?.fact.type === 'referral-started' ? fold(referralId, inOrder) : undefined;
  return referral && { stages: stagesOfNotes(referral), to: referral.lastSequence };
}

type Judged = { stages: ReadonlyMap<number, Instant | null>; to: number };

function judgedOf(judged: Judged | undefined, { sequence, recordedAt }: ReferralEvent, dayOf: DayOf): InputEvent {
  if (!judged) return {};
  const since = judged.stages.get(sequence);
  return { withdrawn: since === null, known_on: dayOf(since ?? recordedAt), judged_to: judged.to };
}

/**
 * The history of one referral, flattened. Nothing here depends on any other history, nor on the order in which they come.
 * @param dayOf the day of an instant, in UTC unless told
 */
export function flatten(history: History, pseudonyms: Pseudonyms, dayOf: DayOf = dayInUtc): InputEvent[] {
  const { tenant, issuer, site, referralId, patientId, events } = history;
  const referral = pseudonyms.referral(history, referralId);
  const of = { tenant, issuer, site, referral, patient: pseudonyms.patient(history, patientId) };
  // An appointment is booked, moved and kept: of each the pseudonym is made once.
  const known = new Map<string, string>();
  const within = (kind: 'appointment' | 'report', id: string): string => {
    const name = `${kind} ${id}`;
    const pseudonym = known.get(name) ?? pseudonyms.within(referral, kind, id);
    known.set(name, pseudonym);
    return pseudonym;
  };
  const acts = staffActsOf(events);
  const judged = stagesIn(history);
  return events.map((event) => ({
    ...of,
    sequence: event.sequence,
    type: event.fact.type,
    effective_on: event.effectiveAt === null ? null : dayOf(event.effectiveAt),
    recorded_on: dayOf(event.recordedAt),
    ...judgedOf(judged, event, dayOf),
    ...(event.fact.type === 'referral-approved' ? { requester: pseudonyms.requester(history, requesterOf(event.actor)) } : {}),
    side: sideOf(event.actor),
    ...actOf(acts.get(event.sequence), (fhirUser) => pseudonyms.requester(history, fhirUser)),
    ...(event.fact.type === 'clinician-rated' && sideOf(event.actor) === 'staff'
      ? { person: pseudonyms.requester(history, requesterOf(event.actor)) }
      : {}),
    ...codesAlone(fieldsOf(event.fact, within, dayOf)),
  }));
}
