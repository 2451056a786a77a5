/** A recommendation: what was asked, seen, ranked and drafted for one order of one patient, kept for good. */
import { REFERRAL_KINDS } from '@refloop/domain/drafting/referral-kind';
import { z } from 'zod';
import { MatchAnswer, MatchInput } from './match.ts';

export const ResourceRef = z.object({ type: z.string().max(64), id: z.string().max(64), versionId: z.string().max(64).optional() });

export const Sentence = z.object({
  id: z.string().max(80),
  section: z.enum(['question', 'reason', 'history', 'findings', 'medications', 'allergies', 'background', 'request']),
  text: z.string().max(4000),
  author: z.enum(['composer', 'clinician']),
  sources: z.array(ResourceRef),
});
export type Sentence = z.infer<typeof Sentence>;

/** A person of the site, for people to read. */
export const Named = z.object({ subject: z.string(), name: z.string() });
export type Named = z.infer<typeof Named>;

/** What came of a hand-over. `carried-on`: a changed request of the same; the newer one waits in its place. */
export const PendEnd = z.object({
  what: z.enum(['signed', 'dismissed', 'superseded', 'carried-on', 'taken-back']),
  by: Named,
  at: z.string(),
});
export type PendEnd = z.infer<typeof PendEnd>;

/** Who prepared it for a clinician to sign, and what was handed over. */
export const Prepared = z.object({
  by: Named,
  /** The note as the preparer left it, without what others changed. */
  sentences: z.array(Sentence),
  /** Null while it was not handed over, or was taken back. */
  pend: z.object({ for: Named, note: z.string(), since: z.string(), ended: PendEnd.nullable() }).nullable(),
});
export type Prepared = z.infer<typeof Prepared>;

export const ReferralKind = z.enum(REFERRAL_KINDS);
export type ReferralKind = z.infer<typeof ReferralKind>;

const WriteAction = z.enum(['update-order', 'create-order', 'file-document', 'add-message', 'create-task', 'create-provenance']);
const Step = z.enum(['DocumentReference', 'ServiceRequest', 'Communication', 'Task', 'Provenance']);

/** Which rung of the write-back ladder the launch found possible, read from CapabilityStatement and granted scopes. */
export const WriteBack = z.object({
  rung: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(6)]),
  steps: z.array(Step).max(5),
  /** Steps the EHR does not offer, each with why. */
  leftOut: z.array(z.object({ step: z.string().max(40), why: z.string().max(300) })).max(5),
  /** Why each higher rung is not possible, in the clinician's words; recommendations made before this was kept have none. */
  notPossible: z
    .array(z.object({ rung: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]), why: z.string().max(300) }))
    .max(4)
    .optional(),
  /** What it was judged by: the server judges again and refuses what does not follow from it. */
  basis: z
    .object({
      stated: z.boolean(),
      launchedOrder: z.enum(['none', 'without-version', 'with-version']),
      offered: z.array(WriteAction).max(6),
      granted: z.array(WriteAction).max(6),
    })
    .optional(),
});
export type WriteBack = z.infer<typeof WriteBack>;

export const MakeRecommendation = z.object({
  /** The launched order as read (full resource), or null when the referral starts without one. */
  order: z.record(z.string(), z.unknown()).nullable(),
  /** Chart resources as read with the clinician's own token; all of the session's patient. */
  chart: z.array(z.record(z.string(), z.unknown())).max(2000),
  /** Resource types the app could not read, in words. */
  notSeen: z.array(z.string().max(200)).max(30),
  request: z.object({
    match: MatchInput,
    reasonText: z.string().max(2000),
    reasonCodes: z
      .array(z.object({ system: z.string().max(200), code: z.string().max(40), display: z.string().max(300).optional() }))
      .max(20),
    question: z.string().max(2000),
    kind: ReferralKind,
    visits: z.number().int().min(1).max(99),
  }),
  writeBack: WriteBack,
  /** The recommendation this one replaces (the request was changed); it is kept, marked superseded. */
  replaces: z.string().max(40).optional(),
  /** What waits for a clinician's signature and is knowingly set aside by this referral of one's own from the same order. */
  insteadOf: z.string().max(40).optional(),
});
export type MakeRecommendation = z.infer<typeof MakeRecommendation>;

