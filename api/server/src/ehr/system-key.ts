/**
 * The private key by which Refloop itself signs in at an EHR (SMART App Launch 2.2, Backend Services: private_key_jwt). It stands in
 * the environment or in a file that the environment's secrets are mounted as, never in the site file.
 */

import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Jwk = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('EC'), crv: z.literal('P-384'), x: z.string(), y: z.string(), d: z.string(), kid: z.string().exactOptional() }),
  z.object({
    kty: z.literal('RSA'),
    n: z.string(),
    e: z.string(),
    d: z.string(),
    p: z.string(),
    q: z.string(),
    dp: z.string(),
    dq: z.string(),
    qi: z.string(),
    kid: z.string().exactOptional(),
  }),
]);

export type SystemKey = { jwk: z.output<typeof Jwk>; kid: string; algorithm: 'ES384' | 'RS384' };

export type SystemKeyAnswer = { ok: true; value: SystemKey } | { ok: false; message: string };

const FROM_ENVIRONMENT = /^env:([A-Z][A-Z0-9_]*)$/;

/** A secret that the site file names: a file's path, or `env:NAME`. */
export function textOf(
  where: string,
  environment: Record<string, string | undefined>,
): { ok: true; text: string } | { ok: false; message: string } {
  const variable = FROM_ENVIRONMENT.exec(where)?.[1];
  if (variable !== undefined) {
    const text = environment[variable];
    return text ? { ok: true, text } : { ok: false, message: `The variable ${variable} is not set` };
  }
  try {
    return { ok: true, text: readFileSync(where, 'utf8') };
  } catch (error) {
    return { ok: false, message: `${where} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})` };
  }
}

/**
 * @param where a file's path, or `env:NAME` for a variable: a private JWK, P-384 for ES384 or RSA for RS384
 * @returns what is wrong in words that hold nothing of the key
 */
export function readSystemKey(where: string, environment: Record<string, string | undefined>): SystemKeyAnswer {
  const read = textOf(where, environment);
  if (!read.ok) return read;
  let json: unknown;
  try {
    json = JSON.parse(read.text);
  } catch {
    return { ok: false, message: 'The key is not JSON' };
  }
  const parsed = Jwk.safeParse(json);
  if (!parsed.success) return { ok: false, message: 'Not a private JWK of type EC (P-384) or RSA' };
  const jwk = parsed.data;
  try {
    createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    return { ok: false, message: 'The parts of the key do not fit each other' };
  }
  return { ok: true, value: { jwk, kid: jwk.kid ?? 'refloop', algorithm: jwk.kty === 'EC' ? 'ES384' : 'RS384' } };
}

/** Whether two private keys are one, by the part that nobody else has. */
export const sameKey = (one: SystemKey['jwk'], other: SystemKey['jwk']): boolean => one.d === other.d;

/** What an EHR may know of the key, as an entry of a JWK set. */
export function publicJwk({ jwk, kid, algorithm }: SystemKey): Record<string, string> {
  const shared = { kid, alg: algorithm, use: 'sig' };
  return jwk.kty === 'EC' ? { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, ...shared } : { kty: jwk.kty, n: jwk.n, e: jwk.e, ...shared };
}
