/**
 * Looks for planted values in any amount of text, one pass a reading: as it stands, with escapes of JSON and of addresses undone, and
 * in what is base64 or hexadecimal of a text. Case, accents and whatever stands between words make no difference. Pure.
 */
import type { Kind, Planted } from './kinds.ts';

export type Scanner = (text: string) => Kind[];

const WORD = /[\p{L}\p{N}]+/gu;
const ID = /[A-Za-z0-9][A-Za-z0-9\-.]*/g;
const REFERENCE = /\bPatient\/([A-Za-z0-9\-.]+)/g;
const BASE64 = /[A-Za-z0-9+/_-]{12,}/g;
const HEX = /(?:[0-9a-f]{2}){6,}/gi;

const folded = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
/** The T of ISO 8601 ends a day. */
const wordsOf = (text: string): string[] => folded(text.replaceAll(/(\d)T(?=\d\d)/g, '$1 ')).match(WORD) ?? [];

/** One level of the escapes of JSON and of addresses. */
const unescaped = (text: string): string =>
  text
    .replaceAll(/\\(?:u([0-9a-f]{4})|(["\\/])|[nrtbf])/gi, (_whole, unit?: string, itself?: string) =>
      unit === undefined ? (itself ?? ' ') : String.fromCharCode(Number.parseInt(unit, 16)),
    )
    .replaceAll(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));

/** Logs hold JSON within JSON, and addresses within addresses. */
const LEVELS = 3;

const withoutMarkup = (text: string): string => text.replaceAll(/<[^<>]{1,200}>|&#?\w{1,8};/g, ' ');

/** A text, not bytes that happen to be one. */
const isText = (text: string): boolean => text.length >= 6 && !/[\p{Cc}\p{Cn}\uFFFD]/u.test(text.replaceAll(/[\n\r\t]/g, ' '));

const decoded = (text: string): string =>
  [
    ...(text.match(BASE64) ?? []).map((run) => Buffer.from(run, 'base64url').toString('utf8')),
    ...(text.match(HEX) ?? []).map((run) => Buffer.from(run, 'hex').toString('utf8')),
  ]
    .filter(isText)
    .join('\n');

/** Each kind is told once, and never by its value. */
export function scannerFor(planted: readonly Planted[]): Scanner {
  const byFirstWord = new Map<string, { kind: Kind; words: string[] }[]>();
  const ids = new Map<string, Kind>();
  const references = new Map<string, Kind>();
  for (const { kind, value, as } of planted) {
    const words = wordsOf(value);
    const [first] = words;
    if (as === 'id') ids.set(value.toLowerCase(), kind);
    else if (as === 'reference') references.set(value.toLowerCase(), kind);
    else if (first !== undefined) byFirstWord.set(first, [...(byFirstWord.get(first) ?? []), { kind, words }]);
  }

  /** An id, or one made of it: `chest-pain`, `chest-pain-referral`. */
  const isKnown = (id: string): boolean => {
    const parts = id.split('-');
    return parts.some((_part, index) => ids.has(parts.slice(0, index + 1).join('-')));
  };

  function scan(text: string, found: Set<Kind>): void {
    for (const [id] of text.matchAll(ID)) {
      const kind = ids.get(id.toLowerCase().replace(/[.-]+$/, ''));
      if (kind) found.add(kind);
    }
    // The id "chest-pain" does not say that somebody has a pain in the chest.
    const words = wordsOf(text.replaceAll(ID, (id) => (isKnown(id.toLowerCase()) ? ' ' : id)));
    for (const [at, word] of words.entries()) {
      for (const each of byFirstWord.get(word) ?? []) {
        if (each.words.every((one, offset) => one === words[at + offset])) found.add(each.kind);
      }
    }
    for (const [, id = ''] of text.matchAll(REFERENCE)) {
      const kind = references.get(id.toLowerCase());
      if (kind) found.add(kind);
    }
  }

  return (text) => {
    const found = new Set<Kind>();
    const readings = [text];
    for (let level = 0; level < LEVELS; level += 1) readings.push(unescaped(readings.at(-1) ?? ''));
    const plain = readings.at(-1) ?? '';
    for (const reading of new Set([...readings, withoutMarkup(plain), decoded(plain)])) scan(reading, found);
    return [...found];
  };
}
