/** What of the chart goes along, in words: the same on paper, in FHIR and in C-CDA. */
import { shortDateWords } from '@refloop/domain/fhir/date';
import type { PacketItem, PacketSection } from '@refloop/domain/packet/contents';
import { type EnclosedFile, type FileKind, LARGEST_FILE, type NotEnclosed, type WhyNotEnclosed } from '@refloop/domain/packet/file';

export const SECTION_WORDS: Readonly<Record<PacketSection, string>> = {
  problems: 'Problems',
  medications: 'Medications',
  allergies: 'Allergies',
  results: 'Results',
  imaging: 'Images and their reports',
  documents: 'Documents',
};

/** "Potassium: 4.2 mmol/L · 5 Oct 2026", with what it says in words behind it. */
export const itemWords = ({ title, detail, date, text, foundOn }: PacketItem): string =>
  [
    [[title, detail].filter(Boolean).join(': '), shortDateWords(date), foundOn && `read in the chart on ${shortDateWords(foundOn)}`]
      .filter(Boolean)
      .join(' · '),
    text.join(' '),
  ]
    .filter(Boolean)
    .join('. ');

/** What was fetched for a packet, by SHA-256. */
export type FileBytes = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const KIND_WORDS: Readonly<Record<FileKind, string>> = {
  jpeg: 'JPEG image',
  png: 'PNG image',
  pdf: 'PDF',
  tiff: 'TIFF image',
  dicom: 'DICOM images',
};

/** The same of whatever it holds, and of what the EHR has no more: it tells nothing, as with all that is withheld. */
const NONE_TO_ENCLOSE = 'there is no file of it that can be enclosed';

const WHY_NOT: Readonly<Record<WhyNotEnclosed, string>> = {
  'no-answer': 'it did not come in time',
  'not-allowed': 'the EHR did not allow it',
  gone: NONE_TO_ENCLOSE,
  'too-large': `it is larger than ${LARGEST_FILE / 2 ** 20} MB`,
  'packet-full': 'there is no more room in this packet',
  'unknown-kind': 'it is a kind of file that is not sent',
  elsewhere: 'it is kept outside of the EHR',
  'not-read': 'it is locked, damaged, too long, or holds other files, so that it is not read through here',
  'kept-back': NONE_TO_ENCLOSE,
};

export const whyNotEnclosed = (why: WhyNotEnclosed): string => WHY_NOT[why];

/** "34 kB", "1.2 MB": never less than it is. */
export const sizeWords = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(Math.ceil(bytes / 100_000) / 10).toFixed(1)} MB`;

const named = ({ title, date }: Pick<EnclosedFile, 'title' | 'date'>): string => [title, shortDateWords(date)].filter(Boolean).join(' · ');

/** "Panoramic radiograph · 5 Oct 2026 (JPEG image, 34 kB)". */
export const fileWords = (file: EnclosedFile): string => `${named(file)} (${KIND_WORDS[file.kind]}, ${sizeWords(file.bytes)})`;

export const captionWords = named;

export const notEnclosedWords = (file: NotEnclosed): string =>
  `${named(file)}: not enclosed, its title goes alone: ${whyNotEnclosed(file.why)}.`;

/** For the accounting of disclosures: kinds and numbers, no contents. */
export function filesDisclosed(files: readonly Pick<EnclosedFile, 'kind'>[]): string[] {
  const counted = new Map<FileKind, number>();
  for (const { kind } of files) counted.set(kind, (counted.get(kind) ?? 0) + 1);
  return [...counted].map(([kind, count]) => `files, ${KIND_WORDS[kind]} (${count})`);
}
