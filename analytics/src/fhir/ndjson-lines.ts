/** The lines of an NDJSON file, plain or gzip, with their number and offset. A line that is too long is told and passed over. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** A resource is no larger: a document of that size would hold up everything else, and DuckDB is told the same bound. */
export const MOST_LINE_BYTES = 16 * 1024 * 1024;

export type NdjsonLine =
  /** `line` counts from 1; `offset` is that of its first byte in the file, for gzip in what it unpacks to. */
  { line: number; offset: number; bytes: Buffer | 'too-long' };

const NEWLINE = 0x0a;

/** Throws what reading throws, as for a gzip that is cut off. Memory is bounded by the longest line that is taken. */
export async function* ndjsonLines(path: string, onBytes: (read: number) => void = () => undefined): AsyncIterable<NdjsonLine> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  file.on('data', (chunk) => onBytes(chunk.length));
  const source = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A pipe does not carry errors on.
  file.on('error', (error) => source.destroy(error));
  let [line, start, position, size] = [1, 0, 0, 0];
  let pieces: Buffer[] = [];
  const take = (piece: Buffer): void => {
    size += piece.length;
    if (size <= MOST_LINE_BYTES) pieces.push(piece);
    else pieces = [];
  };
  const ended = (): NdjsonLine => ({ line, offset: start, bytes: size > MOST_LINE_BYTES ? 'too-long' : Buffer.concat(pieces) });
  for await (const each of source) {
    const chunk = each as Buffer;
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, at));
      yield ended();
      [line, start, size, pieces] = [line + 1, position + at + 1, 0, []];
      from = at + 1;
    }
    if (from < chunk.length) take(chunk.subarray(from));
    position += chunk.length;
  }
  if (size > 0) yield ended();
}
