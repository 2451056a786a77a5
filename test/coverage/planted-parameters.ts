/**
 * Truths that need no simulation: they follow from the parameters of the simulated practice by arithmetic, and from nothing that it
 * ever drew.
 */

import { LEAK_REASONS, LEAK_SHARE, NEARNESS, ORDERED_OUT_SHARE, REASON_RECORDED_SHARE, SPECIALTIES } from '@refloop/domain/practice/rates';
import { lossBucketOf } from '@refloop/domain/referral/loss-reason';
import { PLANTED_TRUTHS, type PlantedTruths } from '@refloop/server/practice/planted-truths';

const isLawful = ([reason]: (typeof LEAK_REASONS)[number]): boolean => lossBucketOf(reason) === 'lawful-choice';
const weightOf = (reasons: typeof LEAK_REASONS): number => reasons.reduce((sum, [, weight]) => sum + weight, 0);

/**
 * Of visits ordered in network for patients whose payer's claims are seen, and that took place anywhere: the share outside the network
 * without a lawful choice on record. A reason is recorded for REASON_RECORDED_SHARE of those who left.
 */
export function leakTruth(specialty: string, planted: PlantedTruths | null = PLANTED_TRUTHS): number {
  const leaking = planted?.leakingSpecialty;
  if (leaking?.specialty !== specialty)
    return LEAK_SHARE * (1 - (REASON_RECORDED_SHARE * weightOf(LEAK_REASONS.filter(isLawful))) / weightOf(LEAK_REASONS));
  const others = LEAK_REASONS.filter(([reason]) => reason !== 'wait-too-long');
  const lawful = ((1 - leaking.causeShare) * weightOf(others.filter(isLawful))) / weightOf(others);
  return leaking.leakShare * (1 - REASON_RECORDED_SHARE * lawful);
}

/**
 * Of the orders for patients of a language: the share that does not go to the first in the list, which in the practice is the nearest in-network office. Null
 * for the specialty of the office that is chosen less than its distance would make it.
 */
export function overrideTruth(specialty: string, language: string, planted: PlantedTruths | null = PLANTED_TRUTHS): number | null {
  const offices = SPECIALTIES.find((each) => each.specialty === specialty)?.offices ?? 0;
  if (planted?.chanceOutlier.office.startsWith(`${specialty}-`)) return null;
  const weights = Array.from({ length: offices }, (_, at) => NEARNESS[Math.min(at, NEARNESS.length - 1)] ?? 0);
  const first = (weights[0] ?? 0) / weights.reduce((sum, each) => sum + each, 0);
  // Of the farther half none is the nearest.
  const biased = planted?.biasedRoute.language === language ? planted.biasedRoute.fartherShare : 0;
  return 1 - (1 - ORDERED_OUT_SHARE) * (1 - biased) * first;
}

const ALL = 'all specialties';
export const driftKey = (specialty: string | null): string => `no change of the override rate from quarter to quarter: ${specialty ?? ALL}`;
export const quarterKey = (quarter: string): string => `override rate of ${quarter} where nothing is planted`;

/** Where nothing is planted nothing changes from one quarter to the next, and every quarter has the override rate of all specialties together. */
export function driftTruths(quarters: readonly string[]): Map<string, number> {
  const all = SPECIALTIES.reduce((sum, { share }) => sum + share, 0);
  const rate = SPECIALTIES.reduce(
    (sum, { specialty, share }) => sum + (share / all) * (overrideTruth(specialty, 'en', null) ?? Number.NaN),
    0,
  );
  return new Map([
    ...[null, ...specialties()].map((specialty) => [driftKey(specialty), 0] as const),
    ...quarters.map((quarter) => [quarterKey(quarter), rate] as const),
  ]);
}

export const specialties = (): string[] => SPECIALTIES.map(({ specialty }) => specialty);
