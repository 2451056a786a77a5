/** Reads a file by what it is, not by what it is said to be. Called in the reading process alone. */
import { natureOf } from './document-nature.ts';
import { findingsOfPages } from './key-findings.ts';
import { namesSeveral } from './patients-named.ts';
import { readCcda } from './read-ccda.ts';
import { LIMITS, type ReadAsked, type ReadDocument, unreadable } from './read-document.ts';
import type { ReadFile } from './read-file.ts';
import { readMail } from './read-mail.ts';
import { readPdf } from './read-pdf.ts';
import { readReturnedMail } from './read-returned-mail.ts';
import { headerIn } from './text-header.ts';

/** Readers of PDF look for its beginning this far: some mail systems put lines of their own before it. */
const PDF_WITHIN = 1024;

const startOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, PDF_WITHIN)).toString('latin1');

const looksLikeXml = (bytes: Uint8Array): boolean => /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*</.test(startOf(bytes));

/** A text holds letters, tabs and ends of lines and pages; anything else is a file of another kind. */
function holdsControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && !(code >= 0x09 && code <= 0x0d)) return true;
  }
  return false;
}

function readText(bytes: Uint8Array): ReadDocument {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    return unreadable('other-kind');
  }
  if (text.trim() === '' || holdsControls(text)) return unreadable('other-kind');
  if (text.length > LIMITS.text) return unreadable('too-large');
  const parts = [{ title: 'Text', text }];
  const title = text.trim().split('\n', 1)[0]?.slice(0, 120) ?? '';
  const extracts = findingsOfPages(parts);
  return {
    kind: 'read',
    format: 'text',
    title,
    header: headerIn(text),
    parts,
    extracts,
    nature: natureOf(parts, extracts),
    several: namesSeveral(parts),
    cut: false,
  };
}

export async function readBytes(bytes: Uint8Array, asked: ReadAsked = {}, wrapped = false): Promise<ReadDocument> {
  if (bytes.byteLength > LIMITS.bytes) return unreadable('too-large');
  if (startOf(bytes).includes('%PDF-')) return readPdf(bytes, asked);
  if (looksLikeXml(bytes)) {
    if (wrapped) return unreadable('other-kind');
    return readCcda(bytes, (inner) => readBytes(inner.bytes, {}, true));
  }
  return readText(bytes);
}

/** Whatever a gateway may hand over: a document, a mail of ours that came back, or a mail with documents attached. */
export async function readFile(bytes: Uint8Array, asked: ReadAsked = {}): Promise<ReadFile> {
  if (bytes.byteLength > LIMITS.bytes) return unreadable('too-large');
  return (await readReturnedMail(bytes)) ?? (await readMail(bytes)) ?? readBytes(bytes, asked);
}
