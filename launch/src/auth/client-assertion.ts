/**
 * Clients that prove themselves with a key: private_key_jwt as SMART App Launch 2.2 has it ("Client Authentication: Asymmetric").
 * Each refusal says what to correct; a used jti is refused for as long as its assertion could live.
 */
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import type pg from 'pg';
import { readClientKeys } from './client-keys.ts';
import type { ClientAuthentication, RegisteredClient } from './clients.ts';
import { digestOf } from './secrets.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384'];
/** SMART: exp is at most five minutes ahead. */
export const ASSERTION_LIFETIME_SECONDS = 300;
/** How far the two clocks may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;

export type SentAssertion = { assertion: string | undefined; type: string | undefined; clientIdInForm: string | undefined };

const refused = (description: string): ClientAuthentication => ({ kind: 'refused', description });

type Opened = { alg: string; kid: string; typ: unknown; jku: unknown; issuer: unknown; subject: unknown; jti: unknown; exp: unknown };

function open(assertion: string): Opened | undefined {
  try {
    const header = decodeProtectedHeader(assertion);
    const claims = decodeJwt(assertion);
    return {
      alg: header.alg ?? '',
      kid: header.kid ?? '',
      typ: header.typ,
      jku: header.jku,
      issuer: claims.iss,
      subject: claims.sub,
      jti: claims.jti,
      exp: claims.exp,
    };
  } catch {
    return undefined;
  }
}

/** What can be seen to be wrong before any key is looked up. */
function problemOf(opened: Opened, client: RegisteredClient, nowSeconds: number): string | undefined {
  const { authentication } = client;
  if (authentication.kind !== 'asymmetric') return 'This client is registered without keys.';
  if (!ASSERTION_ALGORITHMS.includes(opened.alg)) return 'alg of client_assertion must be RS384 or ES384.';
  if (opened.typ !== 'JWT') return 'typ of client_assertion must be JWT.';
  if (opened.kid === '') return 'kid is missing from the header of client_assertion.';
  const registeredUri = authentication.keys.kind === 'uri' ? authentication.keys.uri : undefined;
  if (opened.jku !== undefined && opened.jku !== registeredUri) return 'jku of client_assertion differs from the registered jwks_uri.';
  if (opened.subject !== opened.issuer) return 'sub of client_assertion must equal iss, both the client_id.';
  if (typeof opened.jti !== 'string' || opened.jti === '') return 'jti is missing from client_assertion.';
  if (typeof opened.exp !== 'number') return 'exp is missing from client_assertion.';
  if (opened.exp > nowSeconds + ASSERTION_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS) {
    return 'exp of client_assertion is more than five minutes ahead.';
  }
  return undefined;
}

/** The one key the header names; undefined where none or several could be meant. */
function keyFor(keys: JWK[], { kid, alg }: Opened): JWK | undefined {
  const fitting = keys.filter(
    (key) => key.kid === kid && (alg === 'RS384' ? key.kty === 'RSA' : key.kty === 'EC' && key.crv === 'P-384') && (key.alg ?? alg) === alg,
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

async function isSigned(assertion: string, key: JWK, opened: Opened, tokenUrl: string, now: Date): Promise<boolean> {
  try {
    await jwtVerify(assertion, await importJWK(key, opened.alg), {
      algorithms: ASSERTION_ALGORITHMS,
      audience: tokenUrl,
      currentDate: now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    return true;
  } catch {
    return false;
  }
}

/** Notes the jti; false where the client used it before, in an assertion that could still live. */
async function isFirstUse(pool: pg.Pool, clientId: string, opened: Opened, now: Date): Promise<boolean> {
  const expires = new Date((Number(opened.exp) + 2 * CLOCK_TOLERANCE_SECONDS) * 1000);
  const noted = await pool.query(
    `insert into ehr_auth.client_assertions as a (client_id, jti_digest, expires_at) values ($1, $2, $3)
     on conflict (client_id, jti_digest) do update set expires_at = excluded.expires_at where a.expires_at < $4`,
    [clientId, digestOf(String(opened.jti)), expires, now],
  );
  return noted.rowCount === 1;
}

/** Who sent this assertion to the token endpoint at `tokenUrl`. */
export async function authenticateByAssertion(
  server: { pool: pg.Pool; clients: RegisteredClient[]; machineTime: () => Date },
  tokenUrl: string,
  sent: SentAssertion,
): Promise<ClientAuthentication> {
  if (sent.type !== ASSERTION_TYPE) return refused(`client_assertion_type must be ${ASSERTION_TYPE}.`);
  if (sent.assertion === undefined) return refused('client_assertion is missing.');
  const opened = open(sent.assertion);
  if (!opened) return refused('client_assertion is no signed JWT.');
  const client = server.clients.find((one) => one.clientId === opened.issuer);
  if (!client) return refused('iss of client_assertion is no client registered here.');
  if (sent.clientIdInForm !== undefined && sent.clientIdInForm !== client.clientId) {
    return refused('client_id names another client than client_assertion.');
  }
  const now = server.machineTime();
  const problem = problemOf(opened, client, Math.floor(now.getTime() / 1000));
  if (problem !== undefined || client.authentication.kind !== 'asymmetric') return refused(problem ?? 'This client has no keys.');
  const keys = await readClientKeys(client.authentication.keys);
  if (keys.kind === 'unreadable') return refused(keys.reason);
  const key = keyFor(keys.keys, opened);
  if (!key) return refused('kid and alg of client_assertion name no single key of this client.');
  if (!(await isSigned(sent.assertion, key, opened, tokenUrl, now))) {
    return refused(`client_assertion is not signed by that key, has expired, or its aud is not ${tokenUrl}.`);
  }
  if (!(await isFirstUse(server.pool, client.clientId, opened, now)))
    return refused('jti of client_assertion was used before; make a new one.');
  return { kind: 'client', client, method: 'private_key_jwt' };
}
