/** One person's own list, across patients: what waits for their signature, what they approved that is unfinished, what they sent. */
import { z } from 'zod';
import { Misfiled } from './acts.ts';
import { NetworkWord } from './match.ts';
import { PendEnd } from './recommendation.ts';

const About = z.object({ id: z.string(), patientName: z.string(), specialtyName: z.string() });
const Urgency = z.enum(['routine', 'urgent', 'emergency']);

/** Prepared for this clinician, or for one they cover for. */
export const ToSignRow = About.extend({
  urgency: Urgency,
  preparedBy: z.string(),
  /** The clinician it was prepared for, where this one only covers for them. */
  coveringFor: z.string().nullable(),
  note: z.string(),
  since: z.string(),
  dueAt: z.string(),
});
export type ToSignRow = z.infer<typeof ToSignRow>;

/** Approved, and not everything of it is in the chart. */
export const UnfinishedRow = About.extend({
  /** To quote when asking about it: `4Q7K-9X2M`. */
  reference: z.string(),
  performerName: z.string(),
  approvedAt: z.string(),
  /** Who approved it, where this clinician only covers for them. */
  coveringFor: z.string().nullable(),
  /** What is in the chart and what is not. */
  detail: z.string(),
  /** Whether the EHR takes no orders from Refloop: done in the chart by hand, then settled. */
  byHand: z.boolean(),
  /** Whether Refloop was opened from an order, which may be the one that is signed by hand. */
  orderAtHand: z.boolean(),
  dueAt: z.string(),
});
export type UnfinishedRow = z.infer<typeof UnfinishedRow>;

/** Handed over by this preparer: still waiting, or what came of it. */
export const SentRow = About.extend({
  urgency: Urgency,
  forName: z.string(),
  since: z.string(),
  dueAt: z.string(),
  ended: PendEnd.nullable(),
  /** Whether it was signed or closed by somebody who covers for the clinician. */
  inPlace: z.boolean(),
});
export type SentRow = z.infer<typeof SentRow>;

/** What lay with this clinician and was settled by somebody else. */
export const SettledByOthersRow = About.extend({ preparedBy: z.string(), forName: z.string(), ended: PendEnd });
export type SettledByOthersRow = z.infer<typeof SettledByOthersRow>;

/** A note that came back for a referral of this clinician, or of one they cover for. */
export const ToReviewRow = About.extend({
  referralId: z.string(),
  reportId: z.string(),
  performerName: z.string(),
  /** Of a note that was uploaded; null where it stands in the chart or came on paper. */
  documentId: z.string().nullable(),
  coveringFor: z.string().nullable(),
  /** When it came. */
  since: z.string(),
  dueAt: z.string(),
});
export type ToReviewRow = z.infer<typeof ToReviewRow>;

/** Escalated to this person, and still open. */
export const ToldRow = About.extend({
  referralId: z.string(),
  performerName: z.string(),
  next: z.string(),
  detail: z.string(),
  dueAt: z.string(),
});
export type ToldRow = z.infer<typeof ToldRow>;

/** What a packet of this clinician, or of one they cover for, has to hold and does not: it waits until it is in or goes without it for a reason. */
export const MissingRow = About.extend({
  referralId: z.string(),
  performerName: z.string(),
  coveringFor: z.string().nullable(),
  /** `notVisible`: the chart did not show whether it is there. */
  items: z.array(z.object({ label: z.string(), notVisible: z.boolean() })),
  /** Who sends it, to tell; null where nobody has it. */
  sentBy: z.string().nullable(),
  dueAt: z.string(),
});
export type MissingRow = z.infer<typeof MissingRow>;

