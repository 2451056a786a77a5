/** For the contract's tests: what every implementation of the store must do. Each test runs on PostgreSQL and in memory. */
import { createMigratedDatabase, type TestDatabase } from '../../../../../tools/test-database.ts';
import { createKeyRing } from '../../crypto/key-ring.ts';
import { DEVELOPMENT_KEY } from '../../environment/keys.ts';
import type { NewAlert, NewAlertRule } from '../alerts.ts';
import type { NewAuditEntry } from '../audit.ts';
import type { NewDelegation } from '../delegations.ts';
import type { NewEvent } from '../events.ts';
import { openMemoryStore } from '../memory/store.ts';
import type { NewPlan } from '../plans.ts';
import { openPostgresStore } from '../postgres/store.ts';
import type { NewRecommendation } from '../recommendations.ts';
import type { NewSession } from '../sessions.ts';
import type { Scope, Store } from '../store.ts';

type Implementation = { name: string; open: () => Promise<Store>; close: () => Promise<void> };

let counter = 0;
const newId = (): string => `id-${(counter += 1).toString().padStart(8, '0')}`;

function postgres(): Implementation {
  let database: TestDatabase;
  let store: Store;
  return {
    name: 'PostgreSQL',
    open: async () => {
      database = await createMigratedDatabase();
      store = await openPostgresStore({ url: database.url, keyRing: createKeyRing([DEVELOPMENT_KEY]), newId });
      return store;
    },
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}

const memory = (): Implementation => ({ name: 'memory', open: async () => openMemoryStore({ newId }), close: async () => undefined });

/** Every implementation that the contract holds for; PostgreSQL on a database of its own. */
export const implementations = (): Implementation[] => [postgres(), memory()];

let scopeNumber = 0;
/** A scope of its own for each test, as each test may be the only one that runs. */
export function newScope(): Scope {
  scopeNumber += 1;
  return { tenant: `tenant-${scopeNumber}`, issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
}

/** When everything in these tests begins. */
export const AT = '2026-11-20T10:00:00.000Z';
/** So many seconds after `AT`. */
export const after = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1000).toISOString();

/** Here and below: one of the noun as a service gives it, with what a test changes. */
export const event = (type: string, more: Partial<NewEvent> = {}): NewEvent => ({
  type,
  version: 1,
  effectiveAt: AT,
  recordedAt: after(1),
  actor: { kind: 'user', subject: 'clinician' },
  data: { reason: 'palpitations' },
  ...more,
});

export const recommendation = (id: string, more: Partial<NewRecommendation> = {}): NewRecommendation => ({
  id,
  referralId: `referral-${id}`,
  madeAt: AT,
  subject: 'clinician',
  userName: 'Dr. Maren Oduya, MD',
  patientId: '1',
  status: 'PENDING_REVIEW',
  outcome: 'pending',
  specialty: 'cardiology',
  policy: 'seed-v1/1',
  composer: 'composer/1',
  kept: { reason: 'palpitations with syncope' },
  working: { chosen: null },
  pendedFor: null,
  prepared: null,
  ...more,
});

export const plan = (id: string, more: Partial<NewPlan> = {}): NewPlan => ({
  id,
  referralId: 'referral-1',
  recommendationId: 'recommendation-1',
  patientId: '1',
  subject: 'clinician',
  madeAt: AT,
  finished: false,
  lookDueAt: null,
  content: { steps: ['ServiceRequest'] },
  ...more,
});

export const session = (tokenHash: string, more: Partial<NewSession> = {}): NewSession => ({
  tokenHash,
  subject: 'clinician',
  fhirUser: 'Practitioner/clinician',
  name: 'Dr. Maren Oduya, MD',
  patientId: '1',
  startedAt: AT,
  lastActivity: AT,
  expiresAt: after(8 * 3600),
  ...more,
});

export const alertRule = (id: string, more: Partial<NewAlertRule> = {}): NewAlertRule => ({
  id,
  metric: 'network_leakage',
  segment: { specialty: 'cardiology' },
  direction: 'above',
  threshold: 0.1,
  owner: { subject: 'coordinator', name: 'Ana Ortiz' },
  madeBy: 'lead',
  madeAt: AT,
  ...more,
});
export const alert = (id: string, ruleId: string, more: Partial<NewAlert> = {}): NewAlert => ({
  id,
  ruleId,
  raisedAt: AT,
  snapshot: '20261120T100000Z-0a1b2c3d',
  n: 400,
  value: 0.3,
  low: 0.26,
  high: 0.35,
  ...more,
});

export const delegation = (id: string, more: Partial<NewDelegation> = {}): NewDelegation => ({
  id,
  kind: 'covers',
  delegate: { subject: 'covering', fhirUser: 'Practitioner/covering', name: 'Dr. Moss' },
  clinician: { subject: 'clinician', fhirUser: 'Practitioner/clinician', name: 'Dr. Lee' },
  reason: 'Leave until Monday',
  givenBy: 'admin',
  givenAt: AT,
  until: null,
  ...more,
});

export const auditEntry = (more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  at: AT,
  actor: { subject: 'clinician', fhirUser: 'Practitioner/clinician', sessionId: null },
  action: 'recommendation.made',
  purpose: 'TREAT',
  ...more,
});
