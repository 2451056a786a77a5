/** What makes a policy usable: faults are named with the field and the way out, all of them at once. */
import { ok, type Result, refuse } from '../result.ts';
import type { Policy } from './policy.ts';
import type { Urgency } from './request.ts';

export type PolicyFault = { field: string; fix: string };

/** Weights are decimal fractions in binary, so 0.6 + 0.3 + 0.1 misses 1 by one part in 10¹⁶. */
const SUM_TOLERANCE = 1e-9;

const URGENCIES: readonly Urgency[] = ['routine', 'urgent', 'emergency'];

const positive = (value: number): boolean => Number.isFinite(value) && value > 0;

function weightFaults(policy: Policy, urgency: Urgency): PolicyFault[] {
  const { distance, wait, rating } = policy.weights[urgency];
  const field = `weights.${urgency}`;
  if (![distance, wait, rating].every((weight) => Number.isFinite(weight) && weight >= 0)) {
    return [{ field, fix: 'Give distance, wait and rating each a number from 0 to 1.' }];
  }
  const sum = distance + wait + rating;
  if (Math.abs(sum - 1) > SUM_TOLERANCE) return [{ field, fix: `Change the weights so that they add up to 1; they add up to ${sum}.` }];
  return [];
}

/** Accepts a policy, or lists everything that is wrong with it. */
export function checkPolicy(policy: Policy): Result<Policy, readonly PolicyFault[]> {
  const faults = URGENCIES.flatMap((urgency) => weightFaults(policy, urgency));
  if (policy.id === '') faults.push({ field: 'id', fix: 'Name the policy.' });
  if (policy.version === '') faults.push({ field: 'version', fix: 'Give the policy a version.' });
  if (!positive(policy.distanceScaleMiles)) faults.push({ field: 'distanceScaleMiles', fix: 'Give a number of miles above 0.' });
  if (!positive(policy.waitScaleDays)) faults.push({ field: 'waitScaleDays', fix: 'Give a number of days above 0.' });
  if (!positive(policy.networkStaleAfterDays)) faults.push({ field: 'networkStaleAfterDays', fix: 'Give a number of days above 0.' });
  const last = policy.radiiMiles.at(-1);
  const growing = policy.radiiMiles.every((radius, at) => positive(radius) && radius > (policy.radiiMiles[at - 1] ?? 0));
  if (last === undefined || !growing) {
    faults.push({ field: 'radiiMiles', fix: 'List at least one circle in miles, each wider than the one before.' });
  } else if (!positive(policy.exceptionMiles) || policy.exceptionMiles > last) {
    faults.push({ field: 'exceptionMiles', fix: `Give a number of miles above 0 and no wider than the last circle, ${last}.` });
  }
  return faults.length === 0 ? ok(policy) : refuse(faults);
}
