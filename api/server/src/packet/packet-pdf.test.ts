import type { EnclosedFile } from '@refloop/domain/packet/file';
import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, test } from 'vitest';
import { readQr } from '../client/test-qr.ts';
import { type ChartPart, type Packet, WITHHELD_WORDS } from './packet.ts';
import { packetPdf } from './packet-pdf.ts';
import { chunk, png } from './test-images.ts';
import { sentPacket } from './test-packet.ts';
import { type ReadPdf, readPdf } from './test-read-pdf.ts';

const packet = (more: Partial<Packet> = {}): Packet => ({
  title: 'Referral to cardiology',
  referralId: '01JREFERRAL',
  approvedAt: '2026-11-20T10:00:00.000Z',
  synthetic: true,
  patient: {
    name: 'Nguyễn, Thị Phương Thảo',
    born: '1968-03-02',
    sex: 'female',
    recordNumber: 'MRN-4711',
    phone: '510-555-0142',
    address: '12 Peña Street, Oakland, CA 94601',
    language: 'Vietnamese',
  },
  referring: { clinician: 'Dr. Zoë Lefèvre', practice: 'Sandbox clinic' },
  specialist: {
    name: 'Ana Muñoz, MD',
    specialty: 'Cardiology',
    organization: 'Bay Heart',
    address: '1 Heart Way, Oakland, CA 94601',
    npi: '1234567811',
    phone: '510-555-0100',
    fax: '510-555-0101',
    network: 'In the patient’s network (as of 3 Nov 2026, source: Test payer)',
  },
  request: {
    kind: 'Consult',
    visits: 1,
    urgency: 'routine',
    reason: 'Palpitations ≥ 5 minutes, office fibrillation flutter',
    codes: ['ICD-10-CM I47.10 · Supraventricular tachycardia, unspecified'],
    question: 'Is she a candidate for ablation?',
    coverage: 'Payer A, Plan A',
  },
  note: {
    sections: [
      {
        section: 'history',
        listed: false,
        lines: [
          { text: 'Episodes last ≥ 5 minutes.', cited: [1], byClinician: false },
          { text: 'She fears the next one.', cited: [], byClinician: true },
        ],
      },
      {
        section: 'medications',
        listed: true,
        lines: [{ text: 'Metoprolol 25 mg ½ tablet, 12.5 µg ≤ dose', cited: [2], byClinician: true }],
      },
    ],
    sources: [
      { number: 1, reference: 'Condition/c1', title: 'Supraventricular tachycardia', date: '2026-08-01' },
      { number: 2, reference: 'MedicationRequest/m1', title: null, date: null },
    ],
  },
  ...more,
});

const read = async (more: Partial<Packet> = {}): Promise<ReadPdf> => readPdf(await packetPdf(packet(more)));

const SENTENCE = 'On review of the record the heart rate was ≥ 150/min on each strip, as noted by Dr. Trần Đức Hạnh in Cañon City';

/** A note of about five pages. */
const longNote = (): Packet['note'] => ({
  sections: [
    {
      section: 'history',
      listed: false,
      lines: Array.from({ length: 90 }, (_, index) => ({ text: `${SENTENCE} (${index}).`, cited: [1], byClinician: false })),
    },
    {
      section: 'findings',
      listed: true,
      lines: Array.from({ length: 60 }, (_, index) => ({ text: `${SENTENCE}, finding ${index}.`, cited: [1], byClinician: false })),
    },
  ],
  sources: [{ number: 1, reference: 'Condition/c1', title: 'Tachycardia', date: '2026-08-01' }],
});

const words = (text: string): string => text.replaceAll(/\s+/g, ' ');

test('what a reader gets, word for word', async () => {
  const { text } = await read();
  await expect(text).toMatchFileSnapshot('./golden/packet.txt');
});

test('the same packet gives the same bytes, another day gives others', async () => {
  const [first, again] = [await packetPdf(packet()), await packetPdf(packet())];
  expect(Buffer.compare(first, again)).toBe(0);
  expect(Buffer.compare(first, await packetPdf(packet({ approvedAt: '2026-11-21T10:00:00.000Z' })))).not.toBe(0);
});

