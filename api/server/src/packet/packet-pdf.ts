/**
 * The packet as a PDF: tagged (structure tree, language, title; PDF/UA is not claimed, since nothing here
 * can check it), with embedded fonts and selectable text, flowing
 * over as many pages as the note takes. The same packet gives the same bytes: no clock, no random names.
 */

import { citationText, SECTION_HEADINGS } from '@refloop/domain/drafting/note-review';
import { visitsWords } from '@refloop/domain/drafting/referral-kind';
import { plainUtc } from '@refloop/domain/matching/plain-words';
import { PACKET_SECTIONS } from '@refloop/domain/packet/contents';
import { toothWords } from '@refloop/domain/packet/tooth';
import Pdf from 'pdfkit';
import { qrPath } from '../client/qr-path.ts';
import { type OpenImage, openImage } from './image-page.ts';
import { type ChartPart, type Packet, WITHHELD_WORDS } from './packet.ts';
import { captionWords, type FileBytes, fileWords, itemWords, notEnclosedWords, SECTION_WORDS } from './packet-words.ts';
import { MISSING, printable, withTypeface } from './typeface.ts';

type Document = PDFKit.PDFDocument;
type Element = PDFKit.PDFStructureElement;

// Points, 72 to the inch; US letter.
const PAGE = { width: 612, height: 792, side: 54, top: 54, bottom: 64 } as const;
const LABEL_WIDTH = 104;
const TEXT_WIDTH = PAGE.width - 2 * PAGE.side;
/** An inch and a half: by the coarsest lines of a fax, 98 to the inch, more than two of them a module. */
const CODE_WIDTH = 108;
const CODE_ROOM = 10;
const SIZE = { title: 16, heading: 11.5, body: 9.5, small: 8 } as const;
const INK = '#1a1a1a';
const QUIET = '#4a4a4a';

const BESIDE = 'a file of its own beside these pages';
const AT_THE_LINK = 'not among these pages; it can be read and kept at the address on the first page';

type Sheet = { doc: Document; body: Element; print: (words: string) => string /** Of the practice, for headings. */; accent: string };

const bottom = PAGE.height - PAGE.bottom;

/** Starts a page where less than this many points are left, so that no heading stands alone at a page's end. */
function room({ doc }: Sheet, points: number): void {
  if (doc.y + points > bottom) doc.addPage();
}

function block(sheet: Sheet, parent: Element, tag: string, write: () => void): void {
  parent.add(sheet.doc.struct(tag, {}, write));
}

function heading(sheet: Sheet, words: string): Element {
  const { doc, body } = sheet;
  room(sheet, 48);
  doc.y += 10;
  const section = doc.struct('Sect');
  body.add(section);
  block(sheet, section, 'H2', () =>
    doc.font('bold').fontSize(SIZE.heading).fillColor(sheet.accent).text(sheet.print(words), PAGE.side, doc.y),
  );
  doc.y += 3;
  return section;
}

function paragraph(sheet: Sheet, parent: Element, words: string, options: { tag?: string; indent?: number } = {}): void {
  const { doc } = sheet;
  const indent = options.indent ?? 0;
  room(sheet, 14);
  block(sheet, parent, options.tag ?? 'P', () =>
    doc
      .font('regular')
      .fontSize(SIZE.body)
      .fillColor(INK)
      .text(sheet.print(words), PAGE.side + indent, doc.y, { width: TEXT_WIDTH - indent, lineGap: 1.5 }),
  );
  doc.y += 3;
}

/** A label and its value side by side; the value may run over several lines and pages. */
function fact(sheet: Sheet, parent: Element, label: string, value: string): void {
  const { doc } = sheet;
  room(sheet, 14);
  const top = doc.y;
  parent.add(
    doc.struct('P', {}, [
      () => {
        doc
          .font('regular')
          .fontSize(SIZE.body)
          .fillColor(QUIET)
          .text(`${label}: `, PAGE.side, top, { width: LABEL_WIDTH, lineBreak: false });
      },
      () => {
        doc
          .font('regular')
          .fillColor(INK)
          .text(sheet.print(value), PAGE.side + LABEL_WIDTH, top, { width: TEXT_WIDTH - LABEL_WIDTH, lineGap: 1.5 });
      },
    ]),
  );
  doc.y += 1.5;
}

