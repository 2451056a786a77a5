/** Who the synthetic patients are: one row of cast.json each. What happened to them stands in scenarios/. */
import { z } from 'zod';
import rows from './cast.json' with { type: 'json' };

const coverageSituation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('plan'), planId: z.string() }),
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('expired'), planId: z.string(), endedDaysAgo: z.int().positive() }),
  z.strictObject({ kind: z.literal('two'), planId: z.string(), secondPlanId: z.string() }),
  /** A plan that is in no directory. */
  z.strictObject({ kind: z.literal('unknown-plan') }),
]);

/** Where the patient lives; without `line` the chart knows only the ZIP code, without anything no address at all. */
const residence = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('street'), line: z.string(), zip: z.string() }),
  z.strictObject({ kind: z.literal('zip-only'), zip: z.string() }),
  z.strictObject({ kind: z.literal('none'), clinicZip: z.string() }),
]);

/** Something a test or a demonstration looks for in this chart. */
const peculiarity = z.enum([
  'open-referral',
  'recent-specialist-visit',
  'substance-use-records',
  'mental-health-records',
  'many-observations',
  'no-work-up',
  'deceased',
  'deceased-undated',
  'no-question',
]);

const castMember = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  scenario: z.string(),
  given: z.string(),
  family: z.string(),
  sex: z.enum(['female', 'male']),
  age: z.int(),
  race: z.enum(['white', 'black', 'asian', 'american-indian', 'pacific-islander']),
  hispanic: z.literal(true).exactOptional(),
  language: z.enum(['en', 'es', 'vi', 'zh', 'ru']).exactOptional(),
  interpreter: z.literal(true).exactOptional(),
  residence,
  coverage: coverageSituation,
  /** Given for children: the adult who answers for them. */
  guardian: z.strictObject({ given: z.string(), family: z.string(), relationship: z.enum(['mother', 'father']) }).exactOptional(),
  /** How long ago the last birthday was, where two rows are one person; drawn for everybody else. */
  lastBirthdayDaysAgo: z.int().min(0).max(364).exactOptional(),
  /** The patient under whom this one's record was joined, by id: the same person, registered twice. */
  mergedInto: z.string().exactOptional(),
  peculiarities: z.array(peculiarity).readonly().exactOptional(),
});

export type CastMember = z.infer<typeof castMember>;
export type Race = CastMember['race'];
export type Language = NonNullable<CastMember['language']>;
export type Peculiarity = z.infer<typeof peculiarity>;

/** The notable patients first, each of whom shows one thing (notable-patients.ts); then ordinary ones by specialty. */
export const cast: readonly CastMember[] = z.array(castMember).parse(rows);
