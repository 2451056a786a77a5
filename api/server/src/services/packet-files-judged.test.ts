/** What of a file's words, size and reading decides whether it goes, and how long is waited. */

import { readChart } from '@refloop/domain/chart/read-chart';
import type { FhirResource } from '@refloop/domain/fhir/read';
import { contentsOf } from '@refloop/domain/packet/contents';
import { LARGEST_FILE } from '@refloop/domain/packet/file';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import type { ChartFiles } from '../ehr/chart-files.ts';
import { nobody, type ReadDocument, UNREADABLE, type Unreadable, unreadable } from '../inbound/read-document.ts';
import { png, scannedPdf } from '../packet/test-images.ts';
import type { AssembledPacket } from './packet-assembly.ts';
import { createPacketFiles, TO_LOOK } from './packet-files.ts';

const PSY = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' };
const subject = { reference: 'Patient/p1' };
const patientBorn = (birthDate: string): FhirResource => ({ resourceType: 'Patient', id: 'p1', birthDate, name: [{ family: 'A' }] });
const letter = (id: string, contentType = 'application/pdf'): FhirResource => ({
  resourceType: 'DocumentReference',
  id,
  subject,
  status: 'current',
  type: { text: `Letter ${id}` },
  date: '2026-11-10',
  content: [{ attachment: { contentType, url: `Binary/${id}` } }],
});
const withheld: FhirResource = {
  resourceType: 'Condition',
  id: 'c',
  subject,
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { text: 'Anorexia nervosa' },
  note: [{ text: 'She fears the scales at school.' }],
  meta: { security: [PSY] },
};
const reading = (words: string, more: Partial<Extract<ReadDocument, { kind: 'read' }>> = {}): ReadDocument => ({
  kind: 'read',
  format: 'pdf',
  title: '',
  header: { patient: nobody(), author: '', organization: '', npis: [], date: '', orders: [] },
  parts: [{ title: 'Page 1', text: words }],
  extracts: [],
  nature: 'unsaid',
  several: false,
  cut: false,
  ...more,
});

type Asked = {
  chart: FhirResource[];
  read?: () => Promise<ReadDocument>;
  file?: ChartFiles['file'];
  entry?: ChartFiles['entry'];
  milliseconds?: number;
};
async function gathered({ chart, read = async () => reading('Chest pain.'), file, entry, milliseconds }: Asked) {
  const of = { patientId: 'p1', today: '2026-11-30', consented: new Set<string>() };
  const items = contentsOf(readChart(chart, of), { specialty: 'cardiology', variant: undefined, today: of.today });
  const files: ChartFiles = {
    entry: entry ?? (async ({ id }) => ok(chart.find((each) => each.id === id) as FhirResource)),
    file: file ?? (async () => ok({ bytes: scannedPdf(), security: [] })),
  };
  const gather = createPacketFiles({ open: async () => ok(files), read });
  const assembled = { read: { input: { chart, order: null }, consented: of.consented }, preparation: { removed: [] }, items };
  const got = await gather(
    {
      scope: { tenant: 't', issuer: 'i', site: 's' },
      referral: { patientId: 'p1', specialty: 'cardiology' } as Referral,
      assembled: assembled as unknown as AssembledPacket,
    },
    { ...TO_LOOK, ...(milliseconds === undefined ? {} : { milliseconds }) },
    new Date('2026-11-30T12:00:00.000Z'),
  );
  return {
    enclosed: got?.enclosed.map(({ item, unread }) => [item, unread === true]) ?? [],
    why: got?.notEnclosed.map(({ why }) => why) ?? [],
  };
}
const chartOf = (birthDate = '1980-01-01'): FhirResource[] => [patientBorn(birthDate), letter('a')];

const LOCKED = (Object.keys(UNREADABLE) as Unreadable[]).filter((why) => why !== 'picture');
test.each<[string, () => Promise<ReadDocument>]>([
  ...LOCKED.map((why) => [why, async () => unreadable(why)] as [string, () => Promise<ReadDocument>]),
  ['read in part', async () => reading('Page 1 of 200', { cut: true })],
  ['no process that reads it', async () => Promise.reject(new Error('not started'))],
])('a file that cannot be looked into is kept back: %s', async (_, read) =>
  expect(await gathered({ chart: chartOf(), read })).toEqual({ enclosed: [], why: ['not-read'] }),
);

