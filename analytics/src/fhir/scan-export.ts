/**
 * Looks at every line of an export before any of it is believed: what is there, what is wrong and where. Nothing of a line's content is
 * told, since it may be a patient's.
 */
import { once } from 'node:events';
import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Query, quoted } from '../duckdb.ts';
import { MOST_LINE_BYTES, ndjsonLines } from './ndjson-lines.ts';

/** `offset` is given for a record that is too long: that of its first byte. */
export type RejectedLine = { file: string; line: number; offset?: number; why: string };

/** A file that can be read whole: the one given, or what was good of it. */
export type ScannedFile = { path: string; file: string; bytes: number; lines: number; rejected: number; types: string[] };

export type ScannedExport = {
  files: ScannedFile[];
  /** The first of them; `rejectedCount` counts all. */
  rejected: RejectedLine[];
  rejectedCount: number;
  resources: Record<string, number>;
  /** `Patient/1`, of the entries of a `deleted` output. */
  deleted: string[];
};

const MOST_TOLD = 200;
const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const ID = /^[A-Za-z0-9.-]{1,64}$/;
// A byte order mark is kept: DuckDB takes one at the beginning of a file and nowhere else.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** What DuckDB passes over at both ends of a line, more than JSON.parse does and less than Unicode has. */
const BLANK = /^[ \t\r\v\f]*$/;
const BLANK_ENDS = /^[ \t\r\v\f]+|[ \t\r\v\f]+$/g;
const BYTE_ORDER_MARK = '\ufeff';

type Judged = { kind: 'resource'; type: string; resource: Record<string, unknown> } | { kind: 'empty' } | { kind: 'wrong'; why: string };

/** Whether every text in it is whole characters, and none of them NUL. */
function isText(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, each]) => isText(name) && isText(each));
}

/**
 * @param bytes one line without its end
 * @param isFirst whether it is the first of its file
 */
