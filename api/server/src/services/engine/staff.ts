/** Who has which role of Refloop, and who stands in for whom at this moment. */
import type { StaffPerson } from '@refloop/domain/sla/staff';
import type { StoredDelegation } from '../../store/delegations.ts';
import type { Unit } from '../../store/store.ts';

const REACHED = ['clinician', 'coordinator', 'lead'] as const;

const isInForce = ({ until, ended, givenAt }: StoredDelegation, now: string): boolean =>
  givenAt <= now && ended === null && (until === null || until > now);

/** The one who was given it last stands in. */
function substitutesOf(delegations: readonly StoredDelegation[], now: string): Map<string, string> {
  const inForce = delegations.filter((each) => each.kind === 'covers' && isInForce(each, now));
  return new Map(inForce.toReversed().map(({ clinician, delegate }) => [clinician.subject, delegate.subject]));
}

/**
 * Cover for a clinician lets somebody sign in their place while they are there too, and so sends nothing elsewhere: only what is for a
 * coordinator or a lead who is covered for goes to the one who covers.
 */
export async function staffIn(unit: Unit, now: string): Promise<StaffPerson[]> {
  const substitutes = substitutesOf(await unit.delegations.list(), now);
  return (await unit.grants.list()).map((grant) => {
    const roles = REACHED.filter((role) => grant.roles.includes(role));
    const coordinates = grant.roles.includes('coordinator') || grant.roles.includes('lead');
    return { subject: grant.subject, roles, substitute: coordinates ? (substitutes.get(grant.subject) ?? null) : null };
  });
}
