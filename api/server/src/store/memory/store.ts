/** The store in memory: for the simulation and for fast tests. It forgets everything and is never used in production. */
import { createHash, randomBytes } from 'node:crypto';
import { createPatientIndex, type PatientIndex, warehouseKeyOf } from '../../crypto/patient-index.ts';
import type { DirectorySnapshot, DirectorySnapshots } from '../directory-snapshots.ts';
import type { GrantStore } from '../grants.ts';
import { numbersOf } from '../patient-contacts.ts';
import type { StoredSession } from '../sessions.ts';
import type { Scope, Store, Unit } from '../store.ts';
import { memoryAlerts } from './alerts.ts';
import { memoryApprovals } from './approvals.ts';
import { memoryAudit, memoryAuditTrail } from './audit.ts';
import { memoryCapture } from './capture.ts';
import { type AllTables, type MemoryContext, type MemoryTables, placeOf } from './context.ts';
import { memoryDelegations } from './delegations.ts';
import { memoryDisclosures } from './disclosures.ts';
import { memoryDocuments } from './documents.ts';
import { memoryEvents } from './events.ts';
import { memoryHistoryLoads } from './history-loads.ts';
import { memoryInboundDocuments } from './inbound-documents.ts';
import { memoryObligations } from './obligations.ts';
import { memoryOfficeLinks } from './office-links.ts';
import { memoryOutbox } from './outbox.ts';
import { memoryPacketPreparations } from './packet-preparations.ts';
import { memoryPatientContacts } from './patient-contacts.ts';
import { memoryPatientIdentities } from './patient-identities.ts';
import { memoryPatientLinks } from './patient-links.ts';

import { memoryPlans } from './plans.ts';
import { memoryRecommendations } from './recommendations.ts';
import { memoryReconciliationReports } from './reconciliation-reports.ts';
import { memoryReferralTimers } from './referral-timers.ts';
import { memoryReferrals } from './referrals.ts';
import { namesOf, ofHash, ofKey } from './row-names.ts';
import { memorySessions, memoryUsedIdTokens } from './sessions.ts';
import { createTables } from './tables.ts';
import { memoryVersions } from './versions.ts';
import { memoryWarehousePseudonyms } from './warehouse-pseudonyms.ts';
import { memoryWorkQuestions } from './work-questions.ts';

const memoryGrants = (unit: MemoryContext): GrantStore => ({
  get: async (subject) => unit.tables.grants.get(subject),
  put: async (grant) => unit.tables.grants.put(grant.subject, grant),
  list: async () => unit.tables.grants.rows(),
});

function memoryDirectory(): DirectorySnapshots {
  const kept = new Map<string, { snapshot: DirectorySnapshot; bytes: Uint8Array }>();
  const listeners = new Set<(hash: string) => void>();
  let inForce: string | undefined;
  return {
    publish: async (snapshot, bytes) => {
      const actual = createHash('sha256').update(bytes).digest('hex');
      if (actual !== snapshot.hash)
        throw new Error(`The directory’s bytes have the hash ${actual}, not ${snapshot.hash}; nothing was published.`);
      if (!kept.has(snapshot.hash)) kept.set(snapshot.hash, { snapshot: { ...snapshot }, bytes: Uint8Array.from(bytes) });
      if (inForce === snapshot.hash) return;
      inForce = snapshot.hash;
      for (const listener of listeners) listener(snapshot.hash);
    },
    current: async () => (inForce === undefined ? undefined : kept.get(inForce)?.snapshot),
    bytes: async (hash) => kept.get(hash)?.bytes,
    onChange: async (changed) => {
      listeners.add(changed);
      return async () => void listeners.delete(changed);
    },
  };
}

function openUnit(context: MemoryContext): Unit {
  return {
    scope: context.scope,
    events: memoryEvents(context),
    referrals: memoryReferrals(context),
    recommendations: memoryRecommendations(context),
    plans: memoryPlans(context),
    approvals: memoryApprovals(context),
    obligations: memoryObligations(context),
    referralTimers: memoryReferralTimers(context),
    slaPolicies: memoryVersions(context.tables.slaPolicies, 'policy'),
    configurations: memoryVersions(context.tables.configurations, 'configuration'),
    officeLinks: memoryOfficeLinks(context),
    patientLinks: memoryPatientLinks(context),
    patientContacts: memoryPatientContacts(context),
    reconciliationReports: memoryReconciliationReports(context),
    workQuestions: memoryWorkQuestions(context),
    documents: memoryDocuments(context),
    packetPreparations: memoryPacketPreparations(context),
    disclosures: memoryDisclosures(context),
    inboundDocuments: memoryInboundDocuments(context),
    patientIdentities: memoryPatientIdentities(context),
    outbox: memoryOutbox(context),
    capture: memoryCapture(context),
    grants: memoryGrants(context),
    delegations: memoryDelegations(context),
    alerts: memoryAlerts(context),
    sessions: memorySessions(context),
    usedIdTokens: memoryUsedIdTokens(context),
    warehousePseudonyms: memoryWarehousePseudonyms(context),
    historyLoads: memoryHistoryLoads(context),
    audit: memoryAudit(context),
    pseudonym: (patientId) => context.index.pseudonym(context.scope, patientId),
  };
}

