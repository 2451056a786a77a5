/** The store on PostgreSQL: the one that production, development and the tests of the API use. */
import type { KeyRing } from '../../crypto/key-ring.ts';
import { createPatientIndex, type PatientIndex } from '../../crypto/patient-index.ts';
import type { Scope, Store, Unit } from '../store.ts';
import { postgresApprovals } from './approvals.ts';
import { postgresAudit } from './audit.ts';
import { postgresAuditTrail } from './audit-trail.ts';
import type { UnitContext } from './context.ts';
import { type Client, enter, inTransaction, openPool } from './database.ts';
import { postgresDelegations } from './delegations.ts';
import { postgresDirectorySnapshots } from './directory-snapshots.ts';
import { postgresEvents } from './events.ts';
import { postgresGrants } from './grants.ts';
import { readIndexRoot } from './index-root.ts';
import { postgresObligations } from './obligations.ts';
import { postgresPlans } from './plans.ts';
import { postgresRecommendations } from './recommendations.ts';
import { postgresReferrals } from './referrals.ts';
import { rewrapDataKeys, rewrapIndexRoot } from './rewrap.ts';
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
    delegations: postgresDelegations(context),
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
  const scopes = async (): Promise<Scope[]> =>
    (await pool.query<Scope>('select tenant, issuer, site from scope order by tenant, issuer')).rows;
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
    scopes,
    rewrapKeys: async () => {
      let count = await rewrapIndexRoot(pool, options.keyRing);
      for (const scope of await scopes()) count += await rewrapDataKeys(pool, options.keyRing, scope);
      return count;
    },
    close: async () => {
      await Promise.all([pool.end(), auditor.end()]);
    },
  };
}