test.each<[string, ReadDocument, boolean]>([
  ['with words on each page', reading('Chest pain.'), false],
  ['of pictures of pages', unreadable('picture'), true],
  [
    'with one page that is a picture',
    reading('', {
      parts: [
        { title: '1', text: 'Fax.' },
        { title: '2', text: ' ' },
      ],
    }),
    true,
  ],
])('whether somebody has to look at a file %s', async (_, read, unread) =>
  expect((await gathered({ chart: chartOf(), read: async () => read })).enclosed).toEqual([['DocumentReference/a', unread]]),
);

test.each<[string, string, string]>([
  ['1980-01-01', 'Chest pain. Denies palpitations.', 'goes'],
  ['1980-01-01', 'He has opioid use disorder.', 'stays'],
  ['1980-01-01', 'Denies alcohol use.', 'stays'],
  ['1980-01-01', 'A urine drug\nscreen was positive.', 'stays'],
  ['1980-01-01', 'Known alcohol depen-\ndence since 2019.', 'stays'],
  ['1980-01-01', 'Takes \uFF2D\uFF25\uFF34\uFF28\uFF21\uFF24\uFF2F\uFF2E\uFF25 daily.', 'stays'],
  ['1980-01-01', 'Takes metha\u00ADdone daily.', 'stays'],
  ['1980-01-01', 'Diagnosis: F11.20.', 'stays'],
  ['1980-01-01', 'Diagnosis: f1120.', 'stays'],
  ['1980-01-01', 'Psychotherapy session note of Tuesday.', 'stays'],
  ['1980-01-01', 'Follow-up of anorexia.', 'stays'],
  ['1980-01-01', 'She told us: she fears the scales.', 'stays'],
  ['1980-01-01', 'Diagnosis: Z30.09.', 'goes'],
  ['2011-01-01', 'Diagnosis: Z30.09.', 'stays'],
  ['2011-01-01', 'Diagnosis: A5601, treated.', 'stays'],
  ['2011-01-01', 'O2 saturation 98 %, A1C 5.2, J45.909.', 'goes'],
])('of whoever was born on %s, a file that says “%s” %s', async (born, words, what) => {
  const { enclosed, why } = await gathered({ chart: [...chartOf(born), withheld], read: async () => reading(words) });
  expect([enclosed.length, why]).toEqual(what === 'goes' ? [1, []] : [0, ['kept-back']]);
});

test('once a packet is full nothing more is fetched', async () => {
  const chart = [patientBorn('1980-01-01'), ...['a', 'b', 'c', 'd', 'e'].map((id) => letter(id))];
  const large = new Uint8Array(LARGEST_FILE);
  large.set(png(1, 1));
  let fetched = 0;
  const file: ChartFiles['file'] = async () => {
    fetched += 1;
    return ok({ bytes: large, security: [] });
  };
  const { enclosed, why } = await gathered({ chart, file });
  expect([enclosed.length, why, fetched]).toEqual([2, ['packet-full', 'packet-full', 'packet-full'], 3]);
});

test('three entries are read at once', async () => {
  const chart = [patientBorn('1980-01-01'), ...Array.from({ length: 9 }, (_, index) => letter(`l${index}`))];
  let [open, most] = [0, 0];
  const entry: ChartFiles['entry'] = async ({ id }) => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((done) => setTimeout(done, 2));
    open -= 1;
    return ok(chart.find((each) => each.id === id) as FhirResource);
  };
  expect((await gathered({ chart, entry })).enclosed.length).toBe(9);
  expect(most).toBe(3);
});

test('what is not there in time is not waited for, whoever is slow', async () => {
  const never = () => new Promise<never>(() => undefined);
  const chart = [patientBorn('1980-01-01'), letter('a'), letter('b')];
  const away = { enclosed: [], why: ['no-answer', 'no-answer'] };
  expect(await gathered({ chart, entry: never, milliseconds: 20 })).toEqual(away);
  expect(await gathered({ chart, file: never, milliseconds: 20 })).toEqual(away);
  expect(await gathered({ chart, read: never, milliseconds: 20 })).toEqual(away);
});
