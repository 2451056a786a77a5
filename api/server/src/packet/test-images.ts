/** For tests: small files of each kind. */
import { crc32, deflateSync } from 'node:zlib';

export const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};

type Png = { bits?: number; colorType?: number; interlaced?: number; more?: readonly Buffer[]; pixels?: Buffer };

/** Grey unless told. @param of.pixels unpacked, in place of the right ones */
export function png(
  width: number,
  height: number,
  { bits = 8, colorType = 0, interlaced = 0, more = [], pixels }: Png = {},
): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, colorType, 0, 0, interlaced], 8);
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colorType] ?? 1;
  const line = 1 + Math.ceil((width * samples * bits) / 8);
  const image = pixels ?? Buffer.alloc(height * line, 0x7f).map((byte, at) => (at % line === 0 ? 0 : byte));
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      ...more,
      chunk('IDAT', deflateSync(image)),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

export const transparency = chunk('tRNS', Buffer.from([0, 127]));

/** All that a reader of its head needs, and an end; no picture. @param frame the marker that begins it */
export function jpeg(width: number, height: number, { frame = 0xc0, channels = 1 } = {}): Uint8Array<ArrayBuffer> {
  const size = Buffer.alloc(4);
  size.writeUInt16BE(height, 0);
  size.writeUInt16BE(width, 2);
  const components = Array.from({ length: channels }, (_, index) => [index + 1, 0x11, 0]).flat();
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0xff, 0xd8]),
      Buffer.from([0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
      Buffer.from([0xff, frame, 0, 8 + 3 * channels, 8]),
      size,
      Buffer.from([channels, ...components]),
      Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0]),
      Buffer.from([0x11, 0x22, 0xff, 0xd9]),
    ]),
  );
}

/** A PDF of one page with these words as text; without any it is a picture of a page to whoever reads it. */
export function scannedPdf(words = ''): Uint8Array<ArrayBuffer> {
  const content = words === '' ? '0.5 g 72 72 400 600 re f' : `BT /F1 11 Tf 56 736 Td (${words}) Tj ET`;
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
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(file, 'latin1'));
}
