/** What a site decides about itself, each version kept as it was: its service levels, and its words and looks. */
import type { Configuration } from '@refloop/domain/configuration/configuration';
import type { Instant } from '@refloop/domain/instant';
import type { SlaPolicy } from '@refloop/domain/sla/policy';

/** What of a version is told besides what stands in it. */
export type VersionMade = {
  /** Subject of whoever made it; `refloop` for the default. */
  madeBy: string;
  /** As their session had it; null of versions from before names were kept. */
  madeByName: string | null;
  madeAt: Instant;
  reason: string;
};

export type Versioned<Name extends string, Content extends { version: number }> = VersionMade & Record<Name, Content>;

export type VersionStore<Stored extends VersionMade> = {
  /** The highest version; undefined where a site has none yet. */
  inForce: () => Promise<Stored | undefined>;
  /** One version, as it was kept. */
  get: (version: number) => Promise<Stored | undefined>;
  /** Of each version who made it, when and why; newest first. */
  versions: () => Promise<(VersionMade & { version: number })[]>;
  /** False where this version exists: somebody else was faster. */
  add: (stored: Stored) => Promise<boolean>;
};

export type StoredSlaPolicy = Versioned<'policy', SlaPolicy>;
export type SlaPolicyStore = VersionStore<StoredSlaPolicy>;

export type StoredConfiguration = Versioned<'configuration', Configuration>;
export type ConfigurationStore = VersionStore<StoredConfiguration>;
