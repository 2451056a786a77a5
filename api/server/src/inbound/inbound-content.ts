/** What is kept of a document that came in: what was read, and why it is held. */
import { z } from 'zod';
import { HeldReason, type NoteReading } from '../client/inbound.ts';
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
  /** How often something failed while it was read or placed. */
  tries: z.int().min(0).default(0),
});
export type InboundContent = z.infer<typeof InboundContent>;

export const inboundContentOf = (content: Json): InboundContent => InboundContent.parse(content);

export const PDF_TYPE = 'application/pdf';
const TYPES = { pdf: PDF_TYPE, 'c-cda': 'application/hl7-cda+xml', text: 'text/plain' } as const;
const PDF = '%PDF-';

/** As it is, not as it was said to be. */
export function typeOf(reading: ReadDocument, bytes: Uint8Array): string {
  if (reading.kind === 'read') return TYPES[reading.format];
  const start = Buffer.from(bytes.subarray(0, PDF.length)).toString('latin1');
  return start === PDF ? TYPES.pdf : 'application/octet-stream';
}

/** What was read, for whoever reads it. */
export function readingOf(content: InboundContent, isPdf: boolean): NoteReading {
  const { reading } = content;
  if (reading?.kind === 'read') {
    const { title, header, parts, extracts } = reading;
    return { isPdf, title, unreadable: '', header, parts, extracts };
  }
  return { isPdf, title: '', unreadable: reading ? UNREADABLE[reading.why] : '', header: null, parts: [], extracts: [] };
}