export const NoteDraft = z.object({
  composer: z.object({ name: z.string(), version: z.string(), checklistVersion: z.string() }),
  sentences: z.array(Sentence),
  sources: z.array(z.object({ ref: ResourceRef, title: z.string(), date: z.string().optional(), excerpt: z.string() })),
  checklist: z.array(
    z.object({
      itemId: z.string(),
      label: z.string(),
      requirement: z.enum(['required', 'recommended', 'if-available']),
      citation: z.object({ title: z.string(), url: z.string() }),
      status: z.object({ kind: z.enum(['found', 'too-old', 'missing', 'not-visible']) }).loose(),
    }),
  ),
  /** Counts only: what was kept out is never sent to the browser again. */
  withheld: z.object({ count: z.number().int(), why: z.array(z.string()) }),
  notSeen: z.array(z.string()),
});
export type NoteDraft = z.infer<typeof NoteDraft>;

export const Duplicate = z.object({ kind: z.enum(['open-referral', 'recent-visit']), text: z.string(), source: ResourceRef });
export const RedFlag = z.object({ found: z.string(), sentence: z.string() });

export const RecommendationStatus = z.enum(['PENDING_REVIEW', 'APPROVED', 'DISMISSED', 'SUPERSEDED']);

/** What the clinician has changed so far; kept on the server so that nothing is lost with the token or the tab. */
export const WorkingCopy = z.object({
  chosen: z.string().max(200).nullable(),
  /** Who may be asked too, by their entries. */
  alternates: z.array(z.string().max(200)).max(10).default([]),
  overrideReason: z.object({ code: z.string().max(60), text: z.string().max(500) }).nullable(),
  sentences: z.array(Sentence).max(200),
  /** Checklist items the clinician marked as not needed, with why. */
  notNeeded: z.array(z.object({ itemId: z.string().max(80), why: z.string().max(300) })).max(60),
  emergencyDepartmentConsidered: z.boolean(),
  /** The chart says that the patient has died, and the clinician goes on all the same. */
  deathConsidered: z.boolean().default(false),
});
export type WorkingCopy = z.infer<typeof WorkingCopy>;

export const Recommendation = z.object({
  id: z.string(),
  referralId: z.string(),
  status: RecommendationStatus,
  madeAt: z.string(),
  orderRef: z.string().nullable(),
  orderVersion: z.string().nullable(),
  request: MakeRecommendation.shape.request,
  writeBack: WriteBack,
  match: MatchAnswer,
  draft: NoteDraft,
  duplicates: z.array(Duplicate),
  redFlags: z.array(RedFlag),
  /** The chart says that the patient has died; `on` is the date as written there, empty where it says none. */
  deceased: z.object({ on: z.string() }).nullable(),
  vagueReason: z.string().nullable(),
  working: WorkingCopy,
  /** Null where the clinician prepared it themselves. */
  prepared: Prepared.nullable(),
  /** Counts up with each save; a save names the revision it started from. */
  revision: z.number().int(),
});
export type Recommendation = z.infer<typeof Recommendation>;

export const SaveWorkingCopy = z.object({ revision: z.number().int(), working: WorkingCopy });
export type SaveWorkingCopy = z.infer<typeof SaveWorkingCopy>;

const Handed = z.object({
  id: z.string(),
  orderRef: z.string().nullable(),
  specialtyName: z.string(),
  chosenName: z.string().nullable(),
  preparedBy: z.string(),
  forName: z.string(),
  note: z.string(),
  since: z.string(),
});

/** Work of this person on this patient that is not finished; a re-launch offers it first. */
export const OpenWork = z.object({
  /** Prepared for this clinician, or for one they cover for. */
  toSign: z.array(Handed.extend({ covering: z.boolean() })),
  /** What this preparer handed over and nobody has signed yet. */
  sent: z.array(Handed),
  /** What others prepare on this patient: starting anew from the same order takes its place. `forName` null: not handed over yet. */
  others: z.array(
    z.object({
      id: z.string(),
      orderRef: z.string().nullable(),
      specialtyName: z.string(),
      preparedBy: z.string(),
      forName: z.string().nullable(),
    }),
  ),
  recommendations: z.array(
    z.object({
      id: z.string(),
      madeAt: z.string(),
      specialtyName: z.string(),
      orderRef: z.string().nullable(),
      chosenName: z.string().nullable(),
    }),
  ),
  plans: z.array(
    z.object({
      id: z.string(),
      referralId: z.string(),
      approvedAt: z.string(),
      specialtyName: z.string(),
      performerName: z.string(),
      /** Who approved it, where this clinician only covers for them. */
      coveringFor: z.string().nullable(),
      unfinished: z.array(z.string()),
    }),
  ),
});
export type OpenWork = z.infer<typeof OpenWork>;
