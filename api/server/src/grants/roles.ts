/** Which roles a person has: Refloop's own grants, and the first admins of the site entry. */
import type { Role } from '../client/session.ts';
import { ROLES } from '../client/session.ts';
import type { Site } from '../sites.ts';
import type { StoredGrant } from '../store/grants.ts';

/**
 * Without a grant: a clinician for the patient in context, nothing else. With one: exactly its roles. A first admin of the
 * site entry is an admin in any case, so that a site cannot lock itself out.
 */
export function rolesOf(site: Site, fhirUser: string, grant: StoredGrant | undefined): Role[] {
  const granted = new Set<Role>(grant ? grant.roles : ['clinician']);
  if (site.admins.includes(fhirUser)) granted.add('admin');
  return ROLES.filter((role) => granted.has(role));
}
