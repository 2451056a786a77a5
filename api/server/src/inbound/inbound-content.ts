/** What is kept of a document that came in: the file until it is placed, what was read, and why it is held. */
import { z } from 'zod';
import { HeldReason } from '../client/inbound.ts';
import type { Json } from '../store/store.ts';
import { ReadDocument } from './read-document.ts';

export const InboundContent = z.object({
  /** Null once the file lies with its referral. */
  base64: z.string().nullable(),
  /** Null until it is read. */
  reading: ReadDocument.nullable(),
  /** By whose link it came; null where it came by none. */
  link: z.object({ referralId: z.string(), attempt: z.number() }).nullable(),
  /** Null where nobody has to decide. */
  why: HeldReason.nullable(),
  /** What a person who set it aside says it is. */
  note: z.string(),
});
export type InboundContent = z.infer<typeof InboundContent>;

export const inboundContentOf = (content: Json): InboundContent => InboundContent.parse(content);

export const bytesIn = ({ base64 }: InboundContent): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64 ?? '', 'base64'));

const TYPES = { pdf: 'application/pdf', 'c-cda': 'application/hl7-cda+xml', text: 'text/plain' } as const;
const PDF = '%PDF-';

/** As it is, not as it was said to be. */
export function typeOf(reading: ReadDocument, bytes: Uint8Array): string {
  if (reading.kind === 'read') return TYPES[reading.format];
  const start = Buffer.from(bytes.subarray(0, PDF.length)).toString('latin1');
  return start === PDF ? TYPES.pdf : 'application/octet-stream';
}
