/** The store on PostgreSQL: the one that production, development and the tests of the API use. */
import type { KeyRing } from '../../crypto/key-ring.ts';
import { createPatientIndex, type PatientIndex, warehouseKeyOf } from '../../crypto/patient-index.ts';
import type { Scope, Store, Unit } from '../store.ts';
import { StoreUnavailable } from '../unavailable.ts';
import { postgresAlerts } from './alerts.ts';
import { postgresApprovals } from './approvals.ts';
import { postgresAudit } from './audit.ts';
import { postgresAuditTrail } from './audit-trail.ts';
import { postgresCapture } from './capture.ts';
import { followChannel } from './channel.ts';
import type { UnitContext } from './context.ts';
import { ask, type Client, enter, inTransaction, openPool } from './database.ts';
import { postgresDelegations } from './delegations.ts';
import { postgresDirectorySnapshots } from './directory-snapshots.ts';
import { postgresDisclosures } from './disclosures.ts';
import { postgresDocuments } from './documents.ts';
import { postgresEvents } from './events.ts';
import { postgresGrants } from './grants.ts';
import { type HeldKeys, holdKeys, introduceRoot, KEY_CHANNEL, refreshKeys } from './held-keys.ts';
import { postgresHistoryLoads } from './history-loads.ts';
import { postgresInboundDocuments } from './inbound-documents.ts';
import { readIndexRoot } from './index-root.ts';
import { postgresObligations } from './obligations.ts';
import { postgresOfficeLinkLookup, postgresOfficeLinks } from './office-links.ts';
import { postgresOutbox } from './outbox.ts';

import { postgresPacketPreparations } from './packet-preparations.ts';
import { postgresPatientContacts } from './patient-contacts.ts';
import { postgresPatientIdentities } from './patient-identities.ts';
import { postgresPatientLinkLookup, postgresPatientLinks } from './patient-links.ts';

import { postgresPlans } from './plans.ts';
import { postgresRecommendations } from './recommendations.ts';
import { postgresReconciliationReports } from './reconciliation-reports.ts';
import { postgresReferralTimers } from './referral-timers.ts';
import { postgresReferrals } from './referrals.ts';
import { rewrapDataKeys, rewrapIndexRoot, rewrapStoredKeys } from './rewrap.ts';
import { postgresSessionLookup, postgresSessions, postgresUsedIdTokens } from './sessions.ts';
import { following } from './statements.ts';
import { openVault } from './vault.ts';
import { postgresVersions } from './versions.ts';
import { postgresWarehousePseudonyms } from './warehouse-pseudonyms.ts';
import { postgresWorkQuestions } from './work-questions.ts';

export type PostgresStoreOptions = {
  /** A migrated database, as a login that may act as refloop_app and refloop_auditor. */
  url: string;
  /** The keys of REFLOOP_KEY; what the database keeps over them is read from there. */
  keyRing: KeyRing;
  newId: () => string;
  /** Connections at most; 20 unless told. */
  poolSize?: number;
  /** What its connections are called in pg_stat_activity; refloop unless told. */
  name?: string;
};

/** A health check waits no longer than this for a connection and for an answer. */
const PROBE_PATIENCE = { connectMs: 1000, silenceMs: 1000 };

type UnitParts = { keys: HeldKeys; index: PatientIndex; newId: () => string };

