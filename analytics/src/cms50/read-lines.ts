/** A file as its lines, each with where it stands: a line that cannot be read is told and ends nothing. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

export type Line = { line: number; text: string } | { line: number; unreadable: string };

/** A longer one is told by its place and left out, so that one broken file cannot take all the memory. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;

async function* chunksOf(file: string): AsyncIterable<Buffer> {
  const raw = createReadStream(file);
  const stream = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  raw.once('error', (error) => stream.destroy(error));
  for await (const chunk of stream) yield chunk as Buffer;
}

/** Lines that hold nothing are passed over; a file that breaks off is told at the line where it did. */
export async function* readLines(file: string): AsyncIterable<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [line, offset, length] = [1, 0, 0];
  let parts: Buffer[] = [];

  const finished = (): Line | null => {
    if (length > MAX_LINE_BYTES) return { line, unreadable: `It is longer than 16 MiB (${length} bytes from byte ${offset}).` };
    try {
      const text = decoder.decode(Buffer.concat(parts)).trim();
      return text === '' ? null : { line, text };
    } catch {
      return { line, unreadable: 'It is not UTF-8.' };
    }
  };
  const take = (bytes: Buffer): void => {
    length += bytes.length;
    if (length <= MAX_LINE_BYTES) parts.push(bytes);
    else parts = [];
  };

  try {
    for await (const chunk of chunksOf(file)) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        take(chunk.subarray(from, at));
        const whole = finished();
        if (whole) yield whole;
        [line, offset, length, parts, from] = [line + 1, offset + length + 1, 0, [], at + 1];
      }
      take(chunk.subarray(from));
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'error';
    yield { line, unreadable: `The file breaks off here, or cannot be read (${code}).` };
    return;
  }
  const last = finished();
  if (last) yield last;
}
