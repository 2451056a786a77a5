/** The key-encryption keys: they wrap data keys and nothing else, under a name that is stored with each wrapped key. */
import { randomBytes } from 'node:crypto';
import type { KeyEncryptionKey } from '../environment/keys.ts';
import { open, type Place, seal } from './seal.ts';

export type WrappedKey = { kid: string; wrapped: Uint8Array };

export type KeyRing = {
  /** Name of the key that wraps what is new. */
  current: string;
  has: (kid: string) => boolean;
  /** Under the current key, or under the one named. */
  wrap: (key: Uint8Array, place: Place, kid?: string) => WrappedKey;
  /** Throws where the key that wrapped it is not at hand. */
  unwrap: (stored: WrappedKey, place: Place) => Uint8Array;
  /** A random 256-bit key together with its wrapped form. */
  newDataKey: (place: Place) => { key: Uint8Array; stored: WrappedKey };
  /** The same data key under the current key-encryption key. */
  rewrap: (stored: WrappedKey, place: Place) => WrappedKey;
};

const withMadeKeys = (ring: Pick<KeyRing, 'current' | 'has' | 'wrap' | 'unwrap'>): KeyRing => ({
  ...ring,
  newDataKey: (place) => {
    const key = randomBytes(32);
    return { key, stored: ring.wrap(key, place) };
  },
  rewrap: (stored, place) => ring.wrap(ring.unwrap(stored, place), place),
});

/** The keys of REFLOOP_KEY: the first wraps what is new, all of them unwrap. */
export function createKeyRing(keys: KeyEncryptionKey[]): KeyRing {
  const [current] = keys;
  if (!current) throw new Error('REFLOOP_KEY holds no key.');
  const keyOf = (kid: string): Uint8Array => {
    const found = keys.find((each) => each.kid === kid);
    if (found) return found.key;
    throw new Error(`The key named ${kid} is not in REFLOOP_KEY, and what it protects cannot be read. Add it after the current key.`);
  };
  return withMadeKeys({
    current: current.kid,
    has: (kid) => keys.some((each) => each.kid === kid),
    wrap: (key, place, kid = current.kid) => ({ kid, wrapped: seal(keyOf(kid), key, place) }),
    unwrap: (stored, place) => open(keyOf(stored.kid), stored.wrapped, place),
  });
}

/** A key-encryption key that the database keeps, itself wrapped by a key of REFLOOP_KEY. */
export type StoredKey = { kid: string; wrapped: WrappedKey; retired: boolean };

export const storedKeyPlace = (kid: string): Place => ({ table: 'key_encryption_key', tenant: '', issuer: '', id: kid, column: 'wrapped' });

/** Names in REFLOOP_KEY hold no slash. */
const PREFIX = 'database/';
export const storedKeyName = (id: string): string => `${PREFIX}${id}`;

/**
 * The keys of the database over those of REFLOOP_KEY: the one that is not retired wraps what is new; without one REFLOOP_KEY does.
 * @param opened the bytes of those whose own wrapper was at hand, by name
 */
export function createStoredKeyRing(roots: KeyRing, stored: StoredKey[], opened: ReadonlyMap<string, Uint8Array>): KeyRing {
  const current = stored.find(({ retired }) => !retired)?.kid ?? roots.current;
  const keyOf = (kid: string): Uint8Array => {
    const key = opened.get(kid);
    if (key) return key;
    const found = stored.find((each) => each.kid === kid);
    if (!found) throw new Error(`The key named ${kid} is no longer in the database, and what it protects cannot be read.`);
    return roots.unwrap(found.wrapped, storedKeyPlace(kid));
  };
  return withMadeKeys({
    current,
    has: (kid) => stored.some((each) => each.kid === kid) || roots.has(kid),
    wrap: (key, place, kid = current) =>
      kid.startsWith(PREFIX) ? { kid, wrapped: seal(keyOf(kid), key, place) } : roots.wrap(key, place, kid),
    unwrap: (given, place) => (given.kid.startsWith(PREFIX) ? open(keyOf(given.kid), given.wrapped, place) : roots.unwrap(given, place)),
  });
}
