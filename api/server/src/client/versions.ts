/** What is told of a version besides what stands in it, of service levels and of the configuration alike. */
import { z } from 'zod';

export const Made = z.object({
  version: z.number().int(),
  madeAt: z.string(),
  /** Name of who made it, or their subject. */
  madeBy: z.string(),
  reason: z.string(),
});
export type Made = z.infer<typeof Made>;

export const Reason = z.string().trim().min(3, 'Say in a few words why').max(500);
