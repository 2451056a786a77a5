/** From an office that has accepted to the visit: reaching the patient, appointments kept, missed, cancelled, or kept somewhere else. */

import {
  BOOK_HOURS,
  BOOKED_SHARE,
  CANCELLED_BY_OFFICE_SHARE,
  CANCELLED_BY_PATIENT_SHARE,
  CLAIM_DAYS,
  ELSEWHERE_IN_NETWORK_SHARE,
  ELSEWHERE_TOLD_SHARE,
  ENDED_AFTER_ELSEWHERE_SHARE,
  LEAK_REASONS,
  MOST_APPOINTMENTS,
  MOST_CALLS,
  MOVED_SHARE,
  NO_SHOW_AGAIN_RATIO,
  NO_SHOW_BASE_ODDS,
  NO_SHOW_BY_LEAD,
  NO_SHOW_MEDICAID_RATIO,
  PATIENT_DECLINES_SHARE,
  REACHED_SHARE,
  REASON_RECORDED_SHARE,
  REBOOKED_SHARE,
  VISIT_UNTOLD_SHARE,
  WAIT_OF_URGENCY,
  WAIT_SIGMA,
} from '@refloop/domain/practice/rates';
import type { Actor } from '@refloop/domain/referral/event';
import { type Asked, at, type Course, DAY, giveReason, HOUR, minutes, number, outOfNetwork, type Walk, working } from './course.ts';
import { expire } from './ending.ts';
import type { Office } from './offices.ts';
import { instant } from './record.ts';

/** @returns false where the order has ended for it, or waits until it expires */
export function* reached(course: Course): Walk<boolean> {
  const { record, draws, coordinator, practice } = course;
  for (let call = 1; ; call += 1) {
    yield call === 1 ? working(course, { median: 4, sigma: 0.8 }) : practice.time.afterDays(record.now(), draws.integer(1, 3));
    if (draws.chance(REACHED_SHARE)) break;
    const last = call === MOST_CALLS;
    record.care({ type: 'record-contact', outcome: last ? 'unreachable' : 'left-message' }, coordinator);
    if (!last) continue;
    giveReason(course, 'no-outreach', REASON_RECORDED_SHARE);
    yield* expire(course);
    return false;
  }
  record.care({ type: 'record-contact', outcome: 'reached' }, coordinator);
  if (!draws.chance(PATIENT_DECLINES_SHARE)) return true;
  yield record.now() + minutes(5);
  giveReason(course, 'patient-preference', REASON_RECORDED_SHARE);
  record.care({ type: 'end', how: 'patient-declined', reason: 'The patient does not want to go.' }, coordinator);
  return false;
}

type Booking = { appointmentId: string; bookedAt: number; startsAt: number };

/**
 * @param noted whether a note comes of the visit, if there is one
 * @returns whether the patient was seen by the performer asked
 */
export function* visited(course: Course, asked: Asked, noted: boolean): Walk<boolean> {
  const { record, draws, practice, patient, coordinator } = course;
  const bias = practice.planted?.biasedRoute;
  const bookedShare = bias?.language === patient.language ? bias.bookedShare : BOOKED_SHARE;
  if (!draws.chance(bookedShare)) {
    yield* expire(course);
    return false;
  }
  for (let appointment = 1, missed = false; ; appointment += 1) {
    const booking = yield* booked(course, asked.office, appointment);
    const lead = (booking.startsAt - booking.bookedAt) / DAY;
    const attempt = number(course);
    const { appointmentId, startsAt } = booking;
    const outcome = outcomeOf(course, lead, missed);
    if (outcome === 'would be kept') return yield* kept(course, asked, booking, noted);
    if (outcome === 'no-show') {
      missed = true;
      yield practice.time.afterHours(startsAt, draws.integer(1, 7));
      // Part of them is told by the office, part is found out by asking.
      if (draws.chance(0.6)) {
        record.see({ kind: 'appointment', attempt, appointmentId, startsAt: instant(startsAt), status: 'noshow', at: at(course) });
      } else record.care({ type: 'no-show', attempt, appointmentId, at: at(course) }, coordinator);
    } else {
      yield between(course, booking);
      record.care({ type: 'cancel-appointment', attempt, appointmentId, by: outcome, at: at(course) }, coordinator);
    }
    if (appointment === MOST_APPOINTMENTS || !draws.chance(REBOOKED_SHARE)) {
      yield* expire(course);
      return false;
    }
  }
}

