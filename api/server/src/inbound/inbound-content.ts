/** What is kept of a document that came in: what was read, and why it is held. */
import { z } from 'zod';
import { FiledAlthough, HeldReason, type NoteReading } from '../client/inbound.ts';
import type { Json } from '../store/store.ts';
import { ReadDocument, UNREADABLE } from './read-document.ts';

export const InboundContent = z.object({
  /** Null until it is read. */
  reading: ReadDocument.nullable(),
  /** What it is by its bytes. */
  type: z.string(),
  /** By whose link it came; null where it came by none. */
  link: z.object({ referralId: z.string(), attempt: z.number() }).nullable(),
  /** Null where nobody has to decide. */
  why: HeldReason.nullable(),
  /** What a person who set it aside says it is. */
  note: z.string(),
  /** Where a person filed it although it says somebody else. */
  although: FiledAlthough.nullable().default(null),
  /** With which mail it came, as an attachment; null of what came by itself. `id`: under which the mail is kept. */
  mail: z.object({ id: z.string(), from: z.string(), subject: z.string(), text: z.string() }).nullable().default(null),
  /** Since when it is held once more, where it was taken off a referral; null of what was never placed. */
  heldAgainAt: z.string().nullable().default(null),
  /** How often something failed while it was read or placed. */
  tries: z.int().min(0).default(0),
});
export type InboundContent = z.infer<typeof InboundContent>;

export const inboundContentOf = (content: Json): InboundContent => InboundContent.parse(content);

export const PDF_TYPE = 'application/pdf';
const OTHER_TYPE = 'application/octet-stream';
const TYPES = { pdf: PDF_TYPE, 'c-cda': 'application/hl7-cda+xml', text: 'text/plain' } as const;

/**
 * How files begin that are not read by themselves and come nevertheless: what a fax server makes, what a telephone takes. (ISO 32000-1 §7.5.2,
 * TIFF 6.0 §2, PNG 3rd edition §5.2, JPEG: ITU-T T.81 B.1.1.3)
 */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['%PDF-', PDF_TYPE],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
];
const LONGEST_BEGINNING = 8;

const ENDINGS: Readonly<Record<string, string>> = {
  [PDF_TYPE]: 'pdf',
  [TYPES['c-cda']]: 'xml',
  [TYPES.text]: 'txt',
  'image/tiff': 'tif',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

/** As it is, not as it was said to be. */
export function typeOf(reading: ReadDocument, bytes: Uint8Array): string {
  if (reading.kind === 'read') return TYPES[reading.format];
  const start = Buffer.from(bytes.subarray(0, LONGEST_BEGINNING)).toString('latin1');
  return BEGINNINGS.find(([beginning]) => start.startsWith(beginning))?.[1] ?? OTHER_TYPE;
}

/** What was read, for whoever reads it. Of what came before Refloop read notes there is nothing: it is shown as it came. */
export function readingOf(content: InboundContent | undefined, type: string): NoteReading {
  const reading = content?.reading ?? null;
  // A name that tells nothing: files end up in download folders.
  const file = { isPdf: type === PDF_TYPE, fileName: `note.${ENDINGS[type] ?? 'bin'}`, although: content?.although ?? null };
  if (reading?.kind === 'read') {
    const { title, header, parts, extracts } = reading;
    return { ...file, title, unreadable: '', header, parts, extracts };
  }
  return { ...file, title: '', unreadable: reading ? UNREADABLE[reading.why] : '', header: null, parts: [], extracts: [] };
}

/** Of a file that nobody has read yet. @param mail with which it came attached; null where it came by itself */
export const contentToRead = (mail: InboundContent['mail']): InboundContent => ({
  reading: null,
  type: 'application/octet-stream',
  link: null,
  why: null,
  note: '',
  although: null,
  heldAgainAt: null,
  tries: 0,
  mail,
});
