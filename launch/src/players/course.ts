/**
 * What a played office does next, and when: drawn from how often and how fast things happen in the simulated practice (practice/rates.ts, each with its
 * source or as a choice of ours). Each request and stage has draws of its own, so that the same seed gives the same answers whatever else happens.
 */
import { drawsOf } from '@refloop/domain/practice/draws';
import {
  ANSWER_HOURS,
  BOOK_HOURS,
  BOOKED_SHARE,
  CANCELLED_BY_OFFICE_SHARE,
  DECLINED_SHARE,
  DECLINES,
  NOTE_HOURS,
  NOTE_SHARE,
  REBOOKED_SHARE,
  SILENT_SHARE,
  SPECIALTIES,
  WAIT_OF_URGENCY,
  WAIT_SIGMA,
} from '@refloop/domain/practice/rates';
import type { DeclineReason } from '@refloop/domain/referral/attempt';
import { addBusinessHours, type BusinessCalendar } from '@refloop/domain/sla/business-time';
import { clinicHolidaysOf } from '@refloop/domain/sla/clinic-holidays';
import type { Calls } from './telephone.ts';
import { dayOf, isMissed } from './visit.ts';

/** Where a request stands with the office, and since when. */
export type Standing = {
  /** `advice`: accepted, and nobody is to be seen. `offered`: the patient may take one of some dates. `called-off`: asked to stop. */
  stage: 'asked' | 'accepted' | 'advice' | 'offered' | 'booked' | 'missed' | 'seen' | 'called-off';
  since: Date;
  /** Of what is booked; the first of what is offered. */
  startsAt?: Date;
};

export type Request = {
  /** The same for the same request to the same office, in any play: no number that is made anew each time. */
  key: string;
  /** Its id, such as `cardiology`; empty where it is not known. */
  specialty: string;
  urgency: 'routine' | 'urgent' | 'emergency';
  /** However the name is written. */
  patient: string;
  /** Whether the office has a way to offer the patient dates. */
  offersDates?: boolean;
  /** Of the practice, that waits for something. */
  calls?: Calls | undefined;
};

export type Act =
  | { act: 'accept' | 'no-show' | 'seen' | 'note' | 'confirm-cancellation' }
  | { act: 'decline'; reason: DeclineReason }
  | { act: 'book'; startsAt: Date }
  | { act: 'offer-dates'; dates: Date[] };

/** @property at when it is done; not before the standing began */
export type NextAct = Act & { at: Date };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = HOUR_MS / 4;
/** Of a specialty that the rates do not name. Ours. */
const WAIT_DAYS = 24;

const calendars = new Map<number, BusinessCalendar>();

/** Opening hours of a played office: those of the simulated practice. */
function calendarOf(at: Date): BusinessCalendar {
  const year = at.getUTCFullYear();
  const known = calendars.get(year);
  if (known) return known;
  const holidays = [year, year + 1, year + 2].flatMap(clinicHolidaysOf);
  const made: BusinessCalendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays };
  calendars.set(year, made);
  return made;
}

const afterHours = (from: Date, hours: number): Date => new Date(addBusinessHours(from.toISOString(), hours, calendarOf(from)));

/** Of the offices that can, those that offer the patient dates before they book one themselves. Ours. */
const OFFERING_SHARE = 0.5;
/** So long a patient has for choosing. Ours: three business days. */
const CHOOSING_HOURS = 27;
const DATES_OFFERED = 3;

/** A time within opening hours, on a quarter of an hour. */
const freeAfter = (from: Date, hours: number): Date => new Date(Math.ceil(afterHours(from, hours).getTime() / QUARTER_MS) * QUARTER_MS);

const waitDaysOf = (specialty: string): number => SPECIALTIES.find((each) => each.specialty === specialty)?.waitDays ?? WAIT_DAYS;

/** Of the calls of the practice, those after which the office does what it had let lie; within so many business hours. Ours. */
const HEEDED_SHARE = 0.6;
const HEEDED_HOURS = 9;

