import { type Piece, RECORD_BYTES } from './piece.ts';

const NEWLINE = 0x0a;

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

/** The lines of an NDJSON file that are not blank. Holds one line at a time; a line over the limit comes without its bytes. */
export async function* ndjsonLines(content: AsyncIterable<Buffer>, limit = RECORD_BYTES): AsyncGenerator<Piece> {
  let parts: Buffer[] = [];
  let length = 0;
  let [offset, line, begin] = [0, 1, 0];
  const finish = (): Piece | undefined => {
    const bytes = Buffer.concat(parts);
    const piece: Piece = length > limit ? { kind: 'document', offset: begin, line } : { kind: 'document', bytes, offset: begin, line };
    const blank = length <= limit && isBlank(bytes);
    parts = [];
    length = 0;
    return blank ? undefined : piece;
  };
  for await (const chunk of content) {
    let from = 0;
    while (from <= chunk.length) {
      const newline = chunk.indexOf(NEWLINE, from);
      const to = newline === -1 ? chunk.length : newline;
      length += to - from;
      if (length <= limit) parts.push(chunk.subarray(from, to));
      else parts = [];
      if (newline === -1) break;
      const piece = finish();
      if (piece) yield piece;
      line += 1;
      from = newline + 1;
      begin = offset + from;
    }
    offset += chunk.length;
  }
  const last = finish();
  if (last) yield last;
}
