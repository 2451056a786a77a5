/** What came in and is held, over HTTP: who it says it is about, who that may be, and what a person makes of it. */
import { z } from 'zod';
import { Extract, Header, Part } from '../inbound/read-document.ts';

/** Why a person decides: it says nothing, it says another, or nobody or nothing is certain. */
export const HeldReason = z.enum([
  'unreadable',
  'names-nobody',
  'names-several',
  'another-patient',
  'patient-unknown',
  'patient-uncertain',
  'no-open-referral',
  'referral-uncertain',
  'own-referral',
  'not-seen',
  'not-a-note',
  /** It stood with a referral by mistake. */
  'taken-off',
]);
export type HeldReason = z.infer<typeof HeldReason>;

/** How one field of what the document says and of what the chart says agree. */
const Compared = z.object({
  field: z.enum(['name', 'born', 'sex', 'address', 'phone', 'record number']),
  said: z.string(),
  chart: z.string(),
  agrees: z.enum(['yes', 'nearly', 'no', 'not said']),
});
export type ComparedField = z.infer<typeof Compared>;

/**
 * Why a person has to say how they know whose a document is: it says another name or date of birth than the chart, another record number and
 * not both of those, it names several patients, or nothing is known of the patient to compare it with.
 */
const Doubt = z.enum(['name', 'born', 'record number', 'several', 'nothing to compare']);
export type Doubt = z.infer<typeof Doubt>;

const ReferralChoice = z.object({
  referralId: z.string(),
  attempt: z.int(),
  specialist: z.string(),
  specialtyName: z.string(),
  approvedAt: z.string(),
  writtenBy: z.enum(['same', 'different']).nullable(),
  date: z.enum(['after', 'before']).nullable(),
  named: z.boolean(),
  /** The order was ended or revoked; a late note of it is filed there all the same. */
  isOver: z.boolean(),
});
export type ReferralChoice = z.infer<typeof ReferralChoice>;

const PatientChoice = z.object({
  name: z.string(),
  fields: z.array(Compared),
  /** Why it is not taken for the same person by itself. */
  against: z.array(z.string()),
  /** With any of these it is filed there with a reason alone. */
  doubts: z.array(Doubt),
  /** By whose link it came. */
  linked: z.boolean(),
  referrals: z.array(ReferralChoice),
});
export type PatientChoice = z.infer<typeof PatientChoice>;

export const HeldDocument = z.object({
  id: z.string(),
  receivedAt: z.string(),
  source: z.enum(['portal', 'gateway']),
  why: HeldReason,
  /** With which mail it came, as an attachment; null of what came by itself. */
  mail: z.object({ from: z.string(), subject: z.string(), text: z.string() }).nullable(),
  /** Whose it is to find out; null where nobody has the role. */
  owner: z.string().nullable(),
  dueAt: z.string(),
  isOverdue: z.boolean(),
  /** The lead who has it too, once it is overdue. */
  escalatedTo: z.string().nullable(),
  /** Why it could not be read; empty where it was. */
  unreadable: z.string(),
  isPdf: z.boolean(),
  /** Under which it is saved; it tells nothing of anybody. */
  fileName: z.string(),
  title: z.string(),
  header: Header.nullable(),
  parts: z.array(Part),
  extracts: z.array(Extract),
  patients: z.array(PatientChoice),
});
export type HeldDocument = z.infer<typeof HeldDocument>;

export const HeldList = z.object({ documents: z.array(HeldDocument), more: z.int() });
export type HeldList = z.infer<typeof HeldList>;

/** By whom a held document is looked for, where nobody who is like the one it names is the one. Either is enough. */
export const FindPatients = z
  .object({
    born: z.union([z.iso.date('Give the date of birth as 1961-02-03'), z.literal('')]),
    recordNumber: z.string().trim().max(60),
  })
  .refine(({ born, recordNumber }) => born !== '' || recordNumber !== '', {
    path: ['born'],
    message: 'Give a date of birth or a record number',
  });
export type FindPatients = z.infer<typeof FindPatients>;

export const FoundPatients = z.object({ patients: z.array(PatientChoice), more: z.int() });
export type FoundPatients = z.infer<typeof FoundPatients>;

export const PlaceDocument = z.object({
  referralId: z.string().min(1).max(60),
  attempt: z.int().min(1).max(99),
  form: z.enum(['final', 'interim']),
  /** How it is known to be of this patient, where there is a doubt. */
  reason: z.union([z.string().trim().min(3, 'Say in a few words how you know').max(300), z.literal('')]).default(''),
});
export type PlaceDocument = z.infer<typeof PlaceDocument>;

export const SetDocumentAside = z.object({ reason: z.string().trim().min(3, 'Say in a few words what it is').max(300) });
export type SetDocumentAside = z.infer<typeof SetDocumentAside>;

/** Where a person filed it in spite of a doubt: who, and how they know. */
export const FiledAlthough = z.object({ doubts: z.array(Doubt), reason: z.string(), by: z.string() });

/** What was read of a note that came back, for whoever reviews it. */
export const NoteReading = z.object({
  although: FiledAlthough.nullable(),
  isPdf: z.boolean(),
  /** Under which it is saved; it tells nothing of anybody. */
  fileName: z.string(),
  title: z.string(),
  unreadable: z.string(),
  header: Header.nullable(),
  parts: z.array(Part),
  extracts: z.array(Extract),
});
export type NoteReading = z.infer<typeof NoteReading>;

export const TakenIn = z.object({ id: z.string() });
/** Of a file that a gateway hands over, in bytes. */
export const LARGEST_INBOUND = 10 * 1024 * 1024;
