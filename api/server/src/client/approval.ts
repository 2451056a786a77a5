/** Approving one version of one order, and carrying the approved plan out. */
import { z } from 'zod';
import { WorkingCopy } from './recommendation.ts';

export const Approve = z.object({
  recommendationId: z.string().max(40),
  revision: z.number().int(),
  working: WorkingCopy,
  /** The order as it stood when the clinician pressed Approve; must be the version the recommendation was made on. */
  order: z.record(z.string(), z.unknown()).nullable(),
  /** What the app found in the EHR for the chosen performer's NPI, so that references resolve there; null = none. */
  performerInEhr: z
    .object({
      reference: z
        .string()
        .regex(/^(Practitioner|PractitionerRole)\/[A-Za-z0-9\-.]{1,64}$/, 'Not a clinician of this EHR, such as PractitionerRole/123'),
      display: z.string().max(300),
    })
    .nullable(),
  /** Chosen once per press: the same key answers with the same approval. */
  idempotencyKey: z.string().min(16).max(80),
});
export type Approve = z.infer<typeof Approve>;

export const STEP_NAMES = ['DocumentReference', 'ServiceRequest', 'Communication', 'Task', 'Provenance'] as const;
export const StepName = z.enum(STEP_NAMES);
export type StepName = z.infer<typeof StepName>;

/** An entry of the chart that may be what Refloop wrote; enough to tell it apart, nothing of its content. */
export const Candidate = z.object({
  reference: z.string().max(100),
  versionId: z.string().max(64).nullable(),
  filedAt: z.string().max(40).nullable(),
  author: z.string().max(200).nullable(),
});
export type Candidate = z.infer<typeof Candidate>;

/**
 * One write. `resource` may hold references of the form `{{DocumentReference}}` to what an earlier step made; the app
 * puts `Type/id` there. `lookUp` finds what an earlier try already wrote: search before create, never a blind retry.
 */
export const PlanStep = z.object({
  name: StepName,
  action: z.enum(['create', 'update']),
  /** For an update: the resource to PUT to and the version it must still have. */
  target: z.object({ reference: z.string(), versionId: z.string() }).nullable(),
  lookUp: z.object({ query: z.string(), businessKey: z.string() }),
  resource: z.record(z.string(), z.unknown()),
  outcome: z.discriminatedUnion('status', [
    z.object({ status: z.literal('waiting') }),
    z.object({
      status: z.literal('done'),
      reference: z.string(),
      versionId: z.string().nullable(),
      orderStatus: z.string().exactOptional(),
      at: z.string(),
    }),
    z.object({ status: z.literal('refused'), httpStatus: z.number().int(), detail: z.string(), at: z.string() }),
    z.object({ status: z.literal('stale'), detail: z.string(), at: z.string() }),
    z.object({ status: z.literal('unknown'), detail: z.string(), at: z.string() }),
    z.object({ status: z.literal('unsure'), detail: z.string(), candidates: z.array(Candidate), at: z.string() }),
  ]),
  /** When a write of it was last sent, by the machine's clock, as each `at` of an outcome; null while it is certain that none was. */
  attemptedAt: z.string().nullable(),
  /** Found in the EHR and judged by a person not to be what Refloop wrote. */
  notOurs: z.array(z.string()),
});
export type PlanStep = z.infer<typeof PlanStep>;

export const Plan = z.object({
  id: z.string(),
  /** What a person quotes when asking about it: `4Q7K-9X2M`. */
  reference: z.string(),
  referralId: z.string(),
  recommendationId: z.string(),
  rung: z.number().int(),
  steps: z.array(PlanStep),
  leftOut: z.array(z.object({ step: z.string(), why: z.string() })),
  lease: z.object({ holder: z.string(), until: z.string() }).nullable(),
  /** The server's machine time as this was answered, as each `attemptedAt`: no clock of anybody else's can be compared with those. */
  asOf: z.string(),
  /** How many milliseconds ago, at the least, the server's clock was set; whatever is longer than what was sent may take is told as that long. */
  sinceClockSet: z.number().min(0),
  /** The three indicators, never merged into one (architecture: decision, write-back, transport). */
  decision: z.object({
    status: z.literal('approved'),
    by: z.string(),
    at: z.string(),
    /** The clinician in whose place they decided, covering for them. */
    coveringFor: z.string().nullable(),
  }),
  writeBack: z.enum(['waiting', 'writing', 'partial', 'done', 'awaiting-signature', 'refused', 'stale', 'unknown', 'unsure', 'withdrawn']),
  transport: z.enum(['not-sent']),
});
export type Plan = z.infer<typeof Plan>;

export const TakeLease = z.object({ holder: z.string().min(8).max(80) });
export type TakeLease = z.infer<typeof TakeLease>;
/** What the EHR holds of a step: where, in which version and, of the order alone, with which status. */
const Done = z.object({
  status: z.literal('done'),
  reference: z.string().max(100),
  versionId: z.string().max(64).nullable(),
  orderStatus: z.string().max(40).exactOptional(),
});
export const AttemptStep = z.object({ holder: z.string().min(8).max(80) });
export type AttemptStep = z.infer<typeof AttemptStep>;
export const ReportStep = z.object({
  holder: z.string().min(8).max(80),
  outcome: z.discriminatedUnion('status', [
    Done,
    z.object({ status: z.literal('refused'), httpStatus: z.number().int(), detail: z.string().max(500) }),
    z.object({ status: z.literal('stale'), detail: z.string().max(500) }),
    z.object({ status: z.literal('unknown'), detail: z.string().max(500) }),
    z.object({ status: z.literal('unsure'), detail: z.string().max(500), candidates: z.array(Candidate).min(1).max(20) }),
  ]),
});
export type ReportStep = z.infer<typeof ReportStep>;

/** Which of the candidates is what Refloop wrote, as the EHR holds it now; null = none of them. */
export const JudgeCandidates = z.object({ ours: Done.omit({ status: true }).nullable() });
export type JudgeCandidates = z.infer<typeof JudgeCandidates>;

export const WithdrawApproval = z.object({ reason: z.string().min(3, 'Say why in a few words').max(500) });
export type WithdrawApproval = z.infer<typeof WithdrawApproval>;

export const OverrideReason = z.object({ code: z.string(), label: z.string(), lawfulChoice: z.boolean() });
