/** How a patient is reached, over HTTP: as it is on record, and as they tell it to somebody of the practice. */
import { PATIENT_CHANNELS } from '@refloop/domain/patient/outreach';
import { LANGUAGES } from '@refloop/domain/patient/reading-grade';
import { TOLD_WAYS } from '@refloop/domain/patient/told-contact';
import { z } from 'zod';
import { PatientSideName } from './patient.ts';

export const PREFERRED_WAYS = ['phone', ...PATIENT_CHANNELS] as const;
/** How the patient wants to be reached; `phone` is a call. */
export const PreferredWay = z.enum(PREFERRED_WAYS);
export type PreferredWay = z.infer<typeof PreferredWay>;

const ChannelView = z.object({
  /** A number in E.164, or an address; null where there is none. */
  to: z.string().nullable(),
  consent: z.discriminatedUnion('status', [
    z.object({ status: z.literal('unknown') }),
    z.object({ status: z.enum(['given', 'withdrawn']), at: z.string(), by: z.enum(['patient', 'staff']) }),
  ]),
});
export type ChannelView = z.infer<typeof ChannelView>;

export const PatientContactView = z.object({
  /** What was on screen, to be told with what is put on record. */
  mark: z.string(),
  /** Whether it is what the chart said when the referral was approved, and nothing was told since. */
  isFromChart: z.boolean(),
  language: z.enum(LANGUAGES),
  preferred: PreferredWay,
  text: ChannelView,
  email: ChannelView,
  /** How what is to be told leaves by itself; null where a person does it. */
  leavesBy: z.enum(PATIENT_CHANNELS).nullable(),
  /** By which channels the site writes to patients. */
  sends: z.array(z.enum(PATIENT_CHANNELS)),
  /** Who may act for the patient, as the practice has it on record. */
  proxies: z.array(z.object({ side: PatientSideName.exclude(['patient']), name: z.string() })),
  /** What the patient told last, to whom and how. */
  told: z.object({ at: z.string(), to: z.string(), how: z.enum(TOLD_WAYS), note: z.string() }).nullable(),
});
export type PatientContactView = z.infer<typeof PatientContactView>;

const toldChannel = (longest: number) =>
  z.object({
    /** As it was written down; empty for none. */
    to: z.string().max(longest),
    /** Null where the patient said nothing about it. */
    wanted: z.boolean().nullable(),
  });

/** All of the form; what was not changed stands in it as it was. */
export const TellContact = z.object({
  /** One for each press: the same one twice does it once. */
  key: z.string().min(8).max(64),
  /** Of what was on screen. */
  mark: z.string().max(64),
  how: z.enum(TOLD_WAYS),
  /** In the words of whoever was told; may be empty. */
  note: z.string().trim().max(500),
  preferred: PreferredWay,
  language: z.enum(LANGUAGES),
  text: toldChannel(40),
  email: toldChannel(254),
});
export type TellContact = z.infer<typeof TellContact>;
