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
  /** Subject of whom it was last escalated to; null while it was not. */
  escalatedTo: string | null;
  status: 'open' | 'done';
  settledAt: Instant | null;
  /** What a person reads about it. Stored encrypted. */
  content: Json;
};

export type NewObligation = Omit<StoredObligation, 'status' | 'settledAt' | 'escalatedTo'>;

export type ObligationChange =
  | { what: 'take'; owner: string }
  /** Still open, and another in what is told of it. */
  | { what: 'revise'; owner: string | null; dueAt: Instant; escalatedTo: string | null; content: Json }
  | { what: 'done'; at: Instant; content?: Json };

/** Where a row stands in the order of deadlines. */
export type OpenPlace = Pick<StoredObligation, 'dueAt' | 'id'>;

/** Open obligations of one kind, one owner and one age. */
export type OpenCount = {
  kind: string;
  owner: string | null;
  /** How many of the bounds lie at or before the moment it was raised: 0 is older than all of them. */
  age: number;
  open: number;
  overdue: number;
  /** Not overdue, and due soon. */
  atRisk: number;
  /** When the oldest of them was raised. */
  oldest: Instant;
};

export type OpenCounts = { referrals: number; counts: OpenCount[] };

/** What has become of rows since a mark was taken. A row that changed while it was being taken may be told again; none is left out. */
export type ObligationChanges = {
  /** Raised or revised, and open. */
  open: StoredObligation[];
  /** Ids of those that are done. */
  done: string[];
};

export type ObligationStore = {
  /** An id that exists already is left as it is: raising the same obligation twice changes nothing. */
  insert: (obligation: NewObligation) => Promise<void>;
  get: (id: string) => Promise<StoredObligation | undefined>;
  /** Ids of all, open and done, in order. */
  ids: () => Promise<string[]>;
  /** Earliest deadline first. */
  list: (question: {
    status: 'open' | 'done';
    kind?: string;
    referralId?: string;
    owner?: string;
    raisedBy?: string;
    escalatedTo?: string;
    /** At or after. */
    raisedFrom?: Instant;
    raisedBefore?: Instant;
    dueFrom?: Instant;
    dueBefore?: Instant;
    /** Of those that are done: settled then or later. */
    settledSince?: Instant;
    /** 500 unless told, and never more than 10,000. */
    limit?: number;
  }) => Promise<StoredObligation[]>;
  /**
   * A part of all that is open, earliest deadline first.
   * @param question `after`: begins behind that row, whether it is open still or not
   */
  listOpen: (question: { after?: OpenPlace; limit: number }) => Promise<StoredObligation[]>;
  /**
   * What is open, counted without reading any of it. In order of kind, owner and age.
   * @param question `soon`: due before it and not before `now` is at risk. `bounds`: moments in ascending order that part the ages.
   */
  countOpen: (question: { now: Instant; soon: Instant; bounds: readonly Instant[] }) => Promise<OpenCounts>;
  /** A moment in the order of changes, to ask `changedSince` with later: digits, colons and commas, and nothing to reckon with. */
  mark: () => Promise<string>;
  /** Undefined where more than `limit` rows have changed, or the mark is none: reading all is no more work then. */
  changedSince: (mark: string, limit: number) => Promise<ObligationChanges | undefined>;
  /** Of each kind that is open of one referral, in order of their ids, and kept from others until the transaction ends. */
  openOf: (referralId: string) => Promise<StoredObligation[]>;
  /** False where it does not exist or is done already. */
  settle: (id: string, change: ObligationChange) => Promise<boolean>;
};
