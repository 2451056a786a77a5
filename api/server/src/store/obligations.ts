/** Who owes what by when. Rows of ours, claimed with `now` as a parameter. */
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type StoredObligation = {
  id: string;
  referralId: string;
  kind: string;
  raisedAt: Instant;
  dueAt: Instant;
  /** Subject of who has taken it; null while nobody has. */
  owner: string | null;
  /** Subject of the person whose doing it follows from; null where that is not known. */
  raisedBy: string | null;
  status: 'open' | 'done';
  settledAt: Instant | null;
  /** What a person reads about it. Stored encrypted. */
  content: Json;
};

export type NewObligation = Omit<StoredObligation, 'status' | 'settledAt'>;

export type ObligationChange = { what: 'take'; owner: string } | { what: 'done'; at: Instant; content?: Json };

export type ObligationStore = {
  /** An id that exists already is left as it is: raising the same obligation twice changes nothing. */
  insert: (obligation: NewObligation) => Promise<void>;
  get: (id: string) => Promise<StoredObligation | undefined>;
  /** Earliest deadline first. */
  list: (question: {
    status: 'open' | 'done';
    kind?: string;
    referralId?: string;
    owner?: string;
    raisedBy?: string;
    dueBefore?: Instant;
    /** Of those that are done: settled then or later. */
    settledSince?: Instant;
    limit?: number;
  }) => Promise<StoredObligation[]>;
  /** False where it does not exist or is done already. */
  settle: (id: string, change: ObligationChange) => Promise<boolean>;
};
