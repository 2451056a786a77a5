/** Reads the bytes of a published directory snapshot. */
import type { Directory } from '@refloop/domain/network/directory';
import { type PackedDirectory, packDirectory } from './packed-directory.ts';

/** The one format this reader knows; another is refused by name, never guessed at. */
const FORMAT: Directory['format'] = 'refloop-directory-1';

/** Parses and packs the UTF-8 JSON of a `Directory`; throws when it is not JSON or not of the known format. */
export function packedFromBytes(bytes: Uint8Array): PackedDirectory {
  const parsed: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  const format = (parsed as { format?: unknown } | null)?.format;
  if (format !== FORMAT) {
    throw new Error(
      `format: the directory snapshot has ${JSON.stringify(format)}, this version reads "${FORMAT}"; import the directory again`,
    );
  }
  return packDirectory(parsed as Directory);
}
