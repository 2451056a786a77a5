/** Fairness and drift over HTTP: gaps between groups with what could not have been found, who is ordered, and what has changed. */
import { z } from 'zod';

/** What a report says of itself: what is compared, by which method, and what it cannot see. */
const About = z.object({
  id: z.string(),
  version: z.number(),
  title: z.string(),
  definition: z.string(),
  groups: z.string(),
  method: z.string(),
  multiplicity: z.string(),
  power: z.string(),
  caveats: z.array(z.string()),
});
export type FairnessAbout = z.infer<typeof About>;

const Interval = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const GROUPINGS = ['language', 'payer', 'distance', 'zip3'] as const;
export const GapVerdict = z.enum(['higher', 'lower', 'not-distinguishable', 'too-few']);

const Gap = z.object({
  /** Id of the metric that is compared. */
  measure: z.string(),
  grouping: z.enum(GROUPINGS),
  member: z.string(),
  /** Referrals of the group, and of all others whose group is known. */
  n: z.number().int(),
  restN: z.number().int(),
  verdict: GapVerdict,
  /** Null where there are too few. */
  found: z
    .object({
      /** 0 … 1, as they are. */
      share: z.number(),
      restShare: z.number(),
      /** −1 … 1; group minus rest, within the same specialty and urgency. */
      value: z.number(),
      standardError: z.number(),
      low: z.number(),
      high: z.number(),
      p: z.number(),
      /** A smaller gap could have been missed. */
      detectable: z.number(),
    })
    .nullable(),
});
export type Gap = z.infer<typeof Gap>;

export const FairnessAnswer = z.object({
  asOf: z.string(),
  snapshot: z.string(),
  gaps: z.object({
    about: About,
    measures: z.array(
      z.object({ id: z.string(), title: z.string(), definition: z.string(), better: z.enum(['higher', 'lower']).nullable() }),
    ),
    /** Of the intervals, widened for many comparisons. */
    level: z.number(),
    compared: z.number().int(),
    called: z.number().int(),
    gaps: z.array(Gap),
  }),
  exposure: z.object({
    about: About,
    specialties: z.array(
      z.object({
        specialty: z.string(),
        orders: z.number().int(),
        equalShare: z.number(),
        /** As if so many shared equally; null where there are too few orders. */
        equalSharers: Interval.nullable(),
        specialists: z.array(
          z.object({
            npi: z.string(),
            /** As the directory in force has it; null where it does not know the NPI. */
            name: z.string().nullable(),
            orders: z.number().int(),
            /** Of the orders, those in which they stood first. */
            first: z.number().int(),
            share: Interval.nullable(),
          }),
        ),
      }),
    ),
  }),
});
export type FairnessAnswer = z.infer<typeof FairnessAnswer>;

const DriftVerdict = z.enum(['changed', 'not-distinguishable', 'too-few']);

export const DriftAnswer = z.object({
  asOf: z.string(),
  snapshot: z.string(),
  about: About,
  quarters: z.object({ before: z.string(), last: z.string() }),
  level: z.number(),
  compared: z.number().int(),
  called: z.number().int(),
  routing: z.array(
    z.object({
      specialty: z.string(),
      before: z.number().int(),
      last: z.number().int(),
      verdict: DriftVerdict,
      found: z.object({ distance: z.number(), byChance: z.number(), p: z.number() }).nullable(),
    }),
  ),
  override: z.array(
    z.object({
      /** Null: all together. */
      specialty: z.string().nullable(),
      before: z.number().int(),
      last: z.number().int(),
      verdict: DriftVerdict,
      found: Interval.extend({ beforeShare: z.number(), lastShare: z.number(), p: z.number(), detectable: z.number() }).nullable(),
    }),
  ),
  trend: z.array(z.object({ quarter: z.string(), n: z.number().int(), share: Interval.nullable(), whole: z.boolean() })),
  /** Policies of ranking and composers of notes that recommendations were made with, and since when: read now, not from the snapshot. */
  versions: z.array(z.object({ policy: z.string(), composer: z.string(), since: z.string() })),
});
export type DriftAnswer = z.infer<typeof DriftAnswer>;
