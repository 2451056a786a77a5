/** Reads what an EHR exported: a folder of NDJSON, or Bundles, plain or .gz. What cannot be read is told with its place and stops nothing. */
import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type FhirRow, type Renamed, rowOf } from './fhir-tables.ts';
import { isObject, type JsonObject, listIn, objectIn, textIn } from './json.ts';
import { readLines } from './read-lines.ts';

/** Where it stands, and why it was not taken; nothing of what stands there. */
export type Refused = { file: string; line: number | null; resourceType: string | null; id: string | null; reason: string };
export type Read = FhirRow | { refused: Refused };

export class NothingToRead extends Error {}

const NDJSON = /\.ndjson(\.gz)?$/i;
const JSON_FILE = /\.json(\.gz)?$/i;

/** The folder's files and those of its subfolders, in order of their names; or the one file. */
async function filesOf(input: string): Promise<string[]> {
  const found = statSync(input, { throwIfNoEntry: false });
  if (!found) throw new NothingToRead(`--input: There is no ${input}. Name a folder of NDJSON files, or a FHIR Bundle.`);
  if (!found.isDirectory()) return [input];
  const names = await readdir(input, { recursive: true });
  const files = names.filter((name) => NDJSON.test(name) || JSON_FILE.test(name)).sort();
  if (files.length === 0) throw new NothingToRead(`--input: ${input} holds no .ndjson and no .json file, plain or .gz.`);
  return files.map((name) => join(input, name));
}

/** Entries of a Bundle are named by their fullUrl; the resource's own id is what others know it by. */
function renamedIn(bundle: JsonObject): Renamed {
  const pairs = listIn(bundle['entry'])
    .map(objectIn)
    .flatMap(({ fullUrl, resource }): [string, string][] => {
      const [url, id] = [textIn(fullUrl), textIn(objectIn(resource)['id'])];
      return url !== null && id !== null && url.startsWith('urn:uuid:') ? [[url, id]] : [];
    });
  return new Map(pairs);
}

/** An entry without an id keeps the uuid it is named by. */
function resourceOf(entry: JsonObject): unknown {
  const { resource } = entry;
  const url = textIn(entry['fullUrl']);
  if (!isObject(resource) || textIn(resource['id']) !== null || url === null || !url.startsWith('urn:uuid:')) return resource;
  return { ...resource, id: url.slice('urn:uuid:'.length) };
}

type Place = { file: string; line: number | null };

function* resourcesIn(parsed: unknown): Iterable<[unknown, Renamed]> {
  if (!isObject(parsed) || parsed['resourceType'] !== 'Bundle') return yield [parsed, new Map()];
  const renamed = renamedIn(parsed);
  for (const entry of listIn(parsed['entry'])) {
    // A response of a transaction has no resource.
    if (isObject(entry) && entry['resource'] !== undefined) yield [resourceOf(entry), renamed];
  }
}

function* rowsIn(parsed: unknown, place: Place): Iterable<Read> {
  for (const [resource, renamed] of resourcesIn(parsed)) {
    const row = rowOf(resource, renamed);
    if ('unreadable' in row) {
      const { unreadable, resourceType, id } = row;
      yield { refused: { ...place, resourceType, id, reason: unreadable } };
    } else if (row.table !== null) yield row;
  }
}

const refused = (place: Place, reason: string): Read => ({ refused: { ...place, resourceType: null, id: null, reason } });

function* parsed(text: string, place: Place): Iterable<Read> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return yield refused(place, 'It is not JSON.');
  }
  yield* rowsIn(value, place);
}

async function* ndjson(path: string, file: string): AsyncIterable<Read> {
  for await (const each of readLines(path)) {
    const place = { file, line: each.line };
    if ('unreadable' in each) yield refused(place, each.unreadable);
    else yield* parsed(each.text, place);
  }
}

async function* wholeJson(path: string, file: string): AsyncIterable<Read> {
  const place = { file, line: null };
  let text: string;
  try {
    const bytes = await readFile(path);
    text = (path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
  } catch {
    return yield refused(place, 'It cannot be read as a whole: broken, or too large for one JSON text. Give it as NDJSON.');
  }
  yield* parsed(text, place);
}

/** Every resource that CMS50 reads. Throws `NothingToRead` where there is no such folder or file. */
export async function* readExport(input: string): AsyncIterable<Read> {
  const folder = statSync(input, { throwIfNoEntry: false })?.isDirectory() === true;
  for (const path of await filesOf(input)) {
    const file = folder ? relative(input, path) : basename(path);
    yield* JSON_FILE.test(path) ? wholeJson(path, file) : ndjson(path, file);
  }
}
