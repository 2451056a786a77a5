/** Handing a prepared referral to a clinician to sign. */
import { z } from 'zod';
import { Named } from './recommendation.ts';

/** Whom a preparer may send a referral to. */
export const Signer = Named;
export type Signer = z.infer<typeof Signer>;

export const PendRecommendation = z.object({
  /** Subject of the clinician. */
  for: z.string().min(1).max(255),
  /** Words for the clinician; no part of the referral. */
  note: z.string().trim().max(500).optional(),
});
export type PendRecommendation = z.infer<typeof PendRecommendation>;
