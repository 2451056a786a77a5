/** What of a file's words, size and reading decides whether it goes, and how long is waited. */

import { readChart } from '@refloop/domain/chart/read-chart';
import type { FhirResource } from '@refloop/domain/fhir/read';
import { contentsOf } from '@refloop/domain/packet/contents';
import { LARGEST_FILE } from '@refloop/domain/packet/file';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChartFiles } from '../ehr/chart-files.ts';
import { createDocumentReader, type DocumentReader } from '../inbound/document-reader.ts';
import { LIMITS, nobody, type ReadDocument, UNREADABLE, type Unreadable, unreadable } from '../inbound/read-document.ts';
import { drawnPdf } from '../inbound/test-notes.ts';
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
const beside = { words: '', drawn: false, closed: false };
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
  beside,
  ...more,
});

type Asked = {
  chart: FhirResource[];
  read?: DocumentReader['read'];
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
  ...LOCKED.map((why) => [why, async () => ({ ...unreadable(why), beside })] as [string, () => Promise<ReadDocument>]),
  ['read in part', async () => reading('Page 1 of 200', { cut: true })],
  ['with files within', async () => reading('Chest pain.', { beside: { ...beside, closed: true } })],
  ['a picture with files within', async () => ({ ...unreadable('picture'), beside: { ...beside, closed: true } })],
  ['of which nobody looked at what is beside its pages', async () => reading('Chest pain.', { beside: undefined })],
  ['no process that reads it', async () => Promise.reject(new Error('not started'))],
])('a file that cannot be looked into is kept back: %s', async (_, read) =>
  expect(await gathered({ chart: chartOf(), read })).toEqual({ enclosed: [], why: ['not-read'] }),
);

