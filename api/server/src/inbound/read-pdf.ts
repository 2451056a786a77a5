/** A PDF with a text layer, page by page, by pdf.js. It runs where it may fail: within the reading process, under its limits. */
import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { besidePages } from './beside-pages.ts';
import { natureOf } from './document-nature.ts';
import { findingsOfPages } from './key-findings.ts';
import { namesSeveral } from './patients-named.ts';
import { type DocumentPart, LIMITS, type ReadAsked, type ReadDocument, unreadable } from './read-document.ts';
import { headerIn } from './text-header.ts';

type Piece = { text: string; x: number; y: number; width: number; height: number };

/** Pieces at much the same height are one line; a gap wider than two letters shows another column. */
function linesOf(pieces: readonly Piece[]): string {
  const lines: Piece[][] = [];
  for (const piece of [...pieces].sort((left, right) => right.y - left.y)) {
    const line = lines.at(-1);
    const first = line?.[0];
    if (line && first && first.y - piece.y <= Math.max(2, first.height / 3)) line.push(piece);
    else lines.push([piece]);
  }
  return lines
    .map((line) => {
      let end = 0;
      return line
        .sort((left, right) => left.x - right.x)
        .map(({ text, x, width, height }, at) => {
          const gap = at === 0 ? 0 : x - end;
          end = x + width;
          return `${gap > height ? '  ' : gap > height / 6 ? ' ' : ''}${text}`;
        })
        .join('')
        .trimEnd();
    })
    .join('\n');
}

async function pageText(pdf: PDFDocumentProxy, number: number): Promise<string> {
  const page = await pdf.getPage(number);
  const { items } = await page.getTextContent();
  const pieces: Piece[] = [];
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue;
    const [, , , , x, y] = item.transform as number[];
    pieces.push({ text: item.str, x: x ?? 0, y: y ?? 0, width: item.width, height: item.height || 10 });
  }
  page.cleanup();
  return pieces.length > MOST_PIECES ? '' : linesOf(pieces);
}

/** A page of print has some thousands; beyond that it is no page that a person reads. */
const MOST_PIECES = 20_000;

/** Of the errors of pdf.js one is told by its name: the file wants a password. */
const whyNot = (error: unknown): ReadDocument =>
  unreadable(error instanceof Error && error.name === 'PasswordException' ? 'password' : 'broken');

export async function readPdf(bytes: Uint8Array, asked: ReadAsked = {}): Promise<ReadDocument> {
  const loading = getDocument({
    data: new Uint8Array(bytes),
    verbosity: 0,
    enableXfa: false,
    disableFontFace: true,
    useSystemFonts: false,
  });
  try {
    const pdf = await loading.promise;
    const parts: DocumentPart[] = [];
    let characters = 0;
    const pages = Math.min(pdf.numPages, LIMITS.pages);
    for (let number = 1; number <= pages && characters <= LIMITS.text; number += 1) {
      const text = await pageText(pdf, number);
      characters += text.length;
      parts.push({ title: `Page ${number}`, text });
    }
    if (characters > LIMITS.text) return unreadable('too-large');
    const beside = asked.beside ? { beside: await besidePages(pdf, bytes, pages) } : {};
    if (parts.every(({ text }) => text.trim() === '')) return { ...unreadable('picture'), ...beside };
    const whole = parts.map(({ text }) => text).join('\n');
    const [first = ''] = parts[0]?.text.split('\n') ?? [];
    const extracts = findingsOfPages(parts);
    return {
      kind: 'read',
      format: 'pdf',
      title: first.trim().slice(0, 120),
      header: headerIn(whole),
      parts,
      extracts,
      nature: natureOf(parts, extracts),
      several: namesSeveral(parts),
      cut: pdf.numPages > pages,
      ...beside,
    };
  } catch (error) {
    return whyNot(error);
  } finally {
    await loading.destroy();
  }
}
