import type { FileKind } from '@refloop/domain/packet/file';
import { expect, test } from 'vitest';
import { pageOf } from './image-page.ts';
import { jpeg, png, scannedPdf, transparency } from './test-images.ts';

const cut = (file: Uint8Array, bytes: number): Uint8Array => file.subarray(0, file.length - bytes);

test.each<[string, FileKind, Uint8Array, { width: number; height: number } | null]>([
  ['a grey PNG', 'png', png(20, 10), { width: 20, height: 10 }],
  ['a PNG in colour', 'png', png(20, 10, { colorType: 2 }), { width: 20, height: 10 }],
  ['a JPEG', 'jpeg', jpeg(640, 480), { width: 640, height: 480 }],
  ['a JPEG in colour, in passes', 'jpeg', jpeg(640, 480, { frame: 0xc2, channels: 3 }), { width: 640, height: 480 }],
  ['a PNG that can be seen through', 'png', png(20, 10, { colorType: 6 }), null],
  ['a PNG with a colour that can be seen through', 'png', png(20, 10, { more: [transparency] }), null],
  ['a PNG in passes', 'png', png(20, 10, { interlaced: 1 }), null],
  ['a PNG without its end', 'png', cut(png(20, 10), 12), null],
  ['a PNG that unpacks to more than it says', 'png', png(20, 10, { pixels: Buffer.alloc(50_000_000) }), null],
  ['a PNG that unpacks to less', 'png', png(20, 10, { pixels: Buffer.alloc(5) }), null],
  ['a PNG of more pixels than a page', 'png', png(100_000, 100_000, { pixels: Buffer.alloc(5) }), null],
  ['a JPEG of four inks', 'jpeg', jpeg(640, 480, { channels: 4 }), null],
  ['a JPEG of a lossless process', 'jpeg', jpeg(640, 480, { frame: 0xc3 }), null],
  ['a JPEG without its end', 'jpeg', cut(jpeg(640, 480), 3), null],
  ['a JPEG without height', 'jpeg', jpeg(640, 0), null],
  ['the head of a JPEG and nothing else', 'jpeg', Uint8Array.from([0xff, 0xd8, 0xff]), null],
  ['a PDF', 'pdf', scannedPdf(), null],
])('%s', (_, kind, file, size) => expect(pageOf(kind, file)).toEqual(size));
