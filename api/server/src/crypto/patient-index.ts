/**
 * Keyed digests that stand for a patient or an inbound fact: equal for the same within one tenant and issuer, meaningless
 * without our key, and different for Patient/1 of two EHRs. HMAC-SHA-256 under keys derived by HKDF (RFC 5869), one key
 * for each tenant and use.
 */
import { createHmac, hkdfSync } from 'node:crypto';

export type PatientIndex = {
  /** 32 bytes for look-ups. */
  patient: (scope: { tenant: string; issuer: string }, patientId: string) => Buffer;
  /** For people: `p-` and 12 hexadecimal digits. */
  pseudonym: (scope: { tenant: string; issuer: string }, patientId: string) => string;
  /** 32 bytes for the key of an inbound fact. */
  fact: (scope: { tenant: string; issuer: string }, factKey: string) => Buffer;
  /** 32 bytes for a telephone number in E.164. */
  number: (scope: { tenant: string; issuer: string }, number: string) => Buffer;
  /** 32 bytes for words by which a patient is found, such as a birth date. */
  block: (scope: { tenant: string; issuer: string }, words: string) => Buffer;
};

/**
 * The key of the warehouse's pseudonyms: derived from the same root by a name of its own, so that neither it nor they say anything of an index.
 * @param root 32 random bytes, made once for an installation
 */
export const warehouseKeyOf = (root: Uint8Array): Uint8Array =>
  Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), 'refloop/warehouse-pseudonyms', 32));

const DIGITS = 12;

/** @param root 32 random bytes, made once for an installation */
export function createPatientIndex(root: Uint8Array): PatientIndex {
  const keys = new Map<string, Buffer>();
  const keyFor = (tenant: string, use: string): Buffer => {
    const name = JSON.stringify([use, tenant]);
    const known = keys.get(name);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `refloop/${name}`, 32));
    keys.set(name, key);
    return key;
  };
  const digest = (use: string, scope: { tenant: string; issuer: string }, text: string): Buffer =>
    createHmac('sha256', keyFor(scope.tenant, use))
      .update(JSON.stringify([scope.issuer, text]))
      .digest();
  return {
    patient: (scope, patientId) => digest('patient-index', scope, patientId),
    pseudonym: (scope, patientId) => `p-${digest('pseudonym', scope, patientId).toString('hex').slice(0, DIGITS)}`,
    fact: (scope, factKey) => digest('fact', scope, factKey),
    number: (scope, number) => digest('number', scope, number),
    block: (scope, words) => digest('patient-block', scope, words),
  };
}
