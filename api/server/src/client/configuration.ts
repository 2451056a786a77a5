/** The configuration of a site over HTTP: its name, number and colour, what staff call a status, what messages say, and who changed that when and why. */
import { TEMPLATES } from '@refloop/domain/configuration/templates';
import { LANGUAGES } from '@refloop/domain/patient/reading-grade';
import { STATUS_WORDS } from '@refloop/domain/referral/status';
import { z } from 'zod';
import { Made, Reason } from './versions.ts';

/** The practice’s colour on pages of its own, `#rrggbb`; null: Refloop’s. */
export const Accent = z.string().nullable();

/** Longer than anything that can come into force, so that what is too long is told by its field. */
const Short = z.string().max(200);

export const ConfigurationLists = z.object({
  practice: z.object({ name: Short.nullable(), phone: Short.nullable(), accent: Short.nullable() }),
  statuses: z.array(z.object({ status: z.enum(STATUS_WORDS), name: Short })).max(2 * STATUS_WORDS.length),
  templates: z
    .array(z.object({ template: z.enum(TEMPLATES), language: z.enum(LANGUAGES), words: z.string().max(4000) }))
    .max(2 * TEMPLATES.length * LANGUAGES.length),
  /** Payers that ask for no authorization, of one specialty or of all (null). Not given: as they stand in force. */
  noAuthorization: z
    .array(z.object({ payer: Short, specialty: z.string().max(80).nullable() }))
    .max(500)
    .optional(),
});
export type ConfigurationLists = z.infer<typeof ConfigurationLists>;

export const ConfigurationAnswer = z.object({
  /** Of the version that is shown; 0 is as Refloop comes. */
  made: Made,
  inForce: z.number().int(),
  content: ConfigurationLists,
  /** What holds where the content says nothing: of the site entry. */
  entry: z.object({ name: z.string(), phone: z.string() }),
  /** Of Refloop as patients reach it: a link takes room in a text message. */
  address: z.string(),
  /** Newest first. */
  versions: z.array(Made),
  mayChange: z.boolean(),
});
export type ConfigurationAnswer = z.infer<typeof ConfigurationAnswer>;

export const ConfigurationPreviewRequest = z.object({
  /** The version that was changed. */
  base: z.number().int().nonnegative(),
  content: ConfigurationLists,
});
export type ConfigurationPreviewRequest = z.infer<typeof ConfigurationPreviewRequest>;

export const ConfigurationPreview = z.object({
  changes: z.array(z.object({ field: z.string(), what: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
});
export type ConfigurationPreview = z.infer<typeof ConfigurationPreview>;

export const ConfigurationChange = ConfigurationPreviewRequest.extend({ reason: Reason });
export type ConfigurationChange = z.infer<typeof ConfigurationChange>;

/** What staff call each status, of the version in force. */
export const StatusNamesAnswer = z.object({ statuses: z.array(z.object({ status: z.enum(STATUS_WORDS), name: z.string() })) });
export type StatusNamesAnswer = z.infer<typeof StatusNamesAnswer>;
