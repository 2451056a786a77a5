import { tmpdir } from 'node:os';
import type { Resource } from '@medplum/fhirtypes';
import { practitionerReference, SANDBOX_USERS } from '../auth/users.ts';
import { loadOrder } from './load-order.ts';
import { recordsIn, type SourceRecord } from './records.ts';
import { conditionalKey, identifierKeys, nameByIdentifier, rewriteNames } from './reference-names.ts';
import { findSourceFiles, type SourceFile } from './source-files.ts';
import { type Place, Spool } from './spool.ts';

/** One line of the import report: what was not taken, where it stands, and why. No content of the resource is repeated. */
export type RefusedRecord = { file: string; line: number; resourceType: string; id: string; reason: string };

/** `read` counts every record found; each is either taken or refused. */
export type ImportReport = { read: number; taken: number; refused: RefusedRecord[] };

/** Takes resources that refer only to one another and to what it took before; says which it refused. */
export type Sink = (resources: Resource[]) => Promise<{ taken: number; refused: { resourceType: string; id: string; reason: string }[] }>;

export type LoadFolderResult =
  | {
      kind: 'loaded';
      report: ImportReport;
      /** References to practitioners, organizations and locations that the folder does not hold; they are kept by identifier. */
      keptByIdentifier: number;
    }
  | { kind: 'unusable'; reason: string };

export type LoadFolderOptions = {
  /** Where the spool lies while loading; by default the system's folder for temporary files. */
  scratch?: string;
  /** Called after each group that was stored, with the counts so far. */
  onProgress?: (progress: { read: number; taken: number }) => void;
};

/** Groups are handed over in calls of about this size. */
const CALL_RESOURCES = 1000;
const CALL_BYTES = 16 * 1024 * 1024;

/** A resource as it waits in the spool: its name, where it came from, and the names it uses for others (by number). */
type Waiting = { name: string; file: SourceFile; line: number; place: Place; mentions: number[] };

