/** Who the practice's patients are, as far as it takes to know whose a document is: those for whom a referral was approved. */
import type { Identity } from '@refloop/domain/patient-match/identity';

export type StoredIdentity = {
  patientId: string;
  identity: Identity;
  /** The chart that this one was merged into; null where it stands. */
  replacedBy: string | null;
};

export type PatientIdentityStore = {
  /** Writes it or replaces it. `blocks` are words by which it is found again, kept as keyed digests alone. */
  put: (identity: StoredIdentity, blocks: readonly string[]) => Promise<void>;
  /** Those that share a block, in order of nothing; at most `limit`. */
  sharing: (blocks: readonly string[], limit: number) => Promise<StoredIdentity[]>;
  get: (patientId: string) => Promise<StoredIdentity | undefined>;
};