function items(sheet: Sheet, parent: Element, lines: readonly { label: string; words: string }[]): void {
  const { doc } = sheet;
  const list = doc.struct('L');
  parent.add(list);
  for (const { label, words } of lines) {
    room(sheet, 14);
    const top = doc.y;
    const item = doc.struct('LI');
    list.add(item);
    block(sheet, item, 'Lbl', () =>
      doc.font('regular').fontSize(SIZE.body).fillColor(INK).text(`${label} `, PAGE.side, top, { width: 26, lineBreak: false }),
    );
    block(sheet, item, 'LBody', () => doc.text(sheet.print(words), PAGE.side + 26, top, { width: TEXT_WIDTH - 26, lineGap: 1.5 }));
    doc.y += 2;
  }
}

/** Above everything, where the practice has said how it shows itself: who sends it, where to call, and a line in its colour. */
function letterhead(sheet: Sheet, { letterhead: own }: Packet): void {
  if (!own) return;
  const { doc, body, accent } = sheet;
  const words = [own.name, own.phone === '' ? '' : `Call ${own.phone}`].filter(Boolean).join('  ·  ');
  block(sheet, body, 'P', () => doc.font('bold').fontSize(SIZE.heading).fillColor(accent).text(sheet.print(words), PAGE.side, doc.y));
  const line = doc.y + 3;
  doc.markContent('Artifact', { type: 'Layout' });
  doc
    .moveTo(PAGE.side, line)
    .lineTo(PAGE.width - PAGE.side, line)
    .lineWidth(1.5)
    .stroke(accent);
  doc.endMarkedContent();
  doc.y = line + 10;
}

function head(sheet: Sheet, packet: Packet): void {
  const { doc, body } = sheet;
  letterhead(sheet, packet);
  block(sheet, body, 'H1', () => doc.font('bold').fontSize(SIZE.title).fillColor(INK).text(sheet.print(packet.title), PAGE.side, doc.y));
  doc.y += 2;
  paragraph(sheet, body, `Referral ${packet.referralId}, approved ${plainUtc(packet.approvedAt)}`);
  if (packet.synthetic) paragraph(sheet, body, 'Synthetic: the patient, the directory or both are made up. Not for care.');
}

/** Beside the code the address itself, for whoever has no camera at the desk. */
function answerHere(sheet: Sheet, link: string): void {
  const { doc } = sheet;
  const { path, size } = qrPath(link);
  const parent = heading(sheet, 'Answer here: accept, decline, ask, offer dates, send the note');
  const top = doc.y;
  const draw = (): void => {
    doc
      .save()
      .translate(PAGE.side, top)
      .scale(CODE_WIDTH / size);
    doc.path(path).fill(INK);
    doc.restore();
  };
  parent.add(doc.struct('Figure', { alt: 'A code with the address that stands beside it' }, draw));
  const width = TEXT_WIDTH - CODE_WIDTH - CODE_ROOM;
  const beside = (words: string, font: 'regular' | 'bold'): void =>
    block(sheet, parent, 'P', () =>
      doc
        .font(font)
        .fontSize(SIZE.body)
        .fillColor(INK)
        .text(sheet.print(words), PAGE.side + CODE_WIDTH + CODE_ROOM, doc.y, { width, lineGap: 1.5 }),
    );
  doc.y = top + CODE_ROOM;
  beside('No account is needed. Scan the code, or go to this address, and give the NPI of the specialist who was asked:', 'regular');
  doc.y += 4;
  beside(link, 'bold');
  doc.y = Math.max(doc.y, top + CODE_WIDTH);
}

function parties(sheet: Sheet, { patient, referring, specialist }: Packet): void {
  const about = heading(sheet, 'Patient');
  fact(sheet, about, 'Name', patient.name);
  fact(sheet, about, 'Born', patient.born);
  fact(sheet, about, 'Sex', patient.sex);
  fact(sheet, about, 'Record number', patient.recordNumber);
  fact(sheet, about, 'Phone', patient.phone);
  fact(sheet, about, 'Address', patient.address);
  fact(sheet, about, 'Language', patient.language);
  const from = heading(sheet, 'Referred by');
  fact(sheet, from, 'Clinician', referring.clinician);
  fact(sheet, from, 'Practice', referring.practice);
  const to = heading(sheet, 'Referred to');
  fact(sheet, to, 'Specialist', specialist.name);
  fact(sheet, to, 'Specialty', specialist.specialty);
  fact(sheet, to, 'Practice', specialist.organization);
  fact(sheet, to, 'Address', specialist.address);
  fact(sheet, to, 'NPI', specialist.npi);
  fact(sheet, to, 'Phone', specialist.phone);
  fact(sheet, to, 'Fax', specialist.fax);
  fact(sheet, to, 'Network', specialist.network);
}

