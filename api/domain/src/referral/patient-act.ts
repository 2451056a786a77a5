/**
 * What the patient does on their page: the acts that are theirs, on the last attempt. What the BSeR table asks of the recipient (a date that
 * the office offered is taken) goes by that table; what the patient tells is a fact. The same key twice does it once.
 */
import type { Instant } from '../instant.ts';
import { emergencyIn } from '../patient/emergency.ts';
import { ok, type Result, refuse, unreachable } from '../result.ts';
import { type Appointment, type Attempt, isEnded, wasNeverAsked } from './attempt.ts';
import { MOVES } from './bser.ts';
import { type CareRefusal, decideCare } from './care-command.ts';
import type { CareFact, PatientDeclineReason, PatientMeaning, Rating } from './care-event.ts';
import { closedBy } from './closure.ts';
import type { Happening } from './event.ts';
import { observe } from './observe.ts';
import { openOptions } from './options.ts';
import type { Referral } from './referral.ts';
import { isHeld } from './still-booked.ts';

export type PatientAct =
  /** One of the dates that the office offered; in place of one that was booked before. */
  | { act: 'book'; startsAt: Instant }
  | { act: 'cancel' }
  /** Another of whom the clinician approved, by their entry. */
  | { act: 'choose'; entryId: string }
  | { act: 'other-date'; text: string }
  | { act: 'decline'; reason: PatientDeclineReason }
  | { act: 'seen'; at: Instant }
  | { act: 'rate'; score: Rating; words: string | null };
export type PatientActName = PatientAct['act'];

export const PATIENT_ACTS = [
  'book',
  'cancel',
  'other-date',
  'choose',
  'seen',
  'rate',
  'decline',
] as const satisfies readonly PatientActName[];

export type PatientRefusal =
  | CareRefusal
  | { kind: 'not-offered-to-patient' }
  /** Not among those whom the clinician approved and nobody has asked. */
  | { kind: 'not-an-option'; entryId: string }
  /** The office offers it no more, or never did. */
  | { kind: 'date-not-offered'; date: Instant }
  | { kind: 'too-early'; earliest: Instant }
  | { kind: 'seen-ahead' }
  /** A note has come that nobody has read: the practice ends it. */
  | { kind: 'note-is-back' };

export const ENDS_FOR_PATIENT = ['declined', 'on-hold', 'ended', 'closed'] as const;
export type EndForPatient = (typeof ENDS_FOR_PATIENT)[number];

const DAY_MS = 86_400_000;
/** So long the patient can still say how it was. Ours. */
const SHOWN_AFTER_CLOSING_MS = 30 * DAY_MS;

/** How it is over for the patient, or put on hold: nothing else is shown then. Undefined while it goes on. */
export function endForPatient(referral: Referral, now: Instant): EndForPatient | undefined {
  const { order } = referral;
  if (order.status === 'ended' && order.how === 'patient-declined') return 'declined';
  if (order.status !== 'active') return isHeld(referral) ? 'on-hold' : 'ended';
  const reviewedAt = closedBy(referral)?.reviewedAt;
  return reviewedAt && Date.parse(reviewedAt) + SHOWN_AFTER_CLOSING_MS <= Date.parse(now) ? 'closed' : undefined;
}

/** Whoever is asked now; nobody where all who were asked said no. */
export function askedNow({ attempts }: Referral): Attempt | undefined {
  const last = attempts.at(-1);
  return last && last.work.status !== 'declined' && last.work.status !== 'cancelled' ? last : undefined;
}

export const bookedWith = ({ work, appointments }: Attempt): Appointment | undefined =>
  work.status === 'scheduled' ? appointments.find(({ id }) => id === work.appointmentId) : undefined;

