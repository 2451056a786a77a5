/** What a site holds itself and others to, each version kept as it was. */
import type { Instant } from '@refloop/domain/instant';
import type { SlaPolicy } from '@refloop/domain/sla/policy';

export type StoredSlaPolicy = {
  policy: SlaPolicy;
  /** Subject of whoever made this version; `refloop` for the default. */
  madeBy: string;
  /** As their session had it; null of versions from before names were kept. */
  madeByName: string | null;
  madeAt: Instant;
  reason: string;
};

export type SlaPolicyStore = {
  /** The highest version; undefined where a site has none yet. */
  inForce: () => Promise<StoredSlaPolicy | undefined>;
  /** One version, as it was kept. */
  get: (version: number) => Promise<StoredSlaPolicy | undefined>;
  /** Of each version who made it, when and why; newest first. */
  versions: () => Promise<(Omit<StoredSlaPolicy, 'policy'> & { version: number })[]>;
  /** False where this version exists: somebody else was faster. */
  add: (stored: StoredSlaPolicy) => Promise<boolean>;
};