describe('one packet after another', () => {
  // U+FB01 is printed in the form that the letters f and i have beside each other.
  const written = (title: string) => packet({ title, request: { ...packet().request, reason: 'Palpitations' } });
  const titleRead = async (title: string): Promise<string> => (await readPdf(await packetPdf(written(title)))).text.split('\n')[0] ?? '';

  test('reads as its own words say, whatever the ones before it said', async () => {
    const read = [await titleRead('To the \ufb01rst'), await titleRead('To the first'), await titleRead('To the \ufb01rst')];
    expect(read.map((title) => title.replace(/ SYNTHETIC DATA$/, ''))).toEqual(['To the \ufb01rst', 'To the first', 'To the \ufb01rst']);
  });

  test('is the same bytes as if it were the only one', async () => {
    const alone = await packetPdf(packet());
    await packetPdf(written('To the \ufb01rst'));
    await packetPdf(sentPacket());
    expect(Buffer.compare(alone, await packetPdf(packet()))).toBe(0);
  });
});

describe('the characters that the standard fonts corrupt', () => {
  test.each(['≥ 5', '½', 'µg ≤', 'Nguyễn, Thị Phương Thảo', 'Muñoz', 'Zoë Lefèvre', 'patient’s', 'office fibrillation flutter', 'Peña'])(
    '%s',
    async (expected) => {
      expect(words((await read()).text)).toContain(expected);
    },
  );

  test('letters sent in parts are composed', async () => {
    const patient = { ...packet().patient, name: 'Nguyễn, Thị'.normalize('NFD') };
    expect((await read({ patient })).text).toContain('Nguyễn, Thị'.normalize('NFC'));
  });

  test('a character without a form is shown as missing and said so, never dropped', async () => {
    const { text } = await read({ referring: { clinician: 'Dr. 王', practice: 'Clinic' } });
    expect(text).toContain('Dr. \uFFFD');
    expect(words(text)).toContain('Some characters have no printed form here');
    expect(words((await read()).text)).not.toContain('no printed form');
  });
});

describe('whatever is written is words', () => {
  test.each([
    ') Tj ET BT (',
    String.raw`\) \( \\ \101`,
    '{{DocumentReference}} ${1 + 1} <%= 7 %>',
    '<b>&amp;</b><script>alert(1)</script>',
    "'; drop table plan; --",
    '=HYPERLINK("https://evil.example.org")',
    'endstream endobj /JavaScript /OpenAction',
  ])('%s', async (written) => {
    const patient = { ...packet().patient, name: written };
    const request = { ...packet().request, question: written };
    const [{ text }, bytes] = [await read({ patient, request }), await packetPdf(packet({ patient, request }))];
    expect(words(text).split(written).length - 1, 'as name, as question and at the foot of the page').toBeGreaterThanOrEqual(2);
    expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/\/(URI|JavaScript|OpenAction|AA|Launch|EmbeddedFile)\b/);
  });
});

describe('for those who do not see it', () => {
  test('it has a title, a language and a structure of headings, paragraphs and lists', async () => {
    const { title, language, tagged, pages } = await read();
    expect({ title, language, tagged }).toEqual({ title: 'Referral to cardiology', language: 'en-US', tagged: true });
    const roles = new Set(pages.flatMap((page) => page.roles));
    for (const role of ['Document', 'Sect', 'H1', 'H2', 'P', 'L', 'LI', 'Lbl', 'LBody']) expect(roles, role).toContain(role);
  });
});

describe('a note of five pages and more', () => {
  test('is whole: every sentence, in order, none cut off at an edge', async () => {
    const { pages, text } = await read({ note: longNote() });
    expect(pages.length).toBeGreaterThanOrEqual(5);
    // Running feet stand between the pages; sentences are looked for without them.
    const body = words(text.replaceAll(/Nguyễn, Thị Phương Thảo · born 1968-03-02|Page \d+ of \d+|SYNTHETIC DATA/g, ' '));
    const places = Array.from({ length: 90 }, (_, index) => body.indexOf(`Cañon City (${index}). [1]`));
    expect(places.every((place, index) => place > (places[index - 1] ?? 0))).toBe(true);
    for (let index = 0; index < 60; index += 1) expect(body).toContain(`finding ${index}. [1]`);
    for (const { x, y, width, text: piece } of pages.flatMap((page) => page.pieces)) {
      expect({ piece, inside: x >= 53 && x + width <= 612 - 53 && y >= 30 && y <= 792 - 24 }).toEqual({ piece, inside: true });
    }
  });

  test('names the patient, the page and the mark on every page, and no page is empty', async () => {
    const { pages } = await read({ note: longNote() });
    for (const [index, page] of pages.entries()) {
      expect(page.text).toContain('Nguyễn, Thị Phương Thảo · born 1968-03-02');
      expect(page.text).toContain(`Page ${index + 1} of ${pages.length}`);
      expect(page.text).toContain('SYNTHETIC DATA');
      expect(page.pieces.length).toBeGreaterThan(4);
    }
  });

  test('no text lies over another', async () => {
    const { pages } = await read({ note: longNote() });
    for (const { pieces } of pages) {
      for (const [index, one] of pieces.entries()) {
        for (const other of pieces.slice(index + 1)) {
          const apart = Math.abs(one.y - other.y) > 7 || one.x + one.width <= other.x + 0.5 || other.x + other.width <= one.x + 0.5;
          expect({ one: one.text, other: other.text, apart }).toEqual({ one: one.text, other: other.text, apart: true });
        }
      }
    }
  });
});

