/** Which circles around the patient are searched, in order (R4, R5). */
import type { Policy } from './policy.ts';

/**
 * The circle asked for, then the policy's wider ones. A circle wider than the policy's last is searched alone:
 * further than that is a choice someone makes by hand, never a step taken for them (C2).
 */
export const circlesFor = (radiusMiles: number, policy: Policy): readonly number[] => [
  radiusMiles,
  ...policy.radiiMiles.filter((radius) => radius > radiusMiles),
];

/**
 * Miles at which the distance score reaches 0. The seed's 25 gives every candidate beyond it the same 0, which would
 * leave distance out just when the circle was widened; a wider circle is therefore its own scale (C14).
 */
export const distanceScale = (radiusMiles: number | null, policy: Policy): number =>
  radiusMiles === null || radiusMiles < policy.distanceScaleMiles ? policy.distanceScaleMiles : radiusMiles;
