/** Directories as published: content-addressed, never changed; one pointer says which is in force. */
import type { Day, Instant } from '@refloop/domain/instant';

export type DirectorySnapshot = {
  /** SHA-256 of the bytes, lower-case hex. */
  hash: string;
  asOf: Day;
  counts: Record<string, number>;
  synthetic: boolean;
  publishedAt: Instant;
};

export type DirectorySnapshots = {
  /** Stores the bytes if they are new and puts them in force. Refuses bytes that do not have the hash. */
  publish: (snapshot: DirectorySnapshot, bytes: Uint8Array) => Promise<void>;
  /** The one in force; undefined before the first is published. */
  current: () => Promise<DirectorySnapshot | undefined>;
  bytes: (hash: string) => Promise<Uint8Array | undefined>;
  /** Calls back with the hash when another one is put in force, by any process. Returns how to stop. */
  onChange: (changed: (hash: string) => void) => Promise<() => Promise<void>>;
};
