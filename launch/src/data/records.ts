/** From the pieces of a file to the resources they hold; what cannot be used comes with its reason. */
import type { Resource } from '@medplum/fhirtypes';
import { jsonPieces } from './json-pieces.ts';
import { ndjsonLines } from './ndjson-lines.ts';
import { type Piece, RECORD_BYTES } from './piece.ts';
import { contentOf, type SourceFile } from './source-files.ts';

export type SourceRecord =
  | {
      kind: 'resource';
      line: number;
      resource: Resource & { id: string };
      /** How other entries of the Bundle may name it. */
      fullUrl?: string;
      /** The search of a conditional create, such as `identifier=system|value`. */
      ifNoneExist?: string;
    }
  | { kind: 'refused'; line: number; resourceType: string; id: string; reason: string };

type Json = { [member: string]: unknown };
type Entry = { fullUrl?: unknown; resource?: unknown; request?: { method?: unknown; ifNoneExist?: unknown }; search?: { mode?: unknown } };

const MEBIBYTE = 1024 * 1024;
const URN_UUID = /^urn:uuid:([A-Za-z0-9\-.]{1,64})$/;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @throws TypeError when the bytes are no UTF-8, SyntaxError when they are no JSON */
const parse = (bytes: Buffer): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));

function resourceRecord(value: unknown, line: number, entry: Entry): SourceRecord[] {
  if (!isObject(value)) return [{ kind: 'refused', line, resourceType: '', id: '', reason: 'The entry has no resource.' }];
  const resourceType = textOf(value['resourceType']);
  const fullUrl = textOf(entry.fullUrl);
  const id = URN_UUID.exec(fullUrl)?.[1] ?? textOf(value['id']);
  const refuse = (reason: string): SourceRecord[] => [{ kind: 'refused', line, resourceType, id, reason }];
  if (resourceType === '') return refuse('It has no resourceType, so it is no FHIR resource.');
  const method = entry.request?.method;
  if (typeof method === 'string' && method !== 'POST' && method !== 'PUT') {
    return refuse(`The entry asks for ${method}; a data folder can only add resources (POST or PUT).`);
  }
  if (resourceType === 'Bundle') return bundleRecords(value, line);
  if (id === '') return refuse('It has no id. Give it one, or in a Bundle a fullUrl of the form urn:uuid:….');
  const ifNoneExist = textOf(entry.request?.ifNoneExist);
  return [
    {
      kind: 'resource',
      line,
      // The server checks the shape of the resource when it takes it.
      resource: { ...value, id } as unknown as Resource & { id: string },
      ...(fullUrl === '' ? {} : { fullUrl }),
      ...(ifNoneExist === '' ? {} : { ifNoneExist }),
    },
  ];
}

/** A search set carries an OperationOutcome of its search, which is no data. */
const isOutcome = (entry: Entry): boolean => entry.search?.mode === 'outcome';

const entryRecords = (value: unknown, line: number): SourceRecord[] => {
  if (!isObject(value)) return resourceRecord(undefined, line, {});
  const entry = value as Entry;
  return isOutcome(entry) ? [] : resourceRecord(entry.resource, line, entry);
};

function bundleRecords(bundle: Json, line: number): SourceRecord[] {
  const { entry } = bundle;
  return Array.isArray(entry) ? entry.flatMap((one: unknown) => entryRecords(one, line)) : [];
}

function recordsOf(piece: Piece): SourceRecord[] {
  const { line, offset, bytes } = piece;
  const refuse = (reason: string): SourceRecord[] => [{ kind: 'refused', line, resourceType: '', id: '', reason }];
  if (piece.kind === 'unfinished')
    return refuse(`The JSON that begins at byte ${offset} does not end. Is the file cut off, or a bracket or quote missing?`);
  if (!bytes) return refuse(`The record that begins at byte ${offset} of the unpacked file is over ${RECORD_BYTES / MEBIBYTE} MiB.`);
  let value: unknown;
  try {
    value = parse(bytes);
  } catch (error) {
    return refuse(error instanceof SyntaxError ? 'It is not valid JSON.' : 'It is not valid UTF-8.');
  }
  if (piece.kind === 'entry') return entryRecords(value, line);
  if (!isObject(value)) return refuse('It is not a JSON object, so it is no FHIR resource.');
  return resourceRecord(value, line, {});
}

/** The records of one file, in order. A file that cannot be read to its end gives a last record that says so. */
export async function* recordsIn(file: SourceFile): AsyncGenerator<SourceRecord> {
  const content = contentOf(file);
  let line = 0;
  try {
    for await (const piece of file.format === 'ndjson' ? ndjsonLines(content) : jsonPieces(content)) {
      line = piece.line;
      yield* recordsOf(piece);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    const reason = code.startsWith('Z_') ? `The file cannot be unpacked (${code}).` : `The file cannot be read (${code}).`;
    yield { kind: 'refused', line: line + 1, resourceType: '', id: '', reason };
  }
}
