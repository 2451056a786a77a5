/**
 * Cuts a JSON file into its documents, and a Bundle into its entries, without holding more than one of them: a Bundle of
 * any length can be read. Only strings, escapes and nesting are followed here; whether a piece is JSON is for its parser.
 */
import { type Piece, RECORD_BYTES } from './piece.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const NEWLINE = 0x0a;

/** A top-level string longer than this is neither a key nor a resource type. */
const NAME_BYTES = 64;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === NEWLINE || byte === 0x0d;

/** Collects the bytes of one value across chunks, and forgets them once they are too many. */
type Capture = { parts: Buffer[]; length: number; offset: number; line: number };

export async function* jsonPieces(content: AsyncIterable<Buffer>, limit = RECORD_BYTES): AsyncGenerator<Piece> {
  let [offset, line, depth] = [0, 1, 0];
  let [inString, escaped] = [false, false];
  // What is known of the document's top level, as far as it has been read.
  let name = '';
  let key = '';
  let type = '';
  let inEntries = false;
  let document: Capture | undefined;
  let entry: Capture | undefined;
  let pieces: Piece[] = [];

  const begin = (at: number): Capture => ({ parts: [], length: 0, offset: at, line });
  const add = (capture: Capture, bytes: Buffer): void => {
    capture.length += bytes.length;
    if (capture.length > limit) capture.parts = [];
    else if (bytes.length > 0) capture.parts.push(Buffer.from(bytes));
  };
  const emit = (kind: Piece['kind'], capture: Capture): void => {
    const { offset: at, line: on } = capture;
    pieces.push(
      capture.length > limit ? { kind, offset: at, line: on } : { kind, bytes: Buffer.concat(capture.parts), offset: at, line: on },
    );
  };

  for await (const chunk of content) {
    // Where the part of this chunk begins that belongs to the capture in hand.
    let from = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0;
      if (byte === NEWLINE) line += 1;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (depth === 1 && key === 'resourceType') type = name;
        } else if (depth === 1 && name.length < NAME_BYTES) name += String.fromCharCode(byte);
        continue;
      }
      // Byte order marks and blanks between documents.
      if (!document && (isSpace(byte) || byte === 0xef || byte === 0xbb || byte === 0xbf)) continue;
      if (!document) {
        document = begin(offset + index);
        from = index;
        [key, type, inEntries] = ['', '', false];
      }
      if (inEntries && depth === 2 && !entry) {
        if (isSpace(byte) || byte === COMMA) continue;
        if (byte === CLOSE_BRACKET) {
          inEntries = false;
          from = index;
        } else {
          entry = begin(offset + index);
          from = index;
        }
      }
      switch (byte) {
        case QUOTE:
          inString = true;
          name = '';
          break;
        case COLON:
          if (depth === 1) key = name;
          break;
        case COMMA:
          if (depth === 1) key = '';
          if (inEntries && depth === 2 && entry) {
            add(entry, chunk.subarray(from, index));
            emit('entry', entry);
            entry = undefined;
          }
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          depth += 1;
          if (byte === OPEN_BRACKET && depth === 2 && key === 'entry' && type === 'Bundle') {
            inEntries = true;
            add(document, chunk.subarray(from, index + 1));
          }
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          if (inEntries && depth === 2 && entry) {
            // A value that is no object, such as null, ends with the list.
            add(entry, chunk.subarray(from, index));
            emit('entry', entry);
            entry = undefined;
            inEntries = false;
            from = index;
          }
          depth -= 1;
          if (inEntries && depth === 2 && entry) {
            add(entry, chunk.subarray(from, index + 1));
            emit('entry', entry);
            entry = undefined;
          }
          break;
        default:
      }
      if (depth <= 0 && (byte === CLOSE_BRACE || byte === CLOSE_BRACKET)) {
        add(document, chunk.subarray(from, index + 1));
        emit('document', document);
        document = undefined;
        depth = 0;
      }
    }
    if (entry) add(entry, chunk.subarray(from));
    else if (document && !inEntries) add(document, chunk.subarray(from));
    offset += chunk.length;
    yield* pieces;
    pieces = [];
  }
  const open = entry ?? document;
  if (open) yield { kind: 'unfinished', offset: open.offset, line: open.line };
}
