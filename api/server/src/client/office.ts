/** The page of a specialist's office over HTTP: opened by a link and the specialist's NPI, without an account. */
import { DECLINE_REASONS } from '@refloop/domain/referral/attempt';
import { ENDS_FOR_OFFICE } from '@refloop/domain/referral/office-act';
import { z } from 'zod';
import { Accent } from './configuration.ts';

/** 32 bytes, base64url. */
const Token = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'This is not a link of Refloop');

/** Largest document of an office, in bytes. */
export const LARGEST_DOCUMENT = 10 * 1024 * 1024;

/** What the link carries, and the second thing that opens it. */
export const OpenOffice = z.object({ link: Token, npi: z.string().regex(/^\d{10}$/, 'An NPI has ten digits') });
export type OpenOffice = z.infer<typeof OpenOffice>;

export const OFFICE_ACTS = [
  'accept',
  'decline',
  'ask',
  'offer-dates',
  'book',
  'cancel-appointment',
  'no-show',
  'seen',
  'note',
  'confirm-cancellation',
] as const;
export const OfficeActName = z.enum(OFFICE_ACTS);
export type OfficeActName = z.infer<typeof OfficeActName>;

export const OFFICE_PACKET_FORMS = ['pdf', 'ccda', 'fhir'] as const;
export type OfficePacketForm = (typeof OFFICE_PACKET_FORMS)[number];

/** No more of the patient than the office needs to act. */
export const OfficeView = z.object({
  standing: z.literal('open'),
  /** What the page holds from now on, and until when. */
  opened: Token,
  until: z.string(),
  practice: z.string(),
  /** Where the practice is called; empty where it is not known. */
  phone: z.string(),
  accent: Accent,
  specialist: z.string(),
  patientName: z.string(),
  specialtyName: z.string(),
  urgency: z.enum(['routine', 'urgent', 'emergency']),
  status: z.string(),
  /** Whether the packet can be read: a PDF of what the clinician approved. */
  hasPacket: z.boolean(),
  /** In which forms: for people, and for the office's own record system. A packet from before the chart went along is a PDF alone. */
  packetForms: z.array(z.enum(OFFICE_PACKET_FORMS)),
  /** Files of the packet, as they came from the chart; images among them are pages of the PDF too. */
  files: z.array(
    z.object({
      /** Of its bytes: what it is asked for by. */
      sha256: z.string(),
      title: z.string(),
      date: z.string(),
      /** By its own first bytes. */
      contentType: z.string(),
      bytes: z.number().int(),
      asPage: z.boolean(),
    }),
  ),
  appointment: z.object({ startsAt: z.string() }).nullable(),
  offered: z.array(z.string()),
  acts: z.array(OfficeActName),
  /** Which notes are taken, where one is. */
  noteForms: z.array(z.enum(['interim', 'final'])),
  /** Whether any note of this office is looked at first, because it names another patient. */
  noteHeld: z.boolean(),
  /** Between the practice and the office, oldest first, with what both sides did. */
  thread: z.array(
    z.object({
      at: z.string(),
      from: z.enum(['practice', 'office', 'patient']),
      title: z.string(),
      detail: z.string().nullable(),
      /** Instants that belong behind the detail, told in the reader's own zone. */
      times: z.array(z.string()),
    }),
  ),
});
export type OfficeView = z.infer<typeof OfficeView>;

/** No more of the patient than the office needs to find what it still has to do. */
const STILL = {
  /** What the page holds from now on, and until when. */
  opened: Token,
  until: z.string(),
  specialist: z.string(),
  patientName: z.string(),
};

/** What the office has to cancel. */
export const OfficeToCancel = z.object({
  ...STILL,
  /** What stands in their calendar; null where nothing was booked. */
  appointment: z.object({ startsAt: z.string() }).nullable(),
});
export type OfficeToCancel = z.infer<typeof OfficeToCancel>;

