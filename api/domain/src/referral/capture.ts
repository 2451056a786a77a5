/**
 * What a resource of the EHR says of a referral: read as facts for `observe`, keyed by source, resource and version. What contradicts what
 * is ours by the registry of fields (source-of-truth.ts) is set aside for a person.
 * Sources: FHIR R4 Task, Appointment, Encounter, DocumentReference; LOINC 57133-1 is our own referral note.
 */
import type { Resource } from '../fhir/ehr-port.ts';
import { patientIdOf } from '../fhir/patient-of.ts';
import { concept, hasCode, LOINC, list, object, target, text } from '../fhir/read.ts';
import { referenceText } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import { NPI_SYSTEM, REPORT_IDENTIFIER_SYSTEM, TASK_IDENTIFIER_SYSTEM } from '../write-back/identifiers.ts';
import { type Appointment, type Attempt, DECLINE_REASONS, type DeclineReason, isEnded, type WorkStatus } from './attempt.ts';
import type { Happening, Performer } from './event.ts';
import type { ObservedFact } from './observe.ts';
import type { Referral } from './referral.ts';
import { type Field, judge, SOURCE_OF_TRUTH } from './source-of-truth.ts';
import { isChangedAfter, reasonOf, workOf } from './task-standing.ts';

/** The types that are looked at, those first that others rest on. */
export const CAPTURED = ['ServiceRequest', 'Task', 'Appointment', 'Encounter', 'DocumentReference'] as const;
export type CapturedType = (typeof CAPTURED)[number];

export type Capture = {
  facts: ObservedFact[];
  /** Written as they are: what contradicts what is ours. */
  asides: Happening[];
};

/** The referral and attempt that a Task names by our own identifier. */
export function taskKeyOf(resource: Resource): { referralId: string; attempt: number } | undefined {
  if (resource.resourceType !== 'Task') return undefined;
  const value = list(resource['identifier']).find(({ system }) => system === TASK_IDENTIFIER_SYSTEM)?.['value'];
  const found = /^(.{1,60})-([1-9]\d{0,3})$/.exec(text(value));
  return found?.[1] ? { referralId: found[1], attempt: Number(found[2]) } : undefined;
}

const referencesIn = (value: unknown): string[] => {
  const aim = target(value);
  return aim?.type === undefined ? [] : [`${aim.type}/${aim.id}`];
};

/** What it says it belongs to: orders and Tasks, as `Type/id`. Without any it is nothing of ours. */
export function belongsTo(resource: Resource): string[] {
  switch (resource.resourceType) {
    case 'ServiceRequest':
      return resource.id === undefined ? [] : [`ServiceRequest/${resource.id}`];
    case 'Task':
      return [...referencesIn(resource['focus']), ...list(resource['basedOn']).flatMap(referencesIn)];
    case 'Appointment':
    case 'Encounter':
      return list(resource['basedOn']).flatMap(referencesIn);
    case 'DocumentReference':
      return list(object(resource['context'])['related']).flatMap(referencesIn);
    default:
      return [];
  }
}

/** The patient whose it is, where it says so. */
export function patientIn(resource: Resource, base: string): string | undefined {
  const participants = list(resource['participant']).map((each) => object(each['actor']));
  for (const named of [object(resource['for']), object(resource['subject']), ...participants]) {
    const patient = patientIdOf(named['reference'], base);
    if (patient !== undefined) return patient;
  }
  return undefined;
}

/** Whether it belongs to this referral, by our identifier or by what it names. */
export function isOfReferral(resource: Resource, { id, order, attempts }: Referral): boolean {
  const named = taskKeyOf(resource);
  if (named) return named.referralId === id;
  // Others may keep Tasks of their own about our order: those say nothing of how far the performer is.
  if (resource.resourceType === 'Task') return attempts.some(({ task }) => task?.id === resource.id);
  if (order.status === 'draft' || order.status === 'approved') return false;
  const ours = [
    ...(order.reference ? [referenceText(order.reference)] : []),
    ...attempts.flatMap(({ task }) => (task ? [referenceText(task)] : [])),
  ];
  return belongsTo(resource).some((reference) => ours.includes(reference));
}

function attemptOf(resource: Resource, { id, attempts }: Referral): Attempt | undefined {
  const named = taskKeyOf(resource);
  const byKey = named?.referralId === id ? attempts.find(({ number }) => number === named.attempt) : undefined;
  const names = resource.resourceType === 'Task' ? [`Task/${resource.id}`] : belongsTo(resource);
  return byKey ?? attempts.find(({ task }) => task !== null && names.includes(referenceText(task))) ?? attempts.at(-1);
}

