/** How a referral ends without its loop being closed: it expires, the patient does not want it, the clinician takes it back, or death. */

import { drawsOf } from '@refloop/domain/practice/draws';
import {
  CANCELLED_SHARE,
  EXPIRED_SHARE,
  EXPIRES_AFTER_DAYS,
  LETS_GO_SHARE,
  REASON_RECORDED_SHARE,
  REVOKED_SHARE,
  TOLD_TO_STOP_HOURS,
} from '@refloop/domain/practice/rates';
import type { WorkStatus } from '@refloop/domain/referral/attempt';
import { closedBy } from '@refloop/domain/referral/closure';
import { stillWith } from '@refloop/domain/referral/still-booked';
import { at, type Course, DAY, giveReason, number, type Walk, working } from './course.ts';

const isOver = ({ record }: Course): boolean => {
  const referral = record.referral();
  return referral.order.status !== 'active' || closedBy(referral) !== undefined;
};

/** The practice lets go of what has not closed for long; some it forgets, and those stay open. */
export function* expire(course: Course): Walk {
  const { record, draws, coordinator, practice } = course;
  if (isOver(course) || !draws.chance(EXPIRED_SHARE)) return;
  const days = draws.integer(EXPIRES_AFTER_DAYS.low, EXPIRES_AFTER_DAYS.high);
  const started = Date.parse(record.referral().startedAt);
  yield practice.time.afterHours(Math.max(started + days * DAY, record.now() + DAY), 2);
  if (record.referral().loss === null) giveReason(course, 'unknown', REASON_RECORDED_SHARE / 2);
  record.care({ type: 'end', how: 'expired', reason: 'Nothing came of it for half a year.' }, coordinator);
}

/** `at`: milliseconds since 1970. */
type Interruption = { at: number; walk: (course: Course) => Walk };

/** The first of what may come between before the history ends. */
function interruptionOf(course: Course): Interruption {
  const { draws, record, patient } = course;
  const started = record.now();
  // Drawn in any case, so that one share changed in rates.ts moves nothing else.
  const [revoked, cancelled] = [draws.chance(REVOKED_SHARE), draws.chance(CANCELLED_SHARE)];
  const [revokedAt, cancelledAt] = [started + draws.next() * 45 * DAY, started + draws.next() * 60 * DAY];
  const possible: Interruption[] = [
    { at: revoked ? revokedAt : Number.POSITIVE_INFINITY, walk: revoke },
    { at: cancelled ? cancelledAt : Number.POSITIVE_INFINITY, walk: cancel },
    { at: patient.diesAt, walk: die },
  ];
  return possible.reduce((first, each) => (each.at < first.at ? each : first));
}

/** Once the patient was seen nothing comes between any more: the note is written, sent and read all the same. */
const canBeInterrupted = (course: Course): boolean =>
  !isOver(course) && course.record.referral().attempts.every(({ visits }) => visits.length === 0);

/** The walk, unless the clinician takes the order back, the EHR revokes it, or the patient dies first. Whoever still has it is told to stop. */
export function* interrupted(course: Course, walk: Walk): Walk {
  const interruption = interruptionOf(course);
  let past = false;
  for (const until of andToldToStop(course, walk)) {
    if (!past && until > interruption.at) {
      past = true;
      yield interruption.at;
      if (canBeInterrupted(course)) return yield* andToldToStop(course, interruption.walk(course));
    }
    yield until;
  }
  if (past) return;
  yield interruption.at;
  if (canBeInterrupted(course)) yield* andToldToStop(course, interruption.walk(course));
}

/**
 * Whoever still has it is called, and says that they let go of it; some offices are never reached. One that was passed over with nothing booked
 * nobody calls again: it lapses. With draws of its own: nothing else depends on it.
 */
function* andToldToStop(course: Course, walk: Walk): Walk {
  yield* walk;
  const { record, practice } = course;
  const draws = drawsOf(`${practice.seed}/${record.id}/told-to-stop`);
  for (const { attempt, appointment, isPassedOver } of stillWith(record.referral())) {
    if (isPassedOver && !appointment) continue;
    yield practice.time.afterHours(record.now(), draws.logNormal(TOLD_TO_STOP_HOURS.median, TOLD_TO_STOP_HOURS.sigma));
    if (draws.chance(LETS_GO_SHARE)) record.see({ kind: 'cancellation-confirmed', attempt: attempt.number, at: at(course) });
  }
}

/** Seen at the next look into the EHR. */
function* revoke({ record }: Course): Walk {
  yield record.now() + DAY / 4;
  record.seeOrder('revoked');
}

/** Where there is something left to stop. */
const STOPPABLE: readonly WorkStatus[] = ['sent', 'received', 'accepted', 'in-progress', 'scheduled', 'missed', 'appointment-cancelled'];

function* cancel(course: Course): Walk {
  const { record, draws, clinician, coordinator } = course;
  yield working(course, { median: 1, sigma: 0.3 });
  const attempt = record.referral().attempts.at(-1);
  const stoppable = attempt && STOPPABLE.includes(attempt.work.status);
  if (stoppable) {
    record.care({ type: 'request-cancellation', attempt: number(course), reason: 'Not needed any more.', at: at(course) }, coordinator);
    yield working(course, { median: 12, sigma: 0.8 });
    if (draws.chance(0.6)) record.see({ kind: 'cancellation-confirmed', attempt: number(course), at: at(course) });
  }
  yield working(course, { median: 2, sigma: 0.5 });
  record.care({ type: 'end', how: 'cancelled', reason: 'The clinician found that it is not needed any more.' }, clinician.actor);
}

/** Nobody hears of it on the day. */
function* die(course: Course): Walk {
  const { record, draws, coordinator, practice } = course;
  yield practice.time.afterHours(record.now() + draws.logNormal(4, 0.8) * DAY, 1);
  record.care({ type: 'end', how: 'died', reason: 'The patient has died.' }, coordinator);
}
