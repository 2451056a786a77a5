/** What is known of a referral, read straight from its events, by other means than the warehouse: one pass, in order, with a memory. */
import type { ReferralEvent, ReferralFact, Setting } from '@refloop/domain/referral/event';
import { type LossReason, lossBucketOf } from '@refloop/domain/referral/loss-reason';
import { dayNumber } from './calendar.ts';
import { type Obstacles, readObstacles } from './obstacles.ts';
import { whatStands } from './what-stands.ts';
import { readWork, type Work } from './work-facts.ts';

type Network = 'in' | 'out' | 'unknown';
type Asked = { npi: string; network: Network };
type Visit = {
  place: 'asked' | 'elsewhere';
  /** NPI of who saw the patient, where it is known. */
  performer: string | null;
  attempt: number | null;
  seenOn: number | null;
  knownOn: number;
  network: Network;
  askedNetwork: Network;
  approvedPerformer: boolean;
};

/** `day` is null where it is not known, or lies before the order. */
export type Moment = { day: number | null; knownOn: number };

/** What happens once, or what counts the first time. */
export type Stage = 'sent' | 'answered' | 'accepted' | 'declined' | 'booked' | 'seen';

export type Report = {
  id: string;
  form: 'interim' | 'final';
  received: Moment;
  /** The attempt it answers; null until it is linked to one. */
  attempt: number | null;
  linkedOn: number | null;
  reviewedOn: number | null;
};

export type Booking = {
  attempt: number;
  appointmentId: string;
  bookedOn: number | null;
  startsOn: number;
  kept: boolean;
  /** The last word where it was not kept. */
  lost: 'missed' | 'cancelled' | null;
  lostOn: number | null;
  /** The kind of who told of it here; null where that is not told. */
  by: string | null;
};

export type ReferralFacts = {
  id: string;
  patient: string;
  /** When it was begun, or heard of. */
  startedOn: number;
  /** What the chart said last of any order of it; null where it never said anything. */
  chart: Standing | null;
  specialty: string;
  urgency: string;
  service: string;
  /** Whether Refloop ever recommended anybody for it. */
  recommended: boolean;
  /** Null of what was never ordered. */
  order: null | {
    on: number;
    /** Of the specialist of the order. */
    network: Network;
    /** NPI of the specialist of the order. */
    performer: string;
    /** What that specialist said first; null while nothing is heard. */
    answer: { how: 'accepted' | 'declined'; on: number } | null;
    requester: string;
    setting: Setting | null;
    wasActive: boolean;
    end: { how: string; on: number } | null;
    bookedBy: number | null;
    visits: Visit[];
    lawfulOverride: boolean;
    /** Of the specialist ordered, in the list that was shown. */
    rank: number | null;
    first: Partial<Record<Stage, Moment>>;
    reports: Report[];
    /** Linked by mistake, and taken off again. */
    takenOff: Report[];
    /** Ids of all that came, in that order. */
    came: string[];
    /** In the order in which they were told. */
    bookings: Booking[];
    /** What the patient was written to about. */
    writtenAbout: Set<string>;
    /** What the patient said last, from 1 to 5. */
    score: number | null;
  };
  lossReason: string | null;
  obstacles: Obstacles | null;
  /** What people of the practice did, from the first day on. */
  work: Work;
  /** How its clinicians found their work, in the order in which they said it. */
  pulses: { person: string; score: number; on: number }[];
};

type Standing = 'approved' | 'active' | 'awaiting' | 'revoked' | 'ended';
type OrderNow = NonNullable<ReferralFacts['order']> & { standing: Standing; asked: Map<number, Asked>; lastAsked: number };

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

const STAGES_OF: Partial<Record<ReferralFact['type'], Stage[]>> = {
  'attempt-sent': ['sent'],
  'attempt-received': ['answered'],
  'attempt-accepted': ['answered', 'accepted'],
  'work-begun': ['answered'],
  'attempt-declined': ['answered', 'declined'],
  'appointment-booked': ['answered', 'booked'],
  'patient-seen': ['seen'],
};

