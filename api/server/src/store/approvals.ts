/** The record that a named clinician approved this version of an order. Never changed. */
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type StoredApproval = {
  id: string;
  recommendationId: string;
  referralId: string;
  /** Chosen by the app once per press of the button. */
  idempotencyKey: string;
  /** Subject of the id_token. */
  subject: string;
  approvedAt: Instant;
  /** `meta.versionId` of the order that was approved; null where the order is new. */
  orderVersion: string | null;
  /** SHA-256 of the approved content, lower-case hex. */
  contentHash: string;
  /** What was approved, in full. Stored encrypted. */
  content: Json;
};

export type ApprovalInsertAnswer =
  | { status: 'inserted' }
  /** The same key came before: this is what it did, and nothing was changed now. */
  | { status: 'earlier'; approval: StoredApproval };

export type ApprovalStore = {
  insert: (approval: StoredApproval) => Promise<ApprovalInsertAnswer>;
  byRecommendation: (recommendationId: string) => Promise<StoredApproval | undefined>;
};
