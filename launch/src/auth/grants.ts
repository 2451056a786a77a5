/**
 * Grants: what one app may do for one user about one patient, and the codes and tokens that stand for it. Every secret is
 * stored as a digest. Revoking the grant ends all its tokens at once.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { ModeName } from '../modes/modes.ts';
import type { LaunchContext } from './launches.ts';
import { digestOf, newSecret } from './secrets.ts';

export const CODE_LIFETIME_SECONDS = 60;
/** Online access lasts while its user is signed in, and no longer than a working day. */
export const ONLINE_LIFETIME_SECONDS = 12 * 60 * 60;
export const OFFLINE_LIFETIME_SECONDS = 30 * 24 * 60 * 60;

export type Grant = {
  id: string;
  clientId: string;
  /** Absent for a backend service, which acts for nobody. */
  userId?: string;
  /** What was granted at the start; an access token may carry less. */
  scope: string;
  patientId?: string;
  encounterId?: string;
  orderId?: string;
  intent?: string;
  appContext?: string;
  needPatientBanner: boolean;
  sessionDigest?: string;
  mode: ModeName;
  /** What is to go wrong now: that of the launch, or of the backend service in this mode. */
  faults: string[];
  /** Whose faults these are, and whose count; absent for a standalone launch and for a backend service that was given none. */
  faultsOwner?: string;
};

export type NewGrant = Omit<LaunchContext, 'faults'> & { scope: string; launchId?: string };

export type IssuedTokens = { accessToken: string; expiresIn: number; scope: string; refreshToken?: string };

export type AccessTokenFacts = { grant: Grant; scope: string; issuedAt: Date; expiresAt: Date };

type GrantRow = {
  id: string;
  client_id: string;
  user_id: string | null;
  scope: string;
  patient_id: string | null;
  encounter_id: string | null;
  order_id: string | null;
  intent: string | null;
  app_context: string | null;
  need_patient_banner: boolean;
  session_digest: string | null;
  mode: ModeName;
  faults: string[];
  faults_owner: string | null;
};

const GRANT_COLUMNS = `g.id, g.client_id, g.user_id, g.scope, g.patient_id, g.encounter_id, g.order_id, g.intent, g.app_context, g.need_patient_banner,
  g.session_digest, g.mode, coalesce(l.faults, f.faults, '{}') as faults, coalesce(l.id, f.id) as faults_owner`;
const GRANTS_WITH_FAULTS = `ehr_auth.grants g left join ehr_auth.launches l on l.id = g.launch_id
  left join ehr_auth.client_faults f on g.user_id is null and f.client_id = g.client_id and f.mode = g.mode`;

const grantOf = (row: GrantRow): Grant => ({
  id: row.id,
  clientId: row.client_id,
  ...(row.user_id === null ? {} : { userId: row.user_id }),
  scope: row.scope,
  ...(row.patient_id === null ? {} : { patientId: row.patient_id }),
  ...(row.encounter_id === null ? {} : { encounterId: row.encounter_id }),
  ...(row.order_id === null ? {} : { orderId: row.order_id }),
  ...(row.intent === null ? {} : { intent: row.intent }),
  ...(row.app_context === null ? {} : { appContext: row.app_context }),
  needPatientBanner: row.need_patient_banner,
  ...(row.session_digest === null ? {} : { sessionDigest: row.session_digest }),
  mode: row.mode,
  faults: row.faults,
  ...(row.faults_owner === null ? {} : { faultsOwner: row.faults_owner }),
});

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