export function judgeLine(bytes: Buffer, isFirst: boolean): Judged {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { kind: 'wrong', why: 'is not UTF-8' };
  }
  if (isFirst && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
  if (BLANK.test(text)) return { kind: 'empty' };
  if (text.startsWith(BYTE_ORDER_MARK)) return { kind: 'wrong', why: 'begins with a byte order mark' };
  let value: unknown;
  try {
    value = JSON.parse(/[\v\f]/.test(text) ? text.replace(BLANK_ENDS, '') : text);
  } catch {
    return { kind: 'wrong', why: 'is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { kind: 'wrong', why: 'is not a resource' };
  const resource = value as Record<string, unknown>;
  const { resourceType, id } = resource;
  if (typeof resourceType !== 'string' || !TYPE.test(resourceType)) return { kind: 'wrong', why: 'has no resourceType' };
  if (resourceType !== 'Bundle' && (typeof id !== 'string' || !ID.test(id)))
    return { kind: 'wrong', why: 'has no id, or one that FHIR does not allow' };
  // JSON.parse takes what DuckDB refuses.
  if (/\\u(0000|d[89a-f])/i.test(text) && !isText(value)) return { kind: 'wrong', why: 'holds half of a character, or one that is none' };
  return { kind: 'resource', type: resourceType, resource };
}

/** What DuckDB takes for JSON and JSON.parse does not, or may not; within a text it is harmless, but that is not looked at here. */
const DOUBTFUL = [
  String.raw`,[ \t\r\n]*[\]}]`,
  String.raw`[:,\[][ \t\r\n]*[-+]?(?i:nan|inf|infinity)[ \t\r\n]*[,\]}]`,
  String.raw`\\u(0000|[dD][89a-fA-F])`,
].join('|');

/**
 * How many resources of each type a file holds, where DuckDB, which reads many times faster, can tell that `judgeLine` would take each of
 * its lines; null where that is not certain. Of a name that comes twice in one resource, which JSON leaves open, this sees the first.
 */
export async function allGood(query: Query, path: string): Promise<Record<string, number> | null> {
  if (path.endsWith('.gz')) return null;
  try {
    const rows = await query.run(
      `select parts[1]::varchar as type, count(*) as lines, bool_and(coalesce(
         regexp_full_match(parts[1]::varchar, ${quoted(`"${TYPE.source.slice(1, -1)}"`)})
         and regexp_full_match(parts[2]::varchar, ${quoted(`"${ID.source.slice(1, -1)}"`)})
         and strlen(text) <= ${MOST_LINE_BYTES} and not regexp_matches(text, ${quoted(DOUBTFUL)}), false)) as good
       from (
         select json_extract(json, ['$.resourceType', '$.id']) as parts, json::varchar as text
         from read_ndjson_objects(${quoted(path)}, maximum_object_size = ${MOST_LINE_BYTES})
       )
       group by all order by all`,
    );
    // What a Bundle says is gone has to be read.
    if (rows.some(({ type, good }) => good !== true || type === '"Bundle"')) return null;
    return Object.fromEntries(rows.map(({ type, lines }) => [String(type).slice(1, -1), Number(lines)]));
  } catch {
    // Where the mistake is, or that there is none, is told line by line.
    return null;
  }
}

type DeleteBundle = { entry?: { request?: { method?: string; url?: string } }[] };

/** What a Bundle of a `deleted` output says is gone: entries with `DELETE` and `Patient/1`. */
function deletedIn(bundle: Record<string, unknown>): string[] {
  const { entry } = bundle as DeleteBundle;
  return (Array.isArray(entry) ? entry : []).flatMap(({ request }) =>
    request?.method === 'DELETE' && typeof request.url === 'string' && /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.test(request.url)
      ? [request.url]
      : [],
  );
}

const isNdjson = (name: string): boolean => /\.ndjson(\.gz)?$/.test(name);

/** Every NDJSON file below a folder, in order of their names; a file named by itself is taken as it is. */
export async function ndjsonFiles(source: string): Promise<string[]> {
  if (!existsSync(source)) return [];
  if (!(await stat(source)).isDirectory()) return [source];
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isNdjson(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export type ScanProgress = { file: string; read: number; of: number };

async function write(out: WriteStream, bytes: Buffer): Promise<void> {
  if (!out.write(bytes)) await once(out, 'drain');
}

async function closed(out: WriteStream): Promise<void> {
  out.end();
  await once(out, 'close');
}

/** A copy of the lines that are good: only made where some are not. */
async function copyGood(path: string, to: string, bad: ReadonlySet<number>): Promise<void> {
  const out = createWriteStream(to, { mode: 0o600 });
  for await (const { line, bytes } of ndjsonLines(path)) {
    if (bytes === 'too-long' || bad.has(line)) continue;
    await write(out, bytes);
    await write(out, Buffer.from('\n'));
  }
  await closed(out);
}

/**
 * @param query a connection that may read the source
 * @param source a folder, or one file
 * @param building a folder of one's own, for copies of what is good in files that are not good throughout
 */
export async function scanExport(
  query: Query,
  source: string,
  building: string,
  { onProgress, signal }: { onProgress?: (progress: ScanProgress) => void; signal?: AbortSignal } = {},
): Promise<ScannedExport> {
  const paths = await ndjsonFiles(source);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  const of = sizes.reduce((sum, size) => sum + size, 0);
  const found: ScannedExport = { files: [], rejected: [], rejectedCount: 0, resources: {}, deleted: [] };
  let read = 0;
  for (const [at, path] of paths.entries()) {
    const file = relative(source, path) || path;
    const scanned: ScannedFile = { path, file, bytes: sizes[at] ?? 0, lines: 0, rejected: 0, types: [] };
    signal?.throwIfAborted();
    const good = await allGood(query, path);
    signal?.throwIfAborted();
    if (good) {
      scanned.types = Object.keys(good);
      for (const [type, lines] of Object.entries(good)) {
        scanned.lines += lines;
        found.resources[type] = (found.resources[type] ?? 0) + lines;
      }
      read += scanned.bytes;
      onProgress?.({ file, read, of });
      found.files.push(scanned);
      continue;
    }
    const bad = new Set<number>();
    const reject = (rejected: RejectedLine): void => {
      bad.add(rejected.line);
      scanned.rejected += 1;
      found.rejectedCount += 1;
      if (found.rejected.length < MOST_TOLD) found.rejected.push(rejected);
    };
    try {
      for await (const { line, offset, bytes } of ndjsonLines(path, (more) => (read += more))) {
        signal?.throwIfAborted();
        if (line % 1000 === 0) onProgress?.({ file, read, of });
        if (bytes === 'too-long') {
          reject({ file, line, offset, why: `is longer than ${MOST_LINE_BYTES} bytes` });
          continue;
        }
        const judged = judgeLine(bytes, line === 1);
        if (judged.kind === 'empty') continue;
        if (judged.kind === 'wrong') {
          reject({ file, line, why: judged.why });
          continue;
        }
        scanned.lines += 1;
        if (!scanned.types.includes(judged.type)) scanned.types.push(judged.type);
        found.resources[judged.type] = (found.resources[judged.type] ?? 0) + 1;
        if (judged.type === 'Bundle') found.deleted.push(...deletedIn(judged.resource));
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
      reject({ file, line: scanned.lines + scanned.rejected + 1, why: 'cannot be unpacked from here on; the whole file is left out' });
      scanned.lines = 0;
    }
    onProgress?.({ file, read, of });
    if (scanned.lines > 0 && bad.size > 0) {
      scanned.path = join(building, `good-${at}.ndjson`);
      await copyGood(path, scanned.path, bad);
    }
    found.files.push(scanned);
  }
  return found;
}
