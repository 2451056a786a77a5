/** Who stands in for whom: a person who prepares for a clinician, a clinician who covers for another. Kept by admins, never changed. */
import type { Instant } from '@refloop/domain/instant';

export type DelegationKind =
  /** The delegate prepares referrals that the clinician signs. */
  | 'prepares-for'
  /** The delegate signs, and finishes writing, in the clinician's place and under their own name. */
  | 'covers';

/** A person of this EHR as a grant names them; no patient. */
export type StaffMember = {
  /** Subject of the id_token. */
  subject: string;
  /** Relative reference, such as `Practitioner/123`. */
  fhirUser: string;
  name: string;
};

export type StoredDelegation = {
  id: string;
  kind: DelegationKind;
  delegate: StaffMember;
  clinician: StaffMember;
  reason: string;
  /** Subject of the admin, or `sites` for what the sandbox gave. */
  givenBy: string;
  givenAt: Instant;
  /** From then on it is not in force; null = until it is taken away. */
  until: Instant | null;
  /** Taken away before that; null while it was not. */
  ended: { at: Instant; by: string; reason: string } | null;
};

export type NewDelegation = Omit<StoredDelegation, 'ended'>;

export type DelegationStore = {
  /** An id that exists already is left as it is: giving the same one twice changes nothing. */
  insert: (delegation: NewDelegation) => Promise<void>;
  get: (id: string) => Promise<StoredDelegation | undefined>;
  /** All that ever were, newest first. */
  list: () => Promise<StoredDelegation[]>;
  /** Those of this delegate that are in force now, oldest first. */
  inForce: (question: { kind: DelegationKind; delegate: string; now: Instant }) => Promise<StoredDelegation[]>;
  /** False where there is none, or where it was taken away before. */
  end: (id: string, ended: { at: Instant; by: string; reason: string }) => Promise<boolean>;
};
