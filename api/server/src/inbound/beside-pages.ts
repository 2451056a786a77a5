/**
 * What a PDF holds beside the text of its pages, and a reader shows: notes and stamps on them, fields of a form, bookmarks, what it is called, words
 * for who does not see its figures; and whether anything in it is read by nobody. Runs in the reading process alone.
 */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { type Beside, LIMITS } from './read-document.ts';

/** Of an annotation or a field, as pdf.js 6 tells of it (its `Annotation.data`). */
type Note = Readonly<Record<string, unknown>>;

const noteOf = (value: unknown): Note => (typeof value === 'object' && value !== null ? (value as Note) : {});

/** Every string within a value. */
const stringsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : value instanceof Map || Array.isArray(value)
      ? [...value.values()].flatMap(stringsIn)
      : typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
        ? Object.values(value).flatMap(stringsIn)
        : [];

/** What people wrote or read; the rest is names of fonts, numbers of objects and dates. */
const wordsOf = (note: Note): string[] =>
  [
    noteOf(note['contentsObj'])['str'],
    noteOf(note['titleObj'])['str'],
    noteOf(note['richText'])['str'],
    ...['textContent', 'fieldName', 'alternativeText', 'fieldValue', 'defaultFieldValue', 'options', 'exportValue', 'buttonValue'].map(
      (name) => note[name],
    ),
    // A field that stands on no page.
    ...['name', 'value', 'defaultValue', 'items', 'exportValues'].map((name) => note[name]),
    note['url'] ?? note['unsafeUrl'],
  ].flatMap(stringsIn);

/** ISO 32000-2, table 171: those that bear a file, a film, a sound or a model. */
const BEARS_A_FILE: ReadonlySet<unknown> = new Set(['FileAttachment', 'RichMedia', 'Screen', 'Sound', 'Movie', '3D']);

/** Those that draw a mark, or nothing but the words that are told of them. What else has an appearance of its own (a stamp, ink) may draw any. */
const DRAWS_NO_MORE: ReadonlySet<unknown> = new Set([
  'Link',
  'Text',
  'FreeText',
  'Popup',
  'Line',
  'Square',
  'Circle',
  'Polygon',
  'PolyLine',
  'Highlight',
  'Underline',
  'Squiggly',
  'StrikeOut',
  'Caret',
]);

const drawsMore = (note: Note): boolean =>
  note['hasAppearance'] === true &&
  (note['subtype'] === 'Widget' ? note['fieldType'] === 'Sig' || note['pushButton'] === true : !DRAWS_NO_MORE.has(note['subtype']));

/**
 * pdf.js tells of those that stand in the list of embedded files or on a page, and not of those that hang on anything else (associated files,
 * ISO 32000-2, 14.13). Their bytes are a stream of the file itself, which says what it is.
 */
function hasFileWithin(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = '/EmbeddedFile';
  for (let at = file.indexOf(name); at >= 0; at = file.indexOf(name, at + 1)) if (file[at + name.length] !== 0x73) return true;
  return false;
}

type Read = { words: string[]; drawn: boolean; closed: boolean };

const titlesIn = (outline: Awaited<ReturnType<PDFDocumentProxy['getOutline']>> | null): string[] =>
  (outline ?? []).flatMap(({ title, items }) => [title, ...titlesIn(items)]);

type Figure = { alt?: unknown; children?: unknown };
const figuresIn = (node: Figure | null): unknown[] =>
  node ? [node.alt, ...(Array.isArray(node.children) ? (node.children as Figure[]).flatMap(figuresIn) : [])] : [];

async function readAll(pdf: PDFDocumentProxy, pages: number): Promise<Read> {
  const { info, metadata } = await pdf.getMetadata();
  const told = noteOf(info);
  const read: Read = {
    words: [
      ...['Title', 'Subject', 'Keywords', 'Author'].map((name) => told[name]),
      ...['dc:title', 'dc:description', 'dc:subject', 'dc:creator', 'pdf:keywords'].map((name) => metadata?.get(name)),
    ].flatMap(stringsIn),
    drawn: false,
    // A form of XFA says in XML what no page says (ISO 32000-2, annex K); a collection is a folder of files (12.3.5).
    closed: told['IsXFAPresent'] === true || told['IsCollectionPresent'] === true || (await pdf.getAttachments()) !== null,
  };
  read.words.push(...titlesIn(await pdf.getOutline()));
  let notes = 0;
  const add = (all: readonly unknown[]): void => {
    notes += all.length;
    for (const one of all) {
      const note = noteOf(one);
      read.words.push(...wordsOf(note));
      read.drawn ||= drawsMore(note);
      read.closed ||= BEARS_A_FILE.has(note['subtype']);
    }
  };
  for (let number = 1; number <= pages && notes <= LIMITS.notes; number += 1) {
    const page = await pdf.getPage(number);
    // Also those that are hidden, or shown in print alone.
    add(await page.getAnnotations({ intent: 'any' }));
    read.words.push(...figuresIn((await page.getStructTree()) as Figure | null).flatMap(stringsIn));
    page.cleanup();
  }
  for (const fields of notes <= LIMITS.notes ? ((await pdf.getFieldObjects())?.values() ?? []) : []) add(fields);
  return { ...read, closed: read.closed || notes > LIMITS.notes };
}

/** @param pages how many of them are read */
export async function besidePages(pdf: PDFDocumentProxy, bytes: Uint8Array, pages: number): Promise<Beside> {
  try {
    const { words, drawn, closed } = await readAll(pdf, pages);
    const all = words.filter((each) => each.trim() !== '').join('\n');
    return all.length > LIMITS.text ? NOT_READ : { words: all, drawn, closed: closed || hasFileWithin(bytes) };
  } catch {
    return NOT_READ;
  }
}

const NOT_READ: Beside = { words: '', drawn: false, closed: true };
