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
  NO_SHOW_BASE_ODDS,
  NO_SHOW_BY_LEAD,
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

/** Where a request stands with the office, and since when. */
export type Standing = {
  /** `advice`: accepted, and nobody is to be seen. */
  stage: 'asked' | 'accepted' | 'advice' | 'booked' | 'missed' | 'seen';
  since: Date;
  /** Of what is booked. */
  startsAt?: Date;
};

export type Request = {
  /** The same for the same request to the same office, however it is read. */
  key: string;
  /** Its id, such as `cardiology`; empty where it is not known. */
  specialty: string;
  urgency: 'routine' | 'urgent' | 'emergency';
};

export type Act =
  | { act: 'accept' | 'no-show' | 'seen' | 'note' }
  | { act: 'decline'; reason: DeclineReason }
  | { act: 'book'; startsAt: Date };

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

const waitDaysOf = (specialty: string): number => SPECIALTIES.find((each) => each.specialty === specialty)?.waitDays ?? WAIT_DAYS;

/** @returns undefined where the office does nothing more by itself */
export function nextAct(seed: string, { key, specialty, urgency }: Request, { stage, since, startsAt }: Standing): NextAct | undefined {
  const draws = drawsOf(
    `${seed}/${key}/${stage}${stage === 'booked' || stage === 'missed' || stage === 'seen' ? `/${startsAt?.toISOString()}` : ''}`,
  );
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
      const free = afterHours(new Date(at.getTime() + days * DAY_MS), 0.25 + draws.next() * 7).getTime();
      return { act: 'book', startsAt: new Date(Math.ceil(free / QUARTER_MS) * QUARTER_MS), at };
    }
    case 'booked': {
      if (!startsAt) return undefined;
      const lead = (startsAt.getTime() - since.getTime()) / DAY_MS;
      const odds = NO_SHOW_BASE_ODDS * (NO_SHOW_BY_LEAD.find(({ belowDays }) => lead < belowDays)?.ratio ?? 1);
      const [moved, missed] = [draws.chance(CANCELLED_BY_OFFICE_SHARE), draws.chance(odds / (1 + odds))];
      if (moved) {
        // The office has something come up: another date in place of the one that was agreed.
        const at = new Date(since.getTime() + (startsAt.getTime() - since.getTime()) * (0.1 + 0.8 * draws.next()));
        const later = afterHours(new Date(startsAt.getTime() + draws.integer(2, 9) * DAY_MS), 1 + draws.next() * 6).getTime();
        return { act: 'book', startsAt: new Date(Math.ceil(later / QUARTER_MS) * QUARTER_MS), at };
      }
      const over = new Date(startsAt.getTime() + HOUR_MS);
      return missed
        ? { act: 'no-show', at: afterHours(startsAt, draws.integer(1, 7)) }
        : { act: 'seen', at: afterHours(over, draws.integer(0, 12) + 0.5) };
    }
    case 'seen':
      return draws.chance(NOTE_SHARE)
        ? { act: 'note', at: afterHours(since, draws.logNormal(NOTE_HOURS.median, NOTE_HOURS.sigma)) }
        : undefined;
  }
}
