/** How far an EHR has been read, and what it was asked to notify us of. */
import type { Instant } from '@refloop/domain/instant';

export type CaptureCheckpoint = {
  resourceType: string;
  /** By the EHR's clock: what changed before was read. */
  since: Instant;
  /** By ours; null asks for a look at once. */
  lookedAt: Instant | null;
  /** Why the EHR does not let us look; null where it does. */
  refused: string | null;
};

export type CaptureSubscription = {
  /** In the EHR. */
  reference: string;
  /** SHA-256 of what its notifications bear, lower-case hex. */
  secretHash: string;
  askedAt: Instant;
  /** Of the last notification that bore the secret. */
  heardAt: Instant | null;
};

export type CaptureStore = {
  checkpoint: (resourceType: string) => Promise<CaptureCheckpoint | undefined>;
  checkpoints: () => Promise<CaptureCheckpoint[]>;
  keep: (checkpoint: CaptureCheckpoint) => Promise<void>;
  /** All types are to be looked at at once; `since` stays. */
  wake: () => Promise<void>;
  subscription: () => Promise<CaptureSubscription | undefined>;
  /** In place of the one before. */
  subscribe: (subscription: Omit<CaptureSubscription, 'heardAt'>) => Promise<void>;
  heard: (at: Instant) => Promise<void>;
};
