/**
 * What the services keep and find again. Two implementations, PostgreSQL and in-memory, stand under the same contract tests
 * (contract/). Everything belongs to a tenant and an issuer: a unit of work sees the rows of its own scope alone.
 */
import type { PatientChannel } from '@refloop/domain/patient/outreach';
import type { AlertStore } from './alerts.ts';
import type { ApprovalStore } from './approvals.ts';
import type { AuditLog, AuditTrail } from './audit.ts';
import type { CaptureStore } from './capture.ts';
import type { DelegationStore } from './delegations.ts';
import type { DirectorySnapshots } from './directory-snapshots.ts';
import type { DisclosureStore } from './disclosures.ts';
import type { DocumentStore } from './documents.ts';
import type { EventStore } from './events.ts';
import type { GrantStore } from './grants.ts';
import type { HistoryLoadStore } from './history-loads.ts';
import type { InboundDocumentStore } from './inbound-documents.ts';
import type { ObligationStore } from './obligations.ts';
import type { OfficeLinkLookup, OfficeLinkStore } from './office-links.ts';
import type { OutboxStore } from './outbox.ts';

import type { PacketPreparationStore } from './packet-preparations.ts';
import type { PatientContactStore } from './patient-contacts.ts';
import type { PatientIdentityStore } from './patient-identities.ts';
import type { PatientLinkLookup, PatientLinkStore } from './patient-links.ts';

import type { PlanStore } from './plans.ts';
import type { RecommendationStore } from './recommendations.ts';
import type { ReconciliationReportStore } from './reconciliation-reports.ts';
import type { ReferralTimerStore } from './referral-timers.ts';
import type { ReferralStore } from './referrals.ts';
import type { SessionLookup, SessionStore, UsedIdTokens } from './sessions.ts';
import type { ConfigurationStore, SlaPolicyStore } from './versions.ts';
import type { WarehousePseudonymStore } from './warehouse-pseudonyms.ts';
import type { WorkQuestionStore } from './work-questions.ts';

/** A value that is kept as JSON: what JSON.stringify leaves of it comes back. */
export type Json = unknown;

/** Whose data a unit of work may see: patient ids are unique only within one EHR, and two tenants may share one. */
export type Scope = {
  tenant: string;
  /** The FHIR base of the EHR, exactly as the site entry writes it. */
  issuer: string;
  /** The name of the site entry; stored beside the key, never part of it. */
  site: string;
};

/** One transaction within one scope. Everything done with it is kept together or not at all. */
export type Unit = {
  scope: Scope;
  events: EventStore;
  referrals: ReferralStore;
  recommendations: RecommendationStore;
  plans: PlanStore;
  approvals: ApprovalStore;
  obligations: ObligationStore;
  referralTimers: ReferralTimerStore;
  slaPolicies: SlaPolicyStore;
  configurations: ConfigurationStore;
  officeLinks: OfficeLinkStore;
  patientLinks: PatientLinkStore;
  patientContacts: PatientContactStore;
  reconciliationReports: ReconciliationReportStore;
  workQuestions: WorkQuestionStore;
  documents: DocumentStore;
  packetPreparations: PacketPreparationStore;
  disclosures: DisclosureStore;
  inboundDocuments: InboundDocumentStore;
  patientIdentities: PatientIdentityStore;
  outbox: OutboxStore;
  capture: CaptureStore;
  grants: GrantStore;
  delegations: DelegationStore;
  alerts: AlertStore;
  sessions: SessionStore;
  usedIdTokens: UsedIdTokens;
  warehousePseudonyms: WarehousePseudonymStore;
  historyLoads: HistoryLoadStore;
  audit: AuditLog;
  /** By which channels the site of this scope writes to patients, as its entry says; text messages alone where nobody said. */
  patientChannels?: readonly PatientChannel[];
  /** `p-` and 12 hexadecimal digits: the same for the same patient of this scope, meaningless without our key. */
  pseudonym: (patientId: string) => string;
};

export type Store = {
  /**
   * Runs the work in one transaction. A thrown error rolls all of it back and is thrown on; a refusal returned as a
   * value does not, so check before writing. Throws `StoreUnavailable` where the store breaks away meanwhile.
   */
  transaction: <Value>(scope: Scope, work: (unit: Unit) => Promise<Value>) => Promise<Value>;
  /** Finds a session by its token alone: the one look-up that comes before a scope is known. */
  findSession: SessionLookup;
  /** Finds whose a link is by its digest alone, before a scope is known. */
  findOfficeLink: OfficeLinkLookup;
  /** The same for a link of a patient. */
  findPatientLink: PatientLinkLookup;
  /** Published directories; they hold no patient and belong to no tenant. */
  directory: DirectorySnapshots;
  /** The chain over every scope's audit entries: leaf hashes, never contents. */
  auditTrail: AuditTrail;
  /** Remembers that the scope exists, so that commands over all data find it when its site entry is gone. */
  enrol: (scope: Scope) => Promise<void>;
  scopes: () => Promise<Scope[]>;
  /** 32 bytes, the same for good: the warehouse's pseudonyms are made with it, and nothing else is. */
  warehouseKey: Uint8Array;
  /**
   * Wraps every key that lies under an older one anew: those that the database keeps under the first key of REFLOOP_KEY, the
   * data keys under the key in force; what the data keys seal is not touched. Afterwards the older keys of REFLOOP_KEY are
   * needed no more. Returns how many there were.
   */
  rewrapKeys: () => Promise<number>;
  /**
   * Learns of rotations while this process serves: at once by notification, else by looking. Nothing fails without it; it
   * takes a destroyed key out of this process too. Returns what ends it.
   */
  followKeys: () => Promise<() => Promise<void>>;
  /** Throws `StoreUnavailable` where it cannot be asked and written just now; says so within two seconds. */
  ping: () => Promise<void>;
  close: () => Promise<void>;
};
