/** Matching and directory look-ups over HTTP. Nothing here identifies a person. */
import { z } from 'zod';

export const Urgency = z.enum(['routine', 'urgent', 'emergency']);

export const CoverageInput = z
  .object({
    /** Coverage.payor: id or identifier value, and display. */
    payerId: z.string().max(200).optional(),
    payerName: z.string().max(300).optional(),
    /** Coverage.class[plan].value / name and class[group].value. */
    planIdentifier: z.string().max(200).optional(),
    planName: z.string().max(300).optional(),
    groupIdentifier: z.string().max(200).optional(),
    active: z.boolean(),
  })
  .nullable();
export type CoverageInput = z.infer<typeof CoverageInput>;

export const MatchInput = z.object({
  specialty: z.string().max(80),
  urgency: Urgency,
  /** The patient's place: a position if the chart has one, else the ZIP code, else null. */
  place: z
    .union([
      z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }),
      z.object({ zip: z.string().regex(/^\d{5}$/, 'A ZIP code has five digits') }),
    ])
    .nullable(),
  coverage: CoverageInput,
  patient: z.enum(['adult', 'child']),
  languages: z.array(z.string().max(20)).max(10),
  radiusMiles: z.number().min(1).max(500).default(25),
  limit: z.number().int().min(1).max(100).default(5),
});
export type MatchInput = z.infer<typeof MatchInput>;

/** What the directory says of somebody and the patient's plan, with its source and the day it was verified. */
export const NetworkWord = z.object({
  status: z.enum(['in', 'out', 'unknown']),
  reason: z.string().optional(),
  networkId: z.string().optional(),
  verifiedOn: z.string().optional(),
  source: z.string().optional(),
});
export type NetworkWord = z.infer<typeof NetworkWord>;

/** A directory entry joined with its match facts: all a card shows. */
export const Card = z.object({
  entryId: z.string(),
  rank: z.number().int().nullable(),
  npi: z.string(),
  name: z.string(),
  credential: z.string().nullable(),
  specialtyName: z.string(),
  organization: z.string().nullable(),
  address: z.string(),
  phone: z.string().nullable(),
  fax: z.string().nullable(),
  channels: z.array(z.string()),
  languages: z.array(z.string()),
  interpreterOnSite: z.boolean().nullable(),
  telehealth: z.boolean().nullable(),
  miles: z.number().nullable(),
  approximate: z.boolean(),
  network: NetworkWord,
  wait: z.object({ days: z.number(), asOf: z.string() }).nullable(),
  rating: z.object({ stars: z.number(), count: z.number().int() }).nullable(),
  score: z.number(),
  factors: z.array(
    z.object({
      name: z.enum(['distance', 'wait', 'rating']),
      weight: z.number(),
      score: z.number(),
      contribution: z.number(),
      value: z.number().nullable(),
      basis: z.enum(['stated', 'no-data']),
    }),
  ),
  why: z.array(z.string()),
  callToConfirm: z.array(z.string()),
  /** Why it is not among the ranked, when it was found by name or listed as excluded. */
  exclusion: z.string().nullable(),
  slidingScale: z.boolean().nullable(),
  paymentPlan: z.boolean().nullable(),
});
export type Card = z.infer<typeof Card>;

export const MatchAnswer = z.object({
  engine: z.string(),
  policy: z.object({ id: z.string(), version: z.string() }),
  directory: z.object({ hash: z.string(), asOf: z.string(), synthetic: z.boolean() }),
  /** What the coverage was understood as: the plan's name, or why it is unknown. */
  coverage: z.object({
    kind: z.enum(['plan', 'none', 'not-active', 'plan-not-in-directory']),
    planId: z.string().nullable(),
    planName: z.string().nullable(),
  }),
  steps: z.array(z.object({ radiusMiles: z.number(), inRadius: z.number().int(), eligible: z.number().int() })),
  radiusMiles: z.number().nullable(),
  inRadius: z.number().int(),
  eligible: z.number().int(),
  ranked: z.array(Card),
  networkUnknown: z.object({ count: z.number().int(), cards: z.array(Card) }),
  outOfNetwork: z.object({ count: z.number().int(), cards: z.array(Card) }),
  excluded: z.object({
    counts: z.record(z.string(), z.number().int()),
    nearest: z.array(
      z.object({
        entryId: z.string(),
        name: z.string(),
        organization: z.string().nullable(),
        reason: z.string(),
        miles: z.number().nullable(),
      }),
    ),
  }),
  exception: z.object({ kind: z.literal('none-in-network'), withinMiles: z.number() }).nullable(),
});
export type MatchAnswer = z.infer<typeof MatchAnswer>;

/** R29: a specialist somebody named. */
export const SpecialistSearch = z.object({ text: z.string().min(2).max(80), match: MatchInput });
export type SpecialistSearch = z.infer<typeof SpecialistSearch>;
export const SpecialistSearchAnswer = z.object({ total: z.number().int(), cards: z.array(Card) });
export type SpecialistSearchAnswer = z.infer<typeof SpecialistSearchAnswer>;
