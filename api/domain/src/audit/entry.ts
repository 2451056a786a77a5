/**
 * One entry of the audit log, as it is hashed: canonical JSON (RFC 8785) of exactly these fields. It holds no patient data
 * in the clear; details lie beside it as ciphertext, bound by a hash and a salted commitment, so that the proof outlives
 * the key when retention destroys it.
 */
import type { Instant } from '../instant.ts';

/** `<what>.<verb in the past>`, so that a list of entries reads as a history. */
export type AuditAction = `${string}.${string}`;

export type AuditActor = {
  /** Subject of the id_token, or the name of the part of Refloop that acted. */
  subject: string;
  fhirUser: string | null;
  /** SHA-256 of the session's token; null where no session took part. */
  sessionId: string | null;
};

export type AuditEntry = {
  id: string;
  tenant: string;
  issuer: string;
  site: string;
  at: Instant;
  actor: AuditActor;
  action: AuditAction;
  purpose: string;
  /** Keyed pseudonym of the patient; null where no patient's record was touched. */
  subjectRef: string | null;
  recommendationId: string | null;
  referralId: string | null;
  /** SHA-256 of the encrypted details, hex; null where there are none. */
  payloadHash: string | null;
  /** SHA-256(salt ‖ details), hex; the salt is kept inside the ciphertext. */
  commitment: string | null;
};
