/**
 * What the specialist's office does through its link: the recipient's acts of the BSeR table, on the attempt the link was made for and no
 * other. The same key twice does it once.
 */
import type { ResourceRef } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import { ok, type Result, refuse, unreachable } from '../result.ts';
import { type Appointment, type Attempt, type DeclineReason, isEnded, isTooFarAhead, type WorkStatus } from './attempt.ts';
import { type Act, MOVES } from './bser.ts';
import { type CareCommand, type CareRefusal, decideCare } from './care-command.ts';
import { closedBy } from './closure.ts';
import type { Happening } from './event.ts';
import { type ObservedFact, observe } from './observe.ts';
import type { Referral } from './referral.ts';
import type { Report } from './report.ts';
import { isHeld, noteStillOwed, owesNote, type StillWith, stillWith } from './still-booked.ts';

export type OfficeAct =
  | { act: 'accept' }
  /** When the visit was, or should have been. */
  | { act: 'no-show' | 'seen'; at: Instant }
  | { act: 'decline'; reason: DeclineReason }
  | { act: 'ask'; text: string }
  | { act: 'offer-dates'; dates: Instant[] }
  | { act: 'book'; startsAt: Instant }
  /** The appointment will not be; the referral stays theirs. */
  | { act: 'cancel-appointment'; by: 'patient' | 'specialist' }
  /** The practice asked them to cancel, or nothing more is wanted of them, and they did. */
  | { act: 'confirm-cancellation' }
  | { act: 'note'; form: 'interim' | 'final'; document: ResourceRef };

export type OfficeRefusal =
  | CareRefusal
  | { kind: 'asked-another' }
  /** Not among what its page offers. */
  | { kind: 'not-offered'; status: WorkStatus }
  | { kind: 'date-is-past'; date: Instant }
  | { kind: 'date-too-far'; date: Instant }
  /** No visit can have been, or been missed, before this. */
  | { kind: 'too-early'; earliest: Instant };

const MOVE_OF: Record<Exclude<OfficeAct['act'], 'ask'>, Act> = {
  accept: 'accept',
  decline: 'decline',
  'offer-dates': 'schedule',
  book: 'schedule',
  'no-show': 'no-show',
  seen: 'interim',
  note: 'outcome',
  'cancel-appointment': 'cancel-appointment',
  'confirm-cancellation': 'confirm-cancellation',
};

const attemptOf = ({ attempts }: Referral, number: number): Attempt | undefined => attempts.find((each) => each.number === number);

/** How it is over for the office of an attempt, or put on hold. */
export const ENDS_FOR_OFFICE = ['declined', 'cancelled', 'asked-another', 'on-hold', 'patient-declined', 'ended', 'closed'] as const;
export type EndForOffice = (typeof ENDS_FOR_OFFICE)[number];

/** So long the office still sees that its note was read. Ours. */
const SHOWN_AFTER_CLOSING_MS = 14 * 86_400_000;

/** How it is over for the office of this attempt: it is shown no more than that from then on. Undefined while it is not over. */
export function endForOffice(referral: Referral, attempt: number, now: Instant): EndForOffice | undefined {
  const asked = attemptOf(referral, attempt);
  if (asked?.work.status === 'declined' || asked?.work.status === 'cancelled') return asked.work.status;
  if (referral.attempts.at(-1)?.number !== attempt) return 'asked-another';
  const { order } = referral;
  if (order.status === 'ended' && order.how === 'patient-declined') return 'patient-declined';
  if (order.status !== 'active') return isHeld(referral) ? 'on-hold' : 'ended';
  const reviewedAt = closedBy(referral)?.reviewedAt;
  return reviewedAt && Date.parse(reviewedAt) + SHOWN_AFTER_CLOSING_MS <= Date.parse(now) ? 'closed' : undefined;
}

/** What the office still has of which nothing more is wanted, and has to confirm that it is cancelled; also once it is over for them. */
export const toLetGo = (referral: Referral, number: number): StillWith | undefined =>
  stillWith(referral).find(({ attempt }) => attempt.number === number);

/** The appointment that is ahead, or of which nothing was heard yet. */
const bookedIn = ({ work, appointments }: Attempt): Appointment | undefined =>
  work.status === 'scheduled' ? appointments.find(({ id }) => id === work.appointmentId) : undefined;

