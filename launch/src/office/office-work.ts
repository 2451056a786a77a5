/** The Tasks that a specialist's office finds in its own EHR, and what becomes of them there. */
import type { Appointment, DocumentReference, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { findResource, searchAll } from '../chart/find.ts';
import { idIn } from '../chart/wording.ts';
import { FhirError } from '../fhir/fhir-error.ts';
import type { Repository, Stored } from '../fhir/repository.ts';
import { actsOn, type Given, MADE, npiOf, written } from './office-acts.ts';

export type OfficeTask = {
  task: Stored<Task>;
  patient: Stored<Patient> | undefined;
  order: Stored<ServiceRequest> | undefined;
  /** The words of the note that came with the order. */
  note: string;
  appointments: Stored<Appointment>[];
};

export type Office = { npi: string; name: string; waiting: number; tasks: number };

const MOST_TASKS = 200;
const FULFIL = 'http://hl7.org/fhir/CodeSystem/task-code|fulfill';

/** What was never sent is nobody's to see yet. */
export const sentTasks = async (repository: Repository): Promise<Stored<Task>[]> =>
  (await searchAll<Task>(repository, 'Task', { code: FULFIL, _sort: '-_lastUpdated' }, MOST_TASKS)).filter(
    (task) => task.status !== 'draft' && npiOf(task) !== '',
  );

export async function loadOffices(repository: Repository): Promise<Office[]> {
  const offices = new Map<string, Office>();
  for (const task of await sentTasks(repository)) {
    const npi = npiOf(task);
    const office = offices.get(npi) ?? { npi, name: task.owner?.display ?? `NPI ${npi}`, waiting: 0, tasks: 0 };
    offices.set(npi, { ...office, tasks: office.tasks + 1, waiting: office.waiting + (actsOn(task).length > 0 ? 1 : 0) });
  }
  return [...offices.values()].sort((left, right) => right.waiting - left.waiting || left.name.localeCompare(right.name));
}

async function noteOf(repository: Repository, order: ServiceRequest | undefined): Promise<string> {
  for (const reference of order?.supportingInfo ?? []) {
    const id = idIn(reference, 'DocumentReference');
    const document = id === undefined ? undefined : await findResource<DocumentReference>(repository, 'DocumentReference', id);
    const text = document?.content.find(({ attachment }) => attachment.contentType?.startsWith('text/plain'))?.attachment.data;
    if (text !== undefined) return Buffer.from(text, 'base64').toString('utf8');
  }
  return '';
}

/** Those on which the office can still do something. */
export const openTasks = async (repository: Repository): Promise<Stored<Task>[]> =>
  (await sentTasks(repository)).filter((task) => actsOn(task).length > 0);

export async function withChart(repository: Repository, task: Stored<Task>): Promise<OfficeTask> {
  const [patientId, orderId] = [idIn(task.for, 'Patient'), idIn(task.focus, 'ServiceRequest')];
  const patient = patientId === undefined ? undefined : await findResource<Patient>(repository, 'Patient', patientId);
  const order = orderId === undefined ? undefined : await findResource<ServiceRequest>(repository, 'ServiceRequest', orderId);
  const appointments =
    orderId === undefined
      ? []
      : await searchAll<Appointment>(repository, 'Appointment', { 'based-on': `ServiceRequest/${orderId}`, _sort: '-_lastUpdated' }, 20);
  return { task, patient, order, note: await noteOf(repository, order), appointments };
}

/** Newest first. */
export async function loadOffice(repository: Repository, npi: string): Promise<OfficeTask[]> {
  const own = (await sentTasks(repository)).filter((task) => npiOf(task) === npi);
  return Promise.all(own.map((task) => withChart(repository, task)));
}

export type Acted = 'done' | 'no-such-task' | 'not-now' | 'changed-meanwhile';

/** As the version of the Task that was shown allows it. */
export async function actAsOffice(
  repository: Repository,
  asked: { npi: string; taskId: string; versionId: string; given: Given },
  now: Date,
): Promise<Acted> {
  const { npi, taskId, versionId, given } = asked;
  const task = await findResource<Task>(repository, 'Task', taskId);
  if (!task || npiOf(task) !== npi) return 'no-such-task';
  if (!actsOn(task).includes(given.act)) return 'not-now';
  const { appointments } = await withChart(repository, task);
  const booked = appointments.find(({ status }) => status === 'booked');
  const writing = written(task, given, booked, now.toISOString());
  // No person of this EHR wrote it: the interface of another office did.
  const asOffice = repository.writingAs({ kind: 'service', client: `The office of ${task.owner?.display ?? `NPI ${npi}`}` });
  try {
    await asOffice.transaction(async (inside) => {
      const made = writing.made && (await inside.create(writing.made)).resource;
      if (writing.changed) await inside.update({ ...writing.changed, id: writing.changed.id ?? '' });
      const words = JSON.stringify(writing.task);
      const moved = JSON.parse(made ? words.replaceAll(MADE, `${made.resourceType}/${made.id}`) : words) as Task;
      await inside.update<Task>({ ...moved, id: task.id }, { ifMatch: versionId });
    });
    return 'done';
  } catch (error) {
    if (error instanceof FhirError && error.status === 412) return 'changed-meanwhile';
    throw error;
  }
}
