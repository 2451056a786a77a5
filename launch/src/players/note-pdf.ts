/** A note as a played office prints it: one page of plain lines as a PDF with a text layer (ISO 32000-1: header, objects, cross-reference table, trailer). */

const LINE_POINTS = 14;

/** Words in the standard fonts' encoding, whose letters are those of Latin 1; what that has not is left out, a mark before its letter. */
const literal = (line: string): string =>
  `(${line
    .normalize('NFC')
    .replaceAll(/[^\x20-\x7e\xa1-\xff]/g, (letter) => letter.normalize('NFD').replaceAll(/[^\x20-\x7e]/g, ''))
    .replaceAll(/[\\()]/g, (mark) => `\\${mark}`)})`;

export function notePdf(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const content = `BT /F1 11 Tf ${LINE_POINTS} TL 56 736 Td ${lines.map((line) => `${literal(line)} Tj T*`).join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  let file = '%PDF-1.4\n';
  const places: number[] = [];
  for (const [index, object] of objects.entries()) {
    places.push(file.length);
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = file.length;
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(file, 'latin1'));
}