function followReport(order: OrderNow, fact: ReferralFact, moment: Moment): void {
  if (fact.type === 'report-received') {
    const { reportId: id, form } = fact;
    order.came.push(id);
    order.reports.push({ id, form, received: moment, attempt: null, linkedOn: null, reviewedOn: null });
  } else if (fact.type === 'report-matched' || fact.type === 'report-reviewed') {
    const off = order.takenOff.find(({ id }) => id === fact.reportId);
    if (off && fact.type === 'report-matched') {
      order.takenOff = order.takenOff.filter((each) => each !== off);
      order.reports = [...order.reports, off].sort((left, right) => order.came.indexOf(left.id) - order.came.indexOf(right.id));
    }
    const report = order.reports.find(({ id }) => id === fact.reportId);
    if (report === undefined) return;
    if (fact.type === 'report-reviewed') report.reviewedOn = Math.min(report.reviewedOn ?? moment.knownOn, moment.knownOn);
    else {
      report.attempt = fact.attempt;
      report.linkedOn = Math.min(report.linkedOn ?? moment.knownOn, moment.knownOn);
    }
  } else if (fact.type === 'report-unlinked') {
    const place = order.reports.findIndex(({ id }) => id === fact.reportId);
    const [report] = place < 0 ? [] : order.reports.splice(place, 1);
    if (report) order.takenOff.push({ ...report, attempt: null, linkedOn: null, reviewedOn: null });
  }
}

/** What is told of an appointment is of its latest date; a visit that names none is of the last one booked with that specialist. */
function followBooking({ bookings }: OrderNow, fact: ReferralFact, when: { seenOn: number | null; knownOn: number }, by: string): void {
  if (fact.type === 'appointment-booked') {
    const { attempt, appointmentId, startsAt } = fact;
    const startsOn = dayNumber(startsAt);
    const bookedOn = when.seenOn !== null && when.seenOn <= startsOn ? when.seenOn : null;
    bookings.push({ attempt, appointmentId, bookedOn, startsOn, kept: false, lost: null, lostOn: null, by });
  } else if (fact.type === 'appointment-missed' || fact.type === 'appointment-cancelled') {
    const booking = bookings.findLast((each) => each.attempt === fact.attempt && each.appointmentId === fact.appointmentId);
    if (booking === undefined) return;
    booking.lost = fact.type === 'appointment-missed' ? 'missed' : 'cancelled';
    booking.lostOn = when.knownOn;
  } else if (fact.type === 'patient-seen') {
    const ofAttempt = bookings.filter(({ attempt }) => attempt === fact.attempt);
    const last = ofAttempt.at(-1);
    const named = ofAttempt.findLast(({ appointmentId }) => appointmentId === fact.appointmentId);
    if (fact.appointmentId !== null && named !== undefined) named.kept = true;
    if (fact.appointmentId === null && last?.lost === null && last.startsOn <= when.knownOn + 1) last.kept = true;
  }
}

/** Of the specialist of the order; whoever is asked later stands at another distance. */
function followAnswer(order: OrderNow, fact: ReferralFact, on: number): void {
  if ((fact.type !== 'attempt-accepted' && fact.type !== 'attempt-declined') || fact.attempt !== 1) return;
  const how = fact.type === 'attempt-accepted' ? 'accepted' : 'declined';
  if (order.answer === null || on < order.answer.on) order.answer = { how, on };
}

