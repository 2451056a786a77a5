import jsQR from 'jsqr';
import { expect, test } from 'vitest';
import { qrPath } from './qr-path.ts';

const SCALE = 4;

/** The path as a picture of black and white, as a camera would see it. */
function pictureOf({ path, size }: { path: string; size: number }): { pixels: Uint8ClampedArray; width: number } {
  const width = size * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, left, top] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let y = 0; y < SCALE; y += 1)
      for (let x = 0; x < SCALE; x += 1)
        pixels.fill(
          0,
          ((Number(top) * SCALE + y) * width + Number(left) * SCALE + x) * 4,
          ((Number(top) * SCALE + y) * width + Number(left) * SCALE + x) * 4 + 3,
        );
  return { pixels, width };
}

test.each([
  'https://refloop.example.org/patient#AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE',
  'http://127.0.0.1:4020/patient#zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz',
])('another library reads back %s', (link) => {
  const { pixels, width } = pictureOf(qrPath(link));
  expect(jsQR(pixels, width, width)?.data).toBe(link);
});

test('there is room around it', () => {
  const { path, size } = qrPath('https://refloop.example.org/patient#x');
  const places = [...path.matchAll(/M(\d+) (\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
  expect([Math.min(...places), Math.max(...places)]).toEqual([4, size - 5]);
});
