/** Documents that came from outside, byte by byte as they came. Sealed with their referral. */
import type { Instant } from '@refloop/domain/instant';

export type StoredDocument = {
  id: string;
  referralId: string;
  contentType: string;
  /** Of the bytes, lower-case hex. */
  sha256: string;
  receivedAt: Instant;
  bytes: Uint8Array;
};

export type DocumentStore = {
  /** An id that exists already is left as it is. */
  insert: (document: StoredDocument) => Promise<void>;
  /** Of all, in order. */
  ids: () => Promise<string[]>;
  get: (id: string) => Promise<StoredDocument | undefined>;
};
