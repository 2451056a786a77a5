/**
 * Reads a mail with documents attached (RFC 2045, 2046), also one within a mail that was forwarded whole. Called in the reading process alone.
 */
import PostalMime, { type Attachment } from 'postal-mime';
import { HEADERS_WITHIN, mailField, mailHeaders } from './mail-headers.ts';
import { LIMITS, type ReadDocument, unreadable } from './read-document.ts';
import type { UnpackedMail } from './unpacked-mail.ts';

/** A mail in a mail in a mail. */
const DEEPEST = 3;
/** A document says within this what it is, in bytes. */
const BEGINS_WITHIN = 4096;

const HOLDS_FILES = /^(?:multipart\/|message\/|application\/|text\/xml\b)/i;
const isMail = (headers: string): boolean =>
  mailField(headers, 'from') !== undefined && HOLDS_FILES.test(mailField(headers, 'content-type') ?? '');

const bytesOf = ({ content }: Attachment): Uint8Array<ArrayBuffer> =>
  new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content instanceof Uint8Array ? content : new Uint8Array(content));

/** By its bytes: names and types of attachments are often wrong. A picture of a signature or a card of an address is none. */
function isDocument(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, BEGINS_WITHIN)).toString('latin1').replaceAll('\0', '');
  return start.slice(0, 1024).includes('%PDF-') || /<(?:[\w.-]+:)?ClinicalDocument[\s>]/.test(start);
}

/** What programs put beside a letter and nobody has to read: pictures that stand in its text, cards, invitations, signatures. */
const BESIDE = /^(?:text\/(?:vcard|x-vcard|calendar)|application\/(?:ics|pgp-signature|(?:x-)?pkcs7-signature))/i;
const PICTURE = /^(?:\x89PNG|GIF8|\xff\xd8\xff)/;
/** A logo; a page that somebody photographed has more bytes. Ours. */
const LOGO_WITHIN = 32 * 1024;
function isBeside({ mimeType, disposition, related }: Attachment, bytes: Uint8Array): boolean {
  const isPicture = PICTURE.test(Buffer.from(bytes.subarray(0, 8)).toString('latin1'));
  return BESIDE.test(mimeType) || (isPicture && (related === true || disposition === 'inline' || bytes.length <= LOGO_WITHIN));
}

type Unpacked = {
  mail: Omit<UnpackedMail, 'kind' | 'documents'>;
  documents: Uint8Array<ArrayBuffer>[];
  /** It holds something else that somebody may have to read: a Word file, a picture of a page. */
  holdsMore: boolean;
};

async function documentsIn(bytes: Uint8Array, depth: number): Promise<Unpacked> {
  const { attachments, from, subject, text } = await PostalMime.parse(bytes, { maxNestingDepth: 10, maxHeadersSize: HEADERS_WITHIN });
  const documents: Uint8Array<ArrayBuffer>[] = [];
  let holdsMore = false;
  for (const attachment of attachments) {
    const attached = bytesOf(attachment);
    if (isDocument(attached)) documents.push(attached);
    else if (depth < DEEPEST && mailHeaders(attached) !== undefined && isMail(mailHeaders(attached) ?? '')) {
      const inner = await documentsIn(attached, depth + 1);
      documents.push(...inner.documents);
      holdsMore ||= inner.holdsMore;
    } else holdsMore ||= !isBeside(attachment, attached);
  }
  const sender = [from?.name, from?.address].filter(Boolean).join(' ');
  return {
    mail: {
      from: sender.slice(0, LIMITS.mailLine),
      subject: (subject ?? '').slice(0, LIMITS.mailLine),
      text: (text ?? '').trim().slice(0, LIMITS.mailText),
    },
    documents,
    holdsMore,
  };
}

/** Undefined where it is no mail, one with no document attached, or one that holds something else as well: that stands whole before a person. */
export async function readMail(bytes: Uint8Array): Promise<UnpackedMail | ReadDocument | undefined> {
  const headers = mailHeaders(bytes);
  if (headers === undefined || !isMail(headers)) return undefined;
  const { mail, documents, holdsMore } = await documentsIn(bytes, 1);
  if (documents.length === 0 || holdsMore) return undefined;
  return documents.length > LIMITS.attached ? unreadable('too-large') : { kind: 'mail', ...mail, documents };
}
