/** Session tokens: 32 random bytes, base64url, sent in the Authorization header alone. Only the digest is stored. */
import { hash, randomBytes } from 'node:crypto';

export const newToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256, lower-case hex. */
export const digest = (text: string): string => hash('sha256', text, 'hex');

/** The token in an Authorization header; undefined where there is none of our form. */
export const bearerToken = (header: string | undefined): string | undefined => /^Bearer ([A-Za-z0-9_-]{43})$/i.exec(header ?? '')?.[1];

/** The digest of the token in an Authorization header; undefined where there is none of our form. */
export function bearerDigest(header: string | undefined): string | undefined {
  const token = bearerToken(header);
  return token === undefined ? undefined : digest(token);
}
