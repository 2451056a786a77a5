/** CMS50 as far as our own referrals tell, over HTTP: what it would be, why it differs from the closed-loop rate, and what would still close. */
import { z } from 'zod';
import { InsightsFilter, MetricAnswer } from './insights.ts';

/** Without a period it is the year of the last month looked at, else of the snapshot. */
export const Cms50Question = InsightsFilter.extend({
  period: z
    .string()
    .regex(/^\d{4}$/, 'A period is a calendar year, written 2026')
    .optional(),
});
export type Cms50Question = z.infer<typeof Cms50Question>;

export const Cms50Answer = z.object({
  /** The measure itself, which an EHR's export is measured by. */
  measure: z.object({
    id: z.string(),
    title: z.string(),
    document: z.string(),
    /** The year its specification is for. */
    writtenFor: z.number().int(),
    initialPopulation: z.string(),
    numerator: z.string(),
  }),
  period: z.object({ year: z.number().int(), start: z.string(), end: z.string(), referralsUntil: z.string() }),
  /** Whose days these are. */
  timezone: z.string(),
  asOf: z.string(),
  snapshot: z.string(),
  /** As far as our referrals tell. */
  own: MetricAnswer,
  /** From our closed-loop rate to `own`, one difference a row. */
  reconciliation: MetricAnswer,
  /** First referrals whose report would still count, by how far they are. */
  open: MetricAnswer,
  /** What our events leave open of the measure, in sentences. */
  cannotKnow: z.array(z.string()),
});
export type Cms50Answer = z.infer<typeof Cms50Answer>;
