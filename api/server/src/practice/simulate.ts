/**
 * Two years of a practice that does not exist: its referrals one after the other in the order in which they began, each a list of events
 * that the domain made. The same options give the same events. It knows nothing of how anything is measured.
 */

import { type Draws, drawsOf } from '@refloop/domain/practice/draws';
import { NOTE_SHARE, SERVICES, SPECIALTIES, URGENCIES } from '@refloop/domain/practice/rates';
import type { ReferralEvent } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { accepted, authorized, onlyBegun } from './asking.ts';
import { type Course, DAY, type Walk } from './course.ts';
import { interrupted } from './ending.ts';
import { engineOf, type PracticeEngine } from './engine.ts';
import type { Staffing } from './offices.ts';
import { ordering } from './ordering.ts';
import { patientPart } from './patient-part.ts';
import { PLANTED_TRUTHS, type PlantedTruths } from './planted-truths.ts';
import { PANEL, type Practice, person, practiceOf } from './practice.ts';
import { beginRecord } from './record.ts';
import { reported } from './reporting.ts';
import { reached, visited } from './visiting.ts';

export type SimulationOptions = {
  /** Any text. */
  seed: string;
  referrals: number;
  /** The end of the two years; nothing happens later. */
  until: Date;
  /** Who works in the offices; invented people unless given. */
  staffing?: Staffing;
  /** PLANTED_TRUTHS unless given; null for a practice in which nothing is planted. */
  planted?: PlantedTruths | null;
};

export type SimulatedReferral = {
  /** Its place in the order of beginning, from 0. */
  index: number;
  referralId: string;
  patientId: string;
  /** Subject of who ordered it. */
  clinician: string;
  events: readonly ReferralEvent[];
  /** The fold of the events. */
  referral: Referral;
};

export type Simulation = {
  practice: Practice;
  engine: PracticeEngine;
  /** @param first leaves out those before it; the others are the same as without */
  referrals: (first?: number) => Generator<SimulatedReferral, void>;
};

/** What is begun in the last minute is not: a write-back takes seconds, and is never cut in two. */
export const LAST_MINUTE = 60_000;
const HOUR = 3_600_000;
/** Less of them on Fridays; Sunday is 0. */
const BY_WEEKDAY = [0, 1.1, 1.05, 1, 1, 0.85, 0];
/** Outside opening hours: charting in the evening and at the weekend. */
const AFTER_HOURS_SHARE = 0.015;

export function simulation(options: SimulationOptions): Simulation {
  const { seed, referrals: count, until, staffing = {}, planted = PLANTED_TRUTHS } = options;
  const practice = practiceOf(seed, until.getTime(), staffing, planted);
  const starts = startsOf(practice, count);
  const name = `sim-${Math.floor(drawsOf(`${seed}/name`).next() * 0x1_000_000)
    .toString(16)
    .padStart(6, '0')}`;
  const digits = Math.max(5, String(count).length);
  const engine = engineOf(practice);
  return {
    practice,
    engine,
    *referrals(first = 0) {
      for (let index = first; index < count; index += 1) {
        const startsAt = starts[index];
        if (startsAt === undefined) return;
        yield one(practice, engine, index, `${name}-${String(index + 1).padStart(digits, '0')}`, startsAt);
      }
    },
  };
}

/** The moments at which they begin, in order. */
function startsOf({ seed, from, until, time }: Practice, count: number): number[] {
  const draws = drawsOf(`${seed}/starts`);
  const found = new Set<number>();
  // Six in the morning of Greenwich is the night in Chicago.
  for (let night = Math.ceil(from / DAY) * DAY + 6 * HOUR; night < until; night += DAY) found.add(time.afterHours(night, 0));
  const openings = [...found];
  let total = 0;
  const cumulated = openings.map((opening) => (total += BY_WEEKDAY[new Date(opening).getUTCDay()] ?? 0));
  const dayAt = (place: number): number => openings[cumulated.findIndex((sum) => sum > place)] ?? until;
  const starts: number[] = [];
  while (starts.length < count) {
    const opening = dayAt(draws.next() * total);
    const late = draws.chance(AFTER_HOURS_SHARE);
    // Most are written in the middle of the morning and of the afternoon.
    const hours = late ? 9.5 + draws.next() * 4 : middayDip(draws);
    const startsAt = opening + Math.round(hours * HOUR);
    if (startsAt < until - LAST_MINUTE) starts.push(startsAt);
  }
  return starts.sort((left, right) => left - right);
}

function middayDip(draws: Draws): number {
  for (;;) {
    const hours = draws.next() * 9;
    if (Math.abs(hours - 4.5) > 0.6 || draws.chance(0.25)) return hours;
  }
}

function courseOf(practice: Practice, engine: PracticeEngine, id: string, startsAt: number): Course {
  const draws = drawsOf(`${practice.seed}/${id}`);
  const clinician = draws.weighted(practice.clinicians.map((each) => [each, each.volume] as const));
  const ofClinician = practice.clinicians.indexOf(clinician);
  let patient = practice.patient(ofClinician, draws.integer(0, PANEL - 1));
  while (patient.diesAt <= startsAt) patient = practice.patient(ofClinician, draws.integer(0, PANEL - 1));
  const part = patientPart(practice.seed, id, patient, practice.time.calendar.timeZone);
  const record = beginRecord(id, startsAt, engine, part);
  return {
    practice,
    record,
    draws,
    patient,
    clinician,
    get coordinator() {
      return person(record.referral().coordinator ?? clinician.clinic.coordinatorSubject);
    },
    part,
    specialty: draws.weighted(SPECIALTIES.map(({ specialty, share }) => [specialty, share] as const)),
    urgency: draws.weighted(URGENCIES),
    service: draws.weighted(SERVICES),
    later: [],
  };
}

function one(practice: Practice, engine: PracticeEngine, index: number, id: string, startsAt: number): SimulatedReferral {
  const course = courseOf(practice, engine, id, startsAt);
  const { record, patient } = course;
  const last = practice.until - LAST_MINUTE;
  drive(course, interrupted(course, wholeCourse(course)), last);
  tellUntil(course, last);
  record.moveTo(last);
  return {
    index,
    referralId: id,
    patientId: patient.id,
    clinician: course.clinician.subject,
    events: record.events,
    referral: record.referral(),
  };
}

/** Goes on until it ends by itself or would go on after `last`. */
function drive(course: Course, walk: Walk, last: number): void {
  for (const until of walk) {
    if (until > last) return;
    tellUntil(course, until);
    course.record.moveTo(until);
  }
}

function tellUntil({ later, record }: Course, until: number): void {
  for (let next = later[0]; next !== undefined && next.at <= until; next = later[0]) {
    later.shift();
    record.moveTo(next.at);
    next.tell();
  }
}

function* wholeCourse(course: Course): Walk {
  const { draws, record, service } = course;
  const first = yield* ordering(course);
  if (!first || !(yield* authorized(course))) return;
  const asked = yield* accepted(course, first);
  if (!asked) return;
  const noted = draws.chance(NOTE_SHARE);
  if (service === 'e-consult') {
    yield record.now() + DAY / 4;
    yield* reported(course, asked, noted);
    return;
  }
  if (yield* onlyBegun(course)) {
    yield record.now() + draws.logNormal(asked.office.waitDays, 0.5) * DAY;
    yield* reported(course, asked, noted);
    return;
  }
  if (!(yield* reached(course))) return;
  if (yield* visited(course, asked, noted)) yield* reported(course, asked, noted);
}
