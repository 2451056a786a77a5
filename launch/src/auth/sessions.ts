/** Who is signed in to the EHR's own pages. A session is a cookie whose digest is stored; apps never see it. */
import type pg from 'pg';
import { digestOf, newSecret } from './secrets.ts';
import { findUser, type SandboxUser } from './users.ts';

/** One working day. */
export const SESSION_LIFETIME_SECONDS = 12 * 60 * 60;

export type EhrSession = { user: SandboxUser; digest: string };

/** Signs the user in and returns the secret for the cookie. */
export async function startSession(pool: pg.Pool, user: SandboxUser, now: Date): Promise<string> {
  const secret = newSecret();
  await pool.query('insert into ehr_auth.sessions (secret_digest, user_id, created_at, expires_at) values ($1, $2, $3, $4)', [
    digestOf(secret),
    user.id,
    now,
    new Date(now.getTime() + SESSION_LIFETIME_SECONDS * 1000),
  ]);
  return secret;
}

/** The session of a cookie, or undefined where it has ended, expired, or never was. */
export async function findSession(pool: pg.Pool, secret: string, now: Date): Promise<EhrSession | undefined> {
  const digest = digestOf(secret);
  const result = await pool.query<{ user_id: string }>(
    'select user_id from ehr_auth.sessions where secret_digest = $1 and ended_at is null and expires_at > $2',
    [digest, now],
  );
  const user = result.rows[0] && findUser(result.rows[0].user_id);
  return user ? { user, digest } : undefined;
}

/** Signs out. Apps opened in this session keep their access token to its end and can renew it no more, unless offline. */
export async function endSession(pool: pg.Pool, digest: string, now: Date): Promise<void> {
  await pool.query('update ehr_auth.sessions set ended_at = $2 where secret_digest = $1 and ended_at is null', [digest, now]);
}
