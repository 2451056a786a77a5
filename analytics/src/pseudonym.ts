/**
 * What stands in the warehouse for a person or a referral: HMAC-SHA-256 under a key that the warehouse does not hold, cut to 128 bits.
 * The same for the same, another for Patient/1 of another EHR, and nothing can be computed back from it without the key.
 */
import { createHmac, createSecretKey } from 'node:crypto';

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
