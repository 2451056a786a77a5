/**
 * Whether an image can be a page of the packet's PDF, and how large it is: read from the file itself, so that what is broken, or would unpack to more
 * than it says, goes as a file of its own and is never half a page.
 */
import { createInflate } from 'node:zlib';
import type { FileKind } from '@refloop/domain/packet/file';
import Pdf from 'pdfkit';

export type PageSize = { width: number; height: number };

/** Unpacked, in pixels: a large scan of 600 dots an inch. Ours. */
const MOST_PIXELS = 40_000_000;
/** Unpacked, in bytes: letter paper in colour at 400 dots an inch, in grey at 800. Ours. */
const MOST_UNPACKED = 64 * 1024 * 1024;

/** Markers that begin a frame (ITU-T T.81, table B.1), without those of arithmetic coding and of lossless processes, which PDF has not. */
const FRAMES: readonly number[] = [0xc0, 0xc1, 0xc2];
/** Markers that stand alone, without a length. */
const ALONE = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

function jpegSize(file: Buffer): PageSize | undefined {
  // The end has to be there (EOI): half of an image is none. Some write a few bytes behind it.
  const end = file.lastIndexOf(Buffer.from([0xff, 0xd9]));
  if (end < 0 || end < file.length - 4096) return undefined;
  for (let at = 2; at + 9 < file.length; ) {
    if (file[at] !== 0xff) return undefined;
    const marker = file[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (ALONE(marker)) {
      at += 2;
      continue;
    }
    if (FRAMES.includes(marker)) {
      const [bits, height, width, channels] = [file[at + 4], file.readUInt16BE(at + 5), file.readUInt16BE(at + 7), file[at + 9]];
      return bits === 8 && (channels === 1 || channels === 3) ? { width, height } : undefined;
    }
    // Pixels before their frame, or another kind of frame.
    if (marker === 0xda || (marker >= 0xc3 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)) return undefined;
    at += 2 + file.readUInt16BE(at + 2);
  }
  return undefined;
}

/**
 * Samples a pixel, and bits a sample, by colour type (W3C PNG Third Edition of 24 June 2025, 11.2.1, table 12; ISO/IEC 15948:2004, table 11.1), of those
 * that PDF takes as they are: without alpha.
 */
const COLOURS: Readonly<Record<number, { samples: number; bits: readonly number[] }>> = {
  0: { samples: 1, bits: [1, 2, 4, 8, 16] },
  2: { samples: 3, bits: [8, 16] },
  3: { samples: 1, bits: [1, 2, 4, 8] },
};
const PALETTE = 3;

type Packed = { size: PageSize; parts: Buffer[]; unpacked: number };

function pngHead(file: Buffer): Packed | undefined {
  if (file.length < 33 || file.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const [bits, type, interlaced] = [file[24] ?? 0, file[25] ?? -1, file[28]];
  const colour = COLOURS[type];
  if (!colour?.bits.includes(bits) || interlaced !== 0) return undefined;
  const unpacked = height * (1 + Math.ceil((width * colour.samples * bits) / 8));
  if (unpacked > MOST_UNPACKED) return undefined;
  const parts: Buffer[] = [];
  let hasPalette = false;
  for (let at = 8; ; ) {
    if (at + 12 > file.length) return undefined;
    const [length, name] = [file.readUInt32BE(at), file.toString('latin1', at + 4, at + 8)];
    // Transparency is taken apart by the writer, in an order of its own: the same packet would not give the same bytes.
    if (name === 'tRNS' || at + 12 + length > file.length) return undefined;
    if (name === 'PLTE') hasPalette = length > 0 && length <= 768 && length % 3 === 0;
    if (name === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length));
    if (name === 'IEND') break;
    at += 12 + length;
  }
  return type === PALETTE && !hasPalette ? undefined : { size: { width, height }, parts, unpacked };
}

/** Counted while it is unpacked, beside the event loop, and kept nowhere: no more than it says is ever unpacked. */
async function unpacksToWhatItSays({ parts, unpacked }: Packed): Promise<boolean> {
  const inflate = createInflate({ chunkSize: 256 * 1024 });
  inflate.end(Buffer.concat(parts));
  let size = 0;
  try {
    for await (const piece of inflate) {
      size += (piece as Buffer).length;
      if (size > unpacked) return false;
    }
    return size === unpacked;
  } catch {
    return false;
  } finally {
    inflate.destroy();
  }
}

/** As the writer of the PDF has read it. */
export type OpenImage = PageSize & PDFKit.Mixins.ImageSrc;

/** Undefined where the writer does not take it: it has a reader of its own, and throws at what a file may legally hold, as at a long text in a PNG. */
export function openImage(doc: PDFKit.PDFDocument, bytes: Uint8Array, { width, height }: PageSize): OpenImage | undefined {
  const opener = doc as unknown as { openImage: (file: Buffer) => OpenImage };
  try {
    const image = opener.openImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return image.width === width && image.height === height ? image : undefined;
  } catch {
    return undefined;
  }
}

async function sizeOf(kind: FileKind, bytes: Uint8Array): Promise<PageSize | null> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const png = kind === 'png' ? pngHead(file) : undefined;
  const size = kind === 'jpeg' ? jpegSize(file) : png?.size;
  if (!size || size.width === 0 || size.height === 0 || size.width * size.height > MOST_PIXELS) return null;
  if (png && !(await unpacksToWhatItSays(png))) return null;
  return openImage(new Pdf({ autoFirstPage: false }), bytes, size) ? size : null;
}

/** Null of what goes as a file of its own. */
export type PageOf = (kind: FileKind, bytes: Uint8Array, sha256: string) => Promise<PageSize | null>;

const MOST_REMEMBERED = 2000;

/** Each file is looked through once, however often its packet is looked at; of what is forgotten the oldest goes first. */
export function createPages(): PageOf {
  const known = new Map<string, Promise<PageSize | null>>();
  return (kind, bytes, sha256) => {
    const before = known.get(sha256);
    if (before) return before;
    const page = sizeOf(kind, bytes);
    known.set(sha256, page);
    const [oldest] = known.keys();
    if (known.size > MOST_REMEMBERED && oldest !== undefined) known.delete(oldest);
    return page;
  };
}
