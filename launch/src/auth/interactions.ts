/** A standalone launch under way: the app's request waits here while the person signs in and picks a patient. */
import type pg from 'pg';
import type { AuthorizeRequest } from './authorize-request.ts';
import { digestOf, newSecret } from './secrets.ts';

/** How long the sign-in page may stay open. */
export const INTERACTION_LIFETIME_SECONDS = 600;

export type Interaction = { request: AuthorizeRequest; userId?: string };

/** Keeps the request and returns the secret that the pages of the interaction carry in their forms. */
export async function beginInteraction(pool: pg.Pool, request: AuthorizeRequest, now: Date): Promise<string> {
  const secret = newSecret();
  await pool.query('insert into ehr_auth.interactions (id_digest, request, created_at, expires_at) values ($1, $2, $3, $4)', [
    digestOf(secret),
    request,
    now,
    new Date(now.getTime() + INTERACTION_LIFETIME_SECONDS * 1000),
  ]);
  return secret;
}

type InteractionRow = { request: AuthorizeRequest; user_id: string | null };

const interactionOf = (row: InteractionRow | undefined): Interaction | undefined =>
  row && { request: row.request, ...(row.user_id === null ? {} : { userId: row.user_id }) };

/** The interaction under way, or undefined where it is unknown, finished, or too old. */
export async function findInteraction(pool: pg.Pool, secret: string, now: Date): Promise<Interaction | undefined> {
  const result = await pool.query<InteractionRow>(
    'select request, user_id from ehr_auth.interactions where id_digest = $1 and finished_at is null and expires_at > $2',
    [digestOf(secret), now],
  );
  return interactionOf(result.rows[0]);
}

/** Notes who signed in. */
export async function nameUser(pool: pg.Pool, secret: string, userId: string): Promise<void> {
  await pool.query('update ehr_auth.interactions set user_id = $2 where id_digest = $1 and finished_at is null', [
    digestOf(secret),
    userId,
  ]);
}

/** Ends the interaction and returns it; only the first of two calls gets it. */
export async function finishInteraction(pool: pg.Pool, secret: string, now: Date): Promise<Interaction | undefined> {
  const result = await pool.query<InteractionRow>(
    `update ehr_auth.interactions set finished_at = $2
     where id_digest = $1 and finished_at is null and expires_at > $2 returning request, user_id`,
    [digestOf(secret), now],
  );
  return interactionOf(result.rows[0]);
}
