/** Pages for coordinators, leads and admins that exist in this version: exceptions, grants, the audit of recommendations. */
import { z } from 'zod';
import { Plan } from './approval.ts';
import { Recommendation } from './recommendation.ts';
import { ROLES, Role } from './session.ts';

export const Grant = z.object({
  subject: z.string(),
  fhirUser: z.string(),
  name: z.string().nullable(),
  roles: z.array(Role),
  grantedBy: z.string(),
  grantedAt: z.string(),
});
export type Grant = z.infer<typeof Grant>;
export const PutGrant = z.object({
  fhirUser: z.string().max(200),
  roles: z.array(Role).max(ROLES.length),
  reason: z.string().min(3).max(300),
});
export type PutGrant = z.infer<typeof PutGrant>;

/** A person of this EHR, as an admin names them. */
export const StaffMember = z.object({
  subject: z.string().trim().min(1).max(255),
  fhirUser: z.string().max(200),
  name: z.string().trim().min(1).max(200),
});
export type StaffMember = z.infer<typeof StaffMember>;

/** `prepares-for`: the delegate prepares what the clinician signs. `covers`: the delegate signs and finishes in the clinician's place. */
export const DelegationKind = z.enum(['prepares-for', 'covers']);
export type DelegationKind = z.infer<typeof DelegationKind>;

export const Delegation = z.object({
  id: z.string(),
  kind: DelegationKind,
  delegate: StaffMember,
  clinician: StaffMember,
  reason: z.string(),
  givenBy: z.string(),
  givenAt: z.string(),
  /** From then on it is not in force; null = until it is taken away. */
  until: z.string().nullable(),
  /** `run-out`: its end has come; `taken-away`: by an admin before that. */
  state: z.enum(['in-force', 'run-out', 'taken-away']),
  ended: z.object({ at: z.string(), by: z.string(), reason: z.string() }).nullable(),
});
export type Delegation = z.infer<typeof Delegation>;

const Reason = z.string().trim().min(3, 'Say why in a few words').max(300);

export const GiveDelegation = z.object({
  kind: DelegationKind,
  delegate: StaffMember,
  clinician: StaffMember,
  reason: Reason,
  until: z.iso.datetime({ offset: true }).nullable(),
});
export type GiveDelegation = z.infer<typeof GiveDelegation>;
export const EndDelegation = z.object({ reason: Reason });
export type EndDelegation = z.infer<typeof EndDelegation>;

export const RecommendationRow = z.object({
  id: z.string(),
  madeAt: z.string(),
  userName: z.string(),
  /** `p-7f3a…`: a keyed pseudonym, the same for the same patient. */
  patientPseudonym: z.string(),
  specialtyName: z.string(),
  policy: z.string(),
  composer: z.string(),
  outcome: z.enum(['pending', 'accepted', 'overridden', 'edited', 'dismissed', 'superseded']),
  auditEntry: z.number().int().nullable(),
});
export type RecommendationRow = z.infer<typeof RecommendationRow>;
export const RecommendationPage = z.object({ rows: z.array(RecommendationRow), next: z.string().nullable(), total: z.number().int() });
export type RecommendationPage = z.infer<typeof RecommendationPage>;

export const AuditStatus = z.object({
  entries: z.number().int(),
  /** The newest entry of an unbroken chain, checked just now; `brokenAt` names the first bad row. */
  verifiedTo: z.number().int(),
  brokenAt: z.object({ row: z.number().int(), what: z.string() }).nullable(),
  headHash: z.string().nullable(),
  headAt: z.string().nullable(),
  checkedAt: z.string(),
});
export type AuditStatus = z.infer<typeof AuditStatus>;

export const RecommendationRecord = z.object({
  recommendation: Recommendation,
  userName: z.string(),
  patientPseudonym: z.string(),
  site: z.string(),
  /** Sentences of the draft and of what was signed, for the word diff. */
  signed: z.array(Recommendation.shape.working.shape.sentences.element).nullable(),
  decision: z
    .object({
      by: z.string(),
      /** The clinician in whose place they decided, covering for them. */
      coveringFor: z.string().nullable(),
      at: z.string(),
      orderVersion: z.string().nullable(),
      chosenName: z.string(),
      chosenRank: z.number().int().nullable(),
      /** Who may be asked too. */
      alternates: z.array(z.object({ name: z.string(), rank: z.number().int().nullable() })),
      overrideReason: z.string().nullable(),
    })
    .nullable(),
  plan: Plan.nullable(),
  proof: z.array(
    z.object({
      row: z.number().int(),
      action: z.string(),
      at: z.string(),
      /** Who did it, by name where it is known; in whose place, where they covered for another. */
      by: z.string(),
      coveringFor: z.string().nullable(),
      leafHash: z.string(),
    }),
  ),
});
export type RecommendationRecord = z.infer<typeof RecommendationRecord>;

/** One question of the self-test: what was asked of the EHR just now, and what follows from its answer. */
export const EhrCheck = z.object({
  name: z.string(),
  /** As IT would look it up. */
  technical: z.string(),
  answer: z.enum(['good', 'bad', 'not-asked']),
  detail: z.string(),
  milliseconds: z.number(),
});
export type EhrCheck = z.infer<typeof EhrCheck>;
export const EhrSelfTest = z.object({ at: z.string(), checks: z.array(EhrCheck) });
export type EhrSelfTest = z.infer<typeof EhrSelfTest>;

/** R6: nobody in network within 50 miles; also write-backs that need a person, overdue signatures, and an emergency from a number that is no patient’s. */
export const ExceptionRow = z.object({
  id: z.string(),
  kind: z.enum(['none-in-network', 'unfinished-write-back', 'to-sign', 'unknown-number']),
  raisedAt: z.string(),
  dueAt: z.string(),
  owner: z.string().nullable(),
  specialtyName: z.string(),
  patientName: z.string(),
  detail: z.string(),
  /** Of a write-back: what the clinician's page shows too, to quote on the phone. */
  reference: z.string().nullable(),
  status: z.enum(['open', 'done']),
  /** A word of what was done; that the order was placed in the EHR by hand, which puts it in force; or not here, but by the clinician. */
  settlesBy: z.enum(['word', 'order-placed', 'clinician']),
});
export type ExceptionRow = z.infer<typeof ExceptionRow>;
export const SettleException = z.object({ what: z.enum(['take', 'done']), note: z.string().max(500) });
export type SettleException = z.infer<typeof SettleException>;
