/**
 * Notes that come back on paper, as the site's fax server hands them over, and whose each of them is in truth: some are of another patient, of
 * nobody, or cannot be read. How a file is read is tested elsewhere: here a file says outright what would be read of it.
 */

import { createHash } from 'node:crypto';
import { nobody, type ReadDocument, ReadDocument as Reading, unreadable } from '@refloop/server/inbound/read-document';
import { digest } from '@refloop/server/sessions/token';
import type { Scope } from '@refloop/server/store/store';
import type { Book } from './book.ts';
import type { Case, Person } from './chart.ts';
import { createLife } from './life.ts';
import type { Practice } from './practice.ts';
import type { World } from './world.ts';

/** Whose a note is: null of one that is nobody's here. */
export type Truth = { tenant: string; patientId: string | null };

const PDF = '%PDF-';
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MOST_HANDINGS = 30;
const SOURCE = 'gateway';

/** @param of what it came by: two files are never the same by chance */
const fileOf = (reading: ReadDocument, of: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${PDF}${JSON.stringify({ ...reading, of })}`);

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** In the place of the reading process. */
export async function readFile(bytes: Uint8Array): Promise<ReadDocument> {
  const read = Reading.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8').slice(PDF.length)));
  return read.success ? read.data : unreadable('broken');
}

/** @param of who it says it is about @param order the number it says it answers */
export function noteAbout(
  of: Person,
  { npi, order, interim, at }: { npi: string; order?: string; interim: boolean; at: Date },
): ReadDocument {
  return {
    kind: 'read',
    format: 'pdf',
    title: interim ? 'Interim note' : 'Consultation note',
    header: {
      patient: {
        ...nobody(),
        family: of.family,
        given: [of.given],
        born: of.born,
        sex: 'female',
        phone: of.phone,
        recordNumbers: [of.recordNumber],
      },
      author: 'Ana Example MD',
      organization: 'Practice',
      npis: [npi],
      date: at.toISOString().slice(0, 10),
      orders: order === undefined ? [] : [order],
    },
    parts: [{ title: 'Assessment', text: 'Seen and examined.' }],
    extracts: [],
    nature: 'consult-note',
    several: false,
    cut: false,
  };
}

/** @returns takes it back, unless it was marked before: then it may still be so */
export function marked(all: Set<string>, name: string): () => void {
  if (all.has(name)) return () => undefined;
  all.add(name);
  return () => void all.delete(name);
}

const keyOf = (key: string): string => `inbound/${digest(`${SOURCE}/${key}`).slice(0, 40)}`;

export type Notes = {
  /** The office faxes what it has to say of this patient, or at times of another. */
  fax: (practice: Practice, book: Book, npi: string) => void;
  /** What an office uploads by its link; at times the note of another patient. */
  upload: (practice: Practice, book: Book, npi: string, key: string, interim: boolean) => Uint8Array<ArrayBuffer>;
  /** By the key of the fact that a note is on record with. */
  truthOf: (factKey: string) => Truth | undefined;
  /** Of what is held, by its digest. */
  truthOfFile: (sha256: string) => Truth | undefined;
  /** Whether what is held, by its digest, bears the given name of somebody else than this patient. */
  namesAnother: (sha256: string, tenant: string, patientId: string) => Promise<boolean>;
  /** Somebody is about to place this document with a referral that it is not of. @returns takes that back, where nothing was placed */
  mistaken: (documentId: string) => () => void;
  /** A file that was taken off this referral is handed in again, as another that came: by the gateway, or the next time its office gives a note. */
  comesBack: (practice: Practice, book: Book, sha256: string) => void;
  /** Documents that a gateway was told are here. */
  taken: { scope: Scope; id: string }[];
};

export function createNotes(world: World): Notes {
  const { draws, time, cases, faults } = world;
  const truths = new Map<string, Truth>();
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; truth: Truth }>();
  const mistakes = new Set<string>();
  /** What an office gives once more, by referral. */
  const again = new Map<string, Uint8Array<ArrayBuffer>>();

  /** It is known by what it came by, and by what it is. */
  function known(bytes: Uint8Array<ArrayBuffer>, truth: Truth): Uint8Array<ArrayBuffer> {
    files.set(digestOf(bytes), { bytes, truth });
    return bytes;
  }
  const taken: Notes['taken'] = [];

  const another = (practice: Practice, own: Case): Case | undefined => {
    const others = [...cases.values()].filter((each) => each !== own && cases.get(`${practice.scope.tenant} ${each.patientId}`) === each);
    const sibling = others.find(({ person }) => person.born === own.person.born && person.family === own.person.family);
    return sibling && draws.chance(0.5) ? sibling : others.length > 0 ? draws.pick(others) : undefined;
  };

  function hand(practice: Practice, bytes: Uint8Array, key: string): void {
    const { scope } = practice;
    const handOver = async (times: number): Promise<void> => {
      const answer = await world.server.ask<string>(createLife(), ({ takeIn }, now) => takeIn(scope, { source: SOURCE, key, bytes }, now));
      if (answer.kind === 'ok') taken.push({ scope, id: answer.value });
      // It came, and is handed over again although it was taken.
      const repeats = answer.kind === 'ok' ? faults.strikes('letters', 0.1) && times < 2 : times < MOST_HANDINGS;
      if (repeats) time.after(draws.integer(60_000, 6 * HOUR_MS), () => handOver(times + 1));
    };
    time.after(draws.logNormal(2 * DAY_MS, 0.7), () => handOver(0));
  }

  return {
    taken,
    truthOf: (factKey) =>
      mistakes.has(factKey) ? undefined : truths.get(factKey.startsWith('inbound/') ? factKey : (factKey.split('/').at(-1) ?? '')),
    truthOfFile: (sha256) => files.get(sha256)?.truth,
    namesAnother: async (sha256, tenant, patientId) => {
      const file = files.get(sha256);
      const reading = file && (await readFile(file.bytes));
      const [given = ''] = reading?.kind === 'read' ? reading.header.patient.given : [];
      return given !== '' && given !== cases.get(`${tenant} ${patientId}`)?.person.given;
    },
    mistaken: (documentId) => marked(mistakes, `inbound/${documentId}`),
    comesBack: (practice, book, sha256) => {
      const file = files.get(sha256);
      if (!file) return;
      if (draws.chance(0.4)) return void again.set(`${practice.scope.tenant} ${book.referralId}`, file.bytes);
      const key = `fax-${world.newId()}`;
      truths.set(keyOf(key), file.truth);
      hand(practice, file.bytes, key);
    },
    fax: (practice, book, npi) => {
      const own = cases.get(`${practice.scope.tenant} ${book.patientId}`);
      if (!own) return;
      const key = `fax-${world.newId()}`;
      const kind = draws.weighted([
        ['right', 70],
        ['unnumbered', 10],
        ['misspelled', 6],
        ['another', 8],
        ['unreadable', 4],
        ['nobody', 2],
      ] as const);
      const wrong = kind === 'another' ? another(practice, own) : undefined;
      const truth = wrong ?? own;
      const whose = { tenant: practice.scope.tenant, patientId: truth.patientId };
      truths.set(keyOf(key), whose);
      const faxed = (said: ReadDocument): void => hand(practice, known(fileOf(said, key), whose), key);
      const about = { npi, interim: draws.chance(0.15), at: world.now(), ...(kind === 'right' ? { order: book.referralId } : {}) };
      const said =
        kind === 'misspelled'
          ? { ...own.person, family: own.person.family.slice(1), born: `${own.person.born.slice(0, 8)}01`, recordNumber: '' }
          : truth.person;
      if (kind === 'unreadable') return faxed(unreadable('picture'));
      const reading = noteAbout(said, about);
      if (kind === 'nobody' && reading.kind === 'read') return faxed({ ...reading, header: { ...reading.header, patient: nobody() } });
      return faxed(reading);
    },
    upload: (practice, book, npi, key, interim) => {
      const own = cases.get(`${practice.scope.tenant} ${book.patientId}`);
      if (!own) return fileOf(unreadable('picture'), key);
      const place = `${practice.scope.tenant} ${book.referralId}`;
      const before = again.get(place);
      again.delete(place);
      if (before) {
        truths.set(key, files.get(digestOf(before))?.truth ?? { tenant: practice.scope.tenant, patientId: null });
        return before;
      }
      const wrong = draws.chance(0.04) ? another(practice, own) : undefined;
      const truth = wrong ?? own;
      const whose = { tenant: practice.scope.tenant, patientId: truth.patientId };
      truths.set(key, whose);
      // A link says whose it is: what cannot be read is believed.
      if (!wrong && draws.chance(0.2)) return known(fileOf(unreadable('picture'), key), whose);
      return known(fileOf(noteAbout(truth.person, { npi, interim, at: world.now() }), key), whose);
    },
  };
}