/** What names somebody by their NPI. */
const npisOf = (resource: Resource): string[] =>
  list(resource['participant']).flatMap((each) => npiIn(each['actor']) ?? npiIn(each['individual']) ?? []);

const isWith = ({ npi }: Performer, npis: readonly string[]): boolean => npi !== null && npis.includes(npi);

/** What was told before by telephone, by link or by the patient bears an id of ours: the EHR's Appointment is known to be it by its time. */
const toldBefore = ({ appointments }: Attempt, startsAt: Instant | undefined): Appointment | undefined =>
  appointments.find((each) => each.startsAt === startsAt && !each.id.startsWith('Appointment/'));

/**
 * Whose a booking or a visit is: R4 lets both name the order alone, and of one order several specialists may have been asked. Undefined where
 * nothing says it: the one who is asked now has not cancelled what another booked.
 */
function attemptMeeting(resource: Resource, { attempts }: Referral): Attempt | undefined {
  if (attempts.length < 2) return attempts.at(-1);
  const ids = [`${resource.resourceType}/${resource.id}`, ...list(resource['appointment']).flatMap(referencesIn)];
  const npis = npisOf(resource);
  const known = attempts.findLast(({ appointments }) => appointments.some(({ id }) => ids.includes(id)));
  const named = known ?? attempts.findLast(({ performer }) => isWith(performer, npis));
  if (named || npis.length > 0) return named;
  const startsAt = resource.resourceType === 'Appointment' ? startOf(resource) : undefined;
  const told = attempts.findLast((each) => toldBefore(each, startsAt));
  if (told) return told;
  // What is to come of an order is booked with who is asked now.
  const isToCome = APPOINTMENTS[text(resource['status'])] === 'booked' && resource.resourceType === 'Appointment';
  return isToCome ? attempts.findLast((each) => !isEnded(each)) : undefined;
}

const WHOSE = 'Several specialists were asked for this order, and it does not say with whom it is. Nothing of it was taken.';

/** A clock of the EHR that is ahead of ours says now. */
const within = (at: unknown, now: Instant): Instant | undefined => {
  const moment = typeof at === 'string' && /^\d{4}-\d\d-\d\d/.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(moment)) return undefined;
  const instant = new Date(moment).toISOString();
  return instant > now ? now : instant;
};

const startOf = (appointment: Resource): Instant | undefined => {
  const at = Date.parse(text(appointment['start']));
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
};

const changedAt = (resource: Resource, now: Instant): Instant => within(resource.meta?.lastUpdated, now) ?? now;

const keyOf = ({ resourceType, id, meta }: Resource): string => `fhir/${resourceType}/${id}/${meta?.versionId ?? meta?.lastUpdated ?? ''}`;

function aside(resource: Resource, field: Field, theirs: string, words: string, at: Instant): Happening {
  return {
    effectiveAt: at,
    // Once for each value, however many versions say so.
    factKey: `fhir/${resource.resourceType}/${resource.id}/${field}/${theirs}`,
    fact: { type: 'fact-set-aside', version: 1, what: SOURCE_OF_TRUTH[field].element, why: words },
  };
}

export type Known = {
  base: string;
  now: Instant;
  /** Where we ourselves want the Task of this attempt to stand, or wanted it: read back, that is no news. */
  written: (attempt: number) => readonly WorkStatus[];
};

/** @param resource one for which `isOfReferral` holds */
export function capture(resource: Resource, referral: Referral, known: Known): Capture {
  const at = changedAt(resource, known.now);
  const patient = patientIn(resource, known.base);
  if (patient !== undefined && judge('patient', referral.patientId, patient) === 'set-aside')
    return { facts: [], asides: [aside(resource, 'patient', patient, 'It names another patient. Nothing of it was taken.', at)] };
  const attempt = attemptOf(resource, referral);
  switch (resource.resourceType) {
    case 'ServiceRequest':
      return ofOrder(resource, referral, at);
    case 'Task':
      return attempt ? ofTask(resource, attempt, known, at) : { facts: [], asides: [] };
    case 'Appointment':
    case 'Encounter': {
      const isBooking = resource.resourceType === 'Appointment';
      const met = attemptMeeting(resource, referral);
      const facts = (isBooking ? ofAppointment : ofEncounter)(resource, met, known.now, at);
      // A visit with somebody who was not asked is care elsewhere; a booking with them is nothing of this order's.
      const isNobodys = met === undefined && referral.attempts.length > 1 && (isBooking || npisOf(resource).length === 0);
      if (facts.length === 0 || !isNobodys) return { facts, asides: [] };
      // Taken when it was still told whose it is.
      if (referral.factKeys.includes(keyOf(resource))) return { facts: [], asides: [] };
      return { facts: [], asides: [aside(resource, isBooking ? 'appointment' : 'visit', text(resource['status']), WHOSE, at)] };
    }
    case 'DocumentReference':
      return { facts: ofDocument(resource, referral, attempt, known.now, at), asides: [] };
    default:
      return { facts: [], asides: [] };
  }
}