/** Dates that can be taken now: offered, still ahead, and not the one that is booked. */
export function openDates(attempt: Attempt, now: Instant): Instant[] {
  if (MOVES[attempt.work.status].schedule === undefined || attempt.visits.length > 0) return [];
  const booked = bookedWith(attempt)?.startsAt;
  return [...new Set(attempt.offered?.dates ?? [])].filter((date) => date > now && date !== booked).sort();
}

/** What the patient can do now; the page offers these, in this order. */
export function patientActs(referral: Referral, now: Instant): PatientActName[] {
  const attempt = askedNow(referral);
  if (endForPatient(referral, now) !== undefined) return [];
  const wasSeen = referral.attempts.some(({ visits }) => visits.length > 0);
  const rate: PatientActName[] = wasSeen && referral.rating === null ? ['rate'] : [];
  if (closedBy(referral)) return rate;
  if (!attempt) return mayChoose(referral) ? ['choose', ...rate] : rate;
  const booked = bookedWith(attempt);
  return PATIENT_ACTS.filter((act) => {
    switch (act) {
      case 'choose':
        return mayChoose(referral);
      case 'book':
        return openDates(attempt, now).length > 0;
      case 'cancel':
        return booked !== undefined && booked.startsAt > now;
      case 'other-date':
        return !wasSeen && !isEnded(attempt);
      case 'seen':
        return !wasSeen && MOVES[attempt.work.status].interim !== undefined && (booked === undefined || booked.startsAt <= now);
      case 'rate':
        return rate.length > 0;
      case 'decline':
        return !wasSeen && !isNoteBack(referral);
      default:
        return unreachable(act);
    }
  });
}

/** Also where nobody has looked at it; not one that a person said is of something else. */
const isNoteBack = ({ reports }: Referral): boolean => reports.some(({ status }) => status !== 'not-of-this');

/** Ours: so often whoever is to be asked gives way to another before anything was sent; then somebody here is called. */
const MOST_SWITCHES = 3;

const hasSwitchedEnough = ({ attempts }: Referral): boolean =>
  attempts.at(-1)?.work.status === 'draft' && attempts.filter(wasNeverAsked).length >= MOST_SWITCHES;

/** While nothing is booked and nobody has seen them, the patient may go to another of whom the clinician approved (R40). */
const mayChoose = (referral: Referral): boolean =>
  referral.service !== 'e-consult' &&
  !hasSwitchedEnough(referral) &&
  !isNoteBack(referral) &&
  openOptions(referral).length > 0 &&
  referral.attempts.every(({ visits, work }) => visits.length === 0 && work.status !== 'scheduled' && work.status !== 'completed');

type Decision = Result<Happening[], PatientRefusal>;

/** What the patient typed with it, where that may tell of an emergency: then nothing else of the act is done (R77, R78). */
export function emergencyWordsOf(what: PatientAct): string | undefined {
  switch (what.act) {
    case 'other-date':
      return emergencyIn(what.text) === undefined ? undefined : what.text;
    case 'rate':
      return what.words === null || emergencyIn(what.words) === undefined ? undefined : what.words;
    case 'book':
    case 'cancel':
    case 'choose':
    case 'decline':
    case 'seen':
      return undefined;
    default:
      return unreachable(what);
  }
}

/** @param key of this press, unique among all of this referral */
export function decidePatient(referral: Referral, what: PatientAct, key: string, now: Instant): Decision {
  if (referral.factKeys.includes(key)) return ok([]);
  // Heard whatever else may still be done, also when all is over.
  const emergency = emergencyWordsOf(what);
  if (emergency !== undefined) return ok([{ effectiveAt: now, factKey: key, fact: word('emergency', emergency) }]);
  const attempt = askedNow(referral);
  if (what.act === 'book' && attempt && !openDates(attempt, now).includes(what.startsAt))
    return refuse({ kind: 'date-not-offered', date: what.startsAt });
  if (!patientActs(referral, now).includes(what.act)) {
    return refuse({ kind: what.act === 'decline' && isNoteBack(referral) ? 'note-is-back' : 'not-offered-to-patient' });
  }
  const decided = actOn(referral, attempt, what, key, now);
  if (!decided.ok) return decided;
  const [first, ...others] = decided.value;
  return ok(first ? [{ ...first, factKey: key }, ...others] : []);
}