test.each<[string, ReadDocument, boolean]>([
  ['with words on each page', reading('Chest pain.'), false],
  ['of pictures of pages', { ...unreadable('picture'), beside }, true],
  ['with a stamp that may say anything', reading('Chest pain.', { beside: { ...beside, drawn: true } }), true],
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

describe('what a PDF holds beside the text of its pages', () => {
  let reader: DocumentReader;
  beforeAll(() => {
    reader = createDocumentReader();
  });
  afterAll(() => reader.close());

  type Draw = (pdf: PDFKit.PDFDocument, words: string) => void;
  const field = (pdf: PDFKit.PDFDocument, options: { value?: string; defaultValue?: string }): void => {
    pdf.font('Helvetica').initForm();
    pdf.formText('field', 72, 200, 300, 20, options);
  };
  const words = (text: string) => new String(text) as string;
  const ofPage = (pdf: PDFKit.PDFDocument, options: object): void => void pdf.annotate(72, 300, 300, 20, options as never);
  /** ISO 32000-2, table 167. */
  const NO_VIEW = 32;
  /** A field of the form whose own box is on no page. */
  const offPage: Draw = (pdf, text) => {
    field(pdf, {});
    const parent = pdf.formField('off', {});
    const box = pdf.ref({ Subtype: 'Widget', T: words('page'), FT: 'Tx', V: words(text), Rect: [0, 0, 0, 0], Parent: parent });
    box.end('');
    (parent.data as Record<string, unknown>)['Kids'] = [box];
  };
  const figure: Draw = (pdf, alt) => {
    const document = pdf.struct('Document');
    pdf.addStructure(document);
    document.add(pdf.struct('Figure', { alt }, () => void pdf.rect(72, 400, 20, 20).fill()));
    document.end();
  };
  const WORDS: [string, Draw, ((text: string) => PDFKit.PDFDocumentOptions)?][] = [
    ['a field of a form', (pdf, value) => field(pdf, { value })],
    ['what a field is reset to', (pdf, defaultValue) => field(pdf, { value: 'Chest pain.', defaultValue })],
    [
      'what can be chosen in a field',
      (pdf, text) => field(pdf, {}) ?? void pdf.formCombo('c', 72, 240, 300, 20, { select: ['none', text] }),
    ],
    ['a field on no page', offPage],
    ['a note on a page', (pdf, text) => void pdf.note(72, 200, 20, 20, text)],
    ['who wrote a note', (pdf, text) => void pdf.note(72, 200, 20, 20, 'See.', { T: words(text) } as never)],
    ['words written over a page', (pdf, text) => void pdf.textAnnotation(72, 200, 300, 20, text)],
    ['words over a page that are hidden', (pdf, text) => ofPage(pdf, { Subtype: 'FreeText', Contents: words(text), F: NO_VIEW })],
    ['words on another than the first page', (pdf, text) => void pdf.addPage().text('Page 2.').textAnnotation(72, 200, 300, 20, text)],
    ['a bookmark within a bookmark', (pdf, text) => void pdf.outline.addItem('History').addItem(text)],
    ['words for who does not see a figure', figure, () => ({ tagged: true, pdfVersion: '1.5' })],
    ['its own title', () => undefined, (Title) => ({ info: { Title } })],
    ['its keywords', () => undefined, (Keywords) => ({ info: { Keywords } })],
  ];
  test.each(WORDS)('is judged like its text: %s', async (_, draw, options) => {
    const saying = (text: string) =>
      drawnPdf((pdf) => {
        pdf.text('Seen for chest pain.');
        draw(pdf, text);
      }, options?.(text));
    const sent = async (text: string) => {
      const bytes = await saying(text);
      return gathered({ chart: chartOf(), read: reader.read, file: async () => ok({ bytes, security: [] }) });
    };
    expect(await sent('opioid use disorder')).toEqual({ enclosed: [], why: ['kept-back'] });
    expect(await sent('high blood pressure')).toEqual({ enclosed: [['DocumentReference/a', false]], why: [] });
  });

  const drawn = async (draw: (pdf: PDFKit.PDFDocument) => void) => {
    const bytes = await drawnPdf((pdf) => draw(pdf.text('Seen for chest pain.')));
    return gathered({ chart: chartOf(), read: reader.read, file: async () => ok({ bytes, security: [] }) });
  };
  // Not in the types of pdfkit.
  type WithFileNotes = { fileAnnotation: (x: number, y: number, w: number, h: number, file: object) => void };
  const file = { src: Buffer.from('Opioid use disorder.'), name: 'letter.txt' };

  test.each<[string, (pdf: PDFKit.PDFDocument) => void]>([
    ['a file', (pdf) => void pdf.file(file.src, { name: file.name })],
    ['a file that stands in no list', (pdf) => void pdf.file(file.src, { name: file.name, hidden: true })],
    [
      'a file that does not say it is one',
      (pdf) => {
        const stream = pdf.ref({});
        stream.end(file.src);
        const named = pdf.ref({ Type: 'Filespec', F: words(file.name), EF: { F: stream } });
        named.end('');
        (pdf as unknown as { addNamedEmbeddedFile: (name: string, file: unknown) => void }).addNamedEmbeddedFile(file.name, named);
      },
    ],
    ['a file on a page', (pdf) => (pdf as unknown as WithFileNotes).fileAnnotation(72, 200, 20, 20, file)],
    ['a film', (pdf) => ofPage(pdf, { Subtype: 'Screen' })],
    [
      'a form in XML',
      (pdf) => {
        field(pdf, {});
        const template = pdf.ref({});
        template.end('<template/>');
        const root = Reflect.get(pdf, '_root') as { data: { AcroForm: { data: Record<string, unknown> } } };
        root.data.AcroForm.data['XFA'] = [words('template'), template];
      },
    ],
    [
      'more notes than are looked at',
      (pdf) => {
        for (let count = 0; count <= LIMITS.notes; count += 1) pdf.note(72, 200, 20, 20, 'See.');
      },
    ],
    ['more words than are looked at', (pdf) => void pdf.note(72, 200, 20, 20, 'see '.repeat(LIMITS.text / 4 + 1))],
  ])('with %s in it nobody can say what it holds, and it stays', async (_, draw) =>
    expect(await drawn(draw)).toEqual({ enclosed: [], why: ['not-read'] }),
  );

  test('a stamp may draw any words: somebody looks at it first; a mark and a tick draw none', async () => {
    const bearing = (subtype: string) => (pdf: PDFKit.PDFDocument) => {
      const look = pdf.ref({ Type: 'XObject', Subtype: 'Form', BBox: [0, 0, 300, 20] });
      look.end('0 0 300 20 re f');
      ofPage(pdf, { Subtype: subtype, AP: { N: look } });
    };
    const unread = async (draw: (pdf: PDFKit.PDFDocument) => void) => (await drawn(draw)).enclosed.map(([, each]) => each);
    expect(await unread(bearing('Stamp'))).toEqual([true]);
    expect(await unread(bearing('Square'))).toEqual([false]);
    expect(await unread((pdf) => field(pdf, {}) ?? void pdf.formCheckbox('seen', 72, 240, 10, 10, {}))).toEqual([false]);
  });

  test('is read only where it is asked for', async () => {
    const bytes = await drawnPdf((pdf) => void pdf.text('Seen for chest pain.').note(72, 200, 20, 20, 'See.'));
    expect(await reader.read(bytes)).not.toHaveProperty('beside');
    expect(await reader.read(bytes, { beside: true })).toMatchObject({ beside: { words: expect.stringContaining('See.') } });
  });
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
