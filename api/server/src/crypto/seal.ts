/**
 * Authenticated encryption of what is stored: AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). One key seals
 * the payloads of one referral, session or month of audit, far below the 2^32 that random nonces allow.
 * Form: one byte that says which form it is, 12 of nonce, the ciphertext, 16 of tag.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What the ciphertext holds: the bytes themselves, or the bytes as a raw DEFLATE stream (RFC 1951). */
type Form = 1 | 2;
const PLAIN = 1;
const COMPRESSED = 2;
const NONCE = 12;
const TAG = 16;

/** Where a ciphertext belongs; opening it anywhere else fails. */
export type Place = { table: string; tenant: string; issuer: string; id: string; column: string };

/** A JSON array cannot be read two ways, as joined text could. The first form is older than there being several. */
const associatedData = ({ table, tenant, issuer, id, column }: Place, form: Form): Buffer =>
  Buffer.from(JSON.stringify([table, tenant, issuer, id, column, ...(form === PLAIN ? [] : [form])]), 'utf8');

function sealAs(form: Form, key: Uint8Array, content: Uint8Array, place: Place): Buffer {
  const nonce = randomBytes(NONCE);
  // Of bytes Node first finds out by exceptions that they are no key object, which costs more than making one (2026-11-28).
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), nonce, { authTagLength: TAG });
  cipher.setAAD(associatedData(place, form));
  return Buffer.concat([Buffer.of(form), nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

export const seal = (key: Uint8Array, plain: Uint8Array, place: Place): Buffer => sealAs(PLAIN, key, plain, place);

function formOf(bytes: Buffer, place: Place): Form {
  const [form] = bytes;
  if ((form === PLAIN || form === COMPRESSED) && bytes.length >= 1 + NONCE + TAG) return form;
  throw new Error(`Unknown form of ciphertext in ${place.table}.${place.column}.`);
}

/** Throws where key, place or bytes are not those it was sealed with. */
export function open(key: Uint8Array, sealed: Uint8Array, place: Place): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const form = formOf(bytes, place);
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), bytes.subarray(1, 1 + NONCE), { authTagLength: TAG });
  decipher.setAAD(associatedData(place, form));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  try {
    const content = Buffer.concat([decipher.update(bytes.subarray(1 + NONCE, bytes.length - TAG)), decipher.final()]);
    return form === COMPRESSED ? inflateRawSync(content) : content;
  } catch (error) {
    throw new Error(`The ciphertext of ${place.table}.${place.column} does not open: another key, another row, or changed bytes.`, {
      cause: error,
    });
  }
}

/** Shorter ones gain nothing by being compressed. */
const COMPRESS_FROM = 1024;
/** The fastest: a chart is an eighth of its size after it, and a little less after the slower ones. */
const LEVEL = 1;

/**
 * Seals a JSON value. A long one is compressed first: a chart is then written, logged and read by PostgreSQL at an eighth of its size,
 * which costs less than it saves. Whoever could choose words beside a secret again and again, and see the length that results, could
 * guess the secret by trial (CRIME); whoever may choose words of a chart here may read that chart.
 */
export function sealJson(key: Uint8Array, value: unknown, place: Place): Buffer {
  const plain = Buffer.from(JSON.stringify(value ?? null), 'utf8');
  return plain.byteLength < COMPRESS_FROM
    ? seal(key, plain, place)
    : sealAs(COMPRESSED, key, deflateRawSync(plain, { level: LEVEL }), place);
}

export const openJson = (key: Uint8Array, sealed: Uint8Array, place: Place): unknown =>
  JSON.parse(open(key, sealed, place).toString('utf8'));