/** Records the grant and returns the code that fetches its tokens, good once and for a minute. */
export async function issueCode(
  pool: pg.Pool,
  grant: NewGrant,
  binding: { redirectUri: string; codeChallenge: string; nonce?: string },
  now: Date,
): Promise<string> {
  const id = randomUUID();
  const code = newSecret();
  await pool.query(
    `with new_grant as (
       insert into ehr_auth.grants
         (id, client_id, user_id, scope, patient_id, encounter_id, order_id, intent, need_patient_banner, session_digest, created_at,
          mode, launch_id, app_context)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $17, $18, $19) returning id)
     insert into ehr_auth.codes (code_digest, grant_id, redirect_uri, code_challenge, nonce, expires_at)
     select $12, id, $13, $14, $15, $16 from new_grant`,
    [
      id,
      grant.clientId,
      grant.userId,
      grant.scope,
      grant.patientId ?? null,
      grant.encounterId ?? null,
      grant.orderId ?? null,
      grant.intent ?? null,
      grant.needPatientBanner,
      grant.sessionDigest ?? null,
      now,
      digestOf(code),
      binding.redirectUri,
      binding.codeChallenge,
      binding.nonce ?? null,
      later(now, CODE_LIFETIME_SECONDS),
      grant.mode,
      grant.launchId ?? null,
      grant.appContext ?? null,
    ],
  );
  return code;
}

export type UsedCode =
  | { kind: 'used'; grant: Grant; redirectUri: string; codeChallenge: string; nonce?: string }
  | { kind: 'unknown' }
  | { kind: 'expired' }
  /** It was presented before: somebody may have stolen it, so the tokens it brought are revoked (RFC 6749 §4.1.2). */
  | { kind: 'reused' };

/** Uses a code up, whatever comes of the exchange. */
export async function useCode(pool: pg.Pool, code: string, now: Date): Promise<UsedCode> {
  const digest = digestOf(code);
  const used = await pool.query<GrantRow & { redirect_uri: string; code_challenge: string; nonce: string | null; expires_at: Date }>(
    `update ehr_auth.codes c set used_at = $2 from ${GRANTS_WITH_FAULTS}
     where c.code_digest = $1 and c.used_at is null and g.id = c.grant_id
     returning ${GRANT_COLUMNS}, c.redirect_uri, c.code_challenge, c.nonce, c.expires_at`,
    [digest, now],
  );
  const row = used.rows[0];
  if (!row) {
    const revoked = await pool.query(
      `update ehr_auth.grants g set revoked_at = coalesce(g.revoked_at, $2) from ehr_auth.codes c
       where c.code_digest = $1 and g.id = c.grant_id`,
      [digest, now],
    );
    return { kind: revoked.rowCount === 0 ? 'unknown' : 'reused' };
  }
  if (row.expires_at.getTime() <= now.getTime()) return { kind: 'expired' };
  return {
    kind: 'used',
    grant: grantOf(row),
    redirectUri: row.redirect_uri,
    codeChallenge: row.code_challenge,
    ...(row.nonce === null ? {} : { nonce: row.nonce }),
  };
}

/** Records what a backend service may do: for no user, about no patient. */
export async function createServiceGrant(
  pool: pg.Pool,
  clientId: string,
  scope: string,
  mode: ModeName,
  now: Date,
): Promise<{ id: string }> {
  const id = randomUUID();
  await pool.query(
    `insert into ehr_auth.grants (id, client_id, scope, need_patient_banner, created_at, mode) values ($1, $2, $3, $4, $5, $6)`,
    [id, clientId, scope, false, now, mode],
  );
  return { id };
}

type Queryable = Pick<pg.Pool, 'query'>;

/** Issues an access token with this scope, good for so many seconds. */
export async function issueAccessToken(
  db: Queryable,
  grant: Pick<Grant, 'id'>,
  scope: string,
  now: Date,
  seconds: number,
): Promise<IssuedTokens> {
  const accessToken = newSecret();
  await db.query('insert into ehr_auth.access_tokens (token_digest, grant_id, scope, issued_at, expires_at) values ($1, $2, $3, $4, $5)', [
    digestOf(accessToken),
    grant.id,
    scope,
    now,
    later(now, seconds),
  ]);
  return { accessToken, expiresIn: seconds, scope };
}

/** Issues the refresh token of a grant, good once, until then. */
export async function issueRefreshToken(db: Queryable, grant: Grant, now: Date, expiresAt: Date): Promise<string> {
  const refreshToken = newSecret();
  await db.query('insert into ehr_auth.refresh_tokens (token_digest, grant_id, issued_at, expires_at) values ($1, $2, $3, $4)', [
    digestOf(refreshToken),
    grant.id,
    now,
    expiresAt,
  ]);
  return refreshToken;
}