export function readFacts(id: string, events: readonly ReferralEvent[]): ReferralFacts {
  const facts: ReferralFacts = {
    id,
    patient: '',
    startedOn: dayNumber(events[0]?.recordedAt ?? ''),
    chart: null,
    specialty: '',
    urgency: '',
    service: '',
    recommended: false,
    order: null,
    lossReason: null,
    obstacles: readObstacles(whatStands(events)),
    work: readWork(events),
    pulses: events.flatMap(({ fact, actor, recordedAt }) =>
      fact.type === 'clinician-rated' && 'fhirUser' in actor
        ? [{ person: actor.fhirUser, score: fact.score, on: dayNumber(recordedAt) }]
        : [],
    ),
  };
  let order: OrderNow | null = null;
  for (const { fact, effectiveAt, recordedAt, actor } of whatStands(events)) {
    const seenOn = effectiveAt === null ? null : dayNumber(effectiveAt);
    const knownOn = seenOn ?? dayNumber(recordedAt);
    if (fact.type === 'referral-started') facts.patient = fact.patientId;
    if (fact.type === 'order-status-observed') facts.chart = standingOf(fact.status);
    if (fact.type === 'write-step-settled' && fact.outcome.status === 'by-hand') facts.chart = 'active';
    if (fact.type === 'write-step-settled' && fact.step === 'ServiceRequest' && fact.outcome.status === 'done')
      facts.chart = standingOf(fact.outcome.orderStatus);
    if (fact.type === 'referral-started' || fact.type === 'recommendation-made') {
      facts.specialty = fact.specialty;
      facts.urgency = fact.urgency;
      facts.service = fact.service;
      if (fact.type === 'recommendation-made') facts.recommended = true;
    } else if (fact.type === 'loss-reason-recorded') facts.lossReason = fact.primary;
    else if (fact.type === 'referral-approved') {
      order = {
        on: knownOn,
        network: fact.performer.network,
        performer: fact.performer.npi,
        answer: null,
        requester: 'fhirUser' in actor ? actor.fhirUser : '',
        setting: fact.setting,
        wasActive: false,
        end: null,
        bookedBy: null,
        visits: [],
        lawfulOverride: fact.overrideReason !== null && LAWFUL_OVERRIDES.includes(fact.overrideReason.code),
        rank: fact.performer.rank,
        first: {},
        reports: [],
        takenOff: [],
        came: [],
        bookings: [],
        writtenAbout: new Set(),
        score: null,
        standing: 'approved',
        asked: new Map([[1, fact.performer]]),
        lastAsked: 1,
      };
    } else if (fact.type === 'approval-withdrawn' || fact.type === 'order-changed-before-write') order = null;
    else if (order !== null) {
      const moment = { day: seenOn === null || seenOn < order.on ? null : seenOn, knownOn };
      for (const stage of STAGES_OF[fact.type] ?? []) {
        const before = order.first[stage];
        if (before === undefined || knownOn < before.knownOn) order.first[stage] = moment;
      }
      followReport(order, fact, moment);
      followBooking(order, fact, { seenOn, knownOn }, actor.kind);
      if (fact.type === 'patient-rated') order.score = fact.score;
      if (fact.type === 'patient-messaged' && fact.outcome === 'sent') order.writtenAbout.add(fact.topic);
      followAnswer(order, fact, knownOn);
      if (fact.type === 'write-step-settled' && fact.step === 'ServiceRequest' && fact.outcome.status === 'done') {
        chartSays(order, fact.outcome.orderStatus, dayNumber(recordedAt));
      } else if (fact.type === 'write-step-settled' && fact.outcome.status === 'by-hand')
        chartSays(order, undefined, dayNumber(recordedAt));
      else if (fact.type === 'order-status-observed') chartSays(order, fact.status, dayNumber(recordedAt));
      else if (fact.type === 'order-ended') {
        order.standing = 'ended';
        order.end = { how: fact.how, on: knownOn };
      } else if (fact.type === 'attempt-opened') {
        order.asked.set(fact.attempt, fact.performer);
        order.lastAsked = fact.attempt;
      } else if (fact.type === 'appointment-booked') order.bookedBy = Math.min(order.bookedBy ?? knownOn, knownOn);
      else if (fact.type === 'patient-seen') {
        const { npi, network } = order.asked.get(fact.attempt) ?? { npi: null, network: 'unknown' };
        order.visits.push({
          place: 'asked',
          performer: npi,
          attempt: fact.attempt,
          seenOn,
          knownOn,
          network,
          askedNetwork: network,
          approvedPerformer: fact.attempt === 1,
        });
      } else if (fact.type === 'seen-elsewhere') {
        const askedNetwork = order.asked.get(order.lastAsked)?.network ?? 'unknown';
        order.visits.push({
          place: 'elsewhere',
          performer: fact.seenBy.npi,
          attempt: null,
          seenOn,
          knownOn,
          network: fact.seenBy.network,
          askedNetwork,
          approvedPerformer: false,
        });
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

type Order = NonNullable<ReferralFacts['order']>;

/** 42 CFR 411.354(d)(4)(iv)(B): on record as the reason of the loss, or with the approval of the very specialist who saw the patient. */
export function isLawfulChoice({ lossReason, order }: ReferralFacts, visit: Visit): boolean {
  const lawfulLoss = lossReason !== null && lossBucketOf(lossReason as LossReason) === 'lawful-choice';
  return lawfulLoss || (order?.lawfulOverride === true && visit.approvedPerformer);
}

const finalsOf = ({ reports }: Order): Report[] => reports.filter(({ form }) => form === 'final');

/** The final report received first of those that are linked to an attempt. */
export const firstNote = (order: Order): Report | undefined =>
  finalsOf(order)
    .filter(({ attempt }) => attempt !== null)
    .reduce<Report | undefined>(
      (first, each) => (first === undefined || each.received.knownOn < first.received.knownOn ? each : first),
      undefined,
    );

/** A visit closes with the review of the note of a specialist who saw the patient; everything else with the review of a result. */
export function closedOn({ service, order }: ReferralFacts): number | null {
  if (order === null) return null;
  const saw = new Set(order.visits.flatMap(({ place, attempt }) => (place === 'asked' ? [attempt] : [])));
  const days = finalsOf(order)
    .filter(({ attempt }) => service !== 'visit' || saw.has(attempt))
    .flatMap(({ reviewedOn }) => (reviewedOn === null ? [] : [reviewedOn]));
  return days.length === 0 ? null : Math.min(...days);
}
