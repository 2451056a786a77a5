/**
 * The files of a packet (R103): images, scans and other documents by their content, as the EHR has them at this moment. What is fetched is what the
 * packet's own rule chose and nothing besides; each entry is read and judged anew, since what the chart was when the note was signed says
 * nothing of what it may hand on now, and what a browser said of a file's address is not followed.
 */
import { createHash } from 'node:crypto';
import { readChart } from '@refloop/domain/chart/read-chart';
import { type FhirResource, list, object } from '@refloop/domain/fhir/read';
import { referenceText } from '@refloop/domain/fhir/reference';
import { dayOf } from '@refloop/domain/instant';
import { contentsOf, type PacketItem } from '@refloop/domain/packet/contents';
import {
  type EnclosedFile,
  FILE_TYPES,
  type FileSource,
  fileOf,
  hasFile,
  kindOf,
  LARGEST_FILE,
  LARGEST_PACKET,
  MOST_FILES,
  type NotEnclosed,
  type WhyNotEnclosed,
} from '@refloop/domain/packet/file';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { ChartFiles, FetchedFile, OpenChartFiles, Patience } from '../ehr/chart-files.ts';
import type { DocumentReader } from '../inbound/document-reader.ts';
import { asDocument } from '../inbound/returned-mail.ts';
import { createPages, type PageOf } from '../packet/image-page.ts';
import type { Scope, Unit } from '../store/store.ts';
import { resourcesKept } from './chart-kept.ts';
import type { AssembledPacket } from './packet-assembly.ts';

/** What was fetched for one packet. `bytes` by SHA-256. */
export type GatheredFiles = {
  enclosed: readonly EnclosedFile[];
  notEnclosed: readonly NotEnclosed[];
  bytes: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
};

export type PacketFileDeps = { open: OpenChartFiles; read: DocumentReader['read'] };

export type GatherFiles = (
  about: { scope: Scope; referral: Referral; assembled: AssembledPacket },
  patience: Patience,
  now: Date,
) => Promise<GatheredFiles | undefined>;

/** Whoever looks waits less than whoever sends: what did not come in time is said, and tried again with the press. */
export const TO_LOOK: Patience = { tries: 1, milliseconds: 8000 };
export const TO_SEND: Patience = { tries: 3, milliseconds: 40_000 };

/** Looked at, read and sent within minutes: what was shown is what goes. */
const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 64 * 1024 * 1024;

/** `words`: what stands in it as text, of a PDF. */
type Opened = FetchedFile & { words: string };

/** In memory alone, the oldest out first. */
function createShelf() {
  const kept = new Map<string, { file: Opened; until: number }>();
  let size = 0;
  const drop = (key: string): void => {
    size -= kept.get(key)?.file.bytes.byteLength ?? 0;
    kept.delete(key);
  };
  return {
    find: (key: string, now: Date): Opened | undefined => {
      const found = kept.get(key);
      return found && found.until > now.getTime() ? found.file : undefined;
    },
    put: (key: string, file: Opened, now: Date): void => {
      drop(key);
      kept.set(key, { file, until: now.getTime() + KEPT_MS });
      size += file.bytes.byteLength;
      for (const [oldest, { until }] of kept) if (size > MOST_KEPT || until <= now.getTime()) drop(oldest);
    },
  };
}

const WORDS_AT_A_TIME = 200_000;

/** As the entry would be judged if all that is known of its file stood in it: its labels, and what is written in it. */
function judgedAs(resource: FhirResource, { security, words }: Pick<Opened, 'security' | 'words'>): FhirResource {
  const pieces = words.match(new RegExp(`[^]{1,${WORDS_AT_A_TIME}}`, 'gu')) ?? [];
  const written = pieces.map((piece) => ({ contentType: 'text/plain', data: Buffer.from(piece, 'utf8').toString('base64') }));
  const meta = object(resource['meta']);
  return {
    ...resource,
    meta: { ...meta, security: [...list(meta['security']), ...security] },
    ...(resource.resourceType === 'DiagnosticReport'
      ? { presentedForm: [...list(resource['presentedForm']), ...written] }
      : { content: [...list(resource['content']), ...written.map((attachment) => ({ attachment }))] }),
  };
}

