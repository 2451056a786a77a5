/**
 * The files of a packet (R103): images, scans and other documents by their content, as the EHR has them at this moment. What is fetched is what the
 * packet's own rule chose and nothing besides; each entry is read and judged anew, since what the chart was when the note was signed says
 * nothing of what it may hand on now, and what a browser said of a file's address is not followed.
 */
import { readChartAndJudge } from '@refloop/domain/chart/read-chart';
import { type FhirResource, list, object } from '@refloop/domain/fhir/read';
import { dayOf } from '@refloop/domain/instant';
import { contentsOf, type PacketItem } from '@refloop/domain/packet/contents';
import { type EnclosedFile, hasFile, LARGEST_PACKET, MOST_FILES, type NotEnclosed, type WhyNotEnclosed } from '@refloop/domain/packet/file';
import type { Referral } from '@refloop/domain/referral/referral';
import type { ChartFiles, FetchedFile, OpenChartFiles, Patience } from '../ehr/chart-files.ts';
import type { DocumentReader } from '../inbound/document-reader.ts';
import type { FileBytes } from '../packet/packet-words.ts';
import type { Scope } from '../store/store.ts';
import { resourcesKept } from './chart-kept.ts';
import type { AssembledPacket } from './packet-assembly.ts';
import { createFileOpener, type OpenedFile } from './packet-file-opened.ts';

/** Entries of the chart as the EHR has them now, by reference; null of what it has not, or not of this patient. */
export type EntriesNow = ReadonlyMap<string, FhirResource | null>;

