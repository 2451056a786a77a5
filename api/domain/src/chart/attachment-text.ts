/** Words of an inline attachment. Domain has no platform decoder, so base64 and UTF-8 are read here. */
import { type Json, text } from '../fhir/read.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LARGEST_BASE64 = 400_000;

function bytesOfBase64(encoded: string): number[] | undefined {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const character of encoded.replace(/[\s=]+/g, '')) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) return undefined;
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return bytes;
}

/** Malformed sequences become U+FFFD, as the Unicode standard advises. */
function textOfUtf8(bytes: readonly number[]): string {
  let words = '';
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first >> 5 === 0b110 ? 2 : first >> 4 === 0b1110 ? 3 : first >> 3 === 0b11110 ? 4 : 0;
    const rest = bytes.slice(at + 1, at + length);
    if (length === 0 || rest.length !== length - 1 || rest.some((byte) => byte >> 6 !== 0b10)) {
      words += '\uFFFD';
      at += 1;
      continue;
    }
    const lead = length === 1 ? first : first & (0xff >> (length + 1));
    const point = rest.reduce((value, byte) => value * 64 + (byte & 0x3f), lead);
    words += point <= 0x10ffff ? String.fromCodePoint(point) : '\uFFFD';
    at += length;
  }
  return words;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', '#39': "'", '#160': ' ' };

/**
 * Text without its tags. A tag ends at the next `<` at the latest: looking further would take time by the square of the
 * length, and one document of a chart could hold up everybody.
 */
export const withoutTags = (html: string): string => html.replace(/<[^<>]*>/g, ' ');

/** Without scripts and styles; what is opened and never closed takes the rest along, as in a browser. */
function withoutScripts(html: string): string {
  const opening = /<(?:script|style)\b/gi;
  const closing = /<\/(?:script|style)\s*>/gi;
  let words = '';
  for (let at = 0; ; ) {
    opening.lastIndex = at;
    const open = opening.exec(html);
    if (!open) return words + html.slice(at);
    words += `${html.slice(at, open.index)} `;
    closing.lastIndex = open.index;
    if (!closing.exec(html)) return words;
    at = closing.lastIndex;
  }
}

/** Words of HTML or XHTML; block ends become full stops of their own line so that sentences do not run together. */
const textOfHtml = (html: string): string =>
  withoutTags(withoutScripts(html).replace(/<(?:br|\/p|\/div|\/li|\/h[1-6]|\/tr)\b[^<>]*>/gi, '\n')).replace(
    /&([a-z]+|#\d+);/gi,
    (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole,
  );

/**
 * The words of an Attachment with inline data of type text or HTML; undefined when there is nothing readable (a link, a
 * PDF, broken base64, or more than 300 kB).
 */
export function attachmentText(attachment: Json): string | undefined {
  const contentType = text(attachment['contentType']).toLowerCase().split(';')[0] ?? '';
  if (!contentType.startsWith('text/') && contentType !== 'application/xhtml+xml') return undefined;
  const data = attachment['data'];
  if (typeof data !== 'string' || data.length > LARGEST_BASE64) return undefined;
  const bytes = bytesOfBase64(data);
  if (bytes === undefined) return undefined;
  const words = textOfUtf8(bytes);
  return contentType === 'text/plain' || contentType === 'text/markdown' ? words : textOfHtml(words);
}

/** Sentences and list lines of a note, in order, without bullets; a line break ends a sentence. */
export function sentencesOf(words: string): string[] {
  return words
    .split(/\r?\n/)
    .flatMap((line) => line.split(/(?<=[.!?])\s+(?=[A-Z0-9“"(])/))
    .map((sentence) =>
      sentence
        .replace(/^[\s\-*•·#>]+/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((sentence) => sentence.length > 2);
}
