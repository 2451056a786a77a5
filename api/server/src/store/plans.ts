/** Write plans: which resources an approved referral writes, and how far that got. One holder at a time, by lease. */
import type { Instant } from '@refloop/domain/instant';
import type { Json } from './store.ts';

export type StoredPlan = {
  id: string;
  referralId: string;
  recommendationId: string;
  patientId: string;
  /** Subject of the clinician who approved it. */
  subject: string;
  madeAt: Instant;
  finished: boolean;
  lease: { holder: string; until: Instant } | null;
  /** Counts up with each save, from 1. */
  revision: number;
  /** When reconciliation looks into it next; null where nothing is left to find out. */
  lookDueAt: Instant | null;
  /** How often reconciliation has looked. */
  looks: number;
  /** Steps with their outcomes, and what was left out. Stored encrypted. */
  content: Json;
};

export type NewPlan = Omit<StoredPlan, 'lease' | 'revision' | 'looks'>;

export type LeaseAnswer =
  | { status: 'taken'; until: Instant }
  /** Another holder has it until then. */
  | { status: 'held'; holder: string; until: Instant }
  | { status: 'missing' };

export type PlanSaveAnswer =
  | { status: 'saved'; revision: number }
  | { status: 'conflict'; revision: number }
  /** The holder's lease has ended or was taken by another: nothing was changed. */
  | { status: 'lease-lost' }
  | { status: 'missing' };

export type PlanStore = {
  insert: (plan: NewPlan) => Promise<void>;
  get: (id: string) => Promise<StoredPlan | undefined>;
  byRecommendation: (recommendationId: string) => Promise<StoredPlan | undefined>;
  /** Takes or renews the lease in one step: of two holders who ask together, one gets it. */
  takeLease: (id: string, holder: string, now: Instant, seconds: number) => Promise<LeaseAnswer>;
  /** Gives the lease back early; does nothing where the holder has it no more. */
  releaseLease: (id: string, holder: string) => Promise<void>;
  /** Saves what a step came to. Only the holder of a running lease may. */
  saveStep: (
    id: string,
    by: { holder: string; now: Instant },
    expectedRevision: number,
    change: { content: Json; finished: boolean },
  ) => Promise<PlanSaveAnswer>;
  /** Reconciliation has looked: when it does so again, if at all. Needs no lease and changes nothing that was found out. */
  looked: (id: string, next: Instant | null) => Promise<void>;
  /** Plans that are due for a look, whatever their state, the longest due first. */
  listLookDue: (now: Instant, limit: number) => Promise<StoredPlan[]>;
  /** Of any state, made then or later, in order of their ids: those behind `after`, at most `limit`. */
  after: (question: { after: string; madeSince: Instant; limit: number }) => Promise<StoredPlan[]>;
  /** Plans that still have steps to write, oldest first; by patient, by clinician, or both. */
  listUnfinished: (question: { patientId?: string; subject?: string }) => Promise<StoredPlan[]>;
};
