/** What follows from the state of a referral by itself. Pure: the product asks it within a transaction, the simulated practice in memory. */
import type { Instant } from '@refloop/domain/instant';
import type { Actor, Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { lookAt, raise } from '@refloop/domain/sla/escalate';
import type { SlaPolicy } from '@refloop/domain/sla/policy';
import { inTurn, type StaffPerson } from '@refloop/domain/sla/staff';

export const ENGINE_NAME = 'refloop-engine';

/** Who acts where nobody does. */
export const engineActor = ({ id, version }: SlaPolicy): Actor => ({ kind: 'software', name: ENGINE_NAME, version: `${id}/${version}` });

/** Until an order is in force nobody outside knows of it: what is owed until then has rows of its own. */
export const isEngaged = (referral: Referral | undefined): boolean =>
  referral !== undefined && referral.order.status !== 'draft' && referral.order.status !== 'approved';

/** A coordinator for an order that has come into force, and the steps of the policy whose time has come; nothing where all of it was done. */
export function reactionsTo(referral: Referral, policy: SlaPolicy, staff: readonly StaffPerson[], now: Instant): Happening[] {
  const { assigned, given } = assign(referral, staff, now);
  return [...assigned, ...raise(given, policy, staff, now)];
}

/** The same, with the moment at which to look again; undefined where nothing is ahead. */
export function lookThrough(
  referral: Referral,
  policy: SlaPolicy,
  staff: readonly StaffPerson[],
  now: Instant,
): { reactions: Happening[]; next: Instant | undefined } {
  const { assigned, given } = assign(referral, staff, now);
  const { raised, next } = lookAt(given, policy, staff, now);
  return { reactions: [...assigned, ...raised], next };
}

function assign(referral: Referral, staff: readonly StaffPerson[], now: Instant): { assigned: Happening[]; given: Referral } {
  if (referral.coordinator !== null) return { assigned: [], given: referral };
  const coordinator = inTurn('coordinator', referral.id, staff);
  const assigned: Happening[] =
    referral.order.status === 'active' && coordinator !== undefined
      ? [{ effectiveAt: now, factKey: null, fact: { type: 'coordinator-assigned', version: 1, coordinator, because: 'in-turn' } }]
      : [];
  return { assigned, given: { ...referral, coordinator: coordinator ?? null } };
}
