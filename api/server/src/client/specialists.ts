/** Specialists beside each other over HTTP: what each measure counts, what is said of each specialist, and what chance would say. */
import { z } from 'zod';
import { InsightsFilter } from './insights.ts';

/** Which measure, and which referrals. A specialty shows less and changes no verdict; months, clinic and payer count anew. */
export const SpecialistsQuestion = InsightsFilter.extend({ measure: z.string().max(60).default('acceptance') });
export type SpecialistsQuestion = z.infer<typeof SpecialistsQuestion>;

const Estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const SpecialistVerdict = z.enum(['better', 'worse', 'not-distinguishable']);
export type SpecialistVerdict = z.infer<typeof SpecialistVerdict>;

const SpecialistNumbers = z.object({
  observed: z.number(),
  expected: z.number(),
  /** Observed over expected, 95 %. */
  ratio: Estimate,
  /** As counted, 95 %. */
  raw: Estimate,
  /** As it would be with the specialty's usual patients. */
  adjusted: z.number(),
  /** The same, drawn towards the specialty's mean as far as chance may have made it, 90 %. */
  shrunken: Estimate,
  probabilityBetter: z.number(),
  probabilityWorse: z.number(),
  score: z.number(),
  /** Null where there are too few specialists to compare with. */
  adjustedP: z.number().nullable(),
  verdict: SpecialistVerdict,
});

const SpecialistRow = z.object({
  /** NPI. */
  specialist: z.string(),
  /** As the directory in force has it; null where it does not know the NPI. */
  name: z.string().nullable(),
  specialty: z.string(),
  network: z.enum(['in', 'out', 'unknown']),
  n: z.number().int(),
  /** Null where too few were counted to say anything. */
  numbers: SpecialistNumbers.nullable(),
});
export type SpecialistRow = z.infer<typeof SpecialistRow>;

const Beyond = z.object({ observed: z.number().int(), expected: z.number() });

export const SpecialistsAnswer = z.object({
  measure: z.object({
    id: z.string(),
    version: z.number(),
    title: z.string(),
    unit: z.enum(['share', 'days']),
    better: z.enum(['higher', 'lower']),
    definition: z.string(),
    numerator: z.string(),
    denominator: z.string(),
    exclusions: z.string(),
    clock: z.string(),
    maturity: z.string(),
    source: z.string(),
    caveats: z.array(z.string()),
    /** Of each reason for which an attempt is left out, what it is. */
    leftOut: z.record(z.string(), z.string()),
  }),
  /** Every measure that can be asked for. */
  measures: z.array(z.object({ id: z.string(), title: z.string() })),
  asOf: z.string(),
  snapshot: z.string(),
  /** What is adjusted for. */
  caseMix: z.array(z.string()),
  rules: z.object({ fewest: z.number(), fewestPeers: z.number(), posterior: z.number(), falseDiscovery: z.number(), interval: z.number() }),
  specialties: z.array(
    z.object({
      specialty: z.string(),
      n: z.number().int(),
      specialists: z.number().int(),
      /** Over all attempts. */
      mean: z.number().nullable(),
      /** The middle of the specialists; null where too few can be compared. */
      usual: z.number().nullable(),
      between: z.number().nullable(),
      /** Within which chance keeps whoever is like the middle, by how many attempts there are. */
      limits: z.array(z.object({ n: z.number().int(), low95: z.number(), high95: z.number(), low998: z.number(), high998: z.number() })),
    }),
  ),
  specialists: z.array(SpecialistRow),
  /** Over all specialties, whichever are shown. */
  chance: z.object({
    compared: z.number().int(),
    beyond95: Beyond,
    beyond998: Beyond,
    flagged: z.number().int(),
    falseAtMost: z.number(),
    overDispersion: z.number(),
  }),
  leftOut: z.array(z.object({ why: z.string(), n: z.number().int() })),
});
export type SpecialistsAnswer = z.infer<typeof SpecialistsAnswer>;
