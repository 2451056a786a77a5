/** The service levels of a site over HTTP: what each stage may take, what is done when it takes longer, and who changed that when and why. */
import { OBLIGATION_KINDS, PARTIES } from '@refloop/domain/sla/service-levels';
import { z } from 'zod';
import { Made, Reason } from './versions.ts';

/** Below 0: before an appointment. */
const Amount = z.number().min(-20_000).max(20_000);
const Span = z.union([
  z.object({ hours: Amount, clock: z.enum(['wall', 'business']) }),
  z.object({ days: Amount, clock: z.enum(['wall', 'business']) }),
]);
const Spans = z.object({ routine: Span, urgent: Span, emergency: Span });
const SomeSpans = z.object({ routine: Span.exactOptional(), urgent: Span.exactOptional(), emergency: Span.exactOptional() });
const Name = z.string().max(200);
const When = z.object({ payer: Name.exactOptional(), specialty: Name.exactOptional(), clinic: Name.exactOptional() });
const Because = z.string().max(500);
const Reach = z.enum(['coordinator', 'clinician', 'lead']);
const Calendar = z.object({
  /** IANA name. */
  timeZone: z.string().max(60),
  /** Hours of the day, 0 to 24. */
  opens: z.number(),
  closes: z.number(),
  /** Days besides Saturdays and Sundays, as 2026-12-24. */
  holidays: z.array(z.string().max(10)).max(2000),
});
const StageKind = z.enum(OBLIGATION_KINDS);

/**
 * What a site decides, as lists: names that somebody chose are values here and never keys, so that no refusal has to tell one to say where
 * the fault is.
 */
export const PolicyLists = z.object({
  levels: z.array(z.object({ kind: StageKind, within: Spans })).max(OBLIGATION_KINDS.length),
  steps: z.array(z.object({ rule: z.string().max(60), after: Spans, reach: Reach })).max(200),
  levelOverrides: z.array(z.object({ when: When, kind: StageKind, within: SomeSpans, because: Because })).max(200),
  /** `after` null: the step is left out. */
  stepOverrides: z.array(z.object({ when: When, rule: z.string().max(60), after: SomeSpans.nullable(), because: Because })).max(200),
  calendar: Calendar,
  clinicCalendars: z.array(z.object({ clinic: z.string().max(200), calendar: Calendar })).max(200),
});
export type PolicyLists = z.infer<typeof PolicyLists>;

export const ServiceLevelsAnswer = z.object({
  /** Of the version that is shown. */
  made: Made,
  inForce: z.number().int(),
  content: PolicyLists,
  /** In the order of the loop. */
  stages: z.array(
    z.object({
      kind: StageKind,
      name: z.string(),
      /** What begins it. */
      trigger: z.string(),
      owner: z.enum(['clinician', 'coordinator']),
      waitingOn: z.enum(PARTIES),
    }),
  ),
  /** `of`: the stage, or the order as a whole. */
  steps: z.array(z.object({ rule: z.string(), of: z.union([StageKind, z.literal('order')]), words: z.string() })),
  /** Newest first. */
  versions: z.array(Made),
  mayChange: z.boolean(),
});
export type ServiceLevelsAnswer = z.infer<typeof ServiceLevelsAnswer>;

export const PolicyPreviewRequest = z.object({
  /** The version that was changed. */
  base: z.number().int().positive(),
  content: PolicyLists,
});
export type PolicyPreviewRequest = z.infer<typeof PolicyPreviewRequest>;

export const PolicyPreview = z.object({
  changes: z.array(z.object({ field: z.string(), what: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
  /** Open referrals that these can reach; they are looked at anew when it comes into force. */
  referrals: z.number().int(),
  /** Whether what was looked through is only the first ten thousand of what is open. */
  atLeast: z.boolean(),
});
export type PolicyPreview = z.infer<typeof PolicyPreview>;

export const PolicyChange = PolicyPreviewRequest.extend({ reason: Reason });
export type PolicyChange = z.infer<typeof PolicyChange>;