function asked(sheet: Sheet, { request, chart }: Packet): void {
  const section = heading(sheet, 'Asked for');
  fact(sheet, section, 'Kind', `${request.kind}, ${visitsWords(request.visits)}`);
  fact(sheet, section, 'Urgency', request.urgency);
  fact(sheet, section, 'Reason', request.reason);
  for (const code of request.codes) fact(sheet, section, 'Diagnosis', code);
  fact(sheet, section, 'Question', request.question);
  if (chart && chart.teeth.length > 0) fact(sheet, section, 'Teeth', chart.teeth.map(toothWords).join(', '));
  fact(sheet, section, 'Coverage', request.coverage);
  if (!chart) return;
  fact(sheet, section, 'Authorization', chart.authorization);
  if (chart.callback !== '') fact(sheet, section, 'Call back', chart.callback);
  if (chart.answerWithin) fact(sheet, section, 'Answer', `Please answer within ${chart.answerWithin}.`);
}

/** Of the chart as it was on the day of sending, and what is not in it. */
function chartPart(sheet: Sheet, chart: ChartPart, beside: string): void {
  for (const name of PACKET_SECTIONS) {
    const own = chart.items.filter(({ section }) => section === name);
    if (own.length === 0) continue;
    const parent = heading(sheet, `Chart: ${SECTION_WORDS[name].toLowerCase()}`);
    items(
      sheet,
      parent,
      own.map((each) => ({ label: '•', words: itemWords(each) })),
    );
  }
  const { enclosed, notEnclosed } = chart.files ?? { enclosed: [], notEnclosed: [] };
  if (enclosed.length > 0)
    items(
      sheet,
      heading(sheet, 'Enclosed images and documents'),
      enclosed.map((file) => ({
        label: '•',
        words: `${fileWords(file)}: ${file.page === null ? beside : 'a page of its own, at the end'}.`,
      })),
    );
  if (chart.lacking.length === 0 && notEnclosed.length === 0 && !chart.withheld) return;
  const parent = heading(sheet, 'Not in this packet');
  for (const label of chart.lacking) paragraph(sheet, parent, `${label}: not included.`);
  for (const file of notEnclosed) paragraph(sheet, parent, notEnclosedWords(file));
  if (chart.withheld) paragraph(sheet, parent, WITHHELD_WORDS);
}

/** Each image on a page of its own, as large as fits and no larger than it is at 72 dots an inch; a reader who does not see it hears what it is. */
function imagePages(sheet: Sheet, { files }: ChartPart, images: OpenImages): void {
  const { doc, print } = sheet;
  const shown = (files?.enclosed ?? []).filter(({ page }) => page !== null);
  for (const [index, file] of shown.entries()) {
    const { page, sha256 } = file;
    const image = images.get(sha256);
    if (page === null || !image) continue;
    doc.addPage();
    const parent = heading(sheet, `Image ${index + 1} of ${shown.length}: ${captionWords(file)}`);
    const top = doc.y + 4;
    const [width, height] = [TEXT_WIDTH, Math.max(72, bottom - top - 8)];
    const draw = (): void => {
      doc.image(image, PAGE.side, top, { fit: [Math.min(width, page.width), Math.min(height, page.height)] });
    };
    parent.add(doc.struct('Figure', { alt: print(`${captionWords(file)}: an image of the chart, as it is kept there`) }, draw));
    doc.y = bottom;
  }
}

function note(sheet: Sheet, { note: { sections, sources } }: Packet): void {
  for (const { section, listed, lines } of sections) {
    const parent = heading(sheet, `Note: ${SECTION_HEADINGS[section].toLowerCase()}`);
    const words = lines.map((line) => `${line.text}${citationText(line)}`);
    if (listed)
      items(
        sheet,
        parent,
        words.map((line) => ({ label: '•', words: line })),
      );
    else paragraph(sheet, parent, words.join(' '));
  }
  if (sources.length === 0) return;
  const parent = heading(sheet, 'Sources in the chart');
  items(
    sheet,
    parent,
    sources.map(({ number, title, date, reference }) => ({
      label: `[${number}]`,
      words: [title, date, reference].filter(Boolean).join(' · '),
    })),
  );
}