/** @returns undefined where the office does nothing more by itself */
export function nextAct(seed: string, request: Request, standing: Standing): NextAct | undefined {
  const own = ownAct(seed, request, standing);
  if (own || !request.calls || request.calls.lastAt <= standing.since) return own;
  const { times, lastAt } = request.calls;
  const draws = drawsOf(`${seed}/${request.key}/${standing.stage}/call ${times}`);
  if (!draws.chance(HEEDED_SHARE)) return undefined;
  const at = afterHours(lastAt, draws.next() * HEEDED_HOURS);
  switch (standing.stage) {
    case 'asked':
      return { act: 'accept', at };
    case 'accepted':
    case 'missed':
      return { act: 'book', startsAt: freeAfter(at, draws.integer(9, 45)), at };
    case 'advice':
    case 'seen':
      return { act: 'note', at };
    case 'offered':
    case 'booked':
    case 'called-off':
      return undefined;
  }
}

function ownAct(seed: string, request: Request, { stage, since, startsAt }: Standing): NextAct | undefined {
  const { key, specialty, urgency, patient } = request;
  const ofVisit = stage === 'booked' || stage === 'missed' || stage === 'seen';
  const draws = drawsOf(`${seed}/${key}/${stage}${ofVisit && startsAt ? `/${dayOf(startsAt)}` : ''}`);
  switch (stage) {
    case 'asked': {
      const [silent, declines] = [draws.chance(SILENT_SHARE), draws.chance(DECLINED_SHARE)];
      const at = afterHours(since, draws.logNormal(ANSWER_HOURS.median, ANSWER_HOURS.sigma));
      if (silent) return undefined;
      return declines ? { act: 'decline', reason: draws.weighted(DECLINES), at } : { act: 'accept', at };
    }
    case 'advice':
      return draws.chance(NOTE_SHARE)
        ? { act: 'note', at: afterHours(since, draws.logNormal(NOTE_HOURS.median, NOTE_HOURS.sigma)) }
        : undefined;
    case 'accepted':
    case 'missed': {
      if (!draws.chance(stage === 'accepted' ? BOOKED_SHARE : REBOOKED_SHARE)) return undefined;
      const at = afterHours(since, draws.logNormal(BOOK_HOURS.median, BOOK_HOURS.sigma));
      const days = draws.logNormal(waitDaysOf(specialty), WAIT_SIGMA) * WAIT_OF_URGENCY[urgency];
      const free = freeAfter(new Date(at.getTime() + days * DAY_MS), 0.25 + draws.next() * 7);
      if (!request.offersDates || !draws.chance(OFFERING_SHARE)) return { act: 'book', startsAt: free, at };
      const dates = Array.from({ length: DATES_OFFERED }, (_, later) => freeAfter(free, later * draws.integer(8, 11)));
      return { act: 'offer-dates', dates, at };
    }
    case 'called-off':
      return { act: 'confirm-cancellation', at: afterHours(since, draws.next() * HEEDED_HOURS) };
    case 'offered':
      // Nobody took one: the office books the first that is still free.
      return startsAt && { act: 'book', startsAt, at: afterHours(since, CHOOSING_HOURS) };
    case 'booked': {
      if (!startsAt) return undefined;
      if (draws.chance(CANCELLED_BY_OFFICE_SHARE)) {
        // The office has something come up: another date in place of the one that was agreed.
        const at = new Date(since.getTime() + (startsAt.getTime() - since.getTime()) * (0.1 + 0.8 * draws.next()));
        return { act: 'book', startsAt: freeAfter(new Date(startsAt.getTime() + draws.integer(2, 9) * DAY_MS), 1 + draws.next() * 6), at };
      }
      const over = new Date(startsAt.getTime() + HOUR_MS);
      return isMissed(seed, patient, startsAt, since)
        ? { act: 'no-show', at: afterHours(startsAt, draws.integer(1, 7)) }
        : { act: 'seen', at: afterHours(over, draws.integer(0, 12) + 0.5) };
    }
    case 'seen':
      return draws.chance(NOTE_SHARE)
        ? { act: 'note', at: afterHours(since, draws.logNormal(NOTE_HOURS.median, NOTE_HOURS.sigma)) }
        : undefined;
  }
}