/** Everything the first pass learns; the contents stay in the spool. */
class Catalog {
  readonly waiting: Waiting[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #nameNumbers = new Map<string, number>();
  /** From a fullUrl to `Type/id`. */
  readonly #fullUrls = new Map<string, string>();
  /** From an identifier to the resource that bears it; to nothing when several do. */
  readonly #identifiers = new Map<string, string | undefined>();

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  add(entry: Waiting): void {
    this.#numbers.set(entry.name, this.waiting.length);
    this.waiting.push(entry);
  }

  mention(text: string): number {
    const known = this.#nameNumbers.get(text);
    if (known !== undefined) return known;
    this.#nameNumbers.set(text, this.#names.length);
    this.#names.push(text);
    return this.#names.length - 1;
  }

  addFullUrl(fullUrl: string, name: string): void {
    this.#fullUrls.set(fullUrl, name);
  }

  addIdentifiers(resource: Resource, name: string): void {
    for (const key of identifierKeys(resource)) {
      const other = this.#identifiers.get(key);
      this.#identifiers.set(key, this.#identifiers.has(key) && other !== name ? undefined : name);
    }
  }

  /** The resource a conditional create would find already there. */
  bearerOf(key: string | undefined): string | undefined {
    return key === undefined ? undefined : this.#identifiers.get(key);
  }

  isUnknown(key: string): boolean {
    return !this.#identifiers.has(key);
  }

  /** What a reference says once every file has been read; unchanged where nothing in the load answers to it. */
  resolve(text: string): string {
    const key = conditionalKey(text);
    return this.#fullUrls.get(text) ?? this.bearerOf(key) ?? text;
  }

  /** Why a reference cannot be resolved, where this load knows and the server cannot. */
  problem(text: string): string | undefined {
    const key = conditionalKey(text);
    if (key === undefined || !this.#identifiers.has(key) || this.#identifiers.get(key) !== undefined) return undefined;
    return 'A conditional reference matches several resources of this folder by identifier. Refer by Type/id.';
  }

  targetsOf(number: number): number[] {
    const targets: number[] = [];
    for (const mention of this.waiting[number]?.mentions ?? []) {
      // `Type/id/_history/1` waits for the resource like `Type/id`.
      const [type = '', id = ''] = this.resolve(this.#names[mention] ?? '').split('/');
      const target = this.#numbers.get(`${type}/${id}`);
      if (target !== undefined) targets.push(target);
    }
    return targets;
  }
}

/** The sandbox's own users are there whatever the folder holds. */
const OWN_PEOPLE = new Set(SANDBOX_USERS.map(practitionerReference));

type Tally = { report: ImportReport; keptByIdentifier: number; spool: Spool; catalog: Catalog };

function refuse({ report }: Tally, file: SourceFile, record: { line: number; resourceType: string; id: string; reason: string }): void {
  const { line, resourceType, id, reason } = record;
  report.refused.push({ file: file.name, line, resourceType, id, reason });
}

async function note(tally: Tally, file: SourceFile, record: Extract<SourceRecord, { kind: 'resource' }>): Promise<void> {
  const { catalog, spool, report } = tally;
  const { resource, fullUrl, ifNoneExist } = record;
  const { resourceType, id } = resource;
  const name = `${resourceType}/${id}`;
  const existing = ifNoneExist === undefined ? undefined : catalog.bearerOf(conditionalKey(`${resourceType}?${ifNoneExist}`));
  if (fullUrl !== undefined) catalog.addFullUrl(fullUrl, existing ?? name);
  if (existing !== undefined && existing !== name) {
    // The conditional create of another Bundle finds what an earlier one created.
    report.taken += 1;
    return;
  }
  const text = JSON.stringify(resource);
  const mentions = new Set<number>();
  rewriteNames(resource, (mentioned) => {
    if (!mentioned.startsWith('#')) mentions.add(catalog.mention(mentioned));
    return mentioned;
  });
  const number = catalog.numberOf(name);
  const earlier = number === undefined ? undefined : catalog.waiting[number];
  if (earlier && (await spool.read(earlier.place)) === text) {
    report.taken += 1;
    return;
  }
  catalog.addIdentifiers(resource, name);
  const entry: Waiting = { name, file, line: record.line, place: await spool.add(text), mentions: [...mentions] };
  if (!earlier || number === undefined) {
    catalog.add(entry);
    return;
  }
  refuse(tally, earlier.file, {
    line: earlier.line,
    resourceType,
    id,
    reason: `The same resource comes again with other content in ${file.name}, line ${record.line}; that one counts.`,
  });
  catalog.waiting[number] = entry;
}

async function readAll(tally: Tally, files: readonly SourceFile[]): Promise<void> {
  for (const file of files) {
    for await (const record of recordsIn(file)) {
      tally.report.read += 1;
      if (record.kind === 'refused') refuse(tally, file, record);
      else await note(tally, file, record);
    }
  }
}

async function handOver(tally: Tally, sink: Sink, numbers: readonly number[]): Promise<void> {
  const { catalog, spool, report } = tally;
  const resources: Resource[] = [];
  for (const number of numbers) {
    const waiting = catalog.waiting[number];
    if (!waiting) continue;
    const resource = JSON.parse(await spool.read(waiting.place)) as Resource & { id: string };
    let problem: string | undefined;
    tally.keptByIdentifier += nameByIdentifier(resource, {
      identifier: (key) => catalog.isUnknown(key),
      name: (name) => catalog.numberOf(name) === undefined && !OWN_PEOPLE.has(name),
    });
    rewriteNames(resource, (text) => {
      problem ??= catalog.problem(text);
      return catalog.resolve(text);
    });
    if (problem === undefined) resources.push(resource);
    else refuse(tally, waiting.file, { line: waiting.line, resourceType: resource.resourceType, id: resource.id, reason: problem });
  }
  if (resources.length === 0) return;
  const { taken, refused } = await sink(resources);
  report.taken += taken;
  for (const { resourceType, id, reason } of refused) {
    const waiting = catalog.waiting[catalog.numberOf(`${resourceType}/${id}`) ?? -1];
    if (!waiting) throw new Error(`The sink refused ${resourceType}/${id}, which was not handed to it.`);
    refuse(tally, waiting.file, { line: waiting.line, resourceType, id, reason });
  }
}

async function storeAll(tally: Tally, sink: Sink, onProgress: LoadFolderOptions['onProgress']): Promise<void> {
  const { catalog, report } = tally;
  let call: number[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    await handOver(tally, sink, call);
    call = [];
    bytes = 0;
    onProgress?.({ read: report.read, taken: report.taken });
  };
  for (const group of loadOrder(catalog.waiting.length, (number) => catalog.targetsOf(number))) {
    call.push(...group);
    for (const number of group) bytes += catalog.waiting[number]?.place.length ?? 0;
    if (call.length >= CALL_RESOURCES || bytes >= CALL_BYTES) await flush();
  }
  if (call.length > 0) await flush();
}

/**
 * Loads every FHIR R4 resource of a folder: single resources, Bundles and NDJSON, plain or gzip. Two passes: the first
 * reads the files into a spool and learns the names, the second hands the resources over so that each comes after, or
 * together with, those it refers to. Memory grows with the number of resources (some hundred bytes each), not with their
 * size. A bad record is refused with file and line and stops nothing.
 *
 * @throws whatever the sink throws, and the file system's error when the scratch folder cannot be written to
 */
export async function loadFolder(folder: string, sink: Sink, options: LoadFolderOptions = {}): Promise<LoadFolderResult> {
  let files: SourceFile[];
  try {
    files = await findSourceFiles(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { kind: 'unusable', reason: `The data folder ${folder} cannot be read (${code}). Give a folder that exists.` };
  }
  if (files.length === 0) {
    return { kind: 'unusable', reason: `The data folder ${folder} holds no *.json or *.ndjson file, plain or .gz, at any depth.` };
  }
  const spool = await Spool.open(options.scratch ?? tmpdir());
  const tally: Tally = { report: { read: 0, taken: 0, refused: [] }, keptByIdentifier: 0, spool, catalog: new Catalog() };
  try {
    await readAll(tally, files);
    await storeAll(tally, sink, options.onProgress);
  } finally {
    await spool.close();
  }
  return { kind: 'loaded', report: tally.report, keptByIdentifier: tally.keptByIdentifier };
}