export function createPacketFiles({ open, read }: PacketFileDeps): GatherFiles {
  const shelf = createShelf();
  const pageOf = createPages();

  /** Empty of pictures of pages, and of what is damaged or locked; undefined where no process could be had to read it. */
  async function wordsOf(bytes: Uint8Array): Promise<string | undefined> {
    try {
      const document = asDocument(await read(bytes));
      return document.kind === 'read' ? document.parts.map((part) => part.text).join('\n') : '';
    } catch {
      return undefined;
    }
  }

  async function opened(files: ChartFiles, source: FileSource, key: string, now: Date): Promise<Result<Opened, WhyNotEnclosed>> {
    const known = shelf.find(key, now);
    if (known) return ok(known);
    const fetched: Result<FetchedFile, WhyNotEnclosed> =
      source.kind === 'address'
        ? await files.file(source.url)
        : ok({ bytes: new Uint8Array(Buffer.from(source.base64, 'base64')), security: [] });
    if (!fetched.ok) return fetched;
    const { bytes } = fetched.value;
    if (bytes.byteLength > LARGEST_FILE) return refuse('too-large');
    const kind = kindOf(bytes);
    if (kind === undefined) return refuse('unknown-kind');
    const words = kind === 'pdf' ? await wordsOf(bytes) : '';
    // What could not be looked into is not handed on unseen.
    if (words === undefined) return refuse('kept-back');
    const file = { ...fetched.value, words };
    shelf.put(key, file, now);
    return ok(file);
  }

  /** The first of its forms that comes and is of a known kind. */
  async function firstOf(files: ChartFiles, scope: Scope, entry: FhirResource, now: Date): Promise<Result<Opened, WhyNotEnclosed>> {
    const there = fileOf(entry);
    if (there.kind !== 'file') return refuse(there.kind === 'words-elsewhere' ? 'unknown-kind' : 'gone');
    const { versionId, lastUpdated } = object(entry['meta']);
    let why: WhyNotEnclosed | undefined;
    for (const source of there.forms) {
      const where = source.kind === 'address' ? source.url : createHash('sha256').update(source.base64).digest('hex');
      const key = JSON.stringify([scope.tenant, scope.issuer, entry.resourceType, entry.id, versionId, lastUpdated, where]);
      const file = await opened(files, source, key, now);
      if (file.ok) return file;
      why ??= file.refusal;
    }
    return refuse(why ?? 'gone');
  }

  return async ({ scope, referral, assembled }, patience, now) => {
    const { read: kept, preparation, variant } = assembled;
    const resources = new Map(resourcesKept(kept.input).map((resource) => [`${resource.resourceType}/${String(resource.id)}`, resource]));
    const wanted = assembled.items.filter(({ id }) => {
      const resource = resources.get(id);
      return resource !== undefined && hasFile(resource) && !preparation.removed.includes(id);
    });
    if (wanted.length === 0) return { enclosed: [], notEnclosed: [], bytes: new Map() };
    const { patientId, specialty } = referral;
    const access = await open(scope, patientId, patience);
    if (!access) return undefined;
    const why = new Map<string, WhyNotEnclosed>();
    const entries = new Map<string, FhirResource>();
    const files = access.ok ? access.value : undefined;
    if (!access.ok) for (const { id } of wanted) why.set(id, access.refusal);
    await Promise.all(
      wanted.map(async ({ id, ref }, index) => {
        if (!files) return;
        const entry: Result<FhirResource, WhyNotEnclosed> = index < MOST_FILES ? await files.entry(ref) : refuse('packet-full');
        if (entry.ok) entries.set(id, entry.value);
        else why.set(id, entry.refusal);
      }),
    );

    /** Takes out what is no longer of this packet with what is known now. */
    const judge = (): void => {
      const today = dayOf(now.toISOString());
      const chart = readChart([...new Map([...resources, ...entries]).values()], { patientId, today, consented: kept.consented });
      const still = new Set(contentsOf(chart, { specialty, variant, today }).map(({ id }) => id));
      const heldBack = new Set(chart.withheld.filter((each) => each.why !== 'entered-in-error').map(({ ref }) => referenceText(ref)));
      for (const id of entries.keys()) {
        if (still.has(id)) continue;
        entries.delete(id);
        why.set(id, heldBack.has(id) ? 'kept-back' : 'gone');
      }
    };
    judge();

    const found = new Map<string, Opened>();
    for (const { id } of wanted) {
      const entry = entries.get(id);
      if (!files || !entry) continue;
      const file = await firstOf(files, scope, entry, now);
      if (file.ok) {
        found.set(id, file.value);
        entries.set(id, judgedAs(entry, file.value));
      } else {
        entries.delete(id);
        why.set(id, file.refusal);
      }
    }
    judge();

    const enclosed: EnclosedFile[] = [];
    const bytes = new Map<string, Uint8Array<ArrayBuffer>>();
    let size = 0;
    for (const item of wanted) {
      const file = entries.has(item.id) ? found.get(item.id) : undefined;
      if (!file) continue;
      if (size + file.bytes.byteLength > LARGEST_PACKET) {
        why.set(item.id, 'packet-full');
        continue;
      }
      size += file.bytes.byteLength;
      const made = await enclosedFile(item, file.bytes, pageOf);
      if (!made) continue;
      enclosed.push(made);
      bytes.set(made.sha256, file.bytes);
    }
    const notEnclosed = wanted.flatMap(({ id: item, title, date }): NotEnclosed[] => {
      const reason = why.get(item);
      return reason === undefined ? [] : [{ item, title, date, why: reason }];
    });
    return { enclosed, notEnclosed, bytes };
  };
}

