/**
 * The embedded typeface. The fonts every PDF reader has hold no "≥" and no Vietnamese letters, and turn them into other
 * characters without saying so; DejaVu Sans has them, and what it has not is shown as missing.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = (name: string): Buffer => readFileSync(fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)));

export type Typeface = { regular: Buffer; bold: Buffer };

let held: Typeface | undefined;

/** Read once; the files are part of the installation. */
export function typeface(): Typeface {
  held ??= { regular: file('DejaVuSans'), bold: file('DejaVuSans-Bold') };
  return held;
}

/** Stands for a character the typeface has no form for. */
export const MISSING = '\uFFFD';

/**
 * The text with letters composed (`e` and an acute accent become `é`), control characters as spaces, and every character
 * without a printed form as `MISSING`.
 */
export function printable(words: string, hasGlyph: (codePoint: number) => boolean): string {
  const composed = words.normalize('NFC').replaceAll(/\r\n?/g, '\n');
  return Array.from(composed, (character) => {
    if (character === '\n') return character;
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(character)) return ' ';
    // Joiners and direction marks print nothing.
    if (/\p{Cf}/u.test(character)) return '';
    return hasGlyph(character.codePointAt(0) ?? 0) ? character : MISSING;
  }).join('');
}
