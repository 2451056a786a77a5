/** The orders of a chart, each with what hangs on it: its work, its note, and who approved it with what. */
import type { Device, DocumentReference, Provenance, Reference, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Repository, Stored } from '../fhir/repository.ts';
import { searchAll } from './find.ts';
import { type AppNameOf, loadLastWritings } from './last-writing.ts';
import { loadReferenceNames, type NameOf } from './reference-names.ts';
import { documentTitle } from './sections.ts';
import { conceptText, idIn, timeText } from './wording.ts';

/** CMS50's referral category and the SNOMED CT category of a referral order: "Patient referral" (3457005). */
const REFERRAL_CATEGORY = '3457005';

export type OrderRow = {
  order: Stored<ServiceRequest>;
  performer: string;
  requester: string;
  /** Whether it asks for another clinician: those can be sent on by the app. */
  isReferral: boolean;
  tasks: { name: string; status: string; stage: string; owner: string; written: string | undefined }[];
  notes: { id: string; title: string; written: string | undefined }[];
  /** One sentence a record, newest first: "approved by … with Refloop 0.1.0, 20 Nov 2026". */
  provenance: { sentence: string; written: string | undefined }[];
  /** Who last changed the order and when, as of the tasks, notes and records; undefined for what came with the loaded charts. */
  written: string | undefined;
};

const MOST_ORDERS = 200;

const referencesTo = (references: (Reference | undefined)[], resourceType: string): string[] =>
  references.flatMap((reference) => idIn(reference, resourceType) ?? []);

const orderIdsOfTask = (task: Task): string[] => referencesTo([task.focus, ...(task.basedOn ?? [])], 'ServiceRequest');

/** Whether this order asks for another clinician's care: by category, or because it is about one. */
export function isReferralOrder(order: ServiceRequest): boolean {
  const codings = (order.category ?? []).flatMap((concept) => concept.coding ?? []);
  return codings.some((coding) => coding.code === REFERRAL_CATEGORY) || /\breferral\b|\brefer to\b/i.test(conceptText(order.code));
}

const containedDevices = (provenance: Provenance): Device[] =>
  (provenance.contained ?? []).filter((resource: Resource): resource is Device => resource.resourceType === 'Device');

/** FHIR R4 task-code: "fulfill" is "Fulfill the focal request", said here of an order. */
const TASK_NAMES: Record<string, string> = { fulfill: 'Fulfill the order' };

function taskName(task: Task): string {
  const name = task.description ?? conceptText(task.code);
  return TASK_NAMES[name] ?? (name === '' ? 'Task' : name);
}

/** A device by its name and version, such as "Refloop 0.1.0". */
function deviceText(device: Device): string {
  const name = device.deviceName?.[0]?.name ?? conceptText(device.type);
  return [name, device.version?.[0]?.value].filter((part) => part !== undefined && part !== '').join(' ');
}

const agentOf = (provenance: Provenance, type: string) =>
  provenance.agent.find((one) => one.type?.coding?.some((coding) => coding.code === type));

/** Who stands for the order: the one who verified it, else its author. */
const approver = (provenance: Provenance): Reference | undefined =>
  (agentOf(provenance, 'verifier') ?? agentOf(provenance, 'author') ?? provenance.agent.find((one) => !one.who.reference?.startsWith('#')))
    ?.who;

/** Who entered it for the one who approved. */
const enterer = (provenance: Provenance): Reference | undefined => agentOf(provenance, 'enterer')?.who;

/** The sentence of one Provenance. */
export function provenanceText(provenance: Provenance, nameOf: NameOf): string {
  const software = containedDevices(provenance)
    .map(deviceText)
    .filter((text) => text !== '');
  const [who, entered] = [nameOf(approver(provenance)), nameOf(enterer(provenance))];
  return [
    who === '' ? 'recorded' : `approved by ${who}`,
    entered === '' ? '' : `, prepared by ${entered},`,
    software.length === 0 ? '' : ` with ${software.join(', ')}`,
    `, ${timeText(provenance.recorded)}`,
  ].join('');
}

/** The newest orders of the patient, with all that refers to them. */
export async function loadOrders(repository: Repository, patientId: string, appNameOf: AppNameOf): Promise<OrderRow[]> {
  const [orders, tasks, documents] = await Promise.all([
    searchAll<ServiceRequest>(repository, 'ServiceRequest', { patient: patientId, _sort: '-authored' }, MOST_ORDERS),
    searchAll<Task>(repository, 'Task', { patient: patientId, _sort: '-authored-on' }, MOST_ORDERS),
    searchAll<DocumentReference>(repository, 'DocumentReference', { patient: patientId, _sort: '-date' }, MOST_ORDERS),
  ]);
  const targets = orders.map((order) => `ServiceRequest/${order.id}`).join(',');
  const provenances =
    targets === '' ? [] : await searchAll<Provenance>(repository, 'Provenance', { target: targets, _sort: '-recorded' }, MOST_ORDERS);
  const nameOf = await loadReferenceNames(repository, [
    ...orders.flatMap((order) => [order.requester, ...(order.performer ?? [])]),
    ...tasks.map((task) => task.owner),
    ...provenances.flatMap((provenance) => [approver(provenance), enterer(provenance)]),
  ]);
  const writingOf = await loadLastWritings(repository, [...orders, ...tasks, ...documents, ...provenances], appNameOf);
  return orders.map((order) => {
    const noteIds = new Set(referencesTo(order.supportingInfo ?? [], 'DocumentReference'));
    const isNote = (document: Stored<DocumentReference>): boolean =>
      noteIds.has(document.id) || referencesTo(document.context?.related ?? [], 'ServiceRequest').includes(order.id);
    return {
      order,
      performer: (order.performer ?? []).map(nameOf).join(', ') || conceptText(order.performerType),
      requester: nameOf(order.requester),
      isReferral: isReferralOrder(order),
      tasks: tasks
        .filter((task) => orderIdsOfTask(task).includes(order.id))
        .map((task) => ({
          name: taskName(task),
          status: task.status,
          stage: conceptText(task.businessStatus),
          owner: nameOf(task.owner),
          written: writingOf(task),
        })),
      notes: documents
        .filter(isNote)
        .map((document) => ({ id: document.id, title: documentTitle(document), written: writingOf(document) })),
      provenance: provenances
        .filter((one) => referencesTo(one.target, 'ServiceRequest').includes(order.id))
        .map((one) => ({ sentence: provenanceText(one, nameOf), written: writingOf(one) })),
      written: writingOf(order),
    };
  });
}
