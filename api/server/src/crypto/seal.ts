/**
 * Authenticated encryption of what is stored: AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). One key seals
 * the payloads of one referral, session or month of audit, far below the 2^32 that random nonces allow.
 * Form: one byte for the version of this form, 12 of nonce, the ciphertext, 16 of tag.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const FORM = 1;
const NONCE = 12;
const TAG = 16;

/** Where a ciphertext belongs; opening it anywhere else fails. */
export type Place = { table: string; tenant: string; issuer: string; id: string; column: string };

/** A JSON array cannot be read two ways, as joined text could. */
const associatedData = ({ table, tenant, issuer, id, column }: Place): Buffer =>
  Buffer.from(JSON.stringify([table, tenant, issuer, id, column]), 'utf8');

export function seal(key: Uint8Array, plain: Uint8Array, place: Place): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  cipher.setAAD(associatedData(place));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(FORM), nonce, body, cipher.getAuthTag()]);
}

/** Throws where key, place or bytes are not those it was sealed with. */
export function open(key: Uint8Array, sealed: Uint8Array, place: Place): Buffer {
  const bytes = Buffer.from(sealed);
  if (bytes[0] !== FORM || bytes.length < 1 + NONCE + TAG) throw new Error(`Unknown form of ciphertext in ${place.table}.${place.column}.`);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE), { authTagLength: TAG });
  decipher.setAAD(associatedData(place));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE, bytes.length - TAG)), decipher.final()]);
  } catch (error) {
    throw new Error(`The ciphertext of ${place.table}.${place.column} does not open: another key, another row, or changed bytes.`, {
      cause: error,
    });
  }
}

/** Seals a JSON value. */
export const sealJson = (key: Uint8Array, value: unknown, place: Place): Buffer =>
  seal(key, Buffer.from(JSON.stringify(value ?? null), 'utf8'), place);

export const openJson = (key: Uint8Array, sealed: Uint8Array, place: Place): unknown =>
  JSON.parse(open(key, sealed, place).toString('utf8'));
