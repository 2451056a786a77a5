/** How a patient is reached, over HTTP: as it is on record, and as they tell it to somebody of the practice. */
import { PATIENT_CHANNELS } from '@refloop/domain/patient/outreach';
import { PROXY_SIDES } from '@refloop/domain/patient/proxy';
import { LANGUAGES } from '@refloop/domain/patient/reading-grade';
import { TOLD_WAYS } from '@refloop/domain/patient/told-contact';
import { z } from 'zod';

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

const ProxyView = z.object({
  /** By which they are taken off the record. */
  id: z.string(),
  side: z.enum(PROXY_SIDES),
  name: z.string(),
  /** Whether they act for the patient now: a parent’s entry ends when the patient is of age. */
  acts: z.boolean(),
  /** Whether messages go to them in the patient’s place. */
  instead: z.boolean(),
  /** How they are reached; null of who was on record before it was kept. */
  reach: z.object({ language: z.enum(LANGUAGES), preferred: PreferredWay, text: ChannelView, email: ChannelView }).nullable(),
  /** When they were put on record, and by whom; null where that was not kept. */
  put: z.object({ at: z.string(), by: z.string() }).nullable(),
});
export type ProxyView = z.infer<typeof ProxyView>;

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
  proxies: z.array(ProxyView),
  /** Whether the patient is under 18 on the clinic’s day: then messages go to who is on record. */
  isUnderAge: z.boolean(),
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

/** Somebody who acts for the patient, put on record or taken off it. */
export const ChangeProxies = z.object({
  /** One for each press: the same one twice does it once. */
  key: z.string().min(8).max(64),
  /** Of what was on screen. */
  mark: z.string().max(64),
  what: z.discriminatedUnion('act', [
    z.object({
      act: z.literal('put'),
      side: z.enum(PROXY_SIDES),
      name: z.string().trim().min(1, 'Give their name').max(100),
      /** Of a grown patient: messages go to them in the patient’s place. */
      instead: z.boolean(),
      preferred: PreferredWay,
      language: z.enum(LANGUAGES),
      text: toldChannel(40),
      email: toldChannel(254),
    }),
    z.object({ act: z.literal('take-away'), id: z.string().min(1).max(200) }),
  ]),
});
export type ChangeProxies = z.infer<typeof ChangeProxies>;