/** What an access token stands for, or undefined where it is unknown, expired or revoked. */
export async function readAccessToken(pool: pg.Pool, token: string, now: Date): Promise<AccessTokenFacts | undefined> {
  const result = await pool.query<GrantRow & { token_scope: string; issued_at: Date; expires_at: Date }>(
    `select ${GRANT_COLUMNS}, t.scope as token_scope, t.issued_at, t.expires_at
     from ehr_auth.access_tokens t join (${GRANTS_WITH_FAULTS}) on g.id = t.grant_id
     where t.token_digest = $1 and t.expires_at > $2 and t.revoked_at is null and g.revoked_at is null`,
    [digestOf(token), now],
  );
  const row = result.rows[0];
  return row && { grant: grantOf(row), scope: row.token_scope, issuedAt: row.issued_at, expiresAt: row.expires_at };
}

export type RefreshTokenFacts = { grant: Grant; expiresAt: Date; used: boolean };

/**
 * The grant a refresh token renews, or undefined where the token is unknown, expired, revoked or another client's, or
 * where the grant is for online access alone and its user has signed out of the EHR.
 */
export async function readRefreshToken(pool: pg.Pool, token: string, clientId: string, now: Date): Promise<RefreshTokenFacts | undefined> {
  const result = await pool.query<GrantRow & { expires_at: Date; used_at: Date | null }>(
    `select ${GRANT_COLUMNS}, t.expires_at, t.used_at
     from ehr_auth.refresh_tokens t
     join (${GRANTS_WITH_FAULTS}) on g.id = t.grant_id
     left join ehr_auth.sessions s on s.secret_digest = g.session_digest
     where t.token_digest = $1 and t.expires_at > $3 and g.revoked_at is null and g.client_id = $2
       and (g.session_digest is null or s.ended_at is null or 'offline_access' = any (string_to_array(g.scope, ' ')))`,
    [digestOf(token), clientId, now],
  );
  const row = result.rows[0];
  return row && { grant: grantOf(row), expiresAt: row.expires_at, used: row.used_at !== null };
}

/** Uses a refresh token up; false where somebody was faster. */
export async function useRefreshToken(db: Queryable, token: string, now: Date): Promise<boolean> {
  const used = await db.query('update ehr_auth.refresh_tokens set used_at = $2 where token_digest = $1 and used_at is null', [
    digestOf(token),
    now,
  ]);
  return used.rowCount === 1;
}

/** Ends everything that came of one launch: its access tokens and every refresh token of its family. */
export async function revokeGrant(pool: pg.Pool, grantId: string, now: Date): Promise<void> {
  await pool.query('update ehr_auth.grants set revoked_at = coalesce(revoked_at, $2) where id = $1', [grantId, now]);
}

export type Revocation = 'revoked' | 'unknown' | 'of-another-client';

/** Revokes a token of this client: an access token by itself, a refresh token with all that came of its launch (RFC 7009 §2.1). */
export async function revokeToken(pool: pg.Pool, token: string, clientId: string, now: Date): Promise<Revocation> {
  const digest = digestOf(token);
  const found = await pool.query<{ grant_id: string; client_id: string; kind: 'access' | 'refresh' }>(
    `select g.id as grant_id, g.client_id, 'access' as kind from ehr_auth.access_tokens t join ehr_auth.grants g on g.id = t.grant_id
     where t.token_digest = $1
     union all
     select g.id, g.client_id, 'refresh' from ehr_auth.refresh_tokens t join ehr_auth.grants g on g.id = t.grant_id where t.token_digest = $1`,
    [digest],
  );
  const row = found.rows[0];
  if (!row) return 'unknown';
  if (row.client_id !== clientId) return 'of-another-client';
  if (row.kind === 'refresh') await revokeGrant(pool, row.grant_id, now);
  else {
    await pool.query('update ehr_auth.access_tokens set revoked_at = coalesce(revoked_at, $2) where token_digest = $1', [digest, now]);
  }
  return 'revoked';
}
