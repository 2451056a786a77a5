/** Who has which role of Refloop, and who stands in for whom at this moment. */
import type { StaffPerson } from '@refloop/domain/sla/staff';
import type { StoredDelegation } from '../../store/delegations.ts';
import type { StoredGrant } from '../../store/grants.ts';
import type { Unit } from '../../store/store.ts';

const REACHED = ['clinician', 'coordinator', 'lead'] as const;

const isInForce = ({ until, ended, givenAt }: StoredDelegation, now: string): boolean =>
  givenAt <= now && ended === null && (until === null || until > now);

/** The one who was given it last stands in. */
function substitutesOf(delegations: readonly StoredDelegation[], now: string): Map<string, string> {
  const inForce = delegations.filter((each) => each.kind === 'covers' && isInForce(each, now));
  return new Map(inForce.toReversed().map(({ clinician, delegate }) => [clinician.subject, delegate.subject]));
}

const coordinates = ({ roles }: Pick<StoredGrant, 'roles'>): boolean => roles.includes('coordinator') || roles.includes('lead');

export type Staff = {
  people: StaffPerson[];
  /** When the next cover of a coordinator or a lead ends by its date; null where none does. */
  coverEnds: string | null;
};

/**
 * Cover for a clinician lets somebody sign in their place while they are there too, and so sends nothing elsewhere: only what is for a
 * coordinator or a lead who is covered for goes to the one who covers.
 */
export async function staffAt(unit: Unit, now: string): Promise<Staff> {
  const delegations = await unit.delegations.list();
  const grants = await unit.grants.list();
  const substitutes = substitutesOf(delegations, now);
  const covered = new Set(grants.filter(coordinates).map(({ subject }) => subject));
  const ends = delegations.flatMap((each) =>
    each.kind === 'covers' && isInForce(each, now) && each.until !== null && covered.has(each.clinician.subject) ? [each.until] : [],
  );
  return {
    people: grants.map((grant) => ({
      subject: grant.subject,
      roles: REACHED.filter((role) => grant.roles.includes(role)),
      substitute: coordinates(grant) ? (substitutes.get(grant.subject) ?? null) : null,
    })),
    coverEnds: ends.toSorted()[0] ?? null,
  };
}

export const staffIn = async (unit: Unit, now: string): Promise<StaffPerson[]> => (await staffAt(unit, now)).people;
