/** From the order in the chart to an office that has accepted: sending, silence, declines, and the next one who is asked. */

import { drawsOf } from '@refloop/domain/practice/draws';
import {
  ACKNOWLEDGED_SHARE,
  ANSWER_HOURS,
  ASK_ANOTHER_HOURS,
  AUTHORIZATION_ASKED,
  AUTHORIZATION_NOT_NEEDED_SHARE,
  CHANNELS,
  CONTRADICTED_SHARE,
  DECLINES,
  DENIAL_STANDS_SHARE,
  DENIALS,
  DENIED_SHARE,
  MOST_ATTEMPTS,
  PATIENCE_DAYS,
  PATIENT_ASKED_SHARE,
  PROPOSED_AFTER,
  REASON_RECORDED_SHARE,
  REPORTS_WORK_BEGUN_SHARE,
  REROUTED_SHARE,
  SEND_HOURS,
  TRANSMISSION_FAILED_SHARE,
} from '@refloop/domain/practice/rates';
import type { RerouteReason } from '@refloop/domain/referral/care-event';
import { openProposal } from '@refloop/domain/referral/proposal';
import {
  type Asked,
  askedOf,
  at,
  type Course,
  chooseOffice,
  DAY,
  giveReason,
  HOUR,
  minutes,
  number,
  type Walk,
  working,
} from './course.ts';
import { expire } from './ending.ts';
import { instant } from './record.ts';

/** The payer's side. @returns false where it is denied for good, and the order with it */
export function* authorized(course: Course): Walk<boolean> {
  const { record, draws, coordinator, service } = course;
  if (!draws.chance(AUTHORIZATION_ASKED[service])) {
    if (draws.chance(AUTHORIZATION_NOT_NEEDED_SHARE)) {
      yield record.now() + minutes(draws.integer(1, 9));
      record.see({ kind: 'authorization-decided', decision: { status: 'not-needed' }, at: at(course) });
    }
    return true;
  }
  yield working(course, { median: 4, sigma: 0.7 });
  record.care({ type: 'ask-authorization' }, coordinator);
  yield working(course, { median: 32, sigma: 0.8 });
  const denied = draws.chance(DENIED_SHARE);
  const decision = denied ? ({ status: 'denied', reason: draws.weighted(DENIALS) } as const) : ({ status: 'approved' } as const);
  record.see({ kind: 'authorization-decided', decision, at: at(course) });
  if (!denied) return true;
  yield working(course, { median: 10, sigma: 0.6 });
  if (draws.chance(DENIAL_STANDS_SHARE)) {
    giveReason(course, 'authorization-delay', REASON_RECORDED_SHARE);
    record.care({ type: 'end', how: 'cancelled', reason: 'The payer denied it.' }, coordinator);
    return false;
  }
  record.care({ type: 'ask-authorization' }, coordinator);
  yield working(course, { median: 60, sigma: 0.6 });
  record.see({ kind: 'authorization-decided', decision: { status: 'approved' }, at: at(course) });
  return true;
}

type Answer = { what: 'accepted' } | { what: RerouteReason; asked: Asked };

/** Who comes next; undefined where nobody is left, or the practice gives up. */
function nextOf(course: Course, tried: readonly string[]): Asked | undefined {
  const office = chooseOffice(course, tried);
  if (!office || tried.length >= MOST_ATTEMPTS || !course.draws.chance(REROUTED_SHARE)) return undefined;
  return askedOf(course, office);
}

/**
 * The coordinator puts the next one to the clinician, who approved nobody but the first. With draws of its own, and within the time that it
 * takes until they are asked: nothing else depends on it.
 */
function* proposed(course: Course, { performer }: Asked, because: RerouteReason, hours: number): Walk {
  const { record, practice, coordinator } = course;
  const draws = drawsOf(`${practice.seed}/${record.id}/proposed/${number(course)}`);
  const { low, high } = PROPOSED_AFTER;
  yield practice.time.afterHours(record.now(), hours * (low + (high - low) * draws.next()));
  record.care({ type: 'propose-performer', performer, because }, coordinator);
}

/** Asks one office after the other. @returns who accepted; undefined where nobody does and the order has ended, or waits */
export function* accepted(course: Course, first: Asked): Walk<Asked | undefined> {
  const { record, draws, clinician, practice } = course;
  const tried = [first.office.id];
  for (let asked = first; ; ) {
    yield working(course, SEND_HOURS);
    yield* sent(course);
    const answer = yield* answered(course, asked);
    if (answer.what === 'accepted') return asked;
    const hours = draws.logNormal(ASK_ANOTHER_HOURS.median, ASK_ANOTHER_HOURS.sigma);
    const asksAt = practice.time.afterHours(record.now(), hours);
    const next = nextOf({ ...course, draws: draws.ahead() }, tried);
    if (next) yield* proposed(course, next, answer.what, hours);
    yield asksAt;
    // As was drawn ahead: whatever came between has used up nothing.
    const chosen = nextOf(course, tried);
    if (!chosen) {
      giveReason(course, 'specialist-full', REASON_RECORDED_SHARE);
      yield* expire(course);
      return undefined;
    }
    const before = number(course);
    asked = chosen;
    tried.push(asked.office.id);
    record.care({ type: 'approve-performer', proposal: openProposal(record.referral())?.sequence ?? 0 }, clinician.actor);
    if (answer.what === 'declined' && draws.chance(CONTRADICTED_SHARE)) yield* contradicted(course, before);
  }
}

