/** The course of one referral: who is in it, and what its parts share. A part waits by yielding the moment until which it waits. */

import type { Draws } from '@refloop/domain/practice/draws';
import { NEARNESS } from '@refloop/domain/practice/rates';
import type { Actor, Performer } from '@refloop/domain/referral/event';
import type { LossReason } from '@refloop/domain/referral/loss-reason';
import type { Office, Position } from './offices.ts';
import type { PatientPart } from './patient-part.ts';
import { type Clinician, milesBetween, type Patient, type Practice } from './practice.ts';
import { instant, type RecordOf } from './record.ts';

/** Yields milliseconds since 1970; whoever drives it goes on then, or not at all where the history ends or something came between. */
export type Walk<Result = void> = Generator<number, Result>;

export type Course = {
  practice: Practice;
  record: RecordOf;
  draws: Draws;
  patient: Patient;
  clinician: Clinician;
  /** Whoever the engine gave it to. */
  readonly coordinator: Actor;
  part: PatientPart;
  specialty: string;
  urgency: 'routine' | 'urgent' | 'emergency';
  service: 'visit' | 'e-consult' | 'imaging' | 'procedure';
  /** What will be told at a moment to come, whatever happens to the referral until then: a claim comes for the dead, too. */
  later: { at: number; tell: () => void }[];
};

export type Asked = { office: Office; performer: Performer; position: Position };

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const minutes = (count: number): number => count * MINUTE;

/** The moment after so much working time, drawn around a median of business hours. */
export function working({ practice, record, draws }: Course, { median, sigma }: { median: number; sigma: number }): number {
  return practice.time.afterHours(record.now(), draws.logNormal(median, sigma));
}

/** In network, the nearest to the patient first. */
export const nearest = ({ practice, patient, specialty }: Course): Office[] =>
  practice.offices
    .filter((office) => office.specialty === specialty && office.network === 'in')
    .map((office) => ({ office, miles: milesBetween(placeOf(office), patient.position) }))
    .sort((left, right) => left.miles - right.miles || (left.office.id < right.office.id ? -1 : 1))
    .map(({ office }) => office);

function placeOf({ id, specialists }: Office): Position {
  const [first] = specialists;
  if (!first) throw new Error(`Nobody works in ${id}.`);
  return first.position;
}

/** The nearer the likelier, whoever the patient is, except where a biased route is planted. */
export function chooseOffice(course: Course, without: readonly string[] = []): Office | undefined {
  const { draws, practice, patient } = course;
  const offices = nearest(course).filter(({ id }) => !without.includes(id));
  if (offices.length === 0) return undefined;
  const bias = practice.planted?.biasedRoute;
  if (bias?.language === patient.language && draws.chance(bias.fartherShare))
    return draws.pick(offices.slice(Math.floor(offices.length / 2)));
  const weight = (at: number): number => NEARNESS[Math.min(at, NEARNESS.length - 1)] ?? 0;
  return draws.weighted(offices.map((office, at) => [office, weight(at) * office.volumeFactor] as const));
}

export function outOfNetwork({ practice, draws, specialty }: Course): Office {
  return draws.pick(practice.offices.filter((office) => office.specialty === specialty && office.network === 'out'));
}

/** One of those who work there, as the clinician would name them. */
export function askedOf(course: Course, office: Office): Asked {
  const { position, entryId, npi, display, nucc } = course.draws.pick(office.specialists);
  const rank = office.network === 'in' ? Math.min(nearest(course).findIndex(({ id }) => id === office.id) + 1, 5) : null;
  return { office, position, performer: { entryId, npi, display, nucc, network: office.network, rank } };
}

export const number = ({ record }: Course): number => record.referral().attempts.length;
export const at = ({ record }: Course): string => instant(record.now());

/** Somebody writes down why it was lost, or nobody does. */
export function giveReason({ record, draws, coordinator }: Course, primary: LossReason, share: number): void {
  if (draws.chance(share)) record.care({ type: 'record-loss-reason', primary, secondary: [] }, coordinator);
}
