/** Losses over HTTP beside the metrics: with whom a contract would help, what changed between two periods, and figures not to believe. */
import { z } from 'zod';
import { InsightsFilter, MetricAnswer } from './insights.ts';

export const ContractingQuestion = InsightsFilter;
export type ContractingQuestion = z.infer<typeof ContractingQuestion>;

export const ContractingAnswer = z.object({
  rows: z.array(
    z.object({
      specialty: z.string(),
      /** Three digits of the patients' ZIP code, `unknown`, or null for all areas together. */
      zip3: z.string().nullable(),
      /** NPI. */
      performer: z.string(),
      /** Null where no directory in force has them. */
      name: z.string().nullable(),
      /** Referrals first seen there without a lawful choice … */
      wentOut: z.number().int(),
      /** … whose they are, since one patient may have several … */
      patients: z.number().int(),
      /** … and of how many referrals of that specialty and area first seen by anybody of known network status. */
      seenAnywhere: z.number().int(),
      value: z.number(),
      low: z.number(),
      high: z.number(),
      byLawfulChoice: z.number().int(),
      orderedOut: z.number().int(),
      forAccess: z.number().int(),
    }),
  ),
  /** Of whom nothing is shown, since they saw fewer than `fewest` patients, and how many referrals they saw together. */
  tooFew: z.object({ specialists: z.number().int(), referrals: z.number().int() }),
  fewest: z.number().int(),
});
export type ContractingAnswer = z.infer<typeof ContractingAnswer>;

const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'A month is written 2026-11');

export const ComparisonQuestion = z
  .object({
    metric: z.string().max(60),
    beforeFrom: Month,
    beforeTo: Month,
    afterFrom: Month,
    afterTo: Month,
    /** Where the pilot was, and where it was not. */
    site: z.string().max(200).optional(),
    against: z.string().max(200).optional(),
    specialty: z.string().max(200).optional(),
    payer: z.string().max(200).optional(),
  })
  .refine(({ beforeFrom, beforeTo }) => beforeFrom <= beforeTo, {
    path: ['beforeTo'],
    message: 'The first period ends before it begins. Choose a later month',
  })
  .refine(({ afterFrom, afterTo }) => afterFrom <= afterTo, {
    path: ['afterTo'],
    message: 'The second period ends before it begins. Choose a later month',
  })
  .refine(({ site, against }) => against === undefined || site !== undefined, {
    path: ['site'],
    message: 'Say at which site the pilot was to compare it with another',
  })
  .refine(({ site, against }) => against === undefined || site !== against, {
    path: ['against'],
    message: 'A site cannot be compared with itself. Choose another',
  });
export type ComparisonQuestion = z.infer<typeof ComparisonQuestion>;

const Row = MetricAnswer.shape.rows.element;
const Difference = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Difference = z.infer<typeof Difference>;

export const ComparisonAnswer = z.object({
  metric: MetricAnswer.shape.metric,
  asOf: z.string(),
  snapshot: z.string(),
  places: z.array(
    z.object({
      /** Null = everywhere looked at. */
      site: z.string().nullable(),
      before: Row.nullable(),
      after: Row.nullable(),
      /** After minus before; null where fewer than ten are counted in either. */
      change: Difference.nullable(),
    }),
  ),
  /** The change at the site of the pilot minus that at the other. */
  changeAgainst: Difference.nullable(),
  /** What it cannot show. */
  warnings: z.array(z.string()),
});
export type ComparisonAnswer = z.infer<typeof ComparisonAnswer>;

export const ClaimsAnswer = z.object({
  claims: z.array(z.object({ claim: z.string(), saidBy: z.string(), problem: z.string(), instead: z.string() })),
});
export type ClaimsAnswer = z.infer<typeof ClaimsAnswer>;
