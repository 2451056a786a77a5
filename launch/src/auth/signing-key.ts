/** The RSA key that signs id_tokens: made once, kept in the database, the same after every restart. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type pg from 'pg';
import { inTransaction } from './transaction.ts';

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

type StoredKey = { kid: string; private_jwk: JWK };

/** Reads the key, or makes it; of processes that start together one makes it and the others wait. */
async function readOrMake(client: pg.ClientBase, now: Date): Promise<StoredKey> {
  await client.query("select pg_advisory_xact_lock(hashtext('ehr_auth.signing_keys'))");
  const found = await client.query<StoredKey>('select kid, private_jwk from ehr_auth.signing_keys order by created_at limit 1');
  if (found.rows[0]) return found.rows[0];
  const pair = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const privateJwk = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint(await exportJWK(pair.publicKey));
  await client.query('insert into ehr_auth.signing_keys (kid, private_jwk, created_at) values ($1, $2, $3)', [kid, privateJwk, now]);
  return { kid, private_jwk: privateJwk };
}

/** The key of this sandbox, the same in every process and after every restart. */
export async function openSigningKey(pool: pg.Pool, now: Date): Promise<SigningKey> {
  const { kid, private_jwk: privateJwk } = await inTransaction(pool, (client) => readOrMake(client, now));
  const key = await importJWK(privateJwk, 'RS256');
  return {
    kid,
    publicJwk: publicHalf(privateJwk, kid),
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(key),
  };
}
