/** Secrets the sandbox hands out: launch handles, codes, tokens, sessions. Only their digests are stored. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, base64url (43 characters): unguessable and safe in a URL or a form. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** The SHA-256 of a secret, hex: what the database keeps, so that a copy of it opens nothing. */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two secrets in a time that does not depend on where they differ. */
export const sameSecret = (left: string, right: string): boolean =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
