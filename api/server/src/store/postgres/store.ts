/** The store on PostgreSQL: the one that production, development and the tests of the API use. */
import type pg from 'pg';
import type { KeyRing, WrappedKey } from '../../crypto/key-ring.ts';
import { createPatientIndex, type PatientIndex } from '../../crypto/patient-index.ts';
import type { Place } from '../../crypto/seal.ts';
import type { Scope, Store, Unit } from '../store.ts';
import { postgresApprovals } from './approvals.ts';
import { postgresAudit } from './audit.ts';
import { postgresAuditTrail } from './audit-trail.ts';
import type { UnitContext } from './context.ts';
import { type Client, enter, inTransaction, openPool } from './database.ts';
import { postgresDirectorySnapshots } from './directory-snapshots.ts';
import { postgresEvents } from './events.ts';
import { postgresGrants } from './grants.ts';
import { postgresObligations } from './obligations.ts';
import { postgresPlans } from './plans.ts';
import { postgresRecommendations } from './recommendations.ts';
import { postgresReferrals } from './referrals.ts';
import { postgresSessionLookup, postgresSessions, postgresUsedIdTokens } from './sessions.ts';
import { openVault } from './vault.ts';

export type PostgresStoreOptions = {
  /** A migrated database, as a login that may act as refloop_app and refloop_auditor. */
  url: string;
  keyRing: KeyRing;
  newId: () => string;
  /** Connections at most; 20 unless told. */
  poolSize?: number;
};

const ROOT_PLACE: Place = { table: 'instance_key', tenant: '', issuer: '', id: 'index', column: 'wrapped' };

/** The root of the keyed indexes: made by the first process that starts, the same for all after it. */
async function readIndexRoot(pool: pg.Pool, keyRing: KeyRing): Promise<Uint8Array> {
  const { key, stored } = keyRing.newDataKey(ROOT_PLACE);
  await pool.query(`insert into instance_key (name, kid, wrapped) values ('index', $1, $2) on conflict do nothing`, [
    stored.kid,
    stored.wrapped,
  ]);
  const found = await pool.query<WrappedKey>(`select kid, wrapped from instance_key where name = 'index'`);
  const [row] = found.rows;
  return row ? keyRing.unwrap(row, ROOT_PLACE) : key;
}

function openUnit(client: Client, scope: Scope, options: PostgresStoreOptions, index: PatientIndex): Unit {
  const context: UnitContext = { client, scope, index, newId: options.newId, vault: openVault(client, scope, options.keyRing) };
  return {
    scope,
    events: postgresEvents(context),
    referrals: postgresReferrals(context),
    recommendations: postgresRecommendations(context),
    plans: postgresPlans(context),
    approvals: postgresApprovals(context),
    obligations: postgresObligations(context),
    grants: postgresGrants(context),
    sessions: postgresSessions(context),
    usedIdTokens: postgresUsedIdTokens(context),
    audit: postgresAudit(context),
    pseudonym: (patientId) => index.pseudonym(scope, patientId),
  };
}

/** Opens the store. Throws where the database cannot be reached, is not migrated, or its keys are not at hand. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const pool = openPool(options.url, 'refloop_app', options.poolSize ?? 20);
  const auditor = openPool(options.url, 'refloop_auditor', 2);
  let index: PatientIndex;
  try {
    index = createPatientIndex(await readIndexRoot(pool, options.keyRing));
  } catch (error) {
    await Promise.all([pool.end(), auditor.end()]);
    throw error;
  }
  return {
    transaction: (scope, work) =>
      inTransaction(pool, async (client) => {
        await enter(client, scope);
        return work(openUnit(client, scope, options, index));
      }),
    findSession: postgresSessionLookup(pool, options.keyRing, index),
    directory: postgresDirectorySnapshots(pool, options.url),
    auditTrail: postgresAuditTrail(pool, auditor),
    enrol: async ({ tenant, issuer, site }) => {
      await pool.query(
        'insert into scope (tenant, issuer, site) values ($1, $2, $3) on conflict (tenant, issuer) do update set site = excluded.site',
        [tenant, issuer, site],
      );
    },
    scopes: async () => {
      const found = await pool.query<Scope>('select tenant, issuer, site from scope order by tenant, issuer');
      return found.rows;
    },
    close: async () => {
      await Promise.all([pool.end(), auditor.end()]);
    },
  };
}
