/**
 * Writes the synthetic directory as a payer would hand it over: one gzipped NDJSON file for each resource type.
 *
 *   node launch/src/directory/generate.ts --out DIR [--seed S] [--size N] [--as-of 2026-11-20]
 *
 * Counts as JSON on stdout, progress on stderr. Exit 0 done, 1 failed, 2 wrong use.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGzip } from 'node:zlib';
import { type SyntheticDirectoryOptions, syntheticDirectory } from './synthetic-directory.ts';

const USAGE = 'Usage: generate.ts --out DIR [--seed TEXT] [--size PRACTITIONER-LOCATIONS] [--as-of YYYY-MM-DD]';
/** Lines are handed to gzip in pieces of about this many characters. */
const CHUNK = 262_144;
/** Fast and still under a tenth of the text: the rows repeat each other. */
const GZIP_LEVEL = 3;

export type DirectoryFile = { file: string; resources: number; bytes: number; sha256: string };

type OpenFile = { lines: string[]; length: number; resources: number; gzip: ReturnType<typeof createGzip>; done: Promise<DirectoryFile> };

function openFile(folder: string, resourceType: string): OpenFile {
  const file = `${resourceType}.ndjson.gz`;
  const gzip = createGzip({ level: GZIP_LEVEL });
  const hash = createHash('sha256');
  let bytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      hash.update(chunk);
      bytes += chunk.length;
      pass(null, chunk);
    },
  });
  const open: OpenFile = {
    lines: [],
    length: 0,
    resources: 0,
    gzip,
    done: pipeline(gzip, counting, createWriteStream(join(folder, file))).then(() => ({
      file,
      resources: open.resources,
      bytes,
      sha256: hash.digest('hex'),
    })),
  };
  return open;
}

async function flush(open: OpenFile): Promise<void> {
  const text = open.lines.join('');
  open.lines = [];
  open.length = 0;
  if (!open.gzip.write(text)) await new Promise<void>((resolve) => open.gzip.once('drain', resolve));
}

/** Writes the files into `folder`, made if it is not there; an existing file of the same name is replaced. */
export async function writeSyntheticDirectory(
  folder: string,
  options: SyntheticDirectoryOptions,
  progress: (resources: number) => void = () => {},
): Promise<DirectoryFile[]> {
  await mkdir(folder, { recursive: true });
  const files = new Map<string, OpenFile>();
  let resources = 0;
  for (const resource of syntheticDirectory(options)) {
    let open = files.get(resource.resourceType);
    if (open === undefined) {
      open = openFile(folder, resource.resourceType);
      files.set(resource.resourceType, open);
    }
    const line = `${JSON.stringify(resource)}\n`;
    open.lines.push(line);
    open.length += line.length;
    open.resources += 1;
    resources += 1;
    if (open.length >= CHUNK) {
      await flush(open);
      progress(resources);
    }
  }
  for (const open of files.values()) {
    await flush(open);
    open.gzip.end();
  }
  return (await Promise.all([...files.values()].map((open) => open.done))).sort((a, b) => (a.file < b.file ? -1 : 1));
}

type Options = { out: string } & SyntheticDirectoryOptions;

function readOptions(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { out: { type: 'string' }, seed: { type: 'string' }, size: { type: 'string' }, 'as-of': { type: 'string' } },
    });
    const size = Number(values.size ?? 25_000);
    const asOf = values['as-of'] ?? new Date().toISOString().slice(0, 10);
    if (values.out === undefined || !Number.isInteger(size) || size < 1 || !/^\d{4}-\d{2}-\d{2}$/.test(asOf)) return undefined;
    return { out: values.out, seed: values.seed ?? 'refloop', size, asOf };
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const started = performance.now();
  let told = 0;
  const files = await writeSyntheticDirectory(options.out, options, (resources) => {
    if (resources - told < 50_000) return;
    told = resources;
    process.stderr.write(`${resources.toLocaleString('en-US')} resources\n`);
  });
  process.stderr.write(`Written in ${((performance.now() - started) / 1_000).toFixed(1)} s\n`);
  const { seed, size, asOf } = options;
  process.stdout.write(`${JSON.stringify({ seed, size, asOf, files }, null, 2)}\n`);
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`The directory could not be written: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