function* booked(course: Course, office: Office, appointment: number): Walk<Booking> {
  const { record, draws, practice, urgency, coordinator, part } = course;
  yield working(course, BOOK_HOURS);
  const attempt = number(course);
  const appointmentId = `${record.id}-a${attempt}-v${appointment}`;
  const bookedAt = record.now();
  const slot = (): number => {
    const days = draws.logNormal(office.waitDays, WAIT_SIGMA) * WAIT_OF_URGENCY[urgency];
    // On the quarter of an hour, within opening hours.
    return Math.ceil(practice.time.afterHours(bookedAt + days * DAY, 0.25 + draws.next() * 7) / (HOUR / 4)) * (HOUR / 4);
  };
  let startsAt = slot();
  const byStaff = draws.chance(0.4);
  if (appointment === 1 && record.wasWritten(['book', 'remind']) && part.booksThemselves())
    bookedByPatient(course, appointmentId, startsAt);
  else if (byStaff) {
    record.care({ type: 'schedule', attempt, appointmentId, startsAt: instant(startsAt), at: at(course) }, coordinator);
  } else record.see({ kind: 'appointment', attempt, appointmentId, startsAt: instant(startsAt), status: 'booked', at: at(course) });
  if (draws.chance(MOVED_SHARE)) {
    yield between(course, { bookedAt, startsAt });
    const other = Math.max(slot(), practice.time.afterHours(record.now(), 2));
    startsAt = other === startsAt ? startsAt + HOUR / 4 : other;
    record.see({ kind: 'appointment', attempt, appointmentId, startsAt: instant(startsAt), status: 'booked', at: at(course) });
  }
  return { appointmentId, bookedAt, startsAt };
}

/** The office names the date by its link, and the patient takes it on their page. */
function bookedByPatient({ record }: Course, key: string, startsAt: number): void {
  const attempt = record.referral().attempts.at(-1);
  if (!attempt) return;
  const office: Actor = { kind: 'office', npi: attempt.performer.npi, link: 'simulated' };
  const [now, date] = [instant(record.now()), instant(startsAt)];
  record.care({ type: 'offer-dates', attempt: attempt.number, at: now, dates: [date] }, office);
  record.patient({ act: 'book', startsAt: date }, key);
}

/** Some time after the booking and before the appointment. */
function between({ draws, record }: Course, { bookedAt, startsAt }: Pick<Booking, 'bookedAt' | 'startsAt'>): number {
  const from = Math.max(bookedAt, record.now());
  return from + (startsAt - from) * (0.1 + 0.85 * draws.next());
}

function outcomeOf(
  { draws, patient }: Course,
  leadDays: number,
  missedBefore: boolean,
): 'no-show' | 'patient' | 'specialist' | 'would be kept' {
  const ratio = NO_SHOW_BY_LEAD.find(({ belowDays }) => leadDays < belowDays)?.ratio ?? 1;
  const odds =
    NO_SHOW_BASE_ODDS * ratio * (patient.payer.kind === 'medicaid' ? NO_SHOW_MEDICAID_RATIO : 1) * (missedBefore ? NO_SHOW_AGAIN_RATIO : 1);
  const [cancels, cancelled, misses] = [
    draws.chance(CANCELLED_BY_PATIENT_SHARE),
    draws.chance(CANCELLED_BY_OFFICE_SHARE),
    draws.chance(odds / (1 + odds)),
  ];
  if (cancels) return 'patient';
  if (cancelled) return 'specialist';
  return misses ? 'no-show' : 'would be kept';
}

