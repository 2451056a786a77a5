/** Refloop's own roles, given to a subject of an issuer by an admin. */
import type { Instant } from '@refloop/domain/instant';
import type { Role } from '../client/session.ts';

export type StoredGrant = {
  /** Subject of the id_token. */
  subject: string;
  /** Relative reference, such as `Practitioner/123`. */
  fhirUser: string;
  name: string | null;
  /** An empty list takes everything away, the clinician's role too. */
  roles: Role[];
  /** Subject of the admin, or `sites` for what a site file or the sandbox gave. */
  grantedBy: string;
  grantedAt: Instant;
  reason: string;
};

export type GrantStore = {
  get: (subject: string) => Promise<StoredGrant | undefined>;
  put: (grant: StoredGrant) => Promise<void>;
  /** In order of subject. */
  list: () => Promise<StoredGrant[]>;
};
