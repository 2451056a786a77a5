/** The audit log: who did what, when, why, to whose record. Appended with what it records, chained within a second. */

import type { ChainedRow, ChainHead } from '@refloop/domain/audit/chain';
import type { AuditAction, AuditActor } from '@refloop/domain/audit/entry';
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type NewAuditEntry = {
  at: Instant;
  actor: AuditActor;
  action: AuditAction;
  /** Why, in the words of the purpose-of-use code list, such as TREAT or HOPERAT. */
  purpose: 'TREAT' | 'HOPERAT' | 'HSYSADMIN' | 'HCOMPL';
  /** Whose record it touched; only the pseudonym is written. */
  patientId?: string;
  recommendationId?: string;
  referralId?: string;
  /** Details; stored encrypted, the entry carries the hash of the ciphertext and a salted commitment. */
  payload?: Json;
};

export type AuditEntryRow = {
  id: string;
  at: Instant;
  action: string;
  actor: AuditActor;
  leafHash: string;
  /** Its row of the chain; null until the sequencer has numbered it. */
  row: number | null;
  /** Undefined where it has none. */
  payload: Json;
};

export type AuditLog = {
  /** Returns the entry's id. It is kept if and only if the transaction is. */
  append: (entry: NewAuditEntry) => Promise<string>;
  /** Entries that name this recommendation or this referral, oldest first. */
  list: (question: { recommendationId?: string; referralId?: string }) => Promise<AuditEntryRow[]>;
};

/** The whole log at one moment, whatever is appended meanwhile. */
export type AuditView = {
  /** Every row of the chain in order, with the bytes of the entry it points to. */
  rows: () => AsyncIterable<ChainedRow>;
  heads: () => AsyncIterable<ChainHead>;
  /** Entries recorded before this moment that no row of the chain points to. */
  unsequencedBefore: (moment: Instant) => Promise<string[]>;
};

export type AuditTrail = {
  /**
   * Numbers and chains what is new; any number of processes may call it, one does it at a time. Returns how many. Throws
   * where the chain does not end at its newest head: what was cut off must be found, not papered over.
   */
  sequence: (now: Instant) => Promise<number>;
  view: <Value>(work: (view: AuditView) => Promise<Value>) => Promise<Value>;
};
