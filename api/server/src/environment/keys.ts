/** The keys that wrap the data keys: REFLOOP_KEY. */
import type { FieldError } from '../problem.ts';

/** A key that wraps the data keys, and the name it is stored under. */
export type KeyEncryptionKey = { kid: string; key: Uint8Array };

/**
 * Protects nothing: it is in the source. Development and tests use it so that a first start needs no set-up; production
 * refuses it by name and by value.
 */
export const DEVELOPMENT_KEY: KeyEncryptionKey = {
  kid: 'development-only',
  key: Buffer.from('refloop-development-key-not-safe', 'utf8'),
};

const KEY_FIX = 'Set <name>:<base64 of 32 random bytes>, made with `openssl rand -base64 32`; older keys follow after commas.';

type KeysRead = { keys: KeyEncryptionKey[]; faults: FieldError[] };

const keyFault = (message: string): KeysRead => ({ keys: [], faults: [{ field: 'REFLOOP_KEY', message, fix: KEY_FIX }] });

/** @returns the first wraps what is new; all of them unwrap */
export function readKeys(text: string | undefined, production: boolean): KeysRead {
  if (text === undefined || text === '') {
    return production ? keyFault('Not set; production has no default') : { keys: [DEVELOPMENT_KEY], faults: [] };
  }
  const keys: KeyEncryptionKey[] = [];
  for (const part of text.split(',')) {
    const match = /^([A-Za-z0-9._-]{1,40}):([A-Za-z0-9+/]{43}=)$/.exec(part.trim());
    if (!match) return keyFault('Not a list of <name>:<base64 of 32 bytes>');
    const [, kid = '', base64 = ''] = match;
    const key = Buffer.from(base64, 'base64');
    if (production && (kid === DEVELOPMENT_KEY.kid || key.equals(DEVELOPMENT_KEY.key)))
      return keyFault('The development key protects nothing');
    if (keys.some((other) => other.kid === kid)) return keyFault(`The name ${kid} is given twice`);
    keys.push({ kid, key });
  }
  return { keys, faults: [] };
}
