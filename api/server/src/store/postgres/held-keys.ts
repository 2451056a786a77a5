/** The keys that wrap data keys, as this process knows them: those that the database keeps, over those of REFLOOP_KEY. */
import type pg from 'pg';
import { createStoredKeyRing, type KeyRing, type StoredKey, storedKeyPlace, type WrappedKey } from '../../crypto/key-ring.ts';
import type { Place } from '../../crypto/seal.ts';
import { type Client, inTransaction } from './database.ts';

/** Told when a key was put in force or destroyed. */
export const KEY_CHANNEL = 'refloop_keys';

export type HeldKeys = {
  /** As last read. It may be behind: another process rotates while this one serves. */
  ring: () => KeyRing;
  /** The keys of REFLOOP_KEY alone. */
  roots: KeyRing;
  /**
   * Reads what the database keeps now. Inside a transaction with its own client: to wait for another connection while
   * holding one could bring a full pool to a halt.
   */
  refresh: (client: Client) => Promise<KeyRing>;
};

/** A key made by rotation: its bytes, wrapped by the key of REFLOOP_KEY named in `root`. */
type Row = { kid: string; root: string; wrapped: Buffer; retired: boolean };

export function holdKeys(roots: KeyRing): HeldKeys {
  const opened = new Map<string, Uint8Array>();
  let ring = roots;
  return {
    ring: () => ring,
    roots,
    refresh: async (client) => {
      const { rows } = await client.query<Row>(
        'select kid, root, wrapped, retired_at is not null as retired from key_encryption_key where wrapped is not null order by created_at, kid',
      );
      // A key that was destroyed leaves this process as well.
      for (const kid of opened.keys()) if (!rows.some((row) => row.kid === kid)) opened.delete(kid);
      // Opened now: when the key of REFLOOP_KEY changes, this process may meet it again under one that it was not started with.
      for (const { kid, root, wrapped } of rows) {
        if (!opened.has(kid) && roots.has(root)) opened.set(kid, roots.unwrap({ kid: root, wrapped }, storedKeyPlace(kid)));
      }
      const stored = rows.map(({ kid, root, wrapped, retired }): StoredKey => ({ kid, wrapped: { kid: root, wrapped }, retired }));
      ring = createStoredKeyRing(roots, stored, opened);
      return ring;
    },
  };
}

export const refreshKeys = (pool: pg.Pool, keys: HeldKeys): Promise<KeyRing> => inTransaction(pool, keys.refresh);

/** Rotations may overtake a reading; more than a few within one look-up mean that the key is nowhere. */
const LOOKS = 5;

/**
 * Opens a wrapped key, even where it was wrapped anew and its old wrapper destroyed between reading and opening it.
 * @param read reads the row; asked again where its wrapper is not known
 * @returns undefined where there is no such row
 */
export async function openWrapped(
  keys: HeldKeys,
  client: Client,
  read: () => Promise<WrappedKey | undefined>,
  place: Place,
): Promise<Uint8Array | undefined> {
  for (let look = 1; ; look += 1) {
    const stored = await read();
    if (!stored) return undefined;
    const ring = keys.ring().has(stored.kid) ? keys.ring() : await keys.refresh(client);
    if (ring.has(stored.kid) || look === LOOKS) return ring.unwrap(stored, place);
  }
}

/** One process at a time makes a key of REFLOOP_KEY known or puts another key in force (an arbitrary number of ours). */
export const CURRENT_KEY_LOCK = 7_310_003;

/**
 * Makes this process's key of REFLOOP_KEY known as one that wraps data keys; not where the database keeps a key for that.
 * Leaves the keys of the database read.
 */
export async function introduceRoot(pool: pg.Pool, keys: HeldKeys): Promise<void> {
  const unknown = async (client: Client): Promise<boolean> => {
    const { current } = await keys.refresh(client);
    if (current !== keys.roots.current) return false;
    const found = await client.query('select from key_encryption_key where kid = $1', [current]);
    return found.rowCount === 0;
  };
  if (!(await inTransaction(pool, unknown))) return;
  await inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [CURRENT_KEY_LOCK]);
    if (!(await unknown(client))) return;
    await client.query('insert into key_encryption_key (kid) values ($1)', [keys.roots.current]);
  });
}
