/** The RSA key that signs id_tokens: made once, kept in the database, the same after every restart. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type pg from 'pg';

export type SigningKey = {
  kid: string;
  /** The public half as a JWK, for the JWKS endpoint. */
  publicJwk: JWK;
  /** A compact RS256 JWT of the claims; iat, exp, iss, sub and aud are the caller's. */
  sign: (claims: Record<string, unknown>) => Promise<string>;
};

/** The public members of an RSA key (RFC 7518 §6.3.1): a bare JWK, as SMART demands. */
const publicHalf = (jwk: JWK, kid: string): JWK => ({
  kty: 'RSA',
  n: jwk.n ?? '',
  e: jwk.e ?? '',
  kid,
  alg: 'RS256',
  use: 'sig',
});

/** Reads the key, or makes it. Where two processes make one together, the first stored is the key of both. */
export async function openSigningKey(pool: pg.Pool, now: Date): Promise<SigningKey> {
  const read = () =>
    pool.query<{ kid: string; private_jwk: JWK }>('select kid, private_jwk from ehr_auth.signing_keys order by created_at, kid limit 1');
  let stored = (await read()).rows[0];
  if (!stored) {
    const pair = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
    const privateJwk = await exportJWK(pair.privateKey);
    const kid = await calculateJwkThumbprint(await exportJWK(pair.publicKey));
    await pool.query(
      `insert into ehr_auth.signing_keys (kid, private_jwk, created_at)
       select $1, $2, $3 where not exists (select 1 from ehr_auth.signing_keys)`,
      [kid, privateJwk, now],
    );
    stored = (await read()).rows[0];
  }
  if (!stored) throw new Error('The signing key could not be stored in ehr_auth.signing_keys.');
  const { kid, private_jwk: privateJwk } = stored;
  const key = await importJWK(privateJwk, 'RS256');
  return {
    kid,
    publicJwk: publicHalf(privateJwk, kid),
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(key),
  };
}
