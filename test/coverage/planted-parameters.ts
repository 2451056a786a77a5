/**
 * Truths that need no simulation: they follow from the parameters of the simulated practice by arithmetic, and from nothing that it
 * ever drew.
 */

import { lossBucketOf } from '@refloop/domain/referral/loss-reason';
import { PLANTED_TRUTHS, type PlantedTruths } from '@refloop/server/practice/planted-truths';
import { LEAK_REASONS, LEAK_SHARE, REASON_RECORDED_SHARE, SPECIALTIES } from '@refloop/server/practice/rates';

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

export const specialties = (): string[] => SPECIALTIES.map(({ specialty }) => specialty);