/** The note that is still waited for, of a visit that took place there. */
export const OfficeToWrite = z.object({
  ...STILL,
  /** When it was, each visit once; empty where that is not known. */
  visits: z.array(z.string()),
  noteForms: z.array(z.enum(['interim', 'final'])),
  /** Whether any note of this office is looked at first. */
  noteHeld: z.boolean(),
});
export type OfficeToWrite = z.infer<typeof OfficeToWrite>;

/** All that is shown once it is over for this office: nothing of the patient, unless something is to be cancelled or written there. */
export const OfficeOver = z.object({
  standing: z.literal('over'),
  how: z.enum(ENDS_FOR_OFFICE),
  /** Null where the office has nothing of it, or said that it has not. */
  toCancel: OfficeToCancel.nullable(),
  /** Null where no note of theirs is waited for. */
  toWrite: OfficeToWrite.nullable(),
  practice: z.string(),
  phone: z.string(),
  accent: Accent,
});
export type OfficeOver = z.infer<typeof OfficeOver>;

export const OfficeAnswer = z.discriminatedUnion('standing', [OfficeView, OfficeOver]);
export type OfficeAnswer = z.infer<typeof OfficeAnswer>;

/** Of the note that was just given, whatever became of others: it is on record, or a person of the practice looks at it first. */
const BECAME = { became: z.enum(['on-record', 'held']) };
/** The page after a note was given, and what became of that note. */
export const OfficeNoteAnswer = z.discriminatedUnion('standing', [OfficeView.extend(BECAME), OfficeOver.extend(BECAME)]);
export type OfficeNoteAnswer = z.infer<typeof OfficeNoteAnswer>;

const Moment = z.iso.datetime({ offset: true });

export const OfficeRequest = z.discriminatedUnion('act', [
  z.object({ act: z.literal('accept') }),
  z.object({ act: z.literal('decline'), reason: z.enum(DECLINE_REASONS) }),
  z.object({ act: z.literal('ask'), text: z.string().trim().min(3, 'Write your question').max(2000) }),
  z.object({ act: z.literal('offer-dates'), dates: z.array(Moment).min(1).max(6) }),
  z.object({ act: z.literal('book'), startsAt: Moment }),
  z.object({ act: z.literal('cancel-appointment'), by: z.enum(['patient', 'specialist']) }),
  z.object({ act: z.literal('confirm-cancellation') }),
  /** When the visit was, or should have been: not before the appointment, not ahead. */
  z.object({ act: z.literal('no-show'), at: Moment }),
  z.object({ act: z.literal('seen'), at: Moment }),
]);
export type OfficeRequest = z.infer<typeof OfficeRequest>;

export const ActAsOffice = z.object({
  opened: Token,
  /** One for each press: the same one twice does it once. */
  key: z.string().min(8).max(64),
  what: OfficeRequest,
});
export type ActAsOffice = z.infer<typeof ActAsOffice>;

/** Of a note, whose bytes are the body of the request. */
export const NoteOfOffice = z.object({ key: z.string().min(8).max(64), form: z.enum(['interim', 'final']) });
export type NoteOfOffice = z.infer<typeof NoteOfOffice>;

export const ReadAsOffice = z.object({ opened: Token });
export const ReadFileAsOffice = z.object({ opened: Token, sha256: z.string().regex(/^[0-9a-f]{64}$/, 'This names no file') });

/** Made for the coordinator; shown once, since only its digest is kept. */
export const NewLink = z.object({
  /** To be put behind the address of the page: `/office#<link>`, so that it reaches no log and no other site. */
  link: Token,
  expiresAt: z.string(),
  specialist: z.string(),
});
export type NewLink = z.infer<typeof NewLink>;

export const MakeLink = z.object({ sequence: z.number().int().positive() });
export const PostMessage = z.object({
  /** The last event that was on screen: what was asked after it is not answered by this. */
  sequence: z.number().int().positive(),
  key: z.string().min(8).max(64),
  text: z.string().trim().min(2, 'Write your answer').max(2000),
});