/** R19, read backwards; asap is more than routine. */
const URGENCIES: Readonly<Record<string, Referral['urgency']>> = {
  routine: 'routine',
  urgent: 'urgent',
  asap: 'urgent',
  stat: 'emergency',
};

function ofOrder(resource: Resource, referral: Referral, at: Instant): Capture {
  const reference = `ServiceRequest/${resource.id}`;
  const status = text(resource['status']);
  const urgency = URGENCIES[text(resource['priority'])];
  const differs = urgency !== undefined && judge('priority', referral.urgency, urgency) === 'set-aside';
  const words = `The order in the EHR is “${text(resource['priority'])}” now, and “${referral.urgency}” was approved.`;
  return {
    facts: status === '' ? [] : [{ kind: 'order-read', reference, status, versionId: resource.meta?.versionId ?? null }],
    asides: differs && urgency !== undefined ? [aside(resource, 'priority', urgency, words, at)] : [],
  };
}

const npiIn = (reference: unknown): string | undefined => {
  const identifier = object(object(reference)['identifier']);
  return identifier['system'] === NPI_SYSTEM ? text(identifier['value']) || undefined : undefined;
};

function ofTask(resource: Resource, attempt: Attempt, { now, written }: Known, at: Instant): Capture {
  const owner = npiIn(resource['owner']);
  const taken = owner !== undefined && judge('performer', attempt.performer.npi, owner) === 'set-aside';
  const asides = taken
    ? [aside(resource, 'performer', owner, `The Task in the EHR is with another specialist now (NPI ${owner}).`, at)]
    : [];
  const work = workOf(resource);
  const isOurs = work !== undefined && written(attempt.number).includes(work) && !isSeenAgain(work, resource, attempt);
  if (work === undefined || isOurs) return { facts: [], asides };
  const base = { attempt: attempt.number, at: within(resource['lastModified'], now) ?? at, key: keyOf(resource) };
  return { facts: workFact(work, resource, attempt, base), asides };
}

const BOOKED_SINCE: readonly WorkStatus[] = ['scheduled', 'missed', 'appointment-cancelled'];

/** Of the visit before we may have written that it was; said after another was booked it is of that one. */
const isSeenAgain = (held: WorkStatus, task: Resource, { work }: Attempt): boolean =>
  held === 'seen' && BOOKED_SINCE.includes(work.status) && work.since !== null && isChangedAfter(task, work.since);

type Base = { attempt: number; at: Instant; key: string };

function workFact(work: WorkStatus, task: Resource, { performer }: Attempt, base: Base): ObservedFact[] {
  switch (work) {
    case 'received':
    case 'accepted':
      return [{ kind: work, ...base }];
    case 'in-progress':
      return [{ kind: 'work-begun', ...base }];
    case 'declined':
      return [{ kind: 'declined', reason: declineReason(reasonOf(task)), ...base }];
    case 'cancelled':
      return [{ kind: 'cancellation-confirmed', ...base }];
    case 'seen': {
      const { npi, nucc, network } = performer;
      return [{ kind: 'visit', seenBy: { npi, nucc, network }, evidence: 'note', ...base }];
    }
    // A booking is told by its Appointment and a report by its document: the Task says neither when nor what.
    case 'scheduled':
    case 'missed':
    case 'appointment-cancelled':
      return [{ kind: 'accepted', ...base }];
    case 'completed':
      return [{ kind: 'accepted', ...base }];
    case 'draft':
    case 'sent':
    case 'cancellation-requested':
      return [];
  }
}

/** By our own code where the other side uses it; words alone are kept by nobody and so are “other”. */
const declineReason = (words: string): DeclineReason =>
  DECLINE_REASONS.find((reason) => reason === words || reason.replaceAll('-', ' ') === words.toLowerCase()) ?? 'other';

