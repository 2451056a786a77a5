/** Links for specialists' offices: one attempt each. Only digests of what opens them are kept. */
import type { Instant } from '@refloop/domain/instant';
import type { Scope } from './store.ts';

export type NewOfficeLink = {
  id: string;
  /** SHA-256 of the token in the link, lower-case hex. */
  tokenHash: string;
  referralId: string;
  attempt: number;
  /** Of the specialist: whoever opens it has to give it. */
  npi: string;
  /** Subject of who made it. */
  madeBy: string;
  madeAt: Instant;
  expiresAt: Instant;
};

export type StoredOfficeLink = NewOfficeLink & {
  wrongTries: number;
  /** What it was opened to last: the digest of what its page holds, and until when. */
  opened: { hash: string; until: Instant } | null;
  /** When it was taken back, or another was made in its place. */
  closedAt: Instant | null;
};

export type OfficeLinkStore = {
  insert: (link: NewOfficeLink) => Promise<void>;
  /** Kept from others until the transaction ends, so that tries are counted one by one. */
  take: (id: string) => Promise<StoredOfficeLink | undefined>;
  /** Of one referral, newest first. */
  list: (referralId: string) => Promise<StoredOfficeLink[]>;
  countWrongTry: (id: string) => Promise<void>;
  /** In place of what it was opened to before. */
  open: (id: string, opened: { hash: string; until: Instant }) => Promise<void>;
  /** Those of the referral that are not closed yet, or of one attempt of it. Answers their ids. */
  close: (referralId: string, at: Instant, attempt?: number) => Promise<string[]>;
};

/** By the digest of the link's token, or of what it was opened to; whatever has become of it. */
export type OfficeLinkLookup = (hash: string) => Promise<{ scope: Scope; id: string } | undefined>;
