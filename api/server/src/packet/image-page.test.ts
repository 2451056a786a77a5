import type { FileKind } from '@refloop/domain/packet/file';
import { expect, test } from 'vitest';
import { createPages } from './image-page.ts';
import { chunk, jpeg, png, scannedPdf, transparency } from './test-images.ts';

const longText = chunk('tEXt', Buffer.concat([Buffer.from('Comment\0'), Buffer.alloc(200_000, 0x41)]));
/** 0xFF may stand before any marker (ITU-T T.81, B.1.1.2). */
const filled = (file: Uint8Array): Uint8Array => {
  const frame = file.findIndex((byte, at) => byte === 0xff && file[at + 1] === 0xc0);
  return Uint8Array.from([...file.subarray(0, frame), 0xff, ...file.subarray(frame)]);
};
const cut = (file: Uint8Array, bytes: number): Uint8Array => file.subarray(0, file.length - bytes);

test.each<[string, FileKind, Uint8Array, { width: number; height: number } | null]>([
  ['a grey PNG', 'png', png(20, 10), { width: 20, height: 10 }],
  ['a PNG in colour', 'png', png(20, 10, { colorType: 2 }), { width: 20, height: 10 }],
  ['a JPEG', 'jpeg', jpeg(640, 480), { width: 640, height: 480 }],
  ['a JPEG in colour, in passes', 'jpeg', jpeg(640, 480, { frame: 0xc2, channels: 3 }), { width: 640, height: 480 }],
  ['a PNG that can be seen through', 'png', png(20, 10, { colorType: 6 }), null],
  ['a PNG with a colour that can be seen through', 'png', png(20, 10, { more: [transparency] }), null],
  ['a PNG in passes', 'png', png(20, 10, { interlaced: 1 }), null],
  ['a PNG of a palette', 'png', png(20, 10, { colorType: 3, more: [chunk('PLTE', Buffer.alloc(6))] }), { width: 20, height: 10 }],
  ['a PNG of a palette it has not', 'png', png(20, 10, { colorType: 3 }), null],
  ['a PNG of sixteen bits', 'png', png(20, 10, { colorType: 2, bits: 16 }), { width: 20, height: 10 }],
  ['a PNG of four bits in colour, which there is not', 'png', png(20, 10, { colorType: 2, bits: 4 }), null],
  ['a PNG of a hundred bits', 'png', png(20, 10, { bits: 100 }), null],
  ['a PNG of more bytes than are unpacked', 'png', png(6000, 4000, { colorType: 2, bits: 16, pixels: Buffer.alloc(4000 * 36_001) }), null],
  ['a PNG with a long text, which the writer of PDF throws at', 'png', png(20, 10, { more: [longText] }), null],
  ['a JPEG with a byte that fills before its frame', 'jpeg', filled(jpeg(640, 480)), null],
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
])('%s', (_, kind, file, size) => expect(createPages()(kind, file, 'of-its-own')).resolves.toEqual(size));

test('a file that was looked through is not looked through again', async () => {
  const pageOf = createPages();
  expect(await pageOf('png', png(20, 10), 'first')).toEqual({ width: 20, height: 10 });
  expect(await pageOf('png', png(30, 10), 'first')).toEqual({ width: 20, height: 10 });
  expect(await pageOf('png', png(30, 10), 'second')).toEqual({ width: 30, height: 10 });
});

test('others are served while a large one is unpacked', async () => {
  const file = png(4000, 2700, { colorType: 2, bits: 16, pixels: Buffer.alloc(2700 * 24_001) });
  let served = 0;
  const timer = setInterval(() => (served += 1), 1);
  expect(await createPages()('png', file, 'large')).toEqual({ width: 4000, height: 2700 });
  clearInterval(timer);
  expect(served).toBeGreaterThan(3);
});
