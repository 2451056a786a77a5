/** What several players have to agree on: who somebody is, however a name is written, and whether they come to their visit. */
import { drawsOf } from '@refloop/domain/practice/draws';
import { NO_SHOW_BASE_ODDS, NO_SHOW_BY_LEAD } from '@refloop/domain/practice/rates';

const DAY_MS = 86_400_000;

/** The same for "Sato, Raymond" and "Raymond Sato". */
export const personKey = (name: string): string =>
  name
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .toSorted()
    .join(' ');

export const sameName = (left: string, right: string): boolean => personKey(left) === personKey(right);

const chanceOf = (odds: number): number => odds / (1 + odds);

/** By the lead of an appointment: the longer ahead it was booked, the likelier it is missed. */
const chanceOfMissing = (leadMilliseconds: number): number =>
  chanceOf(NO_SHOW_BASE_ODDS * (NO_SHOW_BY_LEAD.find(({ belowDays }) => leadMilliseconds / DAY_MS < belowDays)?.ratio ?? 1));

const LIKELIEST = chanceOf(NO_SHOW_BASE_ODDS * Math.max(...NO_SHOW_BY_LEAD.map(({ ratio }) => ratio)));

/** By its day, not its minute: a play that begins an hour later has the same visits kept. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

const drawOf = (seed: string, patient: string, startsAt: Date): number =>
  drawsOf(`${seed}/visit/${personKey(patient)}/${dayOf(startsAt)}`).next();

/** @param bookedAt as the office that booked it knows */
export const isMissed = (seed: string, patient: string, startsAt: Date, bookedAt: Date): boolean =>
  drawOf(seed, patient, startsAt) < chanceOfMissing(startsAt.getTime() - bookedAt.getTime());

/** Certainly not missed, whenever it was booked: who may have stayed away does not say that they were there. */
export const certainlyCame = (seed: string, patient: string, startsAt: Date): boolean => drawOf(seed, patient, startsAt) >= LIKELIEST;
