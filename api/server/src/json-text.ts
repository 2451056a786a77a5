/** JSON as it comes from outside: looked through before it is parsed, so that a hostile text costs one pass over its bytes. */

export type JsonText = { ok: true; value: unknown } | { ok: false; why: 'not-utf-8' | 'not-json' | 'too-deep' | 'nul' };

/** No FHIR resource of the field comes near it; what walks a value by recursion is safe far beyond it. */
export const DEEPEST = 64;

const [QUOTE, BACKSLASH, U] = [0x22, 0x5c, 0x75];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The code unit of an escape `\uXXXX` at this place; -1 where there is none. */
function escapeAt(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== BACKSLASH || bytes[at + 1] !== U) return -1;
  let unit = 0;
  for (let digit = at + 2; digit < at + 6; digit += 1) {
    const byte = bytes[digit] ?? 0;
    const value = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66 ? (byte | 0x20) - 0x57 : -1;
    if (value < 0) return -1;
    unit = unit * 16 + value;
  }
  return unit;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * Reads past an escape inside a string. Half of a surrogate pair, which EHRs leave where they cut a text to length, becomes U+FFFD in
 * place, as a decoder does with half a character: it can be stored, hashed and sent on, and the rest of the chart is of use.
 * @returns where to go on, or undefined at U+0000, which PostgreSQL and FHIR take in no text
 */
function pastEscape(bytes: Uint8Array, at: number): number | undefined {
  const unit = escapeAt(bytes, at);
  if (unit === 0) return undefined;
  if (isHigh(unit) && isLow(escapeAt(bytes, at + 6))) return at + 12;
  if (isHigh(unit) || isLow(unit)) bytes.set([0x66, 0x66, 0x66, 0x64], at + 2);
  return unit === -1 ? at + 2 : at + 6;
}

/** @param bytes may be changed in place */
export function parseJsonText(bytes: Uint8Array): JsonText {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) {
        const next = pastEscape(bytes, at);
        if (next === undefined) return { ok: false, why: 'nul' };
        at = next;
        continue;
      }
      if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      depth += 1;
      if (depth > DEEPEST) return { ok: false, why: 'too-deep' };
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
    at += 1;
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, why: 'not-utf-8' };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, why: 'not-json' };
  }
}
