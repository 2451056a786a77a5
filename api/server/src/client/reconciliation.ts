/** Reports of what Refloop holds against what the EHR holds, over HTTP. */
import { MASTERS } from '@refloop/domain/referral/source-of-truth';
import { z } from 'zod';

const Report = z.object({
  id: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  /** `cut`: the next one begins where this ended. `unreachable`: the EHR did not answer. */
  standing: z.enum(['under-way', 'done', 'cut', 'unreachable']),
  /** Referrals that were looked at, and of how many something could not be read. */
  looked: z.number().int(),
  unread: z.number().int(),
  differences: z.array(
    z.object({
      referralId: z.string(),
      field: z.enum(['order-status', 'work', 'performer', 'note', 'message']),
      ours: z.string(),
      theirs: z.string(),
      /** Whose truth holds. */
      truth: z.enum(MASTERS),
    }),
  ),
  /** Found beyond those that are listed. */
  more: z.number().int(),
});

export const ReconciliationAnswer = z.object({
  /** Whether Refloop has an access of its own to this EHR; without one there are no reports. */
  possible: z.boolean(),
  /** Newest first; one that is under way among them. */
  reports: z.array(Report),
  /** Why each field’s truth is whose it is. */
  truths: z.array(z.object({ field: z.string(), element: z.string(), truth: z.enum(MASTERS), why: z.string() })),
});
export type ReconciliationAnswer = z.infer<typeof ReconciliationAnswer>;
