/** Links for patients: one referral each. Only digests of what opens them are kept. */
import type { Instant } from '@refloop/domain/instant';
import type { PatientSide } from '@refloop/domain/referral/event';
import type { Scope } from './store.ts';

export type NewPatientLink = {
  id: string;
  /** SHA-256 of the token in the link, lower-case hex. */
  tokenHash: string;
  referralId: string;
  /** Subject of who made it; `refloop` of one that a message carries. */
  madeBy: string;
  madeAt: Instant;
  expiresAt: Instant;
};

export type StoredPatientLink = NewPatientLink & {
  wrongTries: number;
  /** What it was opened to last, by whom, and until when. */
  opened: { hash: string; until: Instant; as: PatientSide } | null;
  /** When it was taken back, or locked after too many tries. */
  closedAt: Instant | null;
};

export type PatientLinkStore = {
  insert: (link: NewPatientLink) => Promise<void>;
  /** Every link of the referral, oldest first, kept from others until the transaction ends, so that tries are counted one by one. */
  takeAll: (referralId: string) => Promise<StoredPatientLink[]>;
  /** The same, to look at. */
  list: (referralId: string) => Promise<StoredPatientLink[]>;
  countWrongTry: (id: string) => Promise<void>;
  /** In place of what it was opened to before. */
  open: (id: string, opened: { hash: string; until: Instant; as: PatientSide }) => Promise<void>;
  /** Those of the referral that are not closed yet, but for these. Answers their ids. */
  close: (referralId: string, at: Instant, kept?: readonly string[]) => Promise<string[]>;
};

/** By the digest of the link's token, or of what it was opened to; whatever has become of it. */
export type PatientLinkLookup = (hash: string) => Promise<{ scope: Scope; id: string; referralId: string } | undefined>;