/** A further specialist whom a coordinator proposes, for this clinician or one they cover for to approve: nobody is asked before. */
export const ToApproveRow = About.extend({
  referralId: z.string(),
  urgency: Urgency,
  /** The event that proposed it: an answer names it. */
  sequence: z.number().int().positive(),
  proposedBy: z.string(),
  proposedAt: z.string(),
  coveringFor: z.string().nullable(),
  dueAt: z.string(),
  /** Who was asked until then, and what came of it. */
  before: z.object({ name: z.string(), why: z.string() }),
  specialist: z.object({
    entryId: z.string(),
    npi: z.string(),
    name: z.string(),
    organization: z.string().nullable(),
    miles: z.number().nullable(),
    /** Whether either end of the way is only a ZIP code’s centre. */
    approximate: z.boolean(),
    waitDays: z.number().nullable(),
    phone: z.string().nullable(),
    why: z.array(z.string()),
    network: NetworkWord,
  }),
  /** Whether the directory has them in network and taking patients now; an approval of anybody else is refused. */
  /** Whether the directory in force lets them be approved: only who is listed can be. */
  standing: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('listed') }),
    z.object({ kind: z.literal('not-listed'), why: z.string() }),
    /** For the moment: the directory is not there. */
    z.object({ kind: z.literal('not-to-be-said') }),
  ]),
  /** Why they were refused of this referral before; null where they were not. */
  refusedBefore: z.string().nullable(),
  /** By name; null where nobody has taken it. */
  coordinator: z.string().nullable(),
});
export type ToApproveRow = z.infer<typeof ToApproveRow>;

/** Each list by its deadline, the overdue first; what is settled, newest first and for a fortnight. */
export const MyWork = z.object({
  toSign: z.array(ToSignRow),
  toApprove: z.array(ToApproveRow),
  toReview: z.array(ToReviewRow),
  told: z.array(ToldRow),
  missing: z.array(MissingRow),
  unfinished: z.array(UnfinishedRow),
  sent: z.array(SentRow),
  settledByOthers: z.array(SettledByOthersRow),
  /** Packets of which nobody has looked yet at what they lack, so that they are not in `missing`: each look at this list goes on with some. */
  unjudged: z.number().int(),
});
export type MyWork = z.infer<typeof MyWork>;

/** The order was placed in the EHR by hand, and is in force from then on. */
export const SettleByHand = z.object({
  note: z.string().trim().min(3, 'Say in a few words what was done').max(500),
  /** Whether it is the order that Refloop was opened from: the EHR is then asked how it stands. */
  sameOrder: z.boolean().default(false),
});
export type SettleByHand = z.infer<typeof SettleByHand>;

/** The clinician has read it; for a final report of a patient who was seen this closes the loop. */
export const ReviewRequest = z.object({ referralId: z.string().min(1).max(60), reportId: z.string().min(1).max(200) });
export type ReviewRequest = z.infer<typeof ReviewRequest>;

/** The clinician says that the note is of somebody or something else. */
export const UnlinkRequest = z.object({ referralId: z.string().min(1).max(60), ...Misfiled });
export type UnlinkRequest = z.infer<typeof UnlinkRequest>;
/** Where the note is now: held among what came in, still in the chart, or on the paper on which it came. */
export const UnlinkAnswer = z.object({ unlinked: z.literal(true), note: z.enum(['held', 'in-chart', 'on-paper']) });
export type UnlinkAnswer = z.infer<typeof UnlinkAnswer>;

/** The clinician's word on a further specialist: approved, they are asked from that moment on; refused, the coordinator reads why. */
export const ProposalRequest = z.object({
  referralId: z.string().min(1).max(60),
  /** Of the proposal that was read. */
  sequence: z.number().int().positive(),
  answer: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('approve') }),
    z.object({ kind: z.literal('refuse'), reason: z.string().trim().min(3, 'Say in a few words why').max(500) }),
  ]),
});
export type ProposalRequest = z.infer<typeof ProposalRequest>;

export const ProposalAnswer = z.object({ answered: z.literal(true) });
export type ProposalAnswer = z.infer<typeof ProposalAnswer>;

/** `asked`: whether this clinician is asked now how they find their work with Refloop. */
export const ReviewAnswer = z.object({ reviewed: z.literal(true), asked: z.boolean() });
export type ReviewAnswer = z.infer<typeof ReviewAnswer>;

/** How easy referring with Refloop is for them, from 1 to 5, the best; of the referral after whose note they were asked. */
export const WorkAnswer = z.object({
  referralId: z.string().min(1).max(60),
  score: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]),
});
export type WorkAnswer = z.infer<typeof WorkAnswer>;