test('a word longer than the line is broken, not cut', async () => {
  const long = `https://records.example.org/${'abcdefghij'.repeat(30)}`;
  const { text } = await read({ request: { ...packet().request, question: long } });
  expect(text.replaceAll(/\s/g, '')).toContain(long);
});

test('above it stands how the practice shows itself, where it says so', async () => {
  const { text } = await readPdf(
    await packetPdf(packet({ letterhead: { name: 'Bay Family Clinic', phone: '510-555-0160', accent: '#1f56b3' } })),
  );
  expect(text).toMatch(/^Bay Family Clinic\s+·\s+Call 510-555-0160\s+Referral to cardiology/);
});

test('real data carries no mark', async () => {
  const { text } = await read({ synthetic: false });
  expect(text.toLowerCase()).not.toContain('synthetic');
});

describe('with what of the chart goes along', () => {
  const readSent = async (part: Parameters<typeof sentPacket>[1] = {}) =>
    words((await readPdf(await packetPdf(sentPacket({}, part)))).text);

  test('every item, with its value, its day and its words', async () => {
    const text = await readSent();
    for (const expected of [
      'Chart: problems',
      'Supraventricular tachycardia · 5 Oct 2026',
      'Metoprolol succinate 50 mg: 50 mg by mouth daily',
      'Latex: Rash; moderate',
      'Potassium: 4.2 mmol/L · 5 Oct 2026',
      'Echocardiogram · 2019. Ejection fraction 60 %.',
      'Panoramic radiograph',
      'Progress note: Dr. Ortiz · 5 Oct 2026. Seen for palpitations. ECG normal.',
      'Authorization: not needed',
      'Call back: (510) 555-0199',
      'Please answer within 2 business days.',
    ]) {
      expect(text).toContain(expected);
    }
  });

  test('what is not in it, and that something is withheld without a word of what', async () => {
    const text = await readSent();
    expect(text).toContain('A kidney function: not included.');
    expect(text).toContain(WITHHELD_WORDS);
    expect(await readSent({ lacking: [], withheld: false })).not.toContain('Not in this packet');
    expect(WITHHELD_WORDS).not.toMatch(/substance|psych|mental|HIV|minor|adolescent|\d/i);
  });

  test('teeth by number', async () => expect(await readSent({ teeth: ['30'] })).toContain('Teeth: Tooth 30 (lower)'));

  test('the same packet gives the same bytes', async () => {
    expect(Buffer.compare(await packetPdf(sentPacket()), await packetPdf(sentPacket()))).toBe(0);
  });
});

