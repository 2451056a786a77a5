/** The files of a directory export: NDJSON, one JSON resource, or Bundles; plain or gzipped; in any subfolder. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isObject, type Loose, object, objects, text } from './loose-json.ts';

export type SourceRow =
  | { kind: 'resource'; file: string; line: number; resource: Loose; ofBundle: ReadonlyMap<string, string> }
  | { kind: 'unreadable'; file: string; line: number; reason: string };

/** A longer line is not a resource but a broken file; a V8 string ends at half a gigabyte. */
const MAX_LINE = 16 * 1024 * 1024;
const MAX_JSON_FILE = 256 * 1024 * 1024;
const NO_BUNDLE: ReadonlyMap<string, string> = new Map();

const isNdjson = (path: string): boolean => /\.ndjson(\.gz)?$/.test(path);
const isJson = (path: string): boolean => /\.json(\.gz)?$/.test(path);

/** Paths of the files that can be read, in the order of their names. Throws when the folder is not there or holds none. */
export async function sourceFiles(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) throw new Error(`source: ${folder} is not a folder; name the one that holds the export`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && (isNdjson(entry.name) || isJson(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (paths.length === 0) throw new Error(`source: ${folder} holds no .ndjson or .json file, plain or .gz`);
  return paths;
}

function opened(path: string): Readable {
  const raw = createReadStream(path, { highWaterMark: 1 << 18 });
  if (!path.endsWith('.gz')) return raw;
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  raw.on('error', (error) => gunzip.destroy(error));
  return raw.pipe(gunzip);
}

async function* lines(path: string): AsyncGenerator<string | { tooLong: number }> {
  let pending = '';
  let skipping = 0;
  const decoder = new TextDecoder();
  for await (const chunk of opened(path)) {
    if (!Buffer.isBuffer(chunk)) continue;
    const parts = (pending + decoder.decode(chunk, { stream: true })).split('\n');
    pending = parts.pop() ?? '';
    for (const part of parts) {
      if (skipping > 0) {
        yield { tooLong: skipping + part.length };
        skipping = 0;
      } else yield part;
    }
    if (pending.length > MAX_LINE) {
      skipping += pending.length;
      pending = '';
    } else if (skipping > 0) {
      skipping += pending.length;
      pending = '';
    }
  }
  pending += decoder.decode();
  if (skipping > 0) yield { tooLong: skipping + pending.length };
  else if (pending !== '') yield pending;
}

function parsed(line: string): Loose | string {
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value)) return 'not a JSON object';
    return text(value['resourceType']) === undefined ? 'resourceType is missing' : value;
  } catch {
    // The parser's own message quotes the text, which may hold anything.
    return 'not JSON';
  }
}

function* bundleRows(file: string, bundle: Loose): Generator<SourceRow> {
  const entries = objects(bundle['entry']);
  const ofBundle = new Map<string, string>();
  const resources = entries.map((entry) => {
    const resource = object(entry['resource']);
    const type = text(resource['resourceType']);
    const fullUrl = text(entry['fullUrl']);
    const uuid = /^urn:uuid:(.+)$/.exec(fullUrl ?? '')?.[1];
    const id = text(resource['id']) ?? uuid;
    if (type !== undefined && id !== undefined && fullUrl !== undefined) ofBundle.set(fullUrl, `${type}/${id}`);
    return id === undefined ? resource : { ...resource, id };
  });
  for (const [index, resource] of resources.entries()) {
    if (text(resource['resourceType']) === undefined) {
      yield { kind: 'unreadable', file, line: index + 1, reason: 'the entry holds no resource' };
    } else yield { kind: 'resource', file, line: index + 1, resource, ofBundle };
  }
}

async function* jsonRows(path: string, file: string): AsyncGenerator<SourceRow> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of opened(path)) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > MAX_JSON_FILE) {
      yield { kind: 'unreadable', file, line: 1, reason: 'longer than 256 MB; export as NDJSON instead' };
      return;
    }
    pieces.push(chunk);
  }
  const value = parsed(Buffer.concat(pieces).toString('utf8'));
  if (typeof value === 'string') yield { kind: 'unreadable', file, line: 1, reason: value };
  else if (value['resourceType'] === 'Bundle') yield* bundleRows(file, value);
  else yield { kind: 'resource', file, line: 1, resource: value, ofBundle: NO_BUNDLE };
}

async function* ndjsonRows(path: string, file: string): AsyncGenerator<SourceRow> {
  let number = 0;
  for await (const line of lines(path)) {
    number += 1;
    if (typeof line !== 'string') {
      yield { kind: 'unreadable', file, line: number, reason: `${line.tooLong} characters in one line; 16 MiB is the limit` };
      continue;
    }
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (typeof value === 'string') yield { kind: 'unreadable', file, line: number, reason: value };
    else if (value['resourceType'] === 'Bundle') yield* bundleRows(file, value);
    else yield { kind: 'resource', file, line: number, resource: value, ofBundle: NO_BUNDLE };
  }
}

/** Every row of one file. A file that breaks off (a damaged gzip) ends with an unreadable row and never stops the others. */
export async function* rowsOf(path: string, folder: string): AsyncGenerator<SourceRow> {
  const file = relative(folder, path).split(sep).join('/');
  try {
    yield* isNdjson(path) ? ndjsonRows(path, file) : jsonRows(path, file);
  } catch (error) {
    const code = isObject(error) ? (text(error['code']) ?? 'unreadable') : 'unreadable';
    yield { kind: 'unreadable', file, line: 0, reason: `the file could not be read to its end (${code})` };
  }
}
