/**
 * Whether an image can be a page of the packet's PDF, and how large it is: read from the file itself, so that what is broken, or would unpack to more
 * than it says, goes as a file of its own and is never half a page.
 */
import { inflateSync } from 'node:zlib';
import type { FileKind } from '@refloop/domain/packet/file';

export type PageSize = { width: number; height: number };

/** Unpacked, in pixels: a large scan of 600 dots an inch. Ours. */
const MOST_PIXELS = 40_000_000;

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

/** Samples a pixel, by color type (ISO/IEC 15948, table 11.1), of those that PDF takes as they are: without alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1 };

function pngSize(file: Buffer): PageSize | undefined {
  if (file.length < 33 || file.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const [bits, channels, interlaced] = [file[24] ?? 0, CHANNELS[file[25] ?? -1], file[28]];
  if (channels === undefined || interlaced !== 0 || width === 0 || height === 0 || width * height > MOST_PIXELS) return undefined;
  const parts: Buffer[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > file.length) return undefined;
    const [length, type] = [file.readUInt32BE(at), file.toString('latin1', at + 4, at + 8)];
    // Transparency is taken apart by the writer, in an order of its own: the same packet would not give the same bytes.
    if (type === 'tRNS' || at + 12 + length > file.length) return undefined;
    if (type === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length));
    if (type === 'IEND') break;
    at += 12 + length;
  }
  const unpacked = height * (1 + Math.ceil((width * channels * bits) / 8));
  try {
    return inflateSync(Buffer.concat(parts), { maxOutputLength: unpacked }).length === unpacked ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}

/** Null of what goes as a file of its own. */
export function pageOf(kind: FileKind, bytes: Uint8Array): PageSize | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = kind === 'jpeg' ? jpegSize(file) : kind === 'png' ? pngSize(file) : undefined;
  return size && size.width > 0 && size.height > 0 && size.width * size.height <= MOST_PIXELS ? size : null;
}