async function enclosedFile({ id: item, title, date }: PacketItem, bytes: Uint8Array, pageOf: PageOf): Promise<EnclosedFile | undefined> {
  const kind = kindOf(bytes);
  if (kind === undefined) return undefined;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { item, title, date, kind, bytes: bytes.byteLength, sha256, page: await pageOf(kind, bytes, sha256) };
}

/** One file of a referral is kept once, however often it went. */
const documentOf = (referralId: string, sha256: string): string =>
  `enclosed-${createHash('sha256')
    .update(JSON.stringify([referralId, sha256]))
    .digest('hex')
    .slice(0, 40)}`;

/** With the packet that names them, in its transaction: what went is on record byte by byte. */
export async function keepFiles(unit: Unit, referralId: string, { enclosed, bytes }: GatheredFiles, at: string): Promise<void> {
  for (const { sha256, kind } of enclosed) {
    const file = bytes.get(sha256);
    if (file)
      await unit.documents.insert({
        id: documentOf(referralId, sha256),
        referralId,
        contentType: FILE_TYPES[kind],
        sha256,
        receivedAt: at,
        bytes: file,
      });
  }
}

/** One file as it went; undefined where it is not kept. */
export async function fileKept(unit: Unit, referralId: string, sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const kept = await unit.documents.get(documentOf(referralId, sha256));
  return kept && new Uint8Array(kept.bytes);
}

/** All that a packet as it was sent holds, by SHA-256. */
export async function filesKept(
  unit: Unit,
  referralId: string,
  enclosed: readonly Pick<EnclosedFile, 'sha256'>[],
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { sha256 } of enclosed) {
    const file = await fileKept(unit, referralId, sha256);
    if (file) files.set(sha256, file);
  }
  return files;
}
