/**
 * What Refloop writes in the chart of a note that came back: the note itself, and the Task that says it was received.
 * Sources: US Core 6.1.0 DocumentReference; CMS50v14 (CMS50FHIRCRLReceiptofSpecialistReport): the receipt is a completed Task whose code is of
 * the Consultant Report value set, whose basedOn is the order, and whose executionPeriod ends when the report was received.
 */
import type { Specialty } from '../clinical/specialty.ts';
import type { Resource } from '../fhir/ehr-port.ts';
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { Instant } from '../instant.ts';
import type { Performer } from '../referral/event.ts';
import { NPI_SYSTEM, placerIdentifier, RECEIPT_IDENTIFIER_SYSTEM, REPORT_IDENTIFIER_SYSTEM, reportKey } from './identifiers.ts';
import type { Json } from './resources.ts';

export type ReportInChart = {
  referralId: string;
  reportId: string;
  /** How often it was linked by mistake and taken off: what was written of it then is not this. */
  takenOff?: number;
  form: 'interim' | 'final';
  patientId: string;
  /** Null where it was placed by hand and nobody said which it is. */
  order: ResourceRef | null;
  /** The fulfilment Task of the attempt that it answers; null where the EHR holds none. */
  task: ResourceRef | null;
  specialty: Specialty;
  performer: Performer;
  /** NPI of who wrote it, where the note says so. */
  fromNpi: string | null;
  receivedAt: Instant;
};

/** The note as it came. */
export type NoteFile = {
  contentType: string;
  base64: string;
  /** Plain length in bytes. */
  bytes: number;
};

const conceptOf = ({ code, display }: { code: string; display: string }): Json => ({
  coding: [{ system: 'http://loinc.org', code, display }],
  text: display,
});

/** A colleague of whom only the number is known is not given the name of who was asked. */
const authorOf = ({ performer, fromNpi }: ReportInChart): Json => ({
  type: 'Practitioner',
  identifier: { system: NPI_SYSTEM, value: fromNpi ?? performer.npi },
  ...(fromNpi === null || fromNpi === performer.npi ? { display: performer.display } : {}),
});

/** The note as a document of the chart, without its content; an interim one says so. */
export function noteInChart(report: ReportInChart): Json {
  const { referralId, reportId, takenOff, form, patientId, order, task, specialty, receivedAt } = report;
  const related = [order, task].filter((each) => each !== null);
  return {
    resourceType: 'DocumentReference',
    meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-documentreference'] },
    identifier: [{ system: REPORT_IDENTIFIER_SYSTEM, value: reportKey(referralId, reportId, takenOff) }, placerIdentifier(referralId)],
    status: 'current',
    docStatus: form === 'final' ? 'final' : 'preliminary',
    type: conceptOf(specialty.consultNote),
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            code: 'clinical-note',
            display: 'Clinical Note',
          },
        ],
      },
    ],
    subject: { reference: `Patient/${patientId}` },
    date: receivedAt,
    author: [authorOf(report)],
    ...(related.length > 0 ? { context: { related: related.map((each) => ({ reference: referenceText(each) })) } } : {}),
  };
}

/** `noteInChart` with the file that came in it. */
export const withFile = (note: Json, { contentType, base64, bytes }: NoteFile, title: string): Json => ({
  ...note,
  content: [{ attachment: { contentType, data: base64, size: bytes, title, creation: note['date'] } }],
});

/** Taken off the referral: it stays where it is and says of itself that it was entered in error; a person reads why. */
export function enteredInError(held: Resource): Resource {
  return held.resourceType === 'DocumentReference'
    ? { ...held, status: 'entered-in-error', docStatus: 'entered-in-error' }
    : { ...held, status: 'entered-in-error', statusReason: { text: 'The note was linked to this referral by mistake.' } };
}

/** Task B; `document` is where the note stands in the chart, null where it came on paper. */
export function receiptTask(report: ReportInChart, document: ResourceRef | null): Json {
  const { referralId, reportId, takenOff, patientId, order, task, specialty, receivedAt } = report;
  return {
    resourceType: 'Task',
    identifier: [{ system: RECEIPT_IDENTIFIER_SYSTEM, value: reportKey(referralId, reportId, takenOff) }, placerIdentifier(referralId)],
    groupIdentifier: placerIdentifier(referralId),
    // The measure goes by basedOn, not by focus.
    ...(order ? { basedOn: [{ reference: referenceText(order) }] } : {}),
    ...(task ? { partOf: [{ reference: referenceText(task) }] } : {}),
    status: 'completed',
    intent: 'order',
    code: conceptOf(specialty.consultNote),
    for: { reference: `Patient/${patientId}` },
    authoredOn: receivedAt,
    lastModified: receivedAt,
    executionPeriod: { start: receivedAt, end: receivedAt },
    ...(document ? { output: [{ type: conceptOf(specialty.consultNote), valueReference: { reference: referenceText(document) } }] } : {}),
  };
}
