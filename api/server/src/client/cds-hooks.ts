/** CDS Hooks 2.0 over HTTP: what an EHR sends and what it is answered. See https://cds-hooks.hl7.org/2.0/ */
import { z } from 'zod';

export const CDS_HOOKS = ['order-select', 'order-sign', 'order-dispatch'] as const;
export type CdsHook = (typeof CDS_HOOKS)[number];

/** A service as discovery tells it; each prefetch template is a query the EHR may answer beforehand. */
export const CdsService = z.object({
  id: z.string(),
  hook: z.enum(CDS_HOOKS),
  title: z.string(),
  description: z.string(),
  prefetch: z.record(z.string(), z.string()),
});
export type CdsService = z.infer<typeof CdsService>;
export const CdsServices = z.object({ services: z.array(CdsService) });

const Json = z.record(z.string(), z.unknown());

export const HookCall = z.looseObject({
  hook: z.string().min(1).max(100),
  hookInstance: z.string().min(1).max(200),
  /** FHIR base of the EHR, exactly as its site entry has it. */
  fhirServer: z.string().max(2000).optional(),
  /** The EHR's own token for this one call. */
  fhirAuthorization: z.looseObject({ access_token: z.string().min(1).max(10_000), token_type: z.literal('Bearer') }).optional(),
  context: Json,
  /** A resource or searchset for each template of discovery; null where the EHR has nothing. */
  prefetch: z
    .looseObject({
      patient: Json.nullable().optional(),
      coverage: Json.nullable().optional(),
      order: Json.nullable().optional(),
      performer: Json.nullable().optional(),
    })
    .optional(),
});
export type HookCall = z.infer<typeof HookCall>;

const Coding = z.object({ system: z.string(), code: z.string(), display: z.string() });

export const CdsSuggestion = z.object({
  label: z.string(),
  uuid: z.string(),
  actions: z.array(z.object({ type: z.literal('update'), description: z.string(), resource: Json })),
});
export type CdsSuggestion = z.infer<typeof CdsSuggestion>;

export const CdsCard = z.object({
  uuid: z.string(),
  /** Fewer than 140 characters. */
  summary: z.string(),
  /** GitHub-flavoured Markdown. */
  detail: z.string(),
  indicator: z.enum(['info', 'warning']),
  source: z.object({ label: z.string() }),
  overrideReasons: z.array(Coding),
  /** What the EHR does with its own draft order once its clinician takes one; where there are some, `selectionBehavior` is required. */
  suggestions: z.array(CdsSuggestion).optional(),
  selectionBehavior: z.literal('at-most-one').optional(),
  links: z.array(z.object({ label: z.string(), url: z.string(), type: z.literal('smart'), appContext: z.string() })),
});
export type CdsCard = z.infer<typeof CdsCard>;
export const CdsAnswer = z.object({ cards: z.array(CdsCard) });
export type CdsAnswer = z.infer<typeof CdsAnswer>;

export const CdsFeedback = z.object({
  feedback: z
    .array(
      z.looseObject({
        card: z.uuid(),
        outcome: z.enum(['accepted', 'overridden']),
        acceptedSuggestions: z
          .array(z.looseObject({ id: z.uuid() }))
          .max(10)
          .optional(),
        /** A comment that comes with it may say anything of the patient, so it is not kept. */
        overrideReason: z
          .looseObject({ reason: z.looseObject({ system: z.string().max(300), code: z.string().max(100) }).optional() })
          .optional(),
        outcomeTimestamp: z.iso.datetime({ offset: true }),
      }),
    )
    .min(1)
    .max(50),
});
export type CdsFeedback = z.infer<typeof CdsFeedback>;
