/** One file of the chart, fetched and looked into: what it is by its own bytes, and what stands in it as text. In memory for minutes. */
import { createHash } from 'node:crypto';
import { type FhirResource, object } from '@refloop/domain/fhir/read';
import { type FileKind, type FileSource, fileOf, kindOf, LARGEST_FILE, type WhyNotEnclosed } from '@refloop/domain/packet/file';
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { ChartFiles, FetchedFile } from '../ehr/chart-files.ts';
import type { DocumentReader } from '../inbound/document-reader.ts';
import { asDocument } from '../inbound/read-file.ts';
import { createPages, type PageSize } from '../packet/image-page.ts';
import type { Scope } from '../store/store.ts';

/** `unread`: pages without a word in text, which may be pictures of pages; of what is no document nothing is said. */
type LookedInto = { words: string; unread: boolean };
export type OpenedFile = FetchedFile & LookedInto & { kind: FileKind; sha256: string; page: PageSize | null };

/** Looked at, read and sent within minutes: what was shown is what goes. */
const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 64 * 1024 * 1024;

/** In memory alone, the oldest out first. */
function createShelf() {
  const kept = new Map<string, { file: OpenedFile; until: number }>();
  let size = 0;
  const drop = (key: string): void => {
    size -= kept.get(key)?.file.bytes.byteLength ?? 0;
    kept.delete(key);
  };
  return {
    find: (key: string, now: Date): OpenedFile | undefined => {
      const found = kept.get(key);
      return found && found.until > now.getTime() ? found.file : undefined;
    },
    put: (key: string, file: OpenedFile, now: Date): void => {
      drop(key);
      kept.set(key, { file, until: now.getTime() + KEPT_MS });
      size += file.bytes.byteLength;
      for (const [oldest, { until }] of kept) if (size > MOST_KEPT || until <= now.getTime()) drop(oldest);
    },
  };
}

/** The first of the forms of an entry's file that comes, is of a known kind and can be looked into. */
export type OpenFileOf = (files: ChartFiles, scope: Scope, entry: FhirResource, now: Date) => Promise<Result<OpenedFile, WhyNotEnclosed>>;

export function createFileOpener(read: DocumentReader['read']): OpenFileOf {
  const shelf = createShelf();
  const pageOf = createPages();

  /** What is locked, damaged, read in part or read by nobody, or holds other files, is not handed on unseen. */
  async function lookInto(bytes: Uint8Array): Promise<Result<LookedInto, 'not-read'>> {
    try {
      const document = asDocument(await read(bytes, { beside: true }));
      const { beside } = document;
      if (!beside || beside.closed) return refuse('not-read');
      if (document.kind === 'unreadable')
        return document.why === 'picture' ? ok({ words: beside.words, unread: true }) : refuse('not-read');
      if (document.cut) return refuse('not-read');
      const texts = document.parts.map(({ text }) => text);
      return ok({ words: [...texts, beside.words].join('\n'), unread: beside.drawn || texts.some((text) => text.trim() === '') });
    } catch {
      return refuse('not-read');
    }
  }

  async function opened(files: ChartFiles, source: FileSource, key: string, now: Date): Promise<Result<OpenedFile, WhyNotEnclosed>> {
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
    const looked: Result<LookedInto, WhyNotEnclosed> = kind === 'pdf' ? await lookInto(bytes) : ok({ words: '', unread: false });
    if (!looked.ok) return looked;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const file = { ...fetched.value, kind, sha256, page: await pageOf(kind, bytes, sha256), ...looked.value };
    shelf.put(key, file, now);
    return ok(file);
  }

  return async (files, scope, entry, now) => {
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
  };
}
