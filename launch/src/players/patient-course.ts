/**
 * What a played patient does with a text of the practice: whether and when they read it, what they do on their page, what they write back. Drawn from
 * the rates of the simulated practice (practice/rates.ts) where it has one; the others are ours. Each text and each question has draws of its own.
 */
import { drawsOf } from '@refloop/domain/practice/draws';
import {
  CANCELLED_BY_PATIENT_SHARE,
  PATIENT_DECLINES_SHARE,
  RATED_SHARE,
  RATINGS_GIVEN,
  REACHED_SHARE,
  TEXT_CONSENT_SHARE,
} from '@refloop/domain/practice/rates';
import type { PatientDeclineReason, Rating } from '@refloop/domain/referral/care-event';
import { certainlyCame } from './visit.ts';

/** Of those who get a text, those who open what it leads to. Ours. */
const READING_SHARE = 0.85;
/** From the text to its reading. Ours. */
const READING_HOURS = { median: 1.5, sigma: 1 };
/** Of the texts, those after which the patient wants no more. Ours. */
const STOPPING_SHARE = 0.02;
/** Of those who see dates, those who take one; who ask for another; of those whose visit is over, who say that they were there. Ours. */
const TAKING_SHARE = 0.7;
const OTHER_DATE_SHARE = 0.3;
const TELLING_SHARE = 0.6;
const DECLINES: readonly (readonly [PatientDeclineReason, number])[] = [
  ['feel-better', 30],
  ['no-time', 20],
  ['not-wanted', 16],
  ['seen-elsewhere', 14],
  ['cost', 10],
  ['too-far', 10],
];
const OTHER_DATES = ['Only on Fridays', 'Mornings are best', 'Not this week, please'] as const;

const HOUR_MS = 3_600_000;

/** What stands on the page, as far as it is decided on. */
export type Page = {
  stage: string;
  acts: readonly string[];
  dates: readonly string[];
  appointment: { startsAt: string } | null;
};

export type PatientAct =
  | { act: 'book'; startsAt: string }
  | { act: 'cancel' }
  | { act: 'other-date'; text: string }
  | { act: 'decline'; reason: PatientDeclineReason }
  | { act: 'seen'; at: string }
  | { act: 'rate'; score: Rating; words: null };

/** @param text of one message, the same whenever it is asked about @returns when its page is opened; undefined where never */
export function readAt(seed: string, text: string, came: Date): Date | undefined {
  const draws = drawsOf(`${seed}/${text}/read`);
  const hours = draws.logNormal(READING_HOURS.median, READING_HOURS.sigma);
  return draws.chance(READING_SHARE) ? new Date(came.getTime() + hours * HOUR_MS) : undefined;
}

/** Whether this text is the one after which they want no more. */
export const stopsAfter = (seed: string, text: string): boolean => drawsOf(`${seed}/${text}/stop`).chance(STOPPING_SHARE);

/** Whether they answer the telephone. @param times how often they were called before */
export const answersCall = (seed: string, patient: string, times: number): boolean =>
  drawsOf(`${seed}/${patient}/called ${times}`).chance(REACHED_SHARE);

/** What they say when they are asked on the telephone whether they want texts. */
export const wantsTexts = (seed: string, patient: string): boolean => drawsOf(`${seed}/${patient}/texts`).chance(TEXT_CONSENT_SHARE);

/** @param patient name, as others of this world know them @param referral what their link opens, the same with each text */
export function choice(seed: string, { patient, referral }: { patient: string; referral: string }, page: Page): PatientAct | undefined {
  const may = (act: PatientAct['act']): boolean => page.acts.includes(act);
  const draw = (question: string) => drawsOf(`${seed}/${referral}/${question}`);
  const declining = draw('decline');
  if (may('decline') && page.stage !== 'booked' && declining.chance(PATIENT_DECLINES_SHARE))
    return { act: 'decline', reason: declining.weighted(DECLINES) };
  if (may('rate')) {
    const rating = draw('rate');
    return rating.chance(RATED_SHARE) ? { act: 'rate', score: rating.weighted(RATINGS_GIVEN), words: null } : undefined;
  }
  if (page.stage === 'past' && may('seen')) {
    const startsAt = page.appointment?.startsAt;
    if (startsAt === undefined || !certainlyCame(seed, patient, new Date(startsAt))) return undefined;
    return draw(`seen ${startsAt}`).chance(TELLING_SHARE) ? { act: 'seen', at: startsAt } : undefined;
  }
  if ((page.stage === 'to-book' || page.stage === 'missed') && may('book') && page.dates.length > 0) {
    const choosing = draw(`dates ${page.dates.join(' ')}`);
    if (choosing.chance(TAKING_SHARE)) return { act: 'book', startsAt: choosing.pick(page.dates) };
    return may('other-date') && choosing.chance(OTHER_DATE_SHARE) ? { act: 'other-date', text: choosing.pick(OTHER_DATES) } : undefined;
  }
  return undefined;
}

/** When they call off what is booked, once they know of it; undefined where they keep it. */
export function cancelsAt(seed: string, referral: string, startsAt: Date, now: Date): Date | undefined {
  const draws = drawsOf(`${seed}/${referral}/cancel ${startsAt.toISOString()}`);
  if (!draws.chance(CANCELLED_BY_PATIENT_SHARE)) return undefined;
  return new Date(now.getTime() + (startsAt.getTime() - now.getTime()) * draws.next() * 0.9);
}
