/** Who is signed in, from which EHR, for which patient. Only the SHA-256 of the token is stored. */
import type { Instant } from '@refloop/domain/instant';
import type { StoredGrant } from './grants.ts';
import type { Scope } from './store.ts';

export type StoredSession = {
  /** SHA-256 of the token, lower-case hex: it also names the session in logs and in the audit. */
  tokenHash: string;
  scope: Scope;
  subject: string;
  /** Relative reference of the signed-in person, such as `Practitioner/123`. */
  fhirUser: string;
  /** The signed-in person's name. Stored encrypted. */
  name: string;
  /** The proven patient; null for a session opened without one. Stored encrypted. */
  patientId: string | null;
  startedAt: Instant;
  /** Moved by what the person does, never by what the page fetches. */
  lastActivity: Instant;
  /** Absolute end. */
  expiresAt: Instant;
  /** Signed out at; null while it runs. */
  endedAt: Instant | null;
};

export type NewSession = Omit<StoredSession, 'scope' | 'endedAt'>;

/** The session and the grant as it stands now, so that taking a role away ends its use at once. */
export type SessionLookup = (tokenHash: string) => Promise<{ session: StoredSession; grant: StoredGrant | undefined } | undefined>;

export type SessionStore = {
  insert: (session: NewSession) => Promise<void>;
  /** Records activity; false where the session has ended, has expired or was idle since before `idleSince`. */
  touch: (tokenHash: string, at: Instant, idleSince: Instant) => Promise<boolean>;
  end: (tokenHash: string, at: Instant) => Promise<void>;
};

export type UsedIdTokens = {
  /** True the first time, false for a replay. `until` = when the token expires and the row may go. */
  claim: (hash: string, until: Instant, now: Instant) => Promise<boolean>;
};
