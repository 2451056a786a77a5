/**
 * What stands in the warehouse for a person or a referral: HMAC-SHA-256 under a key that the warehouse does not hold, cut to 128 bits.
 * The same for the same, another for Patient/1 of another EHR, and nothing can be computed back from it without the key.
 */
import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { blobValue, type DuckDBValue } from '@duckdb/node-api';
import { quoted } from './duckdb.ts';

export type EhrScope = { tenant: string; issuer: string };

export type Pseudonyms = {
  referral: (scope: EhrScope, referralId: string) => string;
  patient: (scope: EhrScope, patientId: string) => string;
  /** @param fhirUser relative reference, such as `Practitioner/123` */
  requester: (scope: EhrScope, fhirUser: string) => string;
  /** Of an appointment, a transmission or a report: links the events of one referral, and no others. */
  within: (referral: string, kind: 'appointment' | 'report', id: string) => string;
};

const HEX_DIGITS = 32;
/** Unique within one referral is enough. */
const SHORT_HEX_DIGITS = 12;

/** @param key 32 bytes or more */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  if (key.byteLength < 32) throw new Error(`The pseudonym key has ${key.byteLength} bytes; it needs 32.`);
  // Made once: handing the bytes over each time takes five times as long as the digest.
  const secret = createSecretKey(key);
  // A JSON array cannot be read two ways, as joined text could.
  const digest = (parts: string[]): string => createHmac('sha256', secret).update(JSON.stringify(parts)).digest('hex');
  const of = (kind: string, letter: string, { tenant, issuer }: EhrScope, id: string): string =>
    `${letter}-${digest([kind, tenant, issuer, id]).slice(0, HEX_DIGITS)}`;
  return {
    referral: (scope, id) => of('referral', 'r', scope, id),
    patient: (scope, id) => of('patient', 'p', scope, id),
    requester: (scope, fhirUser) => of('requester', 'c', scope, fhirUser),
    within: (referral, kind, id) => digest([kind, referral, id]).slice(0, SHORT_HEX_DIGITS),
  };
}

/** Bytes of a block of SHA-256. */
const BLOCK = 64;

/**
 * The same pseudonyms made by DuckDB, for tables of many: HMAC as RFC 2104 defines it, of two digests.
 * The key is in no text of SQL: it goes as the parameters `$inner` and `$outer`, which each statement that uses `sql` needs.
 * @param key 32 bytes or more
 */
export function sqlPseudonyms(key: Uint8Array): {
  parameters: Record<'inner' | 'outer', DuckDBValue>;
  /** Each an expression over expressions of text, other than NULL. */
  sql: {
    referral: (scope: EhrScope, id: string) => string;
    patient: (scope: EhrScope, id: string) => string;
    requester: (scope: EhrScope, fhirUser: string) => string;
    within: (referral: string, kind: 'appointment' | 'report', id: string) => string;
  };
} {
  if (key.byteLength < 32) throw new Error(`The pseudonym key has ${key.byteLength} bytes; it needs 32.`);
  const block = Buffer.alloc(BLOCK);
  block.set(key.byteLength > BLOCK ? createHash('sha256').update(key).digest() : key);
  const padded = (byte: number): DuckDBValue => blobValue(block.map((each) => each ^ byte));
  const digest = (parts: string): string => `sha256($outer || unhex(sha256($inner || encode(${parts}))))`;
  // What is no control character DuckDB writes in JSON as JavaScript does, and no key of FHIR has any.
  const json = (text: string): string => `to_json(${text})::varchar`;
  const of = (kind: string, letter: string, { tenant, issuer }: EhrScope, id: string): string => {
    const begins = JSON.stringify([kind, tenant, issuer]).slice(0, -1);
    return `(${quoted(`${letter}-`)} || left(${digest(`${quoted(`${begins},`)} || ${json(id)} || ']'`)}, ${HEX_DIGITS}))`;
  };
  return {
    parameters: { inner: padded(0x36), outer: padded(0x5c) },
    sql: {
      referral: (scope, id) => of('referral', 'r', scope, id),
      patient: (scope, id) => of('patient', 'p', scope, id),
      requester: (scope, fhirUser) => of('requester', 'c', scope, fhirUser),
      within: (referral, kind, id) =>
        `left(${digest(`${quoted(`["${kind}",`)} || ${json(referral)} || ',' || ${json(id)} || ']'`)}, ${SHORT_HEX_DIGITS})`,
    },
  };
}