/** Out of our hands: a machine has it, or has not, and then it is sent again. */
function* sent(course: Course): Walk {
  const { record, draws, coordinator } = course;
  const attempt = number(course);
  for (let transmission = 1; ; transmission += 1) {
    const transmissionId = `${record.id}-a${attempt}-t${transmission}`;
    const channel = draws.weighted(CHANNELS);
    record.care({ type: 'send', attempt, transmissionId, channel, at: at(course) }, coordinator);
    if (channel === 'by-hand') return;
    yield record.now() + minutes(draws.logNormal(3, 0.8));
    if (!draws.chance(TRANSMISSION_FAILED_SHARE)) {
      record.see({ kind: 'transmission-delivered', attempt, transmissionId, at: at(course) });
      return;
    }
    record.see({ kind: 'transmission-failed', attempt, transmissionId, detail: 'Nobody answered at that number.', at: at(course) });
    yield working(course, { median: 2, sigma: 0.5 });
  }
}

function* answered(course: Course, asked: Asked): Walk<Answer> {
  const { record, draws, coordinator, practice } = course;
  const { office } = asked;
  const attempt = number(course);
  const sentAt = Date.parse(record.referral().attempts.at(-1)?.transmissions[0]?.at ?? instant(record.now()));
  const silent = draws.chance(office.silentShare);
  const answersAt = Math.max(
    practice.time.afterHours(sentAt, draws.logNormal(office.answerHours, ANSWER_HOURS.sigma)),
    record.now() + minutes(1),
  );
  const acknowledgedAt = working(course, { median: 3, sigma: 0.8 });
  if (draws.chance(ACKNOWLEDGED_SHARE) && (silent ? draws.chance(0.3) : acknowledgedAt < answersAt)) {
    yield acknowledgedAt;
    record.see({ kind: 'received', attempt, at: at(course) });
  }
  if (silent) {
    yield practice.time.afterDays(sentAt, PATIENCE_DAYS);
    record.care({ type: 'request-cancellation', attempt, reason: 'No answer.', at: at(course) }, coordinator);
    return { what: 'no-answer', asked };
  }
  yield answersAt;
  if (draws.chance(office.declineShare)) {
    record.see({ kind: 'declined', attempt, reason: draws.weighted(DECLINES), at: at(course) });
    return { what: 'declined', asked };
  }
  // Of an answer by telephone or fax the coordinator takes note; others come by themselves.
  if (draws.chance(0.5)) record.care({ type: 'accept', attempt, at: at(course) }, coordinator);
  else record.see({ kind: 'accepted', attempt, at: at(course) });
  if (draws.chance(PATIENT_ASKED_SHARE)) return yield* changedTheirMind(course, asked, 'patient-asked');
  return { what: 'accepted' };
}

function* changedTheirMind(course: Course, asked: Asked, what: 'patient-asked'): Walk<Answer> {
  const { record, draws, coordinator } = course;
  const attempt = number(course);
  yield working(course, { median: 14, sigma: 0.7 });
  record.care({ type: 'request-cancellation', attempt, reason: 'The patient asked for another.', at: at(course) }, coordinator);
  if (draws.chance(0.6)) {
    yield working(course, { median: 8, sigma: 0.7 });
    record.see({ kind: 'cancellation-confirmed', attempt, at: at(course) });
  }
  return { what, asked };
}

/** An answer of theirs to an earlier attempt that cannot be true any more: a person looks into it. */
function* contradicted(course: Course, attempt: number): Walk {
  const { record, draws, coordinator } = course;
  yield record.now() + draws.integer(1, 20) * HOUR;
  record.see({ kind: 'accepted', attempt, at: at(course) }, 'set-aside');
  if (!draws.chance(0.85)) return;
  yield working(course, { median: 8, sigma: 0.8 });
  const setAside = record.referral().setAside.length - 1;
  record.care({ type: 'settle-set-aside', setAside, note: 'They had answered for another patient.' }, coordinator);
}

/** Of an office that tells no stage of its own. @returns whether it is one, and then tells nothing more until its note */
export function* onlyBegun(course: Course): Walk<boolean> {
  const { record, draws, service } = course;
  if (service === 'visit' || !draws.chance(REPORTS_WORK_BEGUN_SHARE)) return false;
  yield record.now() + draws.integer(1, 3) * DAY;
  record.see({ kind: 'work-begun', attempt: number(course), at: at(course) });
  return true;
}
