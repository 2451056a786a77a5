/** What came in from outside and where it stands: kept before anything is made of it, held until it is known whose it is. */
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type InboundStanding =
  /** Not read yet. */
  | { status: 'waiting' }
  /** A person decides whose it is. */
  | { status: 'held' }
  | { status: 'placed'; at: Instant; referralId: string }
  /** A person looked: it is nobody's here. */
  | { status: 'set-aside'; at: Instant };

export type StoredInbound = {
  id: string;
  source: 'portal' | 'gateway';
  /** Of the bytes, lower-case hex. */
  sha256: string;
  receivedAt: Instant;
  standing: InboundStanding;
  /** By whose link it came, as `referral/attempt`; null where it came by none. */
  linkKey: string | null;
  /** Stored encrypted under a key of its own. */
  content: Json;
};

export type InboundDocumentStore = {
  /** With its file, which is kept until it is placed. False where the id exists already, which is left as it is. */
  insert: (document: StoredInbound, file: Uint8Array) => Promise<boolean>;
  /** Byte by byte as it came; undefined once it is placed. */
  file: (id: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;
  get: (id: string) => Promise<StoredInbound | undefined>;
  /** For change: whoever else takes it waits until this transaction ends. */
  take: (id: string) => Promise<StoredInbound | undefined>;
  /** Where it stands now, and what is kept of it. Its file goes once it is placed. */
  settle: (id: string, standing: InboundStanding, content: Json) => Promise<void>;
  /** Oldest first. */
  open: (question: { status: 'waiting' | 'held'; limit: number }) => Promise<StoredInbound[]>;
  count: (status: 'waiting' | 'held') => Promise<number>;
  /** Whether one that came by this link is held. */
  holdsOf: (linkKey: string) => Promise<boolean>;
  /** Of all, in order. */
  ids: () => Promise<string[]>;
};
