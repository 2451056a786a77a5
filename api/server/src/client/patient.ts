/** The patient’s page over HTTP: opened by a link and the date of birth, without an account. */
import { LANGUAGES } from '@refloop/domain/patient/reading-grade';
import { DECLINE_REASONS_OF_PATIENT, RATINGS } from '@refloop/domain/referral/care-event';
import { PATIENT_SIDES } from '@refloop/domain/referral/event';
import { ENDS_FOR_PATIENT, PATIENT_ACTS } from '@refloop/domain/referral/patient-act';
import { z } from 'zod';
import { Accent } from './configuration.ts';

/** 32 bytes, base64url. */
const Token = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'This is not a link of Refloop');

export const PatientSideName = z.enum(PATIENT_SIDES);
export type PatientSideName = z.infer<typeof PatientSideName>;

export const OpenPatient = z.object({
  link: Token,
  /** The patient’s. */
  born: z.iso.date('A date of birth is a day such as 1985-03-27'),
  /** Who opens it. For a child it is a parent or guardian, or somebody else whom the practice has on record. */
  as: PatientSideName,
  /** Of whoever opens it, as they write it. Asked for (field `phone`) where somebody was taken off the record of who acts for the patient. */
  phone: z.string().trim().min(1).max(40).optional(),
});
export type OpenPatient = z.infer<typeof OpenPatient>;

const PlainWords = z.object({ en: z.string(), es: z.string() });

/** Whom the clinician approved: who is asked now first, then whom the patient may choose in their place. */
const Specialist = z.object({
  entryId: z.string(),
  name: z.string(),
  /** "heart doctor". */
  what: PlainWords,
  organization: z.string(),
  address: z.string(),
  phone: z.string(),
  /** Whether they are the one who is asked now. */
  asked: z.boolean(),
});

export const PatientStage = z.enum(['to-ask', 'asking', 'to-book', 'booked', 'past', 'missed', 'seen', 'looking', 'advice']);
/** Where it stands for the patient. `to-ask`: nothing has been sent to the office; `past`: the time of the visit is over, and nothing was heard; `looking`: nobody is asked now. */
export type PatientStage = z.infer<typeof PatientStage>;

/** Who tells the office what the patient has just done: Refloop does by itself, or the clinic has to. */
export const ToldBy = z.enum(['refloop', 'clinic']);
export type ToldBy = z.infer<typeof ToldBy>;

/** No more than the patient needs to act. */
export const PatientView = z.object({
  standing: z.literal('open'),
  /** What the page holds from now on, and until when. */
  opened: Token,
  until: z.string(),
  practice: z.string(),
  /** Of the practice; empty where it is not known. */
  phone: z.string(),
  accent: Accent,
  clinician: z.string(),
  language: z.enum(LANGUAGES),
  /** The clinic’s: all times are told in it. IANA name. */
  timeZone: z.string(),
  specialists: z.array(Specialist),
  /** As the clinician wrote it; empty where it is withheld. */
  reason: z.string(),
  /** Of an adolescent the page tells neither whom they see nor why, whoever reads it: the clinic tells them by telephone. */
  withheld: z.boolean(),
  stage: PatientStage,
  /** Of the act that this answers; null where there is nothing for the office to hear. */
  officeToldBy: ToldBy.nullable(),
  appointment: z.object({ startsAt: z.string() }).nullable(),
  /** Dates that can be taken now. */
  dates: z.array(z.string()),
  acts: z.array(z.enum(PATIENT_ACTS)),
  /** Text messages: the end of the number they go to, where one is known, and whether they are wanted. */
  texts: z.object({ number: z.string().nullable(), wanted: z.boolean() }),
  /** The same of e-mails: the address they go to, but for most of its letters; null where the clinic sends none. */
  emails: z.object({ address: z.string().nullable(), wanted: z.boolean() }).nullable(),
});
export type PatientView = z.infer<typeof PatientView>;

/** All that is shown once it is over: nothing of the patient. */
export const PatientOver = z.object({
  standing: z.literal('over'),
  how: z.enum(ENDS_FOR_PATIENT),
  practice: z.string(),
  phone: z.string(),
  accent: Accent,
  language: z.enum(LANGUAGES),
});
export type PatientOver = z.infer<typeof PatientOver>;

/** What was typed may tell of an emergency: these fixed words and nothing else, and somebody at the practice hears of it. */
export const PatientEmergency = z.object({ standing: z.literal('emergency'), words: PlainWords, language: z.enum(LANGUAGES) });
export type PatientEmergency = z.infer<typeof PatientEmergency>;

export const PatientAnswer = z.discriminatedUnion('standing', [PatientView, PatientOver, PatientEmergency]);
export type PatientAnswer = z.infer<typeof PatientAnswer>;

const Moment = z.iso.datetime({ offset: true });

export const PatientRequest = z.discriminatedUnion('act', [
  /** One of the dates that are shown. */
  z.object({ act: z.literal('book'), startsAt: Moment }),
  z.object({ act: z.literal('cancel') }),
  /** Another of those who are shown. */
  z.object({ act: z.literal('choose'), entryId: z.string().min(1).max(200) }),
  z.object({ act: z.literal('other-date'), text: z.string().trim().min(1, 'Write when you can come').max(500) }),
  z.object({ act: z.literal('decline'), reason: z.enum(DECLINE_REASONS_OF_PATIENT) }),
  z.object({ act: z.literal('seen'), at: Moment }),
  z.object({ act: z.literal('rate'), score: z.literal(RATINGS), words: z.string().trim().max(1000).nullable() }),
  /** Text messages to the number the practice has: wanted, or no more of them. */
  z.object({ act: z.literal('texts'), wanted: z.boolean() }),
  /** The same of e-mails. */
  z.object({ act: z.literal('emails'), wanted: z.boolean() }),
]);
export type PatientRequest = z.infer<typeof PatientRequest>;

export const ActAsPatient = z.object({
  opened: Token,
  /** One for each press: the same one twice does it once. */
  key: z.string().min(8).max(64),
  what: PatientRequest,
});
export type ActAsPatient = z.infer<typeof ActAsPatient>;

export const ReadAsPatient = z.object({ opened: Token });

/** Made for whoever hands it over; shown once, since only its digest is kept. */
export const NewPatientLink = z.object({
  /** To be put behind the address of the page: `/patient#<link>`, so that it reaches no log and no other site. */
  link: Token,
  expiresAt: z.string(),
  language: z.enum(LANGUAGES),
  /** Of an adolescent: whom they see stands on no page and no paper. */
  withheld: z.boolean(),
  /** Whom it is for: the patient, or who acts in their place, by name where the practice has them on record. */
  forProxies: z.array(z.string()).nullable(),
  /** Whether the page asks who acts for the patient for their telephone number, as on record. */
  asksPhone: z.boolean(),
  /** Who hands it out, and where they are called; the number may be empty. */
  practice: z.string(),
  phone: z.string(),
});
export type NewPatientLink = z.infer<typeof NewPatientLink>;

/** A text message as the gateway hands it over. */
export const IncomingText = z.object({
  /** Of the gateway: the same one again changes nothing. */
  id: z.string().min(1).max(100),
  from: z.string().min(3).max(40),
  text: z.string().max(4000),
});
export type IncomingText = z.infer<typeof IncomingText>;

/** What the gateway sends back to the patient. */
export const TextAnswer = z.object({ reply: z.string() });
export type TextAnswer = z.infer<typeof TextAnswer>;
