/** A JSON value cut out of a file, not parsed yet; `bytes` is absent when it is longer than a record may be. */
export type Piece = {
  /** `document` stands at the top of the file, `entry` in the `entry` of a Bundle. */
  kind: 'document' | 'entry' | 'unfinished';
  bytes?: Buffer;
  /** Where it begins in the unpacked file, from 0. */
  offset: number;
  /** The line it begins on, from 1. */
  line: number;
};

/** A record longer than this is refused: it would not be a resource anybody charts with, and V8 strings have an end. */
export const RECORD_BYTES = 16 * 1024 * 1024;
