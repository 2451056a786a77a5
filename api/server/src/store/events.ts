/** The history of each referral: events in order, never changed. */
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type NewEvent = {
  type: string;
  /** Version of this type's `data`; readers bring old ones up to date. */
  version: number;
  /** When it happened; null where that is inferred and so not known. */
  effectiveAt: Instant | null;
  recordedAt: Instant;
  /** Who did it or told us: no patient data, it is stored in the clear. */
  actor: Json;
  /** Stored encrypted under the referral's own key. */
  data: Json;
  /** Source, resource and version of an inbound fact: a key that is known already changes nothing. */
  factKey?: string;
};

/** An event as read back; `sequence` counts from 1 within its referral. */
export type StoredEvent = NewEvent & { referralId: string; sequence: number };

/** What tells whether a history is still the one that was read. */
export type HistoryMark = {
  referralId: string;
  /**
   * Another one with every event appended, and never the same for two histories; null where the data key was destroyed, so that
   * nobody can read it any more.
   */
  mark: string | null;
};

/** Every event of one referral, in order. */
export type StoredHistory = { referralId: string; events: StoredEvent[] };

export type AppendAnswer =
  /** `appended` is less than what was given where a fact was known already. */
  | { status: 'appended'; sequence: number; appended: number }
  /** Somebody else appended since `expectedSequence` was read: read again, decide again. */
  | { status: 'conflict'; sequence: number };

export type EventStore = {
  /** Appends in order. `expectedSequence` is the last sequence the decision rests on, 0 for a new referral. */
  append: (referralId: string, expectedSequence: number, events: NewEvent[]) => Promise<AppendAnswer>;
  /** All events of one referral in order; empty where there is none. */
  /** Keeps other writers of this referral waiting until the transaction ends. */
  hold: (referralId: string) => Promise<void>;
  read: (referralId: string) => Promise<StoredEvent[]>;
  /** Ids of all referrals of this scope that have events, in order: for rebuilding projections. */
  referralIds: () => Promise<string[]>;
  /** How many referrals of this scope have events. */
  count: () => Promise<number>;
  /** Of all histories, in an order of the store's own: those after the referral `after` ('' = from the first), at most `limit`. */
  marks: (question: { after: string; limit: number }) => Promise<HistoryMark[]>;
  /** Whole histories of these referrals; one whose data key was destroyed is left out. */
  histories: (referralIds: string[]) => Promise<StoredHistory[]>;
};
