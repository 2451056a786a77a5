/**
 * Launches: an opaque, single-use handle that says who opens which app about whom. Whoever presents the handle is taken
 * for that user, so it lives for minutes, works once, and for one client alone.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { ModeName } from '../modes/modes.ts';
import { digestOf, newSecret } from './secrets.ts';

/** From the click in the chart to the authorize request of the app. */
export const LAUNCH_LIFETIME_SECONDS = 300;

export type LaunchContext = {
  clientId: string;
  userId: string;
  patientId?: string;
  encounterId?: string;
  /** The ServiceRequest the app is opened for. */
  orderId?: string;
  /** The mode of the EHR it is for, and what is to go wrong in it (modes/). */
  mode: ModeName;
  faults: string[];
  intent?: string;
  /** What the CDS card said that it was opened from; the app's alone to understand. */
  appContext?: string;
  /** False where the EHR shows the patient above the app itself. */
  needPatientBanner: boolean;
  /** The EHR session it was opened in, by digest: online access ends with it. */
  sessionDigest?: string;
};

type LaunchRow = {
  id: string;
  client_id: string;
  user_id: string;
  patient_id: string | null;
  encounter_id: string | null;
  order_id: string | null;
  mode: ModeName;
  faults: string[];
  intent: string | null;
  app_context: string | null;
  need_patient_banner: boolean;
  session_digest: string | null;
};

const contextOf = (row: LaunchRow): LaunchContext => ({
  clientId: row.client_id,
  userId: row.user_id,
  ...(row.patient_id === null ? {} : { patientId: row.patient_id }),
  ...(row.encounter_id === null ? {} : { encounterId: row.encounter_id }),
  ...(row.order_id === null ? {} : { orderId: row.order_id }),
  mode: row.mode,
  faults: row.faults,
  ...(row.intent === null ? {} : { intent: row.intent }),
  ...(row.app_context === null ? {} : { appContext: row.app_context }),
  needPatientBanner: row.need_patient_banner,
  ...(row.session_digest === null ? {} : { sessionDigest: row.session_digest }),
});

/** Records a launch and returns its handle, which is stored nowhere, and its id, which opens nothing. */
export async function createLaunch(pool: pg.Pool, context: LaunchContext, now: Date): Promise<{ id: string; handle: string }> {
  const id = randomUUID();
  const handle = newSecret();
  await pool.query(
    `insert into ehr_auth.launches
       (id, handle_digest, client_id, user_id, patient_id, encounter_id, order_id, mode, intent, need_patient_banner,
        session_digest, created_at, expires_at, faults, app_context)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      id,
      digestOf(handle),
      context.clientId,
      context.userId,
      context.patientId ?? null,
      context.encounterId ?? null,
      context.orderId ?? null,
      context.mode,
      context.intent ?? null,
      context.needPatientBanner,
      context.sessionDigest ?? null,
      now,
      new Date(now.getTime() + LAUNCH_LIFETIME_SECONDS * 1000),
      context.faults,
      context.appContext ?? null,
    ],
  );
  return { id, handle };
}

/**
 * Uses a handle up. The answer is undefined where it is unknown, was used before, has expired, was made for another
 * client or another mode, or where the user has signed out since.
 */
export async function useLaunch(
  pool: pg.Pool,
  handle: string,
  clientId: string,
  mode: ModeName,
  now: Date,
): Promise<(LaunchContext & { launchId: string }) | undefined> {
  const result = await pool.query<LaunchRow>(
    `update ehr_auth.launches l set used_at = $3
     where handle_digest = $1 and client_id = $2 and mode = $4 and used_at is null and expires_at > $3
       and not exists (select 1 from ehr_auth.sessions s where s.secret_digest = l.session_digest and s.ended_at is not null)
     returning *`,
    [digestOf(handle), clientId, now, mode],
  );
  const row = result.rows[0];
  return row && { ...contextOf(row), launchId: row.id };
}

/** The launch of this handle, whether or not the handle is still good; undefined where it never was, or was forgotten since (purge.ts). */
export async function findLaunchOf(pool: pg.Pool, handle: string): Promise<(LaunchContext & { launchId: string }) | undefined> {
  const result = await pool.query<LaunchRow>('select * from ehr_auth.launches where handle_digest = $1', [digestOf(handle)]);
  const row = result.rows[0];
  return row && { ...contextOf(row), launchId: row.id };
}

/** The launch with this id, if it was opened in this session: the page that shows the app is read again on reload. */
export async function findLaunch(pool: pg.Pool, id: string, sessionDigest: string): Promise<LaunchContext | undefined> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
  const result = await pool.query<LaunchRow>('select * from ehr_auth.launches where id = $1 and session_digest = $2', [id, sessionDigest]);
  const row = result.rows[0];
  return row ? contextOf(row) : undefined;
}
