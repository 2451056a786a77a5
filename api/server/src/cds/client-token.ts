/**
 * The token with which a CDS client says who it is at every call (CDS Hooks 2.0, "Trusting CDS Clients"): signed by one of its own
 * keys, for this very address, short-lived and used once. Whether it was used before is the store's to say.
 */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { problem, type Refusal } from '../problem.ts';
import type { ClientKeys } from './client-keys.ts';
import type { CdsClient } from './registered-client.ts';

/** The two the specification recommends; `none` and what shares a key are forbidden by it. */
const ALGORITHMS = ['RS384', 'ES384'];
/** A token is remembered for as long as it could be used again. */
const LONGEST_SECONDS = 3600;
/** Clocks of two machines differ. */
const TOLERANCE_SECONDS = 30;

export type VerifiedClient = { client: CdsClient; jti: string; usableUntil: Date };
export type ClientAnswer = { ok: true; value: VerifiedClient } | { ok: false; refusal: Refusal };

const refuse = (why: string): ClientAnswer => ({
  ok: false,
  refusal: problem('client-refused', `${why} See CDS Hooks 2.0, “Trusting CDS Clients”.`),
});

function wordsFor(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired (exp).';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'The token is for another address (aud): it must be the address that is called.';
    return `The token’s ${error.claim} was refused.`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey)
    return 'The token’s signature is not one of this client.';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is signed by a method that is not taken: RS384 and ES384 are.';
  return 'The token cannot be read.';
}

/** What it says of itself before anything is verified: by whom, and with which key. */
function claimed(token: string): { iss: string; kid: string; jku: unknown } | undefined {
  try {
    const [{ kid, jku, alg }, { iss }] = [decodeProtectedHeader(token), decodeJwt(token)];
    return typeof iss === 'string' && typeof kid === 'string' && kid !== '' && typeof alg === 'string' ? { iss, kid, jku } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param token the bearer of the Authorization header
 * @param addresses the address that was called, by each name Refloop has
 */
export async function verifyClientToken(
  deps: { clients: readonly CdsClient[]; keys: ClientKeys },
  token: string,
  addresses: string[],
  now: Date,
): Promise<ClientAnswer> {
  const says = claimed(token);
  if (!says) return refuse('The token cannot be read, or its header names no key (kid).');
  const client = deps.clients.find(({ iss }) => iss === says.iss);
  if (!client) return refuse('The token was issued by nobody who is registered here (iss).');
  if (says.jku !== undefined && says.jku !== client.jku) return refuse('The token names other keys (jku) than are registered.');
  const keys = await deps.keys.of(client, says.kid);
  if (!keys) {
    return {
      ok: false,
      refusal: problem('ehr-unreachable', 'The keys of this CDS client cannot be read just now. Try again in a minute.'),
    };
  }
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: client.iss,
      audience: addresses,
      algorithms: ALGORITHMS,
      typ: 'JWT',
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: now,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    const { exp = 0, iat = 0, jti = '' } = payload;
    if (typeof jti !== 'string' || jti === '' || jti.length > 300) return refuse('The token has no name of its own (jti).');
    if (iat > now.getTime() / 1000 + TOLERANCE_SECONDS) return refuse('The token was issued in the future (iat); a clock is wrong.');
    if (exp - iat > LONGEST_SECONDS) return refuse('The token lives longer than an hour (exp, iat).');
    return { ok: true, value: { client, jti, usableUntil: new Date((exp + 2 * TOLERANCE_SECONDS) * 1000) } };
  } catch (error) {
    return refuse(wordsFor(error));
  }
}
