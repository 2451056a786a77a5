/** Makes an audit entry: canonical bytes, leaf, and the encrypted details beside it. */
import { hash, randomBytes } from 'node:crypto';
import { leafOf } from '@refloop/domain/audit/chain';
import type { AuditEntry } from '@refloop/domain/audit/entry';
import canonicalize from 'canonicalize';
import type { NewAuditEntry } from '../store/audit.ts';
import type { Scope } from '../store/store.ts';

export const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

const hex = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** Whose data key seals the details: the referral's, so that retention destroys them with it, else that of the month. */
export const payloadOwner = (entry: Pick<AuditEntry, 'referralId' | 'at'>): string =>
  entry.referralId === null ? `audit/${entry.at.slice(0, 7)}` : `referral/${entry.referralId}`;

/** Details together with the salt of their commitment; short or guessable details cannot be found from the digest. */
export type SaltedPayload = { salt: string; payload: unknown };

export type MadeEntry = { entry: AuditEntry; bytes: Uint8Array; leaf: string; sealed: Uint8Array | null };

/**
 * @param seal encrypts the details under the key of `payloadOwner`
 * @param salt 32 random bytes; others only where nothing has to be hidden
 */
export async function makeEntry(
  scope: Scope,
  given: NewAuditEntry,
  parts: {
    id: string;
    subjectRef: string | null;
    seal: (owner: string, id: string, value: SaltedPayload) => Promise<Uint8Array>;
    salt?: () => Buffer;
  },
): Promise<MadeEntry> {
  const referralId = given.referralId ?? null;
  const entry: AuditEntry = {
    id: parts.id,
    tenant: scope.tenant,
    issuer: scope.issuer,
    site: scope.site,
    at: new Date(given.at).toISOString(),
    actor: given.actor,
    action: given.action,
    purpose: given.purpose,
    subjectRef: parts.subjectRef,
    recommendationId: given.recommendationId ?? null,
    referralId,
    payloadHash: null,
    commitment: null,
  };
  let sealed: Uint8Array | null = null;
  if (given.payload !== undefined) {
    const salt = parts.salt?.() ?? randomBytes(32);
    const plain = canonicalize(given.payload) ?? 'null';
    sealed = await parts.seal(payloadOwner(entry), parts.id, { salt: salt.toString('base64url'), payload: given.payload });
    entry.payloadHash = hex(sealed);
    entry.commitment = hex(Buffer.concat([salt, Buffer.from(plain, 'utf8')]));
  }
  const bytes = Buffer.from(canonicalize(entry) ?? '', 'utf8');
  return { entry, bytes, leaf: leafOf(sha256, bytes), sealed };
}
