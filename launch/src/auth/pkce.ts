/** Proof Key for Code Exchange, method S256 alone. See: https://www.rfc-editor.org/rfc/rfc7636#section-4 */
import { createHash } from 'node:crypto';
import { sameSecret } from './secrets.ts';

/** Whether the text can be an S256 challenge: the base64url of 32 bytes has 43 characters. */
export const isChallenge = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/** RFC 7636 §4.1: 43 to 128 unreserved characters. */
export const isVerifier = (text: string): boolean => /^[A-Za-z0-9._~-]{43,128}$/.test(text);

/** Whether the verifier is the one the challenge was made from. */
export function verifies(verifier: string, challenge: string): boolean {
  return isVerifier(verifier) && sameSecret(createHash('sha256').update(verifier).digest('base64url'), challenge);
}
