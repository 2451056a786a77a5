/**
 * Files of the chart that go along by their content (R103): which entries of a packet have one, and what a file is by its own first bytes.
 * What nothing is known of does not go: an office opens what it is sent.
 */
import { attachmentsOf } from '../chart/sensitivity.ts';
import { type FhirResource, type Json, text } from '../fhir/read.ts';

export const FILE_KINDS = ['jpeg', 'png', 'pdf', 'tiff', 'dicom'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export const FILE_TYPES: Readonly<Record<FileKind, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  pdf: 'application/pdf',
  tiff: 'image/tiff',
  dicom: 'application/dicom',
};

/** Bytes, for one file and for all of one packet. Ours: what an office’s connection and a page of ours can hold. */
export const LARGEST_FILE = 10 * 1024 * 1024;
export const LARGEST_PACKET = 25 * 1024 * 1024;
/** Files in one packet. Ours. */
export const MOST_FILES = 20;

/** Where they stand, in bytes from the beginning. */
const SIGNATURES: readonly { readonly kind: FileKind; readonly at: number; readonly bytes: readonly number[] }[] = [
  // ITU-T T.81, Annex B: SOI and the first byte of the next marker.
  { kind: 'jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  // ISO/IEC 15948, 5.2.
  { kind: 'png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  // ISO 32000-2, 7.5.2.
  { kind: 'pdf', at: 0, bytes: [0x25, 0x50, 0x44, 0x46, 0x2d] },
  // TIFF 6.0, section 2, in both orders of bytes.
  { kind: 'tiff', at: 0, bytes: [0x49, 0x49, 0x2a, 0x00] },
  { kind: 'tiff', at: 0, bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  // DICOM PS3.10, 7.1: "DICM" behind a preamble of 128 bytes.
  { kind: 'dicom', at: 128, bytes: [0x44, 0x49, 0x43, 0x4d] },
];

/** What it is by its own bytes, whatever it was said to be; undefined of anything else. */
export const kindOf = (bytes: Uint8Array): FileKind | undefined =>
  SIGNATURES.find(({ at, bytes: expected }) => expected.every((byte, index) => bytes[at + index] === byte))?.kind;

/** Why a file does not go, where its title does. */
export const WHY_NOT_ENCLOSED = [
  /** The EHR did not answer, or it was not there in the time that is waited. */
  'no-answer',
  'not-allowed',
  /** The EHR has no such file. */
  'gone',
  'too-large',
  /** With it the packet would be larger than may be, or hold more files. */
  'packet-full',
  'unknown-kind',
  /** It lies outside of the EHR, where nothing is fetched. */
  'elsewhere',
  /** Nobody can say what stands in all of it: locked, damaged, with files within, or more than is read by itself. */
  'not-read',
  /** By what is written in it: said in the words of `gone`, which tell nothing. */
  'kept-back',
] as const;
export type WhyNotEnclosed = (typeof WHY_NOT_ENCLOSED)[number];

/** One file as it goes along. */
export type EnclosedFile = {
  /** The item it is the content of. */
  readonly item: string;
  readonly title: string;
  readonly date: string;
  readonly kind: FileKind;
  /** Size in bytes. */
  readonly bytes: number;
  /** Of the bytes, lower-case hex. */
  readonly sha256: string;
  /** In pixels, of what is a page of the PDF; null of what goes as a file of its own. */
  readonly page: { readonly width: number; readonly height: number } | null;
  /** It may hold words that are read by nobody but a person, as a scan does: somebody opens it before it goes. */
  readonly unread?: true;
};

export type NotEnclosed = Pick<EnclosedFile, 'item' | 'title' | 'date'> & { readonly why: WhyNotEnclosed };

export type FileSource = { readonly kind: 'inline'; readonly base64: string } | { readonly kind: 'address'; readonly url: string };

const typeOf = (attachment: Json): string => text(attachment['contentType']).toLowerCase().split(';')[0]?.trim() ?? '';
const isWords = (type: string): boolean => type.startsWith('text/') || type.endsWith('xml') || type.endsWith('json');

/** Of several forms of one document the one that most can open comes first. */
const PREFERRED: readonly string[] = ['image/jpeg', 'image/png', 'application/pdf', 'image/tiff', 'application/dicom'];
const rankOf = (attachment: Json): number => {
  const at = PREFERRED.indexOf(typeOf(attachment));
  return at < 0 ? PREFERRED.length : at;
};

function sourceOf(attachment: Json): FileSource | undefined {
  const { data } = attachment;
  if (typeof data === 'string' && data !== '') return { kind: 'inline', base64: data };
  const url = text(attachment['url']);
  return url === '' ? undefined : { kind: 'address', url };
}

export type FileThere =
  | { readonly kind: 'file'; readonly forms: readonly FileSource[] }
  /** All that is there is words that were read with the entry, and stand in the packet. */
  | { readonly kind: 'words' }
  /** Words that lie elsewhere and were not read. */
  | { readonly kind: 'words-elsewhere' }
  | { readonly kind: 'none' };

/**
 * The file of an entry, in each form that it is there in, the best first: the attachments of one entry are one document in several forms (FHIR R4,
 * DocumentReference.content, DiagnosticReport.presentedForm), so one of them goes.
 */
export function fileOf(resource: FhirResource): FileThere {
  if (!HAVE_FILES.includes(resource.resourceType)) return { kind: 'none' };
  const there = attachmentsOf(resource).flatMap((attachment) => {
    const source = sourceOf(attachment);
    return source ? [{ attachment, source }] : [];
  });
  const forms = there
    .filter(({ attachment }) => !isWords(typeOf(attachment)))
    .toSorted((one, other) => rankOf(one.attachment) - rankOf(other.attachment));
  if (forms.length > 0) return { kind: 'file', forms: forms.map(({ source }) => source) };
  if (there.length === 0) return { kind: 'none' };
  return { kind: there.some(({ source }) => source.kind === 'inline') ? 'words' : 'words-elsewhere' };
}

const HAVE_FILES: readonly string[] = ['DocumentReference', 'DiagnosticReport'];

/** Whether the chart, as it was read, says that this entry has something that the packet's words do not hold. */
export const hasFile = (resource: FhirResource): boolean => ['file', 'words-elsewhere'].includes(fileOf(resource).kind);
