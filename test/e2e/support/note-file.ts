/** A note as an office prints it: a PDF with a text layer, about whom its labels say. */
import type { Patient } from '@medplum/fhirtypes';
import { pdfNote } from '@refloop/server/inbound/test-notes';

export type Author = { name: string; npi: string };

/** @param patient whom the note names, as the chart has them */
export function consultNote(patient: Patient, author: Author, words: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const name = patient.name?.[0];
  const record = patient.identifier?.find(({ type }) => type?.coding?.some(({ code }) => code === 'MR'))?.value;
  return pdfNote([
    [
      'Consultation note',
      `Patient: ${name?.family}, ${name?.given?.join(' ')}`,
      `DOB: ${patient.birthDate}`,
      ...(record === undefined ? [] : [`MRN: ${record}`]),
      `Date of service: ${new Date().toISOString().slice(0, 10)}`,
      `Provider: ${author.name}`,
      `NPI: ${author.npi}`,
      ...words,
      `Electronically signed by: ${author.name}`,
    ],
  ]);
}