describe('images and documents by their content', () => {
  const image = png(300, 200);
  const file = (more: Partial<EnclosedFile>): EnclosedFile => ({
    item: 'DocumentReference/panoramic',
    title: 'Panoramic radiograph',
    date: '2026-10-05',
    kind: 'png',
    bytes: image.byteLength,
    sha256: 'image',
    page: { width: 300, height: 200 },
    ...more,
  });
  const scan = file({ item: 'DocumentReference/scan', title: 'Scanned letter', kind: 'pdf', bytes: 120_000, sha256: 'scan', page: null });
  const files: ChartPart['files'] = {
    enclosed: [file({}), scan],
    notEnclosed: [{ item: 'DocumentReference/mri', title: 'MRI of the knee', date: '2026-09-01', why: 'no-answer' }],
  };
  const held = new Map([['image', image]]);

  test('an image that the writer of PDF throws at stops no packet: one of before it was asked says that it is a file of its own', async () => {
    const long = png(300, 200, { more: [chunk('tEXt', Buffer.concat([Buffer.from('Comment\0'), Buffer.alloc(200_000, 0x41)]))] });
    const { pages, text } = await readPdf(await packetPdf(sentPacket({}, { files }), undefined, new Map([['image', long]])));
    expect(pages.flatMap(({ images }) => images)).toEqual([]);
    expect(words(text)).toMatch(/Panoramic radiograph · 5 Oct 2026 \(.*?\): a file of its own beside these pages\./);
  });

  test('an image is a page of its own, with its caption and words for who does not see it', async () => {
    const [plain, read] = [
      await readPdf(await packetPdf(sentPacket())),
      await readPdf(await packetPdf(sentPacket({}, { files }), undefined, held)),
    ];
    const last = read.pages.at(-1);
    expect(words(last?.text ?? '')).toContain('Image 1 of 1: Panoramic radiograph · 5 Oct 2026');
    expect(last?.roles).toContain('Figure');
    expect(last?.images).toEqual([{ width: 300, height: 200 }]);
    expect(last?.figures).toEqual(['Panoramic radiograph · 5 Oct 2026: an image of the chart, as it is kept there']);
    expect(plain.pages.flatMap(({ images }) => images)).toEqual([]);
  });

  test('what goes beside, and what does not go and why, stands in it by title', async () => {
    const text = words((await readPdf(await packetPdf(sentPacket({}, { files }), undefined, held))).text);
    expect(text).toContain('Scanned letter · 5 Oct 2026 (PDF, 120 kB): a file of its own beside these pages.');
    expect(text).toContain('MRI of the knee · 1 Sep 2026: not enclosed, its title goes alone: it did not come in time.');
    expect(words((await readPdf(await packetPdf(sentPacket({}, { files }), 'https://r.example.org/office#x', held))).text)).toContain(
      'Scanned letter · 5 Oct 2026 (PDF, 120 kB): not among these pages; it can be read and kept at the address on the first page.',
    );
  });

  test('the same packet gives the same bytes', async () => {
    const made = () => packetPdf(sentPacket({}, { files }), undefined, held);
    expect(Buffer.compare(await made(), await made())).toBe(0);
  });
});

describe('on paper an office answers by a link', () => {
  const LINK = 'https://refloop.example.org/office#AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE';

  /** Where each path of the first page begins, in points. */
  async function beginnings(bytes: Uint8Array): Promise<{ x: number; y: number }[][]> {
    const loading = getDocument({ data: bytes.slice(), verbosity: 0 });
    const page = await (await loading.promise).getPage(1);
    const { fnArray, argsArray } = await page.getOperatorList();
    const MOVE = 0;
    const STEP: Record<number, number> = { 0: 3, 1: 3, 2: 7, 3: 5, 4: 1 };
    const paths = fnArray.flatMap((op, at) => {
      const data = op === OPS.constructPath ? ((argsArray[at] as [number, [Float32Array | null]])[1][0] ?? []) : [];
      const found: { x: number; y: number }[] = [];
      for (let place = 0; place < data.length; place += STEP[data[place] ?? 4] ?? 1)
        if (data[place] === MOVE) found.push({ x: data[place + 1] ?? 0, y: data[place + 2] ?? 0 });
      return found.length > 0 ? [found] : [];
    });
    await loading.destroy();
    return paths;
  }

  test('another library reads it back from the page, and the address stands beside it', async () => {
    const bytes = await packetPdf(sentPacket(), LINK);
    const modules = (await beginnings(bytes)).toSorted((left, right) => right.length - left.length)[0] ?? [];
    const size = 1 + Math.max(...modules.flatMap(({ x, y }) => [x, y])) + 4;
    expect(readQr(modules, size)).toBe(LINK);
    const { pages } = await readPdf(bytes);
    expect(pages[0]?.text.replaceAll(/\s/g, '')).toContain(LINK);
    expect(pages[0]?.roles).toContain('Figure');
  });

  test('what is not on paper bears none', async () => {
    const { text, pages } = await readPdf(await packetPdf(sentPacket()));
    expect([text.includes('Answer here'), pages.flatMap(({ roles }) => roles).includes('Figure')]).toEqual([false, false]);
  });
});