/** Whoever is asked for advice alone sees nobody. */
const OF_A_VISIT: readonly OfficeAct['act'][] = ['offer-dates', 'book', 'no-show', 'seen', 'cancel-appointment'];

const DAY_MS = 86_400_000;

/** The start of what was booked; where nothing was, the day before the order, since a day that is given has no hour. */
function earliestVisit({ order }: Referral, asked: Attempt): Instant {
  const booked = bookedIn(asked);
  if (booked) return booked.startsAt;
  return order.status === 'draft' ? '' : new Date(Date.parse(order.approval.at) - DAY_MS).toISOString();
}

/** The attempt while it is with its office: in force, asked last, and the loop open. */
function openFor(referral: Referral, attempt: number): Attempt | undefined {
  const asked = attemptOf(referral, attempt);
  if (referral.order.status !== 'active' || !asked || closedBy(referral) || referral.attempts.at(-1) !== asked) return undefined;
  return asked;
}

const FELL_THROUGH: readonly WorkStatus[] = ['missed', 'appointment-cancelled'];

/**
 * The attempt whose note is owed though by the table no move of its work follows from one: another was asked since, or what was booked after
 * the visit fell through. It is taken as something told.
 */
function noteBesideTable(referral: Referral, number: number): Attempt | undefined {
  const asked = openFor(referral, number);
  const isBetweenVisits = asked && FELL_THROUGH.includes(asked.work.status) && owesNote(referral, asked);
  return isBetweenVisits ? asked : noteStillOwed(referral, number);
}

/** What the office can do now; its page offers these. */
export function officeActs(referral: Referral, attempt: number, all: readonly OfficeAct['act'][], now: Instant): OfficeAct['act'][] {
  const letsGo = toLetGo(referral, attempt) !== undefined;
  const isNoteOwed = noteStillOwed(referral, attempt) !== undefined;
  if (letsGo || isNoteOwed) return all.filter((act) => (letsGo && act === 'confirm-cancellation') || (isNoteOwed && act === 'note'));
  const asked = openFor(referral, attempt);
  if (!asked) return [];
  const { status } = asked.work;
  return all.filter((act) => {
    if (act === 'ask') return !isEnded(asked);
    if (referral.service === 'e-consult' && OF_A_VISIT.includes(act)) return false;
    // A note is taken as long as one may come; what it proves besides is on record then without a time.
    if (act === 'note') return noteForms(referral, attempt).length > 0;
    // Whoever saw the patient owes the note: it would be over for them without it.
    if ((act === 'decline' || act === 'confirm-cancellation') && asked.visits.length > 0) return false;
    if (act === 'cancel-appointment' && !bookedIn(asked)) return false;
    if ((act === 'seen' || act === 'no-show') && (bookedIn(asked)?.startsAt ?? now) > now) return false;
    if (act === 'seen') return status !== 'seen' && MOVES[status].interim !== undefined;
    return MOVES[status][MOVE_OF[act]] !== undefined;
  });
}

/**
 * Which notes are taken now: where the practice asked to cancel, only one that answers the question. Of one that is owed beside the table
 * either: no move of the work follows from an interim one, and the note stays owed.
 */
export function noteForms(referral: Referral, attempt: number): Report['form'][] {
  if (noteBesideTable(referral, attempt)) return ['final', 'interim'];
  const asked = attemptOf(referral, attempt);
  if (!asked) return [];
  const { outcome, interim } = MOVES[asked.work.status];
  return [...(outcome === undefined ? [] : ['final' as const]), ...(interim === undefined ? [] : ['interim' as const])];
}

/** Whether the page of this office takes the note that answers the question now: only then can it be asked for by a link. */
export const takesAnswer = (referral: Referral, attempt: number): boolean =>
  (openFor(referral, attempt) ?? noteBesideTable(referral, attempt)) !== undefined && noteForms(referral, attempt).includes('final');

/** Why what is not offered is refused. */
function refusalOf(referral: Referral, asked: Attempt): OfficeRefusal {
  const { status } = referral.order;
  if (referral.attempts.at(-1) !== asked) return { kind: 'asked-another' };
  if (status !== 'active') return { kind: 'order-not-active', status };
  return closedBy(referral) ? { kind: 'already-closed' } : { kind: 'not-offered', status: asked.work.status };
}

type Asked = { act: Exclude<OfficeAct['act'], 'note'> } | { act: 'note'; form: Report['form'] };

