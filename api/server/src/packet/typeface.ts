/**
 * The embedded typeface. The fonts every PDF reader has hold no "≥" and no Vietnamese letters, and turn them into other
 * characters without saying so; DejaVu Sans has them, and what it has not is shown as missing.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Pdf from 'pdfkit';

type Position = Readonly<Record<string, number>>;
type Glyph = { readonly advanceWidth: number; _decode: () => unknown };
type Run = { glyphs: readonly Glyph[]; positions: readonly Position[] };

/** A font that is open: what pdfkit takes in place of a file, though its types say nothing of it. */
type OpenFont = {
  hasGlyphForCodePoint(codePoint: number): boolean;
  layout(words: string, features?: unknown): Run & { readonly advanceWidth: number };
  getGlyph(id: number, characters?: readonly number[]): Glyph;
  _glyphs: object;
};
type WithFont = { _font: { font: OpenFont } };

export type Typeface = { regular: OpenFont; bold: OpenFont };

const WEIGHTS = { regular: 'DejaVuSans', bold: 'DejaVuSans-Bold' } as const;
/** Words whose forms and places are known, of each weight: those of some twenty packets, one by one, in this process alone. Beyond that all are forgotten. */
const MOST_WORDS = 8000;

/** pdfkit scales the positions it is given in place, and asks for their sum afterwards. */
const runOf = ({ glyphs, positions }: Run): Run & { readonly advanceWidth: number } => {
  const own = positions.map((position) => ({ ...position }));
  return {
    glyphs,
    positions: own,
    get advanceWidth() {
      return own.reduce((sum, { xAdvance = 0 }) => sum + xAdvance, 0);
    },
  };
};

/**
 * Opened once, and each word laid out once: reading its tables and laying words out costs more than all else of a packet. Nothing of one
 * document is in the next: a form that two characters share stands for the one that the words at hand have.
 */
function open(name: string): OpenFont {
  const bytes = readFileSync(fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)));
  const { font } = (new Pdf({ autoFirstPage: false }).font(bytes) as unknown as WithFont)['_font'];
  const getGlyph = font.getGlyph.bind(font);
  const widths = new Map<number, number>();
  font.getGlyph = (id, characters) => {
    // The font keeps a form with the characters it was first asked for by.
    font['_glyphs'] = {};
    const glyph = getGlyph(id, characters);
    const value = widths.get(id);
    if (value === undefined) widths.set(id, glyph.advanceWidth);
    else Object.defineProperty(glyph, 'advanceWidth', { value });
    return glyph;
  };
  const forms = new Map<number, Glyph>();
  /** As it is put into a document, with its outline. */
  const form = (id: number): Glyph => {
    const glyph = forms.get(id) ?? font.getGlyph(id);
    if (!forms.has(id)) {
      const outline = glyph['_decode']();
      forms.set(id, Object.assign(glyph, { _decode: () => outline }));
    }
    return glyph;
  };
  const known = new Map<string, Run>();
  return Object.assign(Object.create(font) as OpenFont, {
    getGlyph: form,
    layout: (words: string, features?: unknown) => {
      if (features !== undefined) return font.layout(words, features);
      let run = known.get(words);
      if (!run) {
        run = font.layout(words);
        if (known.size >= MOST_WORDS) known.clear();
        known.set(words, { glyphs: run.glyphs, positions: run.positions });
      }
      return runOf(run);
    },
  });
}

let held: Typeface | undefined;

/** The files are part of the installation. */
function typeface(): Typeface {
  held ??= { regular: open(WEIGHTS.regular), bold: open(WEIGHTS.bold) };
  return held;
}

/** Gives a document both weights, by the names `regular` and `bold`. @returns what prints words in them, and whether some had no form */
export function withTypeface(doc: PDFKit.PDFDocument): OpenFont {
  const { regular, bold } = typeface();
  const source = (font: OpenFont): Buffer => font as unknown as Buffer;
  doc.registerFont('regular', source(regular)).registerFont('bold', source(bold)).font('regular');
  return regular;
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
