import { describe, expect, test } from 'vitest';
import { growth } from '../../../../tools/growth.ts';
import { namesSeveral } from './patients-named.ts';
import { readBytes } from './read-bytes.ts';
import { HL7_CONSULTATION, pdfNote } from './test-notes.ts';

const several = (...pages: string[]): boolean => namesSeveral(pages.map((text, at) => ({ title: `Page ${at + 1}`, text })));
const FIRST = 'Bay Heart\nPatient: Delgado, Marisol A   DOB: 06/02/1984   MRN: SYN-100200\nImpression: stable.';

describe('another patient in the same file', () => {
  test.each([
    ['by name', 'Patient: Okafor, Chinedu\nImpression: stable.'],
    ['by birth date', 'Bay Heart\nDOB: 11/30/1951\nImpression: stable.'],
    ['by record number', 'Bay Heart\nMRN: SYN-100999\nImpression: stable.'],
    ['a twin', 'Patient: Delgado, Rocio   DOB: 06/02/1984'],
    ['a parent', 'Patient: Delgado, Marisol Sr.'],
    ['behind a label that anybody may stand behind', 'Re: Chinedu Okafor\nDOB: 06/02/1984'],
  ])('%s', (_, page) => {
    const first = FIRST.replace('Marisol A', 'Marisol A, Jr.');
    expect([several(first, page), several(`${first}\f${page}`)]).toEqual([true, true]);
  });

  test('far behind the first, on the same page', () => {
    const filler = 'History of present illness goes on here.\n'.repeat(170);
    expect(several(`${FIRST}\n${filler}Patient: Okafor, Chinedu\nDOB: 11/30/1951\nImpression: stable.`)).toBe(true);
  });

  test('in a file that a C-CDA document of another patient wraps, and in a second record target', async () => {
    const file = Buffer.from(await pdfNote([['Patient: Okafor, Chinedu', 'Impression:', 'Benign nevus.']])).toString('base64');
    const wrapped = HL7_CONSULTATION.replace(
      /<structuredBody>[^]*<\/structuredBody>/,
      `<nonXMLBody><text mediaType="application/pdf" representation="B64">${file}</text></nonXMLBody>`,
    );
    const target = /<recordTarget>[^]*<\/recordTarget>/.exec(HL7_CONSULTATION)?.[0] ?? '';
    const twice = HL7_CONSULTATION.replace(target, `${target}${target.replaceAll('Betterhalf', 'Okafor')}`);
    for (const xml of [wrapped, twice])
      expect(await readBytes(new TextEncoder().encode(xml))).toMatchObject({ kind: 'read', several: true });
    expect(await readBytes(new TextEncoder().encode(HL7_CONSULTATION))).toMatchObject({ several: false });
  });
});

describe('the same patient', () => {
  test.each([
    ['on the next page', 'Patient: DELGADO, MARISOL   DOB: June 2, 1984   MRN: syn100200'],
    ['shortened', 'Patient: Delgado, M'],
    ['with a double surname', 'Patient name: Marisol Delgado-Cruz'],
    ['in a sentence', 'Patient: denies chest pain today\nRe: knee pain'],
    ['beside the one who is insured', 'Subscriber: Per Lund DOB: 12/30/1941\nMother: Ana Lund, date of birth 01/02/1955'],
    ['beside whoever wrote', 'Name: Ana Rivera, MD\nNPI: 1234567893'],
    ['with the number of the office beside ours', 'Patient: Delgado, Marisol\nMRN: 77123   Referring MRN: SYN-100200'],
    ['of whom nothing is said', '2. Repeat Holter monitor in 3 months.'],
  ])('%s', (_, page) => {
    expect(several(FIRST, page)).toBe(false);
  });
});

test('a line of eight times as many labels takes eight times as long, not its square', async () => {
  const read = (times: number) => several('DOB: 1/1/'.repeat(times), 'Patient: '.repeat(times), `Patient: ${'a '.repeat(4 * times)}`);
  expect(await growth(6250, 50_000, read)).toBeLessThan(3);
});