/** What was fetched for one packet. */
export type GatheredFiles = {
  /** With the labels of their files. */
  entries: EntriesNow;
  enclosed: readonly EnclosedFile[];
  notEnclosed: readonly NotEnclosed[];
  bytes: FileBytes;
  /** Items of which the file goes by a consent alone: by what is written in it. */
  byConsent: ReadonlySet<string>;
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

/** Entries that are read at once. Ours: an EHR has others to answer. */
const AT_ONCE = 3;

/** The chart as it was kept, with these entries as they are now. */
export function withEntries(resources: readonly FhirResource[], entries: EntriesNow): readonly FhirResource[] {
  if (entries.size === 0) return resources;
  const older = resources.filter(({ resourceType, id }) => !entries.has(`${resourceType}/${String(id)}`));
  return [...older, ...[...entries.values()].filter((entry) => entry !== null)];
}

/** What a file came in says of it what the entry itself would. */
function labelled(entry: FhirResource, { security }: FetchedFile): FhirResource {
  if (security.length === 0) return entry;
  const meta = object(entry['meta']);
  return { ...entry, meta: { ...meta, security: [...list(meta['security']), ...security] } };
}

/** One for all that is asked and read: what has not come by then is not waited for. */
function deadlineIn(milliseconds: number) {
  let passed = false;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<'over'>((done) => {
    timer = setTimeout(() => {
      passed = true;
      done('over');
    }, milliseconds);
  });
  return {
    within: async <T>(work: () => Promise<T>): Promise<T | 'over'> => (passed ? 'over' : Promise.race([work(), over])),
    end: (): void => clearTimeout(timer),
  };
}
type Deadline = ReturnType<typeof deadlineIn>;

async function readEntries(
  files: ChartFiles,
  items: readonly PacketItem[],
  deadline: Deadline,
  why: Map<string, WhyNotEnclosed>,
): Promise<Map<string, FhirResource | null>> {
  const entries = new Map<string, FhirResource | null>();
  const next = items.values();
  const oneByOne = async (): Promise<void> => {
    for (const { id, ref } of next) {
      const entry = await deadline.within(() => files.entry(ref));
      if (entry === 'over') why.set(id, 'no-answer');
      else if (entry.ok) entries.set(id, entry.value);
      else if (entry.refusal === 'gone') entries.set(id, null);
      else why.set(id, entry.refusal);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
  return entries;
}

export function createPacketFiles({ open, read }: PacketFileDeps): GatherFiles {
  const openFileOf = createFileOpener(read);

  /** One after the other, until the packet is full: what would not go is not fetched. */
  async function openFiles(
    { files, scope, now, deadline }: { files: ChartFiles; scope: Scope; now: Date; deadline: Deadline },
    entries: readonly (readonly [string, FhirResource])[],
    why: Map<string, WhyNotEnclosed>,
  ): Promise<Map<string, OpenedFile>> {
    const found = new Map<string, OpenedFile>();
    let [size, isFull] = [0, false];
    for (const [id, entry] of entries) {
      const file = isFull ? 'full' : await deadline.within(() => openFileOf(files, scope, entry, now));
      if (file === 'over') why.set(id, 'no-answer');
      else if (file === 'full' || (file.ok && size + file.value.bytes.byteLength > LARGEST_PACKET)) {
        isFull = true;
        why.set(id, 'packet-full');
      } else if (file.ok) {
        size += file.value.bytes.byteLength;
        found.set(id, file.value);
      } else why.set(id, file.refusal);
    }
    return found;
  }

  return async ({ scope, referral, assembled }, patience, now) => {
    const { read: kept, preparation, variant } = assembled;
    const resources = resourcesKept(kept.input);
    const withFiles = new Set(resources.filter(hasFile).map(({ resourceType, id }) => `${resourceType}/${String(id)}`));
    const wanted = assembled.items.filter(({ id }) => withFiles.has(id) && !preparation.removed.includes(id));
    if (wanted.length === 0) return NOTHING;
    const { patientId, specialty } = referral;
    const today = dayOf(now.toISOString());
    const why = new Map<string, WhyNotEnclosed>();
    const notEnclosed = (): NotEnclosed[] =>
      wanted.flatMap(({ id: item, title, date }) => {
        const reason = why.get(item);
        return reason === undefined ? [] : [{ item, title, date, why: reason }];
      });
    const deadline = deadlineIn(patience.milliseconds);
    try {
      const access = await deadline.within(() => open(scope, patientId, patience));
      if (!access) return undefined;
      if (access === 'over' || !access.ok) {
        for (const { id } of wanted) why.set(id, access === 'over' ? 'no-answer' : access.refusal);
        return { ...NOTHING, notEnclosed: notEnclosed() };
      }
      const files = access.value;
      for (const { id } of wanted.slice(MOST_FILES)) why.set(id, 'packet-full');
      const entries = await readEntries(files, wanted.slice(0, MOST_FILES), deadline, why);

      /** What is of this packet with what is known now. */
      const judged = (consented: ReadonlySet<string>) => {
        const { chart, mayHandOn } = readChartAndJudge(withEntries(resources, entries), { patientId, today, consented });
        return { still: new Set(contentsOf(chart, { specialty, variant, today }).map(({ id }) => id)), mayHandOn };
      };
      const first = judged(kept.consented);
      const toOpen = wanted.flatMap(({ id }) => {
        const entry = entries.get(id);
        return entry && first.still.has(id) ? [[id, entry] as const] : [];
      });
      const found = await openFiles({ files, scope, now, deadline }, toOpen, why);
      for (const [id, entry] of toOpen) {
        const file = found.get(id);
        if (file) entries.set(id, labelled(entry, file));
      }

      const { still, mayHandOn } = judged(kept.consented);
      const plain = kept.consented.size === 0 ? undefined : judged(new Set());
      const enclosed: EnclosedFile[] = [];
      const bytes = new Map<string, Uint8Array<ArrayBuffer>>();
      const byConsent = new Set<string>();
      for (const item of wanted) {
        const file = found.get(item.id);
        if (!file || !still.has(item.id)) continue;
        if (!mayHandOn(file.words)) {
          why.set(item.id, 'kept-back');
          continue;
        }
        if (plain && !plain.mayHandOn(file.words)) byConsent.add(item.id);
        enclosed.push(enclosedFile(item, file));
        bytes.set(file.sha256, file.bytes);
      }
      return { entries, enclosed, notEnclosed: notEnclosed(), bytes, byConsent };
    } finally {
      deadline.end();
    }
  };
}

const NOTHING: GatheredFiles = { entries: new Map(), enclosed: [], notEnclosed: [], bytes: new Map(), byConsent: new Set() };

/** Of an image that the chart does not call one nobody can say what is written on it: a letter or a table that somebody photographed. */
const isUnread = ({ section }: PacketItem, { kind, unread }: OpenedFile): boolean => (kind === 'pdf' ? unread : section !== 'imaging');

function enclosedFile(item: PacketItem, file: OpenedFile): EnclosedFile {
  const { id, title, date } = item;
  const { kind, bytes, sha256, page } = file;
  const about = { item: id, title, date, kind, bytes: bytes.byteLength, sha256, page };
  return isUnread(item, file) ? { ...about, unread: true } : about;
}
