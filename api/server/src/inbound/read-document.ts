/**
 * What was read in a document that came in: who it is about, who wrote it, when, and its text in parts (the pages of a PDF, the sections of a
 * C-CDA note). Everything that is said of it is a span of its own text: nothing is worded anew.
 */
import type { Identity } from '@refloop/domain/patient-match/identity';
import { z } from 'zod';

export const TOPICS = ['assessment', 'diagnosis', 'findings', 'plan'] as const;
export type Topic = (typeof TOPICS)[number];

export const Part = z.object({ title: z.string(), text: z.string() });

/** A span of one part, by characters: `text` is what stands there. */
export const Extract = z.object({
  topic: z.enum(TOPICS),
  title: z.string(),
  part: z.int().min(0),
  from: z.int().min(0),
  to: z.int().min(0),
  text: z.string(),
});
export type Extract = z.infer<typeof Extract>;

const SaidIdentity = z.object({
  family: z.string(),
  given: z.array(z.string()).readonly(),
  suffix: z.string(),
  born: z.string(),
  sex: z.enum(['female', 'male', 'other', '']),
  line: z.string(),
  city: z.string(),
  postalCode: z.string(),
  phone: z.string(),
  recordNumbers: z.array(z.string()).readonly(),
}) satisfies z.ZodType<Identity>;

export const Header = z.object({
  patient: SaidIdentity,
  author: z.string(),
  organization: z.string(),
  /** Of whoever wrote, signed or answers for it. */
  npis: z.array(z.string()),
  /** `YYYY-MM-DD` of the visit or of the note; empty where it says neither. */
  date: z.string(),
  /** Numbers of orders it says it answers. */
  orders: z.array(z.string()),
});
export type Header = z.infer<typeof Header>;

/**
 * What a document is: the note of a consultation; the referral that this practice sent, come back; word that the patient was not or cannot be
 * seen; or nothing that it says of itself.
 */
export const Nature = z.enum(['consult-note', 'own-referral', 'not-seen', 'unsaid']);
export type Nature = z.infer<typeof Nature>;

/** Why a document could not be read; it is kept, and a person reads it. */
export const UNREADABLE = {
  'other-kind': 'It is no kind of document that is read by itself: not a PDF, a C-CDA note or plain text.',
  broken: 'The file is damaged, or not what it says it is.',
  password: 'It is protected by a password.',
  picture: 'It holds pictures of pages and no text, as a scan or a fax does.',
  'declares-types': 'Its XML declares a document type, which no clinical note does.',
  'other-xml': 'It is XML, and no C-CDA document.',
  'too-large': 'It holds more than is read by itself.',
  'took-too-long': 'Reading it took longer than it may.',
  'too-much-memory': 'Reading it took more memory than it may.',
  failed: 'Reading it or finding its patient failed several times. The log of the server says of what.',
} as const;
export const Unreadable = z.enum(Object.keys(UNREADABLE) as [keyof typeof UNREADABLE]);
export type Unreadable = z.infer<typeof Unreadable>;

/** What a PDF holds beside the text of its pages (`beside-pages.ts`). */
export const Beside = z.object({
  words: z.string(),
  /** Something drawn over its pages, as a stamp, may hold words that only a person can read. */
  drawn: z.boolean(),
  /** Files within it, or more than is looked at: nobody can say what stands in all of it. */
  closed: z.boolean(),
});
export type Beside = z.infer<typeof Beside>;

/** `beside`: whether to read that too. */
export type ReadAsked = { readonly beside?: boolean };

export const ReadDocument = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('read'),
    format: z.enum(['pdf', 'c-cda', 'text']),
    title: z.string(),
    header: Header,
    parts: z.array(Part),
    extracts: z.array(Extract),
    /** What was read before this was told says nothing of it. */
    nature: Nature.default('unsaid'),
    /** Whether it names more than one patient. */
    several: z.boolean().default(false),
    /** Pages or sections beyond what is read by itself. */
    cut: z.boolean(),
    /** Only where it was asked for, as of what is to be handed on. */
    beside: Beside.optional(),
  }),
  z.object({ kind: z.literal('unreadable'), why: Unreadable, beside: Beside.optional() }),
]);
export type ReadDocument = z.infer<typeof ReadDocument>;
export type DocumentPart = z.infer<typeof Part>;

export const unreadable = (why: Unreadable): ReadDocument => ({ kind: 'unreadable', why });

export const nobody = (): Identity => ({
  family: '',
  given: [],
  suffix: '',
  born: '',
  sex: '',
  line: '',
  city: '',
  postalCode: '',
  phone: '',
  recordNumbers: [],
});

/** What is read of one document by itself; more of it is for a person. */
export const LIMITS = {
  bytes: 10 * 1024 * 1024,
  pages: 80,
  /** Annotations of a PDF and fields of its form. */
  notes: 2000,
  /** Characters of text. */
  text: 1_000_000,
  /** Elements of XML, one within another. */
  depth: 120,
  elements: 200_000,
  /** Documents attached to one mail. */
  attached: 10,
  /** Characters of a mail’s text that are kept with what was attached to it, and of its sender and subject. */
  mailText: 2000,
  mailLine: 200,
} as const;
