/** The bytes of a directory: what is published, stored and named by its hash. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import type { Directory } from '@refloop/domain/network/directory';

export type DirectoryBytes = {
  /** SHA-256 of `bytes`, lower-case hex. */
  hash: string;
  /** Gzipped UTF-8 JSON of the directory. */
  bytes: Uint8Array;
};

/** JSON of the directory in pieces, since the text of a large one is longer than a string may be. */
function* pieces({ format, asOf, synthetic, plans, networks, entries }: Directory): Generator<string> {
  yield `${JSON.stringify({ format, asOf, synthetic, plans, networks }).slice(0, -1)},"entries":[`;
  for (let from = 0; from < entries.length; from += 500) {
    yield `${from === 0 ? '' : ','}${JSON.stringify(entries.slice(from, from + 500)).slice(1, -1)}`;
  }
  yield ']}';
}

/**
 * The directory arrives sorted and with its keys in one order (import-directory), so plain JSON is canonical: the same rows give the
 * same text, and with one version of zlib the same bytes.
 */
export async function directoryBytes(directory: Directory): Promise<DirectoryBytes> {
  const bytes = await buffer(Readable.from(pieces(directory)).pipe(createGzip({ level: 6 })));
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes };
}
