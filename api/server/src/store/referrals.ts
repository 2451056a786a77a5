/** Referrals as they stand: a projection of the events, written in the same transaction and rebuildable from them. */
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type ReferralRow = {
  referralId: string;
  /** Stored encrypted; found through a keyed blind index. */
  patientId: string;
  /** The last event this state includes. */
  sequence: number;
  /** The one-word status people see; in the clear, for worklists. */
  status: string;
  updatedAt: Instant;
  /** Subject of the clinician whose order it is; null before it is approved. In the clear, to be found by. */
  requester: string | null;
  /** Whether the order is over or the loop is closed; in the clear, for lists. */
  ended: boolean;
  /** The form of the fold that made the state. */
  foldVersion: number;
  /** The folded state; stored encrypted. */
  state: Json;
};

/** Where a row stands in the order of movement. */
export type MovedPlace = Pick<ReferralRow, 'updatedAt' | 'referralId'>;

export type ReferralStore = {
  /** Writes the row or replaces it. */
  put: (row: ReferralRow) => Promise<void>;
  get: (referralId: string) => Promise<ReferralRow | undefined>;
  /** Of these, those that there are, in order of their id. */
  some: (referralIds: readonly string[]) => Promise<ReferralRow[]>;
  /** Oldest first. */
  listByPatient: (patientId: string) => Promise<ReferralRow[]>;
  /**
   * One clinician's own, what moved last first: those that go on, and those that ended and moved at `endedSince` or later.
   * @param question `after`: begins behind that row
   */
  listByRequester: (question: { requester: string; endedSince: Instant; after?: MovedPlace; limit: number }) => Promise<ReferralRow[]>;
  /** Ids of rows made by an older form of the fold, in order, those after `after`, at most `limit`. */
  listOlder: (question: { foldVersion: number; after: string; limit: number }) => Promise<string[]>;
  /** Replaces the row where it still stands at the same event; false where a writer was faster, whose row is newer. */
  renew: (row: ReferralRow) => Promise<boolean>;
  /** Every row of this scope in order of its id; of many referrals this is a lot at once. */
  all: () => Promise<ReferralRow[]>;
  /** Whether this scope has a referral at all. */
  any: () => Promise<boolean>;
  /** Ids of every row of this scope, in order: for comparing with the events. */
  ids: () => Promise<string[]>;
  /**
   * Replaces every row of this scope by those of `project`, all or none. Writers of referrals wait from before `project`
   * reads until the transaction ends, so that none of their rows is replaced by an older one.
   */
  rebuild: (project: () => Promise<ReferralRow[]>) => Promise<void>;
};
