/** What every in-memory store of one unit of work shares. */
import type { PatientIndex } from '../../crypto/patient-index.ts';
import type { StoredAlert, StoredAlertRule } from '../alerts.ts';
import type { StoredApproval } from '../approvals.ts';
import type { NewAuditEntry } from '../audit.ts';
import type { CaptureCheckpoint, CaptureSubscription } from '../capture.ts';
import type { StoredDelegation } from '../delegations.ts';
import type { StoredDisclosure } from '../disclosures.ts';
import type { StoredDocument } from '../documents.ts';
import type { StoredEvent } from '../events.ts';
import type { StoredGrant } from '../grants.ts';
import type { HistoryLoad } from '../history-loads.ts';
import type { StoredInbound } from '../inbound-documents.ts';
import type { StoredObligation } from '../obligations.ts';
import type { StoredOfficeLink } from '../office-links.ts';
import type { StoredEffect } from '../outbox.ts';

import type { StoredPreparation } from '../packet-preparations.ts';
import type { PatientContact } from '../patient-contacts.ts';
import type { StoredIdentity } from '../patient-identities.ts';
import type { StoredPatientLink } from '../patient-links.ts';

import type { StoredPlan } from '../plans.ts';
import type { StoredRecommendation } from '../recommendations.ts';
import type { ReconciliationReport } from '../reconciliation-reports.ts';
import type { ReferralTimer } from '../referral-timers.ts';
import type { ReferralRow } from '../referrals.ts';
import type { StoredSession } from '../sessions.ts';
import type { Json, Scope } from '../store.ts';
import type { StoredConfiguration, StoredSlaPolicy } from '../versions.ts';
import type { WarehousePseudonym } from '../warehouse-pseudonyms.ts';
import type { WorkQuestion } from '../work-questions.ts';
import type { PlacedTable, Table } from './tables.ts';

/** What an audit entry is made of. */
export type MemoryAuditEntry = {
  scope: Scope;
  id: string;
  at: string;
  recommendationId: string | null;
  referralId: string | null;
  subjectRef: string | null;
  given: NewAuditEntry;
};

/** As it lies in the table. */
export type KeptEffect = StoredEffect & { secret: Record<string, Json> | null };

export type MemoryTables = {
  events: Table<StoredEvent>;
  facts: Table<{ referralId: string }>;
  referrals: Table<ReferralRow>;
  recommendations: Table<StoredRecommendation>;
  plans: Table<StoredPlan>;
  approvals: Table<StoredApproval>;
  obligations: Table<StoredObligation>;
  /** How many changes there were up to the last one of each, and in all. */
  obligationChanges: Table<{ count: number }>;
  referralTimers: Table<ReferralTimer>;
  slaPolicies: Table<StoredSlaPolicy>;
  configurations: Table<StoredConfiguration>;
  officeLinks: Table<StoredOfficeLink & { scope: Scope }>;
  patientLinks: Table<StoredPatientLink & { scope: Scope }>;
  patientContacts: Table<PatientContact>;
  documents: Table<Omit<StoredDocument, 'bytes'> & { base64: string }>;
  packetPreparations: Table<StoredPreparation>;
  disclosures: Table<StoredDisclosure>;
  inboundDocuments: Table<{ stored: StoredInbound; base64: string | null }>;
  patientIdentities: Table<{ stored: StoredIdentity; blocks: string[] }>;
  outbox: Table<KeptEffect>;
  captureCheckpoints: Table<CaptureCheckpoint>;
  captureSubscriptions: Table<CaptureSubscription>;
  workQuestions: Table<WorkQuestion & { answeredAt: string | null }>;
  reconciliationReports: Table<{ report: ReconciliationReport; holder: string | null; until: string | null }>;
  grants: Table<StoredGrant>;
  delegations: Table<StoredDelegation>;
  alertRules: Table<StoredAlertRule>;
  alerts: Table<StoredAlert>;
  sessions: Table<StoredSession>;
  usedIdTokens: Table<{ until: string }>;
  warehousePseudonyms: Table<WarehousePseudonym>;
  historyLoads: Table<HistoryLoad>;
  auditEntries: Table<MemoryAuditEntry>;
  /** Row number by entry id. */
  auditNumbers: Table<{ number: number }>;
};

export type MemoryContext = { scope: Scope; tables: MemoryTables; index: PatientIndex; newId: () => string };

/** Of all scopes. */
export type AllTables = { [Name in keyof MemoryTables]: MemoryTables[Name] extends Table<infer Row> ? PlacedTable<Row> : never };

/** Whose rows stand by themselves: every scope sees its own and no others. */
export const placeOf = ({ tenant, issuer }: Pick<Scope, 'tenant' | 'issuer'>): string => `${tenant}\u0000${issuer}`;

/** The key of what there is once. */
export const IN_ALL = '';

/** A key of several parts, with a separator between them that no id holds. */
export const keyOf = (...parts: string[]): string => parts.join('\u0000');

/** A number as text that sorts as the number. */
export const ordered = (value: number): string => value.toString().padStart(12, '0');
