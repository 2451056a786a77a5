/** By when what is owed before an order is in force has to be done, by the service levels of the site: these are rows of their own, which the engine does not keep. */
import type { Instant } from '@refloop/domain/instant';
import type { Urgency } from '@refloop/domain/matching/request';
import type { Referral } from '@refloop/domain/referral/referral';
import { calendarFor, levelFor } from '@refloop/domain/sla/policy';
import { after } from '@refloop/domain/sla/span';
import type { Unit } from '../store/store.ts';
import { policyIn } from './engine/policy-in-force.ts';

/** The stages of the service levels that such a row is of. */
export type StageBefore = 'decide' | 'finish-writing';

/** @param urgency where the referral has no events yet */
export async function dueBefore(
  unit: Unit,
  { referralId, stage, urgency, from }: { referralId: string; stage: StageBefore; urgency: Urgency; from: Instant },
): Promise<Instant> {
  const policy = await policyIn(unit);
  // As it stands in its row: whoever keeps the log raises such rows too.
  const referral = (await unit.referrals.get(referralId))?.state as Referral | undefined;
  if (!referral) return after(from, policy.levels[stage].within[urgency], policy.calendar);
  return after(from, levelFor(policy, stage, referral).within[referral.urgency], calendarFor(policy, referral));
}
