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
  if (delegations.length === 0) return { people: withoutCover(grants), coverEnds: null };
  const substitutes = substitutesOf(delegations, now);
  const covered = new Set(grants.filter(coordinates).map(({ subject }) => subject));
  const ends = delegations.flatMap((each) =>
    each.kind === 'covers' && isInForce(each, now) && each.until !== null && covered.has(each.clinician.subject) ? [each.until] : [],
  );
  return {
    people: grants.map((grant) => personOf(grant, coordinates(grant) ? (substitutes.get(grant.subject) ?? null) : null)),
    coverEnds: ends.toSorted()[0] ?? null,
  };
}

const personOf = ({ subject, roles }: StoredGrant, substitute: string | null): StaffPerson => ({
  subject,
  roles: REACHED.filter((role) => roles.includes(role)),
  substitute,
});

const alone = new WeakMap<StoredGrant, StaffPerson>();

/** Nobody stands in for anybody. Of a grant that cannot change and comes again, as from the store in memory, the person is the same. */
function withoutCover(grants: readonly StoredGrant[]): StaffPerson[] {
  return grants.map((grant) => {
    const person = alone.get(grant) ?? personOf(grant, null);
    if (Object.isFrozen(grant)) alone.set(grant, person);
    return person;
  });
}

export const staffIn = async (unit: Unit, now: string): Promise<StaffPerson[]> => (await staffAt(unit, now)).people;
