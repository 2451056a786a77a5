/**
 * What a specialist's own EHR writes as its office works on a referral: the Task moved, and what the move rests on (an appointment, a visit, a note).
 * The other side of the interface, so it shares nothing with Refloop but the published codes: HL7 BSeR 2.0.0-ballot TaskBusinessStatusCS, FHIR R4.
 */
import type {
  Appointment,
  CodeableConcept,
  DocumentReference,
  Encounter,
  Patient,
  Reference,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';

const BUSINESS_STATUS = 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS';
const NPI = 'http://hl7.org/fhir/sid/us-npi';
const CONSULT_NOTE: CodeableConcept = { coding: [{ system: 'http://loinc.org', code: '11488-4', display: 'Consult note' }] };

export const OFFICE_ACTS = ['accept', 'decline', 'book', 'no-show', 'seen', 'note', 'confirm-cancellation'] as const;
export type OfficeAct = (typeof OFFICE_ACTS)[number];

export type Given =
  | { act: 'accept' | 'no-show' | 'seen' | 'confirm-cancellation' }
  | { act: 'decline'; reason: string }
  | { act: 'book'; startsAt: string }
  | { act: 'note'; text: string };

const STAGES: Record<OfficeAct, { status: Task['status']; code: string; text: string }> = {
  accept: { status: 'accepted', code: '3.0', text: 'Accepted' },
  decline: { status: 'rejected', code: '4.0', text: 'Declined' },
  book: { status: 'in-progress', code: '5.1.1', text: 'Event Scheduled' },
  'no-show': { status: 'in-progress', code: '5.1.2', text: 'Event Unattended' },
  seen: { status: 'in-progress', code: '5.1.4', text: 'Event Completed' },
  note: { status: 'completed', code: '7.0', text: 'Fulfillment Completed' },
  'confirm-cancellation': { status: 'cancelled', code: '6.0', text: 'Fulfillment Cancelled' },
};

/** The stage by BSeR’s code; empty where it tells none. */
export const stageOf = ({ businessStatus }: Task): string =>
  businessStatus?.coding?.find(({ system }) => system === BUSINESS_STATUS)?.code ?? '';

/** By the table of BSeR; of advice alone (an eConsult) the note may follow the acceptance. */
export function actsOn(task: Task): readonly OfficeAct[] {
  if (task.status === 'requested' || task.status === 'received') return ['accept', 'decline'];
  if (task.status === 'accepted') return ['book', 'note', 'decline'];
  if (task.status !== 'in-progress') return [];
  switch (stageOf(task)) {
    case '5.1.1':
      return ['seen', 'no-show', 'book', 'decline'];
    case '5.1.2':
    case '5.1.3':
      return ['book'];
    case '5.2':
      return ['confirm-cancellation', 'note'];
    default:
      return ['note', 'book'];
  }
}

/** The NPI of whom it is with; empty where the Task names nobody. */
export const npiOf = ({ owner }: Task): string => (owner?.identifier?.system === NPI ? (owner.identifier.value ?? '') : '');

/** What one act writes, in this order. `{{new}}` stands for the first of `made`, which the server gives an id. */
export type Written = {
  made: Appointment | Encounter | DocumentReference | undefined;
  changed: Appointment | undefined;
  task: Task;
};

export const MADE = '{{new}}';

const orderOf = ({ focus }: Task): Reference<ServiceRequest>[] => (focus?.reference === undefined ? [] : [{ reference: focus.reference }]);

const outputWith = (task: Task, text: string): Task['output'] => [
  ...(task.output ?? []),
  { type: { text }, valueReference: { reference: MADE } },
];

function madeFor(task: Task, given: Given, booked: Appointment | undefined, now: string): Written['made'] {
  const patient: Reference<Patient> = task.for?.reference === undefined ? {} : { reference: task.for.reference };
  switch (given.act) {
    case 'book':
      return {
        resourceType: 'Appointment',
        status: 'booked',
        start: given.startsAt,
        end: new Date(Date.parse(given.startsAt) + 30 * 60_000).toISOString(),
        basedOn: orderOf(task),
        participant: [{ actor: patient, status: 'accepted' }],
      };
    case 'seen':
      return {
        resourceType: 'Encounter',
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject: patient,
        basedOn: orderOf(task),
        ...(booked?.id === undefined ? {} : { appointment: [{ reference: `Appointment/${booked.id}` }] }),
        period: { start: now, end: now },
      };
    case 'note':
      return {
        resourceType: 'DocumentReference',
        status: 'current',
        docStatus: 'final',
        type: CONSULT_NOTE,
        subject: patient,
        date: now,
        author: [{ type: 'Practitioner', identifier: { system: NPI, value: npiOf(task) }, ...namedAs(task) }],
        content: [
          {
            attachment: {
              contentType: 'text/plain; charset=utf-8',
              data: Buffer.from(given.text).toString('base64'),
              title: 'Consult note',
            },
          },
        ],
        context: { related: orderOf(task) },
      };
    case 'accept':
    case 'decline':
    case 'no-show':
    case 'confirm-cancellation':
      return undefined;
  }
}

const namedAs = ({ owner }: Task): { display?: string } => (owner?.display === undefined ? {} : { display: owner.display });

/** @param booked the appointment that is ahead or has just been, where there is one */
export function written(task: Task, given: Given, booked: Appointment | undefined, now: string): Written {
  const { status, code, text } = STAGES[given.act];
  const made = madeFor(task, given, booked, now);
  const moved: Task = {
    ...task,
    status,
    businessStatus: { coding: [{ system: BUSINESS_STATUS, code }], text },
    statusReason: { text: given.act === 'decline' ? given.reason : text },
    lastModified: now,
  };
  const over = given.act === 'seen' ? 'fulfilled' : given.act === 'no-show' ? 'noshow' : undefined;
  // Another date takes the place of the one that was booked: the same appointment, moved.
  const rebooked = given.act === 'book' && booked?.status === 'booked' && made?.resourceType === 'Appointment';
  if (rebooked) return { made: undefined, changed: { ...booked, start: made.start ?? '', end: made.end ?? '' }, task: moved };
  const output =
    given.act === 'book'
      ? outputWith(task, 'scheduled appointment')
      : given.act === 'note'
        ? outputWith(task, 'consult note')
        : task.output;
  return {
    made,
    changed: over === undefined || booked === undefined ? undefined : { ...booked, status: over },
    task: output === undefined ? moved : { ...moved, output },
  };
}
