/**
 * A report as a PDF: tagged (structure tree with tables and their header cells, language, title; PDF/UA is not claimed), with embedded fonts
 * and selectable text. The same report gives the same bytes.
 */
import Pdf from 'pdfkit';
import { MISSING, printable, withTypeface } from '../packet/typeface.ts';
import type { ReportDocument, ReportTable } from './document.ts';

type Element = PDFKit.PDFStructureElement;
type Sheet = { doc: PDFKit.PDFDocument; print: (words: string) => string };

// Points, 72 to the inch; US letter.
const PAGE = { width: 612, height: 792, side: 48, top: 50, bottom: 60 } as const;
const WIDTH = PAGE.width - 2 * PAGE.side;
const SIZE = { title: 16, heading: 12, body: 9, cell: 8, small: 8 } as const;
const [INK, QUIET, LINE] = ['#16202a', '#4a5763', '#dfe4e8'];
const CELL_GAP = 8;

function room({ doc }: Sheet, points: number): void {
  if (doc.y + points > PAGE.height - PAGE.bottom) doc.addPage();
}

function words(sheet: Sheet, parent: Element, tag: string, text: string, style: { bold?: boolean; size: number; colour: string }): void {
  const { doc } = sheet;
  room(sheet, style.size * 2);
  parent.add(
    doc.struct(tag, {}, () =>
      doc
        .font(style.bold === true ? 'bold' : 'regular')
        .fontSize(style.size)
        .fillColor(style.colour)
        .text(sheet.print(text), PAGE.side, doc.y, { width: WIDTH, lineGap: 1.5 }),
    ),
  );
  doc.y += 3;
}

/** The first column has twice the room of any other. */
const widthsOf = (columns: number): number[] => {
  const unit = WIDTH / (columns + 1);
  return Array.from({ length: columns }, (_, index) => (index === 0 ? 2 * unit : unit));
};

function line(sheet: Sheet, table: Element, cells: readonly string[], tag: 'TH' | 'TD'): void {
  const { doc } = sheet;
  const widths = widthsOf(cells.length);
  doc.font(tag === 'TH' ? 'bold' : 'regular').fontSize(SIZE.cell);
  const texts = cells.map((cell) => sheet.print(cell));
  const height = Math.max(...texts.map((text, index) => doc.heightOfString(text, { width: (widths[index] ?? 0) - CELL_GAP })));
  room(sheet, height + 8);
  const top = doc.y;
  const row = doc.struct('TR');
  table.add(row);
  texts.forEach((text, index) => {
    const left = PAGE.side + widths.slice(0, index).reduce((sum, width) => sum + width, 0);
    const isHeader = tag === 'TH' || index === 0;
    row.add(
      doc.struct(isHeader ? 'TH' : 'TD', {}, () =>
        doc
          .font(tag === 'TH' ? 'bold' : 'regular')
          .fontSize(SIZE.cell)
          .fillColor(tag === 'TH' ? QUIET : INK)
          .text(text, left, top, { width: (widths[index] ?? 0) - CELL_GAP }),
      ),
    );
  });
  doc.y = top + height + 3;
  doc.markContent('Artifact', { type: 'Layout' });
  doc
    .moveTo(PAGE.side, doc.y)
    .lineTo(PAGE.side + WIDTH, doc.y)
    .lineWidth(0.5)
    .strokeColor(LINE)
    .stroke();
  doc.endMarkedContent();
  doc.y += 3;
}

function table(sheet: Sheet, parent: Element, { caption, columns, rows }: ReportTable): void {
  words(sheet, parent, 'P', caption, { size: SIZE.small, colour: QUIET });
  const element = sheet.doc.struct('Table');
  parent.add(element);
  line(sheet, element, columns, 'TH');
  for (const cells of rows) line(sheet, element, cells, 'TD');
  sheet.doc.y += 4;
}

function pageNumbers(doc: PDFKit.PDFDocument, title: string): void {
  const { start, count } = doc.bufferedPageRange();
  for (let index = 0; index < count; index += 1) {
    doc.switchToPage(start + index);
    // Text below the bottom margin would open another page.
    doc.page.margins.bottom = 0;
    doc.markContent('Artifact', { type: 'Pagination' });
    doc.font('regular').fontSize(SIZE.small).fillColor(QUIET);
    doc.text(title, PAGE.side, PAGE.height - 40, { width: WIDTH - 90, height: 12, ellipsis: true });
    doc.text(`Page ${index + 1} of ${count}`, PAGE.width - PAGE.side - 80, PAGE.height - 40, {
      width: 80,
      align: 'right',
      lineBreak: false,
    });
    doc.endMarkedContent();
  }
}

/** @returns the bytes of the PDF; the date in it is that of the snapshot */
export async function documentPdf({ title, asOf, lines, sections }: ReportDocument): Promise<Uint8Array<ArrayBuffer>> {
  const doc = new Pdf({
    size: [PAGE.width, PAGE.height],
    margins: { left: PAGE.side, right: PAGE.side, top: PAGE.top, bottom: PAGE.bottom },
    bufferPages: true,
    pdfVersion: '1.7',
    tagged: true,
    lang: 'en-US',
    displayTitle: true,
    info: { Title: title, Author: 'Refloop', Creator: 'Refloop', Producer: 'Refloop', CreationDate: new Date(asOf) },
  });
  const chunks: Buffer[] = [];
  const written = new Promise<void>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', resolve);
    doc.on('error', reject);
  });
  const font = withTypeface(doc);
  let missing = false;
  const sheet: Sheet = {
    doc,
    print: (text) => {
      const shown = printable(text, (codePoint) => font.hasGlyphForCodePoint(codePoint));
      missing ||= shown.includes(MISSING);
      return shown;
    },
  };
  const body = doc.struct('Document');
  doc.addStructure(body);
  words(sheet, body, 'H1', title, { bold: true, size: SIZE.title, colour: INK });
  for (const text of lines) words(sheet, body, 'P', text, { size: SIZE.body, colour: QUIET });
  for (const { heading, paragraphs, tables } of sections) {
    room(sheet, 60);
    doc.y += 10;
    const section = doc.struct('Sect');
    body.add(section);
    words(sheet, section, 'H2', heading, { bold: true, size: SIZE.heading, colour: INK });
    for (const text of paragraphs) words(sheet, section, 'P', text, { size: SIZE.body, colour: INK });
    for (const each of tables) table(sheet, section, each);
  }
  if (missing)
    words(sheet, body, 'P', `Some characters have no printed form here and are shown as ${MISSING}.`, { size: SIZE.body, colour: INK });
  body.end();
  pageNumbers(doc, title);
  doc.end();
  await written;
  return new Uint8Array(Buffer.concat(chunks));
}
