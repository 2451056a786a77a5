/** One item of a packet as the FHIR resource it came from, with what the packet says of it and no more. */

import { createHash } from 'node:crypto';
import type { Attachment, CodeableConcept, Patient, Reference, Resource } from '@medplum/fhirtypes';
import type { PacketItem } from '@refloop/domain/packet/contents';

const concept = ({ title, codings }: Pick<PacketItem, 'title' | 'codings'>): CodeableConcept => ({
  ...(codings.length === 0 ? {} : { coding: codings.map((coding) => ({ ...coding })) }),
  text: title,
});

/** A field that is there where it has a value. */
export const given = <Name extends string>(name: Name, value: string): { [Key in Name]?: string } =>
  (value === '' ? {} : { [name]: value }) as { [Key in Name]?: string };

export const STATUS = 'http://terminology.hl7.org/CodeSystem';

export type AttachedFile = { contentType: string; bytes: Uint8Array };

/** FHIR R4 Attachment: `hash` is the SHA-1 of the bytes. */
const attachmentOf = ({ title }: PacketItem, { contentType, bytes }: AttachedFile): Attachment => ({
  contentType,
  title,
  data: Buffer.from(bytes).toString('base64'),
  size: bytes.byteLength,
  hash: createHash('sha1').update(bytes).digest('base64'),
});

/**
 * One item as the resource it came from, with what the packet says of it and no more.
 * @param file that goes along as its content
 */
export function resourceOf(item: PacketItem, subject: Reference<Patient>, file?: AttachedFile): Resource {
  const note = [item.detail, ...item.text].filter((words) => words !== '').map((text) => ({ text }));
  const notes = note.length === 0 ? {} : { note };
  switch (item.section) {
    case 'problems':
      return {
        resourceType: 'Condition',
        clinicalStatus: { coding: [{ system: `${STATUS}/condition-clinical`, code: 'active' }] },
        category: [{ coding: [{ system: `${STATUS}/condition-category`, code: 'problem-list-item' }] }],
        code: concept(item),
        subject,
        ...given('onsetDateTime', item.date),
        ...notes,
      };
    case 'medications':
      return {
        resourceType: 'MedicationStatement',
        status: 'active',
        medicationCodeableConcept: concept(item),
        subject,
        ...(item.date === '' ? {} : { effectivePeriod: { start: item.date } }),
        ...(item.detail === '' ? {} : { dosage: [{ text: item.detail }] }),
      };
    case 'allergies':
      return {
        resourceType: 'AllergyIntolerance',
        clinicalStatus: { coding: [{ system: `${STATUS}/allergyintolerance-clinical`, code: 'active' }] },
        code: concept(item),
        patient: subject,
        ...notes,
      };
    case 'results':
    case 'imaging':
      return item.ref.type === 'DocumentReference'
        ? documentOf(item, subject, file)
        : item.ref.type === 'DiagnosticReport'
          ? {
              resourceType: 'DiagnosticReport',
              status: 'final',
              code: concept(item),
              subject,
              ...given('effectiveDateTime', item.date),
              ...given('conclusion', [item.detail, ...item.text].filter(Boolean).join(' ')),
              ...(file ? { presentedForm: [attachmentOf(item, file)] } : {}),
            }
          : {
              resourceType: 'Observation',
              status: 'final',
              code: concept(item),
              subject,
              ...given('effectiveDateTime', item.date),
              // As the chart words it, flag and unit with it.
              ...given('valueString', item.detail),
            };
    case 'documents':
      return documentOf(item, subject, file);
  }
}

const documentOf = (item: PacketItem, subject: Reference<Patient>, file: AttachedFile | undefined): Resource => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: concept(item),
  subject,
  ...(item.date.length < 10 ? {} : { date: `${item.date.slice(0, 10)}T00:00:00Z` }),
  ...(item.detail === '' ? {} : { author: [{ display: item.detail }] }),
  content: [
    ...(file ? [{ attachment: attachmentOf(item, file) }] : []),
    {
      attachment: {
        contentType: 'text/plain',
        title: item.title,
        data: Buffer.from(item.text.join('\n') || item.title, 'utf8').toString('base64'),
      },
    },
  ],
});
