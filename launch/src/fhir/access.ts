/** Who is asking: what an access token says, as the authorization server vouches for it. */
import type { Soundness } from './habits.ts';

/** The facts of one live access token. The FHIR server trusts these and nothing else about the caller. */
export type AccessContext = {
  /** `sub` of the user, or the client id for a backend service. */
  subject: string;
  /** Relative reference to the user's resource, for example `Practitioner/dr-lin`. Empty for a backend service. */
  fhirUser: string;
  clientId: string;
  /** The granted scopes, space separated, as in the token response. */
  scopes: string;
  /** Id of the patient in context (no `Patient/` before it); absent when the launch had none. `patient/` scopes grant nothing without it. */
  patient?: string;
  /** Id of the encounter in context. */
  encounter?: string;
  /** What is wrong with the EHR for this token; nothing when left out. */
  soundness?: Soundness;
  /** What is to go wrong for this token, and whose count it is: a launch's, or that of a backend service. Absent where nothing is. */
  faults?: { owner: string; names: readonly string[] };
  /** Seconds since the epoch; at or after this second the token is refused with 401. */
  expiresAt: number;
};

/** Resolves a bearer token to what it grants; undefined when the token is unknown, revoked or meant for another server. */
export type Authenticate = (bearerToken: string) => Promise<AccessContext | undefined>;