/** Why this is not taken of the office now; undefined where its page offers it. What becomes of it once it is taken is not judged here. */
export function againstOffering(referral: Referral, attempt: number, what: Asked, now: Instant): OfficeRefusal | undefined {
  const asked = attemptOf(referral, attempt);
  if (!asked) return { kind: 'no-such-attempt', attempt };
  const isOffered =
    officeActs(referral, attempt, [what.act], now).length > 0 && (what.act !== 'note' || noteForms(referral, attempt).includes(what.form));
  return isOffered ? undefined : refusalOf(referral, asked);
}

/** @param key of this press, unique among all of this referral @param attempt the one the link was made for */
export function decideOffice(
  referral: Referral,
  attempt: number,
  what: OfficeAct,
  key: string,
  now: Instant,
): Result<Happening[], OfficeRefusal> {
  if (referral.factKeys.includes(key)) return ok([]);
  const asked = attemptOf(referral, attempt);
  if (!asked) return refuse({ kind: 'no-such-attempt', attempt });
  const against = againstOffering(referral, attempt, what, now);
  if (against) return refuse(against);
  // Nobody commands anything of an order that is over, or of an office that was passed over: what they say is taken.
  if (toLetGo(referral, attempt) || (what.act === 'note' && noteBesideTable(referral, attempt)))
    return ok(observe(referral, toldAfterwards(asked, what, key, now), now));
  if (what.act === 'seen' || what.act === 'no-show') {
    const earliest = earliestVisit(referral, asked);
    if (what.at < earliest) return refuse({ kind: 'too-early', earliest });
  }
  const command = commandOf(asked, what, key, now);
  if ('kind' in command) return refuse(command);
  const decided = decideCare(referral, command, now);
  if (!decided.ok) return decided;
  const [first, ...others] = decided.value;
  return ok(first ? [{ ...first, factKey: key }, ...others] : []);
}

/** Of what is offered then there are two. */
function toldAfterwards({ number: attempt, performer }: Attempt, what: OfficeAct, key: string, now: Instant): ObservedFact {
  if (what.act !== 'note') return { kind: 'cancellation-confirmed', attempt, at: now, key };
  const { form, document } = what;
  return { kind: 'report', attempt, reportId: key, form, document, fromNpi: performer.npi, matched: true, at: now, key };
}

function commandOf({ number: attempt, work, performer }: Attempt, what: OfficeAct, key: string, now: Instant): CareCommand | OfficeRefusal {
  const own = { attempt, at: now };
  const appointmentId = work.status === 'scheduled' ? work.appointmentId : null;
  switch (what.act) {
    case 'accept':
      return { type: 'accept', ...own };
    case 'decline':
      return { type: 'decline', ...own, reason: what.reason };
    case 'ask':
      return { type: 'post-message', attempt, from: 'office', text: what.text };
    case 'offer-dates': {
      const past = what.dates.find((date) => date <= now);
      if (past !== undefined) return { kind: 'date-is-past', date: past };
      const far = what.dates.find((date) => isTooFarAhead(date, now));
      return far === undefined ? { type: 'offer-dates', ...own, dates: [...new Set(what.dates)] } : { kind: 'date-too-far', date: far };
    }
    case 'book':
      if (isTooFarAhead(what.startsAt, now)) return { kind: 'date-too-far', date: what.startsAt };
      return what.startsAt > now
        ? { type: 'schedule', ...own, appointmentId: key, startsAt: what.startsAt }
        : { kind: 'date-is-past', date: what.startsAt };
    case 'no-show':
      return appointmentId === null
        ? { kind: 'not-offered', status: work.status }
        : { type: 'no-show', attempt, at: what.at, appointmentId };
    case 'cancel-appointment':
      return appointmentId === null
        ? { kind: 'not-offered', status: work.status }
        : { type: 'cancel-appointment', ...own, appointmentId, by: what.by };
    case 'confirm-cancellation':
      return { type: 'confirm-cancellation', ...own };
    case 'seen':
      return { type: 'mark-seen', attempt, at: what.at, appointmentId };
    case 'note':
      return {
        type: what.form === 'final' ? 'give-outcome' : 'give-interim-note',
        ...own,
        reportId: key,
        document: what.document,
        fromNpi: performer.npi,
      };
    default:
      return unreachable(what);
  }
}