/** Numbers of the audit's rows are given across scopes. */
const ACROSS = '';

function tablesIn(all: AllTables, place: string): MemoryTables {
  const own = Object.fromEntries(Object.entries(all).map(([name, table]) => [name, table.in(place)])) as MemoryTables;
  return { ...own, auditNumbers: all.auditNumbers.in(ACROSS) };
}

/** Each pseudonym is made once: every entry of the audit asks for one. */
function withKnownPseudonyms(index: PatientIndex): PatientIndex {
  const places = new Map<string, Map<string, string>>();
  return {
    ...index,
    pseudonym: (scope, patientId) => {
      const place = placeOf(scope);
      const known = places.get(place) ?? new Map<string, string>();
      places.set(place, known);
      const pseudonym = known.get(patientId) ?? index.pseudonym(scope, patientId);
      known.set(patientId, pseudonym);
      return pseudonym;
    },
  };
}

/** @param options.indexRoot 32 bytes for pseudonyms; random unless given, so that a simulation can repeat them */
export function openMemoryStore(options: { newId: () => string; indexRoot?: Uint8Array }): Store {
  const tables = createTables();
  const indexRoot = options.indexRoot ?? randomBytes(32);
  const index = withKnownPseudonyms(createPatientIndex(indexRoot));
  const of: AllTables = {
    events: tables.table(({ referralId }) => [referralId]),
    facts: tables.table(),
    referrals: tables.table((row) => [row.patientId]),
    recommendations: tables.table((row) => [row.patientId]),
    plans: tables.table(namesOf.plan),
    approvals: tables.table(namesOf.approval),
    obligations: tables.table(namesOf.obligation),
    obligationChanges: tables.table(),
    referralTimers: tables.table(),
    slaPolicies: tables.table(),
    configurations: tables.table(),
    reconciliationReports: tables.table(),
    workQuestions: tables.table(),
    officeLinks: tables.table((row) => namesOf.link(row)),
    patientLinks: tables.table((row) => namesOf.link(row)),
    patientContacts: tables.table((contact) => {
      const { own, ofProxies } = numbersOf(contact);
      return [...new Set([...(own === null ? [] : [own]), ...ofProxies])];
    }),
    documents: tables.table(),
    packetPreparations: tables.table(),
    disclosures: tables.table((row) => [row.patientId]),
    inboundDocuments: tables.table(({ stored }) => (stored.linkKey === null ? [] : [ofKey(stored.linkKey)])),
    patientIdentities: tables.table((row) => row.blocks),
    outbox: tables.table(namesOf.effect),
    captureCheckpoints: tables.table(),
    captureSubscriptions: tables.table(),
    grants: tables.table(),
    delegations: tables.table(),
    alertRules: tables.table(),
    alerts: tables.table(),
    sessions: tables.table(),
    usedIdTokens: tables.table(),
    warehousePseudonyms: tables.table(),
    historyLoads: tables.table(),
    auditEntries: tables.table(namesOf.auditEntry),
    auditNumbers: tables.table(),
  };
  const scopes = new Map<string, Scope>();
  // A unit keeps nothing of a transaction, so that one serves all of its place.
  const units = new Map<string, Unit>();
  const known = new WeakMap<Scope, Unit>();
  const unitOf = (scope: Scope): Unit => {
    const last = known.get(scope);
    const { tenant, issuer, site } = scope;
    if (last && last.scope.tenant === tenant && last.scope.issuer === issuer && last.scope.site === site) return last;
    const unit = unitNamed(scope);
    known.set(scope, unit);
    return unit;
  };
  const unitNamed = (scope: Scope): Unit => {
    const name = `${placeOf(scope)}\u0000${scope.site}`;
    const unit = units.get(name) ?? openUnit({ scope: { ...scope }, tables: tablesIn(of, placeOf(scope)), index, newId: options.newId });
    units.set(name, unit);
    return unit;
  };
  return {
    transaction: (scope, work) => tables.transaction(() => work(unitOf(scope))),
    findSession: async (tokenHash) => {
      const session: StoredSession | undefined = of.sessions.everywhere().find((row) => row.tokenHash === tokenHash);
      return session && { session, grant: of.grants.in(placeOf(session.scope)).get(session.subject) };
    },
    findOfficeLink: async (hash) => {
      const [found] = of.officeLinks.namedEverywhere(ofHash(hash));
      return found && { scope: found.scope, id: found.id };
    },
    findPatientLink: async (hash) => {
      const [found] = of.patientLinks.namedEverywhere(ofHash(hash));
      return found && { scope: found.scope, id: found.id, referralId: found.referralId };
    },
    directory: memoryDirectory(),
    auditTrail: memoryAuditTrail(tables, { auditEntries: of.auditEntries, auditNumbers: of.auditNumbers.in(ACROSS) }),
    enrol: async (scope) => void scopes.set(placeOf(scope), { ...scope }),
    scopes: async () => [...scopes.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, scope]) => scope),
    warehouseKey: warehouseKeyOf(indexRoot),
    // Nothing here outlives the process, so nothing lies under an older key.
    rewrapKeys: async () => 0,
    followKeys: async () => async () => undefined,
    ping: async () => undefined,
    close: async () => undefined,
  };
}