const happened = (at: Instant, ...facts: CareFact[]): Happening[] => facts.map((fact) => ({ effectiveAt: at, factKey: null, fact }));
const word = (meaning: PatientMeaning, text: string): CareFact => ({ type: 'patient-wrote', version: 1, channel: 'page', meaning, text });

function actOn(referral: Referral, attempt: Attempt | undefined, what: PatientAct, key: string, now: Instant): Decision {
  if (what.act === 'rate') return ok(happened(now, { type: 'patient-rated', version: 1, score: what.score, words: what.words }));
  if (what.act === 'choose') {
    const performer = openOptions(referral).find(({ entryId }) => entryId === what.entryId);
    if (!performer) return refuse({ kind: 'not-an-option', entryId: what.entryId });
    return decideCare(referral, { type: 'choose-other', performer, words: 'The patient chose another specialist.' }, now);
  }
  if (!attempt) return refuse({ kind: 'not-offered-to-patient' });
  const { number } = attempt;
  switch (what.act) {
    case 'book':
      return decideCare(referral, { type: 'schedule', attempt: number, at: now, appointmentId: key, startsAt: what.startsAt }, now);
    case 'cancel': {
      const appointmentId = bookedWith(attempt)?.id ?? '';
      return decideCare(referral, { type: 'cancel-appointment', attempt: number, at: now, appointmentId, by: 'patient' }, now);
    }
    case 'other-date':
      return ok(happened(now, word('other-date', what.text)));
    case 'decline':
      return decline(attempt, what.reason, now);
    case 'seen':
      return seen(referral, attempt, what.at, key, now);
    default:
      return unreachable(what);
  }
}

/** It ends here; whoever was asked is told to stop, and the clinician hears of it. */
function decline(attempt: Attempt, reason: PatientDeclineReason, now: Instant): Decision {
  const words = 'The patient does not want this referral.';
  const stop =
    MOVES[attempt.work.status]['request-cancellation'] === undefined
      ? []
      : happened(now, { type: 'cancellation-requested', version: 1, attempt: attempt.number, reason: words });
  const ended: CareFact = { type: 'order-ended', version: 1, how: 'patient-declined', reason };
  return ok([...happened(now, word('decline', reason)), ...stop, ...happened(now, ended)]);
}

function seen(referral: Referral, attempt: Attempt, at: Instant, key: string, now: Instant): Decision {
  if (at > now) return refuse({ kind: 'seen-ahead' });
  const booked = bookedWith(attempt);
  const approvedAt = referral.order.status === 'draft' ? '' : referral.order.approval.at;
  const earliest = booked?.startsAt ?? new Date(Date.parse(approvedAt) - DAY_MS).toISOString();
  if (at < earliest) return refuse({ kind: 'too-early', earliest });
  if (booked) {
    const { id: appointmentId, startsAt } = booked;
    return ok(
      observe(referral, { kind: 'appointment', attempt: attempt.number, appointmentId, startsAt, status: 'fulfilled', at, key }, now),
    );
  }
  const { npi, nucc, network } = attempt.performer;
  return ok(
    observe(referral, { kind: 'visit', attempt: attempt.number, seenBy: { npi, nucc, network }, evidence: 'patient', at, key }, now),
  );
}

/**
 * A text message of the patient: a word that is heeded at once (STOP, START, HELP) is no word for the practice and is not given here; what may
 * be an emergency is told apart from everything else.
 */
export const textReceived = (meaning: 'emergency' | 'message', text: string, key: string, now: Instant): Happening[] => [
  { effectiveAt: now, factKey: key, fact: { type: 'patient-wrote', version: 1, channel: 'text', meaning, text } },
];
