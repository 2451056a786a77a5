/**
 * Pictures for the reports of the sandbox: grey shapes that show nothing, drawn from a seed, with SYNTHETIC written into them, so that nobody takes one for a
 * patient's wherever it goes.
 */
import { crc32, deflateSync } from 'node:zlib';
import { randomFrom } from './random.ts';

const WIDTH = 240;
const HEIGHT = 180;

/** Five by seven dots a letter, a row a number, the leftmost dot the highest bit. */
const LETTERS: Readonly<Record<string, readonly number[]>> = {
  S: [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110],
  Y: [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100],
  N: [0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001],
  T: [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
  H: [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
  E: [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
  I: [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
  C: [0b01111, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b01111],
};
const MARK = 'SYNTHETIC';
/** Dots of the picture for one of a letter. */
const SCALE = 4;
const LETTER_WIDTH = 6 * SCALE;

function isInk(x: number, y: number): boolean {
  const [left, top] = [Math.floor((WIDTH - MARK.length * LETTER_WIDTH) / 2), HEIGHT - 8 * SCALE];
  const [across, down] = [x - left, y - top];
  const row = Math.floor(down / SCALE);
  if (across < 0 || down < 0 || row > 6) return false;
  const dots = LETTERS[MARK[Math.floor(across / LETTER_WIDTH)] ?? '']?.[row] ?? 0;
  const dot = Math.floor((across % LETTER_WIDTH) / SCALE);
  return dot < 5 && ((dots >> (4 - dot)) & 1) === 1;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

const WHITE = 255;
/** Steps of grey: few, so that the picture packs well. */
const STEP = 16;

/** @returns a grey PNG (ISO/IEC 15948), the same for the same seed */
export function syntheticPicture(seed: string): Buffer {
  const random = randomFrom(`picture of ${seed}`);
  const shapes = Array.from({ length: 5 }, () => ({
    x: random.integer(40, WIDTH - 40),
    y: random.integer(20, HEIGHT - 60),
    wide: random.integer(15, 60),
    high: random.integer(10, 45),
    light: random.integer(40, 90),
  }));
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH));
  for (let y = 0; y < HEIGHT; y += 1)
    for (let x = 0; x < WIDTH; x += 1) {
      const light = shapes.reduce((sum, shape) => {
        const away = ((x - shape.x) / shape.wide) ** 2 + ((y - shape.y) / shape.high) ** 2;
        return away < 1 ? sum + shape.light * (1 - away) : sum;
      }, 24);
      rows[y * (1 + WIDTH) + 1 + x] = isInk(x, y) ? WHITE : Math.min(200, Math.floor(light / STEP) * STEP);
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // Eight bits, grey.
  header[8] = 8;
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
