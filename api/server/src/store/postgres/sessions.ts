import type pg from 'pg';
import type { PatientIndex } from '../../crypto/patient-index.ts';
import type { NewSession, SessionLookup, SessionStore, StoredSession, UsedIdTokens } from '../sessions.ts';
import type { Scope } from '../store.ts';
import { key, type UnitContext } from './context.ts';
import { enter, instant, inTransaction } from './database.ts';
import { postgresGrants } from './grants.ts';
import type { HeldKeys } from './held-keys.ts';
import { following } from './statements.ts';
import { openVault } from './vault.ts';

type Row = {
  tenant: string;
  issuer: string;
  site: string;
  token_hash: string;
  subject: string;
  fhir_user: string;
  started_at: Date;
  last_activity: Date;
  expires_at: Date;
  ended_at: Date | null;
  who_sealed: Buffer;
};

const owner = (tokenHash: string): string => `session/${tokenHash}`;
const at = (tokenHash: string) => ({ table: 'session', id: tokenHash, column: 'who' });

/** How long an expired session is kept for whoever asks what happened; then it goes together with its key. */
const KEPT = "interval '30 days'";

async function forgetExpired(unit: UnitContext, now: string): Promise<void> {
  await unit.client.query(
    `with gone as (
       delete from session where tenant = $1 and issuer = $2 and expires_at < $3::timestamptz - ${KEPT} returning token_hash
     )
     delete from data_key where tenant = $1 and issuer = $2 and owner in (select 'session/' || token_hash from gone)`,
    [...key(unit), now],
  );
}

async function insert(unit: UnitContext, session: NewSession): Promise<void> {
  await forgetExpired(unit, session.startedAt);
  await unit.client.query(
    `insert into session (tenant, issuer, token_hash, site, subject, fhir_user, started_at, last_activity, expires_at, who_sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...key(unit),
      session.tokenHash,
      unit.scope.site,
      session.subject,
      session.fhirUser,
      session.startedAt,
      session.lastActivity,
      session.expiresAt,
      await unit.vault.seal(owner(session.tokenHash), at(session.tokenHash), { name: session.name, patientId: session.patientId }),
    ],
  );
}

export const postgresSessions = (unit: UnitContext): SessionStore => ({
  insert: (session) => insert(unit, session),
  touch: async (tokenHash, moment, idleSince) => {
    // Two touches may arrive out of order: activity never moves back.
    const touched = await unit.client.query(
      `update session set last_activity = greatest(last_activity, $4)
       where tenant = $1 and issuer = $2 and token_hash = $3 and ended_at is null and expires_at > $4 and last_activity > $5`,
      [...key(unit), tokenHash, moment, idleSince],
    );
    return touched.rowCount === 1;
  },
  end: async (tokenHash, moment) => {
    await unit.client.query('update session set ended_at = $4 where tenant = $1 and issuer = $2 and token_hash = $3 and ended_at is null', [
      ...key(unit),
      tokenHash,
      moment,
    ]);
  },
});

export const postgresUsedIdTokens = (unit: UnitContext): UsedIdTokens => ({
  claim: async (hash, until, now) => {
    await unit.client.query('delete from used_id_token where tenant = $1 and issuer = $2 and until < $3', [...key(unit), now]);
    const claimed = await unit.client.query(
      'insert into used_id_token (tenant, issuer, token_hash, site, until) values ($1, $2, $3, $4, $5) on conflict do nothing',
      [...key(unit), hash, unit.scope.site, until],
    );
    return claimed.rowCount === 1;
  },
});

/** Finds the session its token opens, then enters its scope for the name, the patient and the grant. */
export const postgresSessionLookup =
  (pool: pg.Pool, keys: HeldKeys, index: PatientIndex): SessionLookup =>
  (tokenHash) =>
    inTransaction(pool, async (client) => {
      const named = client.query(`select set_config('refloop.session', $1, true)`, [tokenHash]);
      const found = await following(named, () =>
        client.query<Row>(
          `select tenant, issuer, site, token_hash, subject, fhir_user, started_at, last_activity, expires_at, ended_at, who_sealed
           from session where token_hash = $1`,
          [tokenHash],
        ),
      );
      const [row] = found.rows;
      if (!row) return undefined;
      const scope: Scope = { tenant: row.tenant, issuer: row.issuer, site: row.site };
      const vault = openVault(client, scope, keys);
      const grants = postgresGrants({ client, scope, vault, index, newId: () => '' });
      const [who, grant] = await following(enter(client, scope), () =>
        Promise.all([
          vault.open(owner(tokenHash), at(tokenHash), row.who_sealed) as Promise<Pick<StoredSession, 'name' | 'patientId'>>,
          grants.get(row.subject),
        ]),
      );
      const session: StoredSession = {
        tokenHash,
        scope,
        subject: row.subject,
        fhirUser: row.fhir_user,
        name: who.name,
        patientId: who.patientId,
        startedAt: instant(row.started_at),
        lastActivity: instant(row.last_activity),
        expiresAt: instant(row.expires_at),
        endedAt: row.ended_at && instant(row.ended_at),
      };
      return { session, grant };
    });