/** The visit takes place, here or with somebody who was never asked. */
function* kept(course: Course, asked: Asked, booking: Booking, noted: boolean): Walk<boolean> {
  const { record, draws, practice, service, coordinator } = course;
  const where = draws.next();
  const leaves = service === 'visit' && asked.office.network === 'in';
  if (leaves && where < asked.office.leakShare + ELSEWHERE_IN_NETWORK_SHARE) {
    yield* seenElsewhere(course, booking, where < asked.office.leakShare ? 'out' : 'in', asked);
    return false;
  }
  const { appointmentId, startsAt } = booking;
  yield startsAt + HOUR;
  if (service === 'visit' && noted && draws.chance(VISIT_UNTOLD_SHARE)) return true;
  yield practice.time.afterHours(record.now(), draws.integer(0, 12) + 0.5);
  const attempt = number(course);
  const seen = { attempt, appointmentId, startsAt: instant(startsAt), at: instant(startsAt) };
  if (draws.chance(0.75)) record.see({ kind: 'appointment', status: 'fulfilled', ...seen });
  else record.care({ type: 'mark-seen', attempt, appointmentId, at: instant(startsAt) }, coordinator);
  return true;
}

function* seenElsewhere(course: Course, booking: Booking, network: 'in' | 'out', asked: Asked): Walk {
  const { record, draws, practice, patient, coordinator } = course;
  const { appointmentId, startsAt, bookedAt } = booking;
  const attempt = number(course);
  // Before the appointment that was booked: that is why they went.
  const visitAt = practice.time.afterHours(bookedAt + (startsAt - bookedAt) * (0.2 + 0.6 * draws.next()), 1);
  yield between(course, booking);
  record.care({ type: 'cancel-appointment', attempt, appointmentId, by: 'patient', at: at(course) }, coordinator);
  // Not sooner than a visit here would have been: what comes between until then comes between both alike.
  yield startsAt + HOUR;
  if (!patient.payer.claims && !draws.chance(ELSEWHERE_TOLD_SHARE)) {
    yield* expire(course);
    return;
  }
  const evidence = patient.payer.claims ? 'claim' : 'patient';
  const seer = network === 'out' ? outOfNetwork(course) : anotherInNetwork(course, asked);
  const { npi, nucc } = draws.pick(seer.specialists);
  const told = Math.max(visitAt, record.now()) + (evidence === 'claim' ? draws.logNormal(CLAIM_DAYS.median, CLAIM_DAYS.sigma) : 3) * DAY;
  course.later.push({
    at: told,
    tell: () => record.see({ kind: 'visit', attempt, seenBy: { npi, nucc, network }, evidence, at: instant(Math.min(visitAt, told)) }),
  });
  yield told;
  yield working(course, { median: 9, sigma: 0.8 });
  giveReason(course, network === 'out' ? leakReason(course) : 'patient-preference', REASON_RECORDED_SHARE);
  if (!draws.chance(ENDED_AFTER_ELSEWHERE_SHARE)) {
    yield* expire(course);
    return;
  }
  yield record.now() + minutes(2);
  record.care({ type: 'end', how: 'patient-declined', reason: 'The patient was seen by somebody else.' }, coordinator);
}

function anotherInNetwork({ practice, draws, specialty }: Course, { office }: Asked): Office {
  return draws.pick(practice.offices.filter((each) => each.specialty === specialty && each.network === 'in' && each.id !== office.id));
}

function leakReason({ draws, practice, specialty }: Course) {
  const planted = practice.planted?.leakingSpecialty;
  if (planted?.specialty !== specialty) return draws.weighted(LEAK_REASONS);
  if (draws.chance(planted.causeShare)) return 'wait-too-long';
  return draws.weighted(LEAK_REASONS.filter(([reason]) => reason !== 'wait-too-long'));
}
