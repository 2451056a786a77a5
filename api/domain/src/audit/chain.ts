/**
 * The hash chain over audit entries, and how it is checked. Pure: SHA-256 is handed in.
 * Leaf and link are hashed under different first bytes, so that one can never pass for the other (RFC 6962 §2.1).
 */
import type { Instant } from '../instant.ts';

/** One row of the chain together with the entry it points to, as read from storage. Hashes are lower-case hex. */
export type ChainedRow = {
  number: number;
  entryId: string;
  leaf: string;
  previous: string;
  hash: string;
  at: Instant;
  /** The entry's canonical bytes; null where the entry is gone. */
  bytes: Uint8Array | null;
  /** SHA-256 of the encrypted details stored beside the entry, hex; null where there are none. */
  payloadHash: string | null;
};

/** What the chain ended with at some moment: kept apart from the chain, so that a shortened chain does not meet it. */
export type ChainHead = { number: number; hash: string; at: Instant };
