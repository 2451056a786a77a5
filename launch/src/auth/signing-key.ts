/** The keys this EHR signs with: id_tokens, and calls of CDS services. Made once, kept in the database, the same after every restart. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type pg from 'pg';
import { inTransaction } from './transaction.ts';

/** SMART asks for RS256 of id_tokens; CDS Hooks 2.0 recommends ES384 for its own. One key is never used for both. */
const ALGORITHMS = { 'id-token': 'RS256', cds: 'ES384' } as const;
export type KeyPurpose = keyof typeof ALGORITHMS;

export type SigningKey = {
  kid: string;
  /** The public half as a JWK, for the JWKS endpoint. */
  publicJwk: JWK;
  /** A compact JWT of the claims; iat, exp, iss, sub and aud are the caller's, as is what the header says beside alg, typ and kid. */
  sign: (claims: Record<string, unknown>, header?: Record<string, string>) => Promise<string>;
};

/** The public members of an RSA or EC key (RFC 7518 §6.2.1, §6.3.1): a bare JWK, as SMART demands. */
function publicHalf(jwk: JWK, kid: string, alg: string): JWK {
  const members: JWK =
    jwk.kty === 'EC' ? { kty: 'EC', crv: jwk.crv ?? '', x: jwk.x ?? '', y: jwk.y ?? '' } : { kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '' };
  return { ...members, kid, alg, use: 'sig' };
}

type StoredKey = { kid: string; private_jwk: JWK };

/** Reads the key, or makes it; of processes that start together one makes it and the others wait. */
async function readOrMake(client: pg.ClientBase, purpose: KeyPurpose, now: Date): Promise<StoredKey> {
  await client.query("select pg_advisory_xact_lock(hashtext('ehr_auth.signing_keys'))");
  const found = await client.query<StoredKey>(
    'select kid, private_jwk from ehr_auth.signing_keys where purpose = $1 order by created_at limit 1',
    [purpose],
  );
  if (found.rows[0]) return found.rows[0];
  const pair = await generateKeyPair(ALGORITHMS[purpose], { modulusLength: 2048, extractable: true });
  const privateJwk = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint(await exportJWK(pair.publicKey));
  await client.query('insert into ehr_auth.signing_keys (kid, private_jwk, created_at, purpose) values ($1, $2, $3, $4)', [
    kid,
    privateJwk,
    now,
    purpose,
  ]);
  return { kid, private_jwk: privateJwk };
}

/** The key of this sandbox for one purpose, the same in every process and after every restart. */
export async function openSigningKey(pool: pg.Pool, now: Date, purpose: KeyPurpose = 'id-token'): Promise<SigningKey> {
  const { kid, private_jwk: privateJwk } = await inTransaction(pool, (client) => readOrMake(client, purpose, now));
  const alg = ALGORITHMS[purpose];
  const key = await importJWK(privateJwk, alg);
  return {
    kid,
    publicJwk: publicHalf(privateJwk, kid, alg),
    sign: (claims, header = {}) => new SignJWT(claims).setProtectedHeader({ ...header, alg, typ: 'JWT', kid }).sign(key),
  };
}
