import { describe, expect, test } from 'vitest';
import { readBytes } from './read-bytes.ts';
import type { ReadDocument } from './read-document.ts';
import { HL7_CONSULTATION, pdfNote } from './test-notes.ts';

const read = (xml: string): Promise<ReadDocument> => readBytes(new TextEncoder().encode(xml));
const of = async (xml: string): Promise<Extract<ReadDocument, { kind: 'read' }>> => {
  const document = await read(xml);
  if (document.kind !== 'read') throw new Error(document.why);
  return document;
};

describe('the consultation note of HL7’s own samples', () => {
  test('tells who it is about, who wrote it, when, and what it answers', async () => {
    const { header, title, format, cut } = await of(HL7_CONSULTATION);
    expect([title, format, cut]).toEqual(['Community Health Consult Note', 'c-cda', false]);
    expect(header).toEqual({
      patient: {
        family: 'Betterhalf',
        given: ['Eve'],
        suffix: '',
        born: '1975-05-01',
        sex: 'female',
        line: '2222 Home Street',
        city: 'Beaverton',
        postalCode: '97867',
        phone: '+1(555)555-2003',
        // The only number it has is a social security number.
        recordNumbers: [],
      },
      author: 'Patricia Primary M.D.',
      organization: 'Good Health HIE',
      // 555555555 has nine digits.
      npis: [],
      date: '2013-07-31',
      orders: ['1298989898'],
    });
  });

  test('its narrative is read as lines; what matters most is a span of it', async () => {
    const { parts, extracts } = await of(HL7_CONSULTATION);
    expect(parts.map(({ title }) => title)).toEqual([
      'ALLERGIES AND ADVERSE REACTIONS',
      'ASSESSMENT',
      'HISTORY OF PRESENT ILLNESS',
      'RESULTS',
    ]);
    expect(parts[0]?.text).toBe('Substance | Reaction\nPenicillin | Nausea');
    expect(extracts.map(({ topic, part, text }) => [topic, part, text])).toEqual([
      ['assessment', 1, 'Uncontrolled brittle Type II diabetic.\nObesity.'],
      ['findings', 3, 'Result Type | Result Value | Interpretation\nHemoglobin | 13.2 g/dL | Normal\nPlatelets | 123 10*9/L | Low'],
    ]);
    for (const { part, from, to, text } of extracts) expect(parts[part]?.text.slice(from, to)).toBe(text);
  });

  test('of the endings of a name the one that tells a father from his son', async () => {
    const named = HL7_CONSULTATION.replace(
      'Betterhalf</family>',
      'Betterhalf</family><suffix qualifier="AC">Ph.D.</suffix><suffix>Jr.</suffix>',
    );
    expect((await of(named)).header.patient.suffix).toBe('Jr.');
  });

  test('in another encoding it says the same', async () => {
    const latin = HL7_CONSULTATION.replace('UTF-8', 'ISO-8859-1').replace('Obesity.', 'Ménière’s excluded.'.replace('’', "'"));
    const document = await readBytes(new Uint8Array(Buffer.from(latin, 'latin1')));
    expect(document.kind === 'read' && document.extracts[0]?.text).toContain("Ménière's excluded.");
  });

  test('a document that only wraps a PDF is the PDF, with its own header', async () => {
    const file = Buffer.from(await pdfNote([['Impression:', 'Benign nevus.']])).toString('base64');
    const from = HL7_CONSULTATION.indexOf('<structuredBody>');
    const to = HL7_CONSULTATION.indexOf('</structuredBody>') + '</structuredBody>'.length;
    const wrapped = `${HL7_CONSULTATION.slice(0, from)}<nonXMLBody><text mediaType="application/pdf" representation="B64">${file}</text></nonXMLBody>${HL7_CONSULTATION.slice(to)}`;
    const { header, extracts, format } = await of(wrapped);
    expect([format, header.patient.family, extracts[0]?.text]).toEqual(['pdf', 'Betterhalf', 'Benign nevus.']);
  });
});

describe('what is no clinical note is not read', () => {
  const laughs = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, at) => `<!ENTITY lol${at + 1} "${`&lol${at === 0 ? '' : at};`.repeat(10)}">`).join('')}]>`;
  const at = (doctype: string, words = 'Obesity.'): string =>
    HL7_CONSULTATION.replace('?>\n<?xml-st', `?>\n${doctype}\n<?xml-st`).replace('Obesity.', words);

  test.each<[string, string, string]>([
    ['entities within entities', at(laughs, '&lol9;'), 'declares-types'],
    ['a file of the machine', at('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;'), 'declares-types'],
    ['an address', at('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'), 'declares-types'],
    ['an entity that nobody declared', at('', '&x;'), 'broken'],
    ['depth without end', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`, 'too-large'],
    ['a great many elements', `<a>${'<b/>'.repeat(300_000)}</a>`, 'too-large'],
    ['cut off', HL7_CONSULTATION.slice(0, 4000), 'broken'],
    ['other XML', '<feed xmlns="http://www.w3.org/2005/Atom"/>', 'other-xml'],
    ['an encoding that there is not', HL7_CONSULTATION.replace('UTF-8', 'X-NONE'), 'broken'],
  ])('%s', async (_, xml, why) => {
    expect(await read(xml)).toEqual({ kind: 'unreadable', why });
  });
});
