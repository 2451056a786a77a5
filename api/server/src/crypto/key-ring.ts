/** The key-encryption keys: they wrap data keys and nothing else, under a name that is stored with each wrapped key. */
import { randomBytes } from 'node:crypto';
import type { KeyEncryptionKey } from '../config.ts';
import { open, type Place, seal } from './seal.ts';

export type WrappedKey = { kid: string; wrapped: Uint8Array };

export type KeyRing = {
  /** Name of the key that wraps what is new. */
  current: string;
  /** A random 256-bit key together with its wrapped form. */
  newDataKey: (place: Place) => { key: Uint8Array; stored: WrappedKey };
  /** Throws where the key that wrapped it is not at hand. */
  unwrap: (stored: WrappedKey, place: Place) => Uint8Array;
  /** The same data key under the current key-encryption key. */
  rewrap: (stored: WrappedKey, place: Place) => WrappedKey;
};

/** The first key wraps what is new, all of them unwrap. */
export function createKeyRing(keys: KeyEncryptionKey[]): KeyRing {
  const [current] = keys;
  if (!current) throw new Error('REFLOOP_KEY holds no key.');
  const wrap = (key: Uint8Array, place: Place): WrappedKey => ({ kid: current.kid, wrapped: seal(current.key, key, place) });
  const unwrap = (stored: WrappedKey, place: Place): Uint8Array => {
    const wrapping = keys.find(({ kid }) => kid === stored.kid);
    if (!wrapping) {
      throw new Error(
        `The key named ${stored.kid} is not in REFLOOP_KEY, and what it protects cannot be read. Add it after the current key.`,
      );
    }
    return open(wrapping.key, stored.wrapped, place);
  };
  return {
    current: current.kid,
    newDataKey: (place) => {
      const key = randomBytes(32);
      return { key, stored: wrap(key, place) };
    },
    unwrap,
    rewrap: (stored, place) => wrap(unwrap(stored, place), place),
  };
}