/** FHIR R4 appointmentstatus; what is only proposed is no booking. */
const APPOINTMENTS: Readonly<Record<string, 'booked' | 'cancelled' | 'noshow' | 'fulfilled'>> = {
  booked: 'booked',
  arrived: 'booked',
  'checked-in': 'booked',
  fulfilled: 'fulfilled',
  cancelled: 'cancelled',
  'entered-in-error': 'cancelled',
  noshow: 'noshow',
};

function ofAppointment(resource: Resource, attempt: Attempt | undefined, now: Instant, at: Instant): ObservedFact[] {
  const status = APPOINTMENTS[text(resource['status'])];
  const startsAt = startOf(resource);
  if (status === undefined || startsAt === undefined) return [];
  const own = `Appointment/${resource.id}`;
  const isKnown = attempt?.appointments.some(({ id }) => id === own) === true;
  const appointmentId = (attempt && !isKnown && toldBefore(attempt, startsAt)?.id) || own;
  const happenedAt = status === 'fulfilled' || status === 'noshow' ? (within(startsAt, now) ?? at) : at;
  return [{ kind: 'appointment', attempt: attempt?.number ?? null, appointmentId, startsAt, status, at: happenedAt, key: keyOf(resource) }];
}

function ofEncounter(resource: Resource, attempt: Attempt | undefined, now: Instant, at: Instant): ObservedFact[] {
  if (text(resource['status']) !== 'finished') return [];
  const period = object(resource['period']);
  const seenAt = within(period['end'], now) ?? within(period['start'], now) ?? at;
  const kept = list(resource['appointment']).flatMap(referencesIn);
  const appointment = attempt?.appointments.find(({ id }) => kept.includes(id));
  const key = keyOf(resource);
  if (attempt && appointment) {
    const { id: appointmentId, startsAt } = appointment;
    return [{ kind: 'appointment', attempt: attempt.number, appointmentId, startsAt, status: 'fulfilled', at: seenAt, key }];
  }
  const npis = npisOf(resource);
  // Whoever was asked may have had others with them.
  const npi = (attempt && isWith(attempt.performer, npis) ? attempt.performer.npi : npis[0]) ?? null;
  const seenBy = { npi, nucc: null, network: 'unknown' as const };
  return [{ kind: 'visit', attempt: attempt?.number ?? null, seenBy, evidence: 'note', at: seenAt, key }];
}

/** What Refloop filed itself is no news: its referral note, and the notes that came back by another way. */
const REFERRAL_NOTE = ['57133-1'];

const wasTakenOff = ({ reports }: Referral, id: string): boolean =>
  reports.some(({ document, takenOff }) => takenOff > 0 && document?.type === 'DocumentReference' && document.id === id);

function ofDocument(resource: Resource, referral: Referral, attempt: Attempt | undefined, now: Instant, at: Instant): ObservedFact[] {
  const isOurs =
    hasCode(concept(resource['type']), LOINC, REFERRAL_NOTE) ||
    list(resource['identifier']).some(({ system }) => system === REPORT_IDENTIFIER_SYSTEM) ||
    // Of an EHR that keeps no identifiers: where we know that we wrote it.
    referral.reports.some(({ chart }) => chart.document?.id === resource.id);
  if (isOurs || text(resource['status']) !== 'current' || resource.id === undefined) return [];
  const form = text(resource['docStatus']) === 'preliminary' ? ('interim' as const) : ('final' as const);
  const npis = list(resource['author']).flatMap((each) => npiIn(each) ?? []);
  const author = referral.attempts.findLast(({ performer }) => isWith(performer, npis));
  const asked = npis.length === 0 ? attempt : author;
  const fromNpi = author?.performer.npi ?? npis[0] ?? null;
  const reference = `DocumentReference/${resource.id}`;
  return [
    {
      kind: 'report',
      attempt: (asked ?? attempt)?.number ?? null,
      // A preliminary note that is made final is a report of its own.
      reportId: form === 'final' ? reference : `${reference}/interim`,
      form,
      document: { type: 'DocumentReference', id: resource.id },
      fromNpi,
      // Of somebody who was not asked, a person says whose it is; and of what was taken off, as where an interim note is made final.
      matched: asked !== undefined && !wasTakenOff(referral, resource.id),
      at: within(resource['date'], now) ?? at,
      key: keyOf(resource),
    },
  ];
}
