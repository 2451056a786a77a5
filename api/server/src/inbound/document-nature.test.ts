import { describe, expect, test } from 'vitest';
import { packetCcda } from '../packet/packet-ccda.ts';
import { packetPdf } from '../packet/packet-pdf.ts';
import { sentPacket } from '../packet/test-packet.ts';
import { readBytes } from './read-bytes.ts';
import { CARDIOLOGY_NOTE, HL7_CONSULTATION, pdfNote } from './test-notes.ts';

const natureOf = async (bytes: Uint8Array): Promise<string> => {
  const document = await readBytes(bytes);
  return document.kind === 'read' ? document.nature : document.why;
};
const ofText = (text: string): Promise<string> => natureOf(new TextEncoder().encode(text));
const NOTE = CARDIOLOGY_NOTE.flat().join('\n');

describe('a consult note', () => {
  test('is one by its headings, in a PDF and in plain text', async () => {
    expect(await natureOf(await pdfNote(CARDIOLOGY_NOTE))).toBe('consult-note');
    expect(await ofText(NOTE)).toBe('consult-note');
  });

  test('of C-CDA by its code or its template; any other kind of document is none', async () => {
    const code = (loinc: string) => HL7_CONSULTATION.replace('code="11488-4"', `code="${loinc}"`);
    const untemplated = (xml: string) => xml.replace('10.20.22.1.4"', '10.20.22.1.9"');
    expect(await ofText(HL7_CONSULTATION)).toBe('consult-note');
    expect(await ofText(untemplated(code('34099-2')))).toBe('consult-note');
    expect(await ofText(code('11506-3'))).toBe('consult-note');
    expect(await ofText(untemplated(code('11506-3')))).toBe('unsaid');
    expect(await ofText(untemplated(code('57133-1')))).toBe('unsaid');
  });

  test.each([
    'She declined surgery and does not take metoprolol any more.',
    'He has not been seen by a cardiologist before. The echocardiogram did not show a thrombus.',
    'Return in 3 months; we will refer her to another specialist for ablation. Not taking aspirin.',
    'She is unable to see clearly with the left eye and cannot contact lenses tolerate.',
  ])('stays one where it says: %s', async (words) => {
    expect(await ofText(`${NOTE}\n${words}`)).toBe('consult-note');
  });
});

describe('word that the patient was not or cannot be seen', () => {
  test.each([
    'We are not able to schedule this patient: our practice no longer accepts the plan.',
    'We are unable to accept new\npatients at this time.',
    'Your referral has been declined.',
    'We are returning your referral request.',
    'The patient was a no-show on 11/19/2026.',
    'She did not keep her appointment.',
    'The appointment was cancelled by the patient.',
    'Our office could not reach the patient after three calls.',
    'Patient declined to schedule.',
    'Dr. Rivera doesn’t participate with this plan.',
    'Please refer the patient elsewhere.',
  ])('%s', async (words) => {
    // A form of the office may have the headings of a note on it.
    expect(await ofText(`${NOTE}\n${words}`)).toBe('not-seen');
  });
});

describe('what says nothing of itself', () => {
  test.each([
    'Thank you for your referral. The appointment is on 12/02/2026 at 9:00.',
    'Plan: Blue Shield PPO\nMember: 123',
    'Authorization request\nDiagnosis: I49.3',
  ])('%s', async (words) => {
    expect(await ofText(words)).toBe('unsaid');
  });
});

describe('the referral that was sent', () => {
  test('is known again, whatever of the chart went along, and where a file holds it behind a note', async () => {
    const text = 'Assessment:\nPalpitations.\nPlan:\nRefer to cardiology.';
    const [item] = sentPacket().chart.items;
    const packet = sentPacket({}, { items: item ? [{ ...item, section: 'documents', text: [text] }] : [] });
    expect(await natureOf(await packetPdf(packet))).toBe('own-referral');
    const read = await readBytes(await packetPdf(packet));
    const pages = read.kind === 'read' ? read.parts.map((part) => part.text.split('\n')) : [];
    expect(await natureOf(await pdfNote([...CARDIOLOGY_NOTE, ...pages]))).toBe('own-referral');
  });

  test('as C-CDA is no consult note', async () => {
    expect(await ofText(packetCcda(sentPacket()))).toBe('unsaid');
  });
});