/** Whose page it is, on every page: loose sheets come out of a fax in any order. Decoration to a screen reader. */
function margins(doc: Document, packet: Packet, print: (words: string) => string): void {
  const { start, count } = doc.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    doc.switchToPage(start + index);
    // Text below the bottom margin would open another page.
    doc.page.margins.bottom = 0;
    doc.markContent('Artifact', { type: 'Pagination' });
    doc.font('regular').fontSize(SIZE.small).fillColor(QUIET);
    const foot = PAGE.height - 44;
    const who = print(`${packet.patient.name} · born ${packet.patient.born}`);
    doc.text(who, PAGE.side, foot, { width: TEXT_WIDTH - 90, height: 22, ellipsis: true });
    doc.text(`Page ${index + 1} of ${count}`, PAGE.width - PAGE.side - 80, foot, { width: 80, align: 'right', lineBreak: false });
    if (packet.synthetic) doc.font('bold').text('SYNTHETIC DATA', PAGE.side, 30, { width: TEXT_WIDTH, align: 'right', lineBreak: false });
    doc.endMarkedContent();
  }
}

type OpenImages = ReadonlyMap<string, OpenImage>;

/** By SHA-256, those of which the writer makes a page. */
function openImages(doc: Document, { files }: ChartPart, bytes: FileBytes): OpenImages {
  const images = new Map<string, OpenImage>();
  for (const { page, sha256 } of files?.enclosed ?? []) {
    const file = bytes.get(sha256);
    const image = page !== null && file && !images.has(sha256) ? openImage(doc, file, page) : undefined;
    if (image) images.set(sha256, image);
  }
  return images;
}

/** What is no page after all goes as what has none: packets of before the writer was asked may hold an image that it throws at. */
function withPagesThatOpen(chart: ChartPart, images: OpenImages, bytes: FileBytes): ChartPart {
  if (!chart.files) return chart;
  const isPage = ({ sha256 }: { sha256: string }): boolean => images.has(sha256) || !bytes.has(sha256);
  const enclosed = chart.files.enclosed.map((file) => (isPage(file) ? file : { ...file, page: null }));
  return { ...chart, files: { ...chart.files, enclosed } };
}

/**
 * @param link where the office answers without an account; printed, with its code, on a packet that goes on paper
 * @param files of the packet, by SHA-256: those that are images become pages
 * @returns the bytes of the PDF; the date in it is the approval's, or the day it was put together to be sent
 */
export async function packetPdf(packet: Packet, link?: string, files: FileBytes = new Map()): Promise<Uint8Array<ArrayBuffer>> {
  const doc = new Pdf({
    size: [PAGE.width, PAGE.height],
    margins: { left: PAGE.side, right: PAGE.side, top: PAGE.top, bottom: PAGE.bottom },
    bufferPages: true,
    pdfVersion: '1.7',
    tagged: true,
    lang: 'en-US',
    displayTitle: true,
    // Titles are shown in tabs and lists of files: no name in it.
    info: {
      Title: packet.title,
      Author: 'Refloop',
      Creator: 'Refloop',
      Producer: 'Refloop',
      CreationDate: new Date(packet.chart?.madeAt ?? packet.approvedAt),
    },
  });
  const chunks: Buffer[] = [];
  const written = new Promise<void>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', resolve);
    doc.on('error', reject);
  });
  const font = withTypeface(doc);
  let missing = false;
  const print = (words: string): string => {
    const shown = printable(words, (codePoint) => font.hasGlyphForCodePoint(codePoint));
    missing ||= shown.includes(MISSING);
    return shown;
  };
  const body = doc.struct('Document');
  doc.addStructure(body);
  const sheet: Sheet = { doc, body, print, accent: packet.letterhead?.accent ?? INK };
  head(sheet, packet);
  if (link !== undefined) answerHere(sheet, link);
  parties(sheet, packet);
  asked(sheet, packet);
  note(sheet, packet);
  const images = packet.chart ? openImages(doc, packet.chart, files) : new Map<string, OpenImage>();
  const chart = packet.chart && withPagesThatOpen(packet.chart, images, files);
  if (chart) chartPart(sheet, chart, link === undefined ? BESIDE : AT_THE_LINK);
  if (missing) paragraph(sheet, body, `Some characters have no printed form here and are shown as ${MISSING}. The chart has them.`);
  if (chart) imagePages(sheet, chart, images);
  body.end();
  margins(doc, packet, print);
  doc.end();
  await written;
  return new Uint8Array(Buffer.concat(chunks));
}