function openUnit(client: Client, scope: Scope, { keys, index, newId }: UnitParts): Unit {
  const context: UnitContext = { client, scope, index, newId, vault: openVault(client, scope, keys) };
  return {
    scope,
    events: postgresEvents(context),
    referrals: postgresReferrals(context),
    recommendations: postgresRecommendations(context),
    plans: postgresPlans(context),
    approvals: postgresApprovals(context),
    obligations: postgresObligations(context),
    referralTimers: postgresReferralTimers(context),
    slaPolicies: postgresVersions(context, 'sla_policy', 'policy'),
    configurations: postgresVersions(context, 'site_configuration', 'configuration'),
    officeLinks: postgresOfficeLinks(context),
    patientLinks: postgresPatientLinks(context),
    patientContacts: postgresPatientContacts(context),
    reconciliationReports: postgresReconciliationReports(context),
    workQuestions: postgresWorkQuestions(context),
    documents: postgresDocuments(context),
    packetPreparations: postgresPacketPreparations(context),
    disclosures: postgresDisclosures(context),
    inboundDocuments: postgresInboundDocuments(context),
    patientIdentities: postgresPatientIdentities(context),
    outbox: postgresOutbox(context),
    capture: postgresCapture(context),
    grants: postgresGrants(context),
    delegations: postgresDelegations(context),
    alerts: postgresAlerts(context),
    sessions: postgresSessions(context),
    usedIdTokens: postgresUsedIdTokens(context),
    warehousePseudonyms: postgresWarehousePseudonyms(context),
    historyLoads: postgresHistoryLoads(context),
    audit: postgresAudit(context),
    pseudonym: (patientId) => index.pseudonym(scope, patientId),
  };
}

/** Opens the store. Throws where the database cannot be reached, is not migrated, or its keys are not at hand. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const name = options.name ?? 'refloop';
  const pool = openPool(options.url, 'refloop_app', options.poolSize ?? 20, { name });
  const auditor = openPool(options.url, 'refloop_auditor', 2, { name });
  // A connection of its own: that all others are busy says nothing about the database.
  const probe = openPool(options.url, 'refloop_app', 1, { name, ...PROBE_PATIENCE });
  const close = async (): Promise<void> => {
    await Promise.all([pool.end(), auditor.end(), probe.end()]);
  };
  const keys = holdKeys(options.keyRing);
  let index: PatientIndex;
  let warehouseKey: Uint8Array;
  try {
    const indexRoot = await readIndexRoot(pool, keys);
    index = createPatientIndex(indexRoot);
    warehouseKey = warehouseKeyOf(indexRoot);
    // Not before: with the wrong keys nothing is begun.
    await introduceRoot(pool, keys);
  } catch (error) {
    await close();
    throw error;
  }
  const scopes = (): Promise<Scope[]> => ask<Scope>(pool, 'select tenant, issuer, site from scope order by tenant, issuer');
  return {
    transaction: (scope, work) =>
      inTransaction(pool, (client) =>
        following(enter(client, scope), () => work(openUnit(client, scope, { keys, index, newId: options.newId }))),
      ),
    findSession: postgresSessionLookup(pool, keys, index),
    findOfficeLink: postgresOfficeLinkLookup(pool),
    findPatientLink: postgresPatientLinkLookup(pool),
    directory: postgresDirectorySnapshots(pool, options.url, name),
    auditTrail: postgresAuditTrail(pool, auditor),
    enrol: async ({ tenant, issuer, site }) => {
      await ask(
        pool,
        'insert into scope (tenant, issuer, site) values ($1, $2, $3) on conflict (tenant, issuer) do update set site = excluded.site',
        [tenant, issuer, site],
      );
    },
    scopes,
    warehouseKey,
    rewrapKeys: async () => {
      let count = await rewrapStoredKeys(pool, keys);
      count += await rewrapIndexRoot(pool, keys);
      for (const scope of await scopes()) count += await rewrapDataKeys(pool, keys, scope);
      return count;
    },
    followKeys: () => {
      const look = async (): Promise<void> => void (await refreshKeys(pool, keys));
      // Whoever meets an unknown key looks for itself; a look that failed is followed by the next one.
      const heard = (): void => void look().catch(() => undefined);
      return followChannel({ url: options.url, name, channel: KEY_CHANNEL, heard, look });
    },
    ping: async () => {
      const [row] = await ask<{ standby: boolean }>(probe, 'select pg_is_in_recovery() as standby');
      if (row?.standby !== false) throw new StoreUnavailable('nothing', new Error('The database takes no writes.'));
    },
    close,
  };
}
