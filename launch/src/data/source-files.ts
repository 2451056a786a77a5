/** Which files of a data folder are read, and what makes two folders the same data. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createGunzip } from 'node:zlib';

export type SourceFile = {
  /** Where to open it. */
  path: string;
  /** How it is named in reports: relative to the folder, with forward slashes. */
  name: string;
  format: 'json' | 'ndjson';
  compressed: boolean;
  /** As it lies on disk. */
  bytes: number;
};

const PATTERN = /\.(json|ndjson)(\.gz)?$/i;

/**
 * Every `*.json` and `*.ndjson` of a folder and its subfolders, plain or `.gz`, whatever the case, sorted by name.
 * Links are followed; a folder that was already seen is not entered again.
 *
 * @throws the file system's error when the folder cannot be read
 */
export async function findSourceFiles(folder: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  const seen = new Set<string>();
  const waiting = [folder];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const real = await realpath(current);
    if (seen.has(real)) continue;
    seen.add(real);
    for (const name of await readdir(current)) {
      const path = join(current, name);
      const found = await stat(path).catch(() => undefined);
      if (!found) continue;
      if (found.isDirectory()) waiting.push(path);
      const match = found.isFile() ? PATTERN.exec(name) : null;
      if (!match) continue;
      files.push({
        path,
        name: relative(folder, path).replaceAll('\\', '/'),
        format: match[1]?.toLowerCase() === 'ndjson' ? 'ndjson' : 'json',
        compressed: match[2] !== undefined,
        bytes: found.size,
      });
    }
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The bytes of a file, unpacked; ends with an error when they cannot be read or unpacked. */
export async function* contentOf(file: SourceFile): AsyncGenerator<Buffer> {
  const raw = createReadStream(file.path, { highWaterMark: 256 * 1024 });
  if (!file.compressed) {
    yield* raw as AsyncIterable<Buffer>;
    return;
  }
  const unpacked = createGunzip();
  raw.once('error', (error) => unpacked.destroy(error));
  yield* raw.pipe(unpacked) as AsyncIterable<Buffer>;
}

/**
 * One text for the data of a folder: SHA-256 over name, size and content of each file that would be read. Equal for a copy
 * of the folder elsewhere, different after any change.
 */
export async function fingerprintOf(folder: string): Promise<string> {
  const whole = createHash('sha256');
  for (const file of await findSourceFiles(folder)) {
    const content = createHash('sha256');
    for await (const chunk of createReadStream(file.path)) content.update(chunk as Buffer);
    whole.update(`${file.name}\n${file.bytes}\n${content.digest('hex')}\n`);
  }
  return whole.digest('hex');
}
