/**
 * Forgetting what has ended: tokens, codes, grants, launch handles, sessions, sign-ins under way and used assertions. It happens a while
 * after the end, so that what comes too late is still told why, and in small pieces, so that nobody waits for it.
 */
import type pg from 'pg';

/** How long what has ended is kept. */
export const KEPT_SECONDS = 3600;
const PURGE_EVERY_MILLISECONDS = 10 * 60_000;

/** How much one statement takes, and how many statements a purge makes of each kind; the rest is for the next one. */
export type PurgeBounds = { rows: number; statements: number };
const BOUNDS: PurgeBounds = { rows: 500, statements: 100 };

/**
 * In this order, because the later are referred to by the earlier. $1 is the moment before which things ended, $2 how many rows to take.
 * A grant lives as long as anything that came of it, its code too: a code that comes twice must still find what to revoke. A launch lives
 * as long as its grant, so that its faults can be changed, or as the session whose page shows it.
 */
const STATEMENTS = {
  accessTokens: `with ended as (select token_digest from ehr_auth.access_tokens where expires_at < $1 limit $2 for update skip locked)
    delete from ehr_auth.access_tokens t using ended where t.token_digest = ended.token_digest`,
  grants: `with ended as (
      select g.id from ehr_auth.grants g
      where g.created_at < $1
        and not exists (select 1 from ehr_auth.access_tokens t where t.grant_id = g.id)
        and not exists (select 1 from ehr_auth.refresh_tokens t where t.grant_id = g.id and t.expires_at >= $1)
        and not exists (select 1 from ehr_auth.codes c where c.grant_id = g.id and c.expires_at >= $1)
      limit $2 for update skip locked),
    codes as (delete from ehr_auth.codes c using ended where c.grant_id = ended.id),
    refresh_tokens as (delete from ehr_auth.refresh_tokens t using ended where t.grant_id = ended.id)
    delete from ehr_auth.grants g using ended where g.id = ended.id`,
  launches: `with ended as (
      select l.id from ehr_auth.launches l
      where l.expires_at < $1
        and not exists (select 1 from ehr_auth.grants g where g.launch_id = l.id)
        and not exists (select 1 from ehr_auth.sessions s where s.secret_digest = l.session_digest and s.ended_at is null and s.expires_at >= $1)
      limit $2 for update skip locked),
    firings as (delete from ehr_auth.fault_firings f using ended where f.owner_id = ended.id)
    delete from ehr_auth.launches l using ended where l.id = ended.id`,
  sessions: `with ended as (
      select s.secret_digest from ehr_auth.sessions s
      where s.expires_at < $1
        and not exists (select 1 from ehr_auth.launches l where l.session_digest = s.secret_digest)
        and not exists (select 1 from ehr_auth.grants g where g.session_digest = s.secret_digest)
      limit $2 for update skip locked)
    delete from ehr_auth.sessions s using ended where s.secret_digest = ended.secret_digest`,
  interactions: `with ended as (select id_digest from ehr_auth.interactions where expires_at < $1 limit $2 for update skip locked)
    delete from ehr_auth.interactions i using ended where i.id_digest = ended.id_digest`,
  assertions: `with ended as (select client_id, jti_digest from ehr_auth.client_assertions where expires_at < $1 limit $2 for update skip locked)
    delete from ehr_auth.client_assertions a using ended where a.client_id = ended.client_id and a.jti_digest = ended.jti_digest`,
} as const;

export type Purged = Record<keyof typeof STATEMENTS, number>;

async function purgeOne(pool: pg.Pool, sql: string, before: Date, { rows, statements }: PurgeBounds): Promise<number> {
  let purged = 0;
  for (let statement = 0; statement < statements; statement += 1) {
    const { rowCount } = await pool.query(sql, [before, rows]);
    purged += rowCount ?? 0;
    if ((rowCount ?? 0) < rows) break;
  }
  return purged;
}

/** Forgets what ended more than an hour ago, and answers how much of each kind. */
export async function purgeEnded(pool: pg.Pool, now: Date, bounds: PurgeBounds = BOUNDS): Promise<Purged> {
  const before = new Date(now.getTime() - KEPT_SECONDS * 1000);
  const purged: Purged = { accessTokens: 0, grants: 0, launches: 0, sessions: 0, interactions: 0, assertions: 0 };
  for (const kind of Object.keys(STATEMENTS) as (keyof Purged)[]) purged[kind] = await purgeOne(pool, STATEMENTS[kind], before, bounds);
  return purged;
}

/** Purges now and every ten minutes, for as long as the process has something else to do. The answer ends it. */
export function purgeFromTimeToTime(pool: pg.Pool, onFailure: (error: unknown) => void): () => void {
  const purge = (): void => void purgeEnded(pool, new Date()).catch(onFailure);
  purge();
  const timer = setInterval(purge, PURGE_EVERY_MILLISECONDS);
  timer.unref();
  return () => clearInterval(timer);
}
