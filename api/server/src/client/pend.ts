/** Preparing a referral for a clinician to sign: to whom it may be sent, and what was handed over. */
import { z } from 'zod';

/** Whom a preparer may send a referral to. */
export const Signer = z.object({ subject: z.string(), name: z.string() });
export type Signer = z.infer<typeof Signer>;
