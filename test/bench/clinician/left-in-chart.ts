/** What a referral must have left in the chart in each mode: one of each, of this referral, and nothing besides. */
import type { Communication, DocumentReference, Identifier, Provenance, ServiceRequest, Task } from '@medplum/fhirtypes';
import {
  MESSAGE_IDENTIFIER_SYSTEM,
  NOTE_IDENTIFIER_SYSTEM,
  NPI_SYSTEM,
  REFERRAL_IDENTIFIER_SYSTEM,
  TASK_IDENTIFIER_SYSTEM,
} from '@refloop/domain/write-back/identifiers';
import type { ModeName } from '@refloop/launch/modes/modes';
import type { Plan, StepName } from '@refloop/server/client/approval';
import { type Chart, referenceOf, type Stored } from '../../writeback/chart.ts';
import type { Draft } from '../many-patients.ts';

export type Referred = {
  clinician: string;
  draft: Draft;
  mode: ModeName;
  plan: Plan;
  chosen: { name: string; npi: string };
  /** A sentence of the note as it was approved. */
  words: string;
};

type Left = { order: 'active' | 'unsigned' | 'untouched'; written: readonly StepName[] };

/** The rungs of the modes (launch/README.md). */
const LEFT: Readonly<Record<ModeName, Left>> = {
  full: { order: 'active', written: ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'] },
  'epic-like': { order: 'unsigned', written: ['DocumentReference', 'ServiceRequest'] },
  'oracle-like': { order: 'untouched', written: ['DocumentReference', 'Provenance'] },
  'athena-like': { order: 'untouched', written: [] },
  'messages-only': { order: 'untouched', written: ['Communication', 'Provenance'] },
};

const UNSIGNED = 'urn:refloop:sandbox:order-state|unsigned';

const isBy = (identifiers: readonly Identifier[] | undefined, system: string): boolean =>
  (identifiers ?? []).some((each) => each.system === system);

const textOf = (note: DocumentReference): string =>
  note.content
    .filter(({ attachment }) => attachment.contentType?.startsWith('text/plain'))
    .map(({ attachment }) => Buffer.from(attachment.data ?? '', 'base64').toString('utf8'))
    .join('\n');

function faultsOfOrder(versions: readonly Stored[], all: readonly Stored[], { draft, mode, plan, chosen }: Referred): string[] {
  const faults: string[] = [];
  const { order: state } = LEFT[mode];
  const order = versions.at(-1) as unknown as ServiceRequest;
  const ours = all.filter((each) => isBy((each as unknown as ServiceRequest).identifier, REFERRAL_IDENTIFIER_SYSTEM));
  if (all.length !== draft.orders) faults.push(`${all.length} orders, not ${draft.orders}`);
  if (versions.length !== (state === 'untouched' ? 1 : 2)) faults.push(`the order has ${versions.length} versions`);
  if (state === 'untouched') return ours.length === 0 ? faults : [...faults, 'an order was written'];
  if (ours.length !== 1 || ours[0]?.id !== draft.order) faults.push(`${ours.length} orders are of a referral`);
  if (!order.identifier?.some(({ value }) => value === plan.referralId)) faults.push('the order is of another referral');
  const tags = order.meta?.tag?.map(({ system, code }) => `${system}|${code}`) ?? [];
  if (order.status !== (state === 'active' ? 'active' : 'draft') || tags.includes(UNSIGNED) !== (state === 'unsigned'))
    faults.push(`the order is ${order.status}`);
  const npi = order.performer?.[0]?.identifier;
  if (npi?.system !== NPI_SYSTEM || npi.value !== chosen.npi) faults.push('the order names another specialist');
  return faults;
}

/** Empty where the chart holds what was approved, once, and the plan says the same. */
export async function faultsInChart(chart: Pick<Chart, 'search' | 'history'>, referred: Referred): Promise<string[]> {
  const { clinician, draft, mode, plan, words } = referred;
  const { written } = LEFT[mode];
  const of = (type: string): Promise<Stored[]> => chart.search(`${type}?patient=${draft.patient}&_count=100`);
  const [orders, documents, communications, tasks, versions] = await Promise.all([
    of('ServiceRequest'),
    of('DocumentReference'),
    of('Communication'),
    of('Task'),
    chart.history(`ServiceRequest/${draft.order}`),
  ]);
  const notes = documents.filter((each) => isBy((each as unknown as DocumentReference).identifier, NOTE_IDENTIFIER_SYSTEM));
  const messages = communications.filter((each) => isBy((each as unknown as Communication).identifier, MESSAGE_IDENTIFIER_SYSTEM));
  const targets = [`ServiceRequest/${draft.order}`, ...[...notes, ...messages].map(referenceOf)].join(',');
  const provenance = await chart.search(`Provenance?target=${targets}&_count=100`);
  const faults = faultsOfOrder(versions, orders, referred);
  const found = { DocumentReference: notes, Communication: messages, Task: tasks, Provenance: provenance };
  for (const [type, there] of Object.entries(found)) {
    const wanted = written.includes(type as StepName) ? 1 : 0;
    if (there.length !== wanted) faults.push(`${there.length} of ${type}, not ${wanted}`);
  }
  const [note, task, origin] = [notes[0], tasks[0], provenance[0]] as unknown as [DocumentReference?, Task?, Provenance?];
  if (note && !textOf(note).includes(words)) faults.push('the note lacks what the clinician wrote');
  const [message] = messages as unknown as Communication[];
  if (message && !message.payload?.some(({ contentString }) => contentString?.includes(words)))
    faults.push('the message lacks what the clinician wrote');
  if (task && !isBy(task.identifier, TASK_IDENTIFIER_SYSTEM)) faults.push('the task is not of Refloop');
  if (
    task &&
    task.focus?.reference !== `ServiceRequest/${draft.order}` &&
    !task.basedOn?.some(({ reference }) => reference === `ServiceRequest/${draft.order}`)
  )
    faults.push('the task is of another order');
  if (origin && !origin.agent.some(({ who }) => who.reference === `Practitioner/${clinician}`))
    faults.push('the provenance names somebody else');
  const told = plan.steps.map(({ name, outcome }) => (outcome.status === 'done' ? outcome.reference : `${name} ${outcome.status}`));
  const order = LEFT[mode].order === 'untouched' ? [] : [`ServiceRequest/${draft.order}`];
  const there = [...notes, ...messages, ...tasks, ...provenance].map(referenceOf);
  if ([...told].sort().join() !== [...there, ...order].sort().join()) faults.push(`the plan says ${told.join(', ')}`);
  return faults.map((fault) => `${mode}, ${draft.patient}: ${fault}`);
}
