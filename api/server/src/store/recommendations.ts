/** What was recommended, on what grounds, and what the clinician made of it. */
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type RecommendationState = 'PENDING_REVIEW' | 'APPROVED' | 'DISMISSED' | 'SUPERSEDED';
export type RecommendationOutcome = 'pending' | 'accepted' | 'overridden' | 'edited' | 'dismissed' | 'superseded';

/** In the clear: nothing here tells who the patient is. */
export type RecommendationSummary = {
  id: string;
  referralId: string;
  madeAt: Instant;
  /** Subject of the id_token of the user it was made for. */
  subject: string;
  userName: string;
  patientPseudonym: string;
  status: RecommendationState;
  outcome: RecommendationOutcome;
  specialty: string;
  /** Id and version of the ranking policy. */
  policy: string;
  /** Name and version of the composer. */
  composer: string;
  /** Counts up with each save, from 1. */
  revision: number;
};

export type StoredRecommendation = RecommendationSummary & {
  patientId: string;
  /** Inputs, match, draft: written once and never changed. Stored encrypted. */
  kept: Json;
  /** What the clinician has changed so far. Stored encrypted. */
  working: Json;
  /** Subject of the clinician it lies with to be signed; null while it lies with nobody. In the clear. */
  pendedFor: string | null;
  /** Who prepared it for another to sign, and what they handed over; null where nobody did. Stored encrypted. */
  prepared: Json;
};

export type NewRecommendation = Omit<StoredRecommendation, 'patientPseudonym' | 'revision'>;

export type RecommendationChange = {
  working?: Json;
  status?: RecommendationState;
  outcome?: RecommendationOutcome;
  pendedFor?: string | null;
  prepared?: Json;
};

export type SaveAnswer =
  | { status: 'saved'; revision: number }
  /** Saved by somebody else (another tab) since `expectedRevision`. */
  | { status: 'conflict'; revision: number }
  | { status: 'missing' };

export type RecommendationFilters = {
  outcome?: RecommendationOutcome;
  policy?: string;
  specialty?: string;
  /** Made at or after, and before. */
  from?: Instant;
  to?: Instant;
  subject?: string;
  patientPseudonym?: string;
};

/** `auditEntry` is the row of the chain that holds its first audit entry; null until it is numbered. */
export type RecommendationListRow = RecommendationSummary & { auditEntry: number | null };
export type RecommendationListPage = {
  rows: RecommendationListRow[];
  /** Hand it back to get the next page; null on the last. */
  next: string | null;
  /** Rows that meet the filters, over all pages. */
  total: number;
};

/** A policy of ranking and a composer of notes that worked together, and when their first recommendation was made. */
export type RecommendationVersions = { policy: string; composer: string; since: Instant };

export type RecommendationStore = {
  insert: (recommendation: NewRecommendation) => Promise<void>;
  get: (id: string) => Promise<StoredRecommendation | undefined>;
  save: (id: string, expectedRevision: number, change: RecommendationChange) => Promise<SaveAnswer>;
  /** Newest first. A cursor that is not ours starts from the first page. */
  list: (question: { cursor?: string; limit: number; filters?: RecommendationFilters }) => Promise<RecommendationListPage>;
  /** This user's recommendations for this patient that still wait for a decision, newest first. */
  listPending: (question: { patientId: string; subject: string }) => Promise<StoredRecommendation[]>;
  /** Those for this patient that one person prepares for another to sign and that still wait, with whomever they lie, newest first. */
  listPrepared: (patientId: string) => Promise<StoredRecommendation[]>;
  /** With which versions recommendations were made, the earliest first. */
  versions: () => Promise<RecommendationVersions[]>;
};
