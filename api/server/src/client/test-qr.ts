/** For tests: what a camera reads of a QR code, by a library that shares nothing with the one that drew it. */
import jsqr from 'jsqr';

// Its types know it by the name of its default export alone, which the function itself also bears.
const decode = jsqr as unknown as typeof jsqr.default;

const SCALE = 4;

/** @param dark the dark modules by column and row, @param size of the whole in modules, with the light ones around it */
export function readQr(dark: readonly { x: number; y: number }[], size: number): string | undefined {
  const width = size * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const { x, y } of dark)
    for (let row = 0; row < SCALE; row += 1)
      for (let column = 0; column < SCALE; column += 1) {
        const at = ((y * SCALE + row) * width + x * SCALE + column) * 4;
        pixels.fill(0, at, at + 3);
      }
  return decode(pixels, width, width)?.data;
}
