/**
 * From an approval to the writes that carry it out, in the order a server without transactions needs:
 * DocumentReference → ServiceRequest → Task → Provenance, each found again by a business key before it is tried again.
 */
import { type ResourceRef, referenceText } from '../fhir/reference.ts';
import type { StepName } from '../referral/event.ts';
import {
  MESSAGE_IDENTIFIER_SYSTEM,
  NOTE_IDENTIFIER_SYSTEM,
  REFERRAL_IDENTIFIER_SYSTEM,
  TASK_IDENTIFIER_SYSTEM,
  taskKey,
} from './identifiers.ts';
import {
  type ApprovedReferral,
  communication,
  documentReference,
  fulfilmentTask,
  type Json,
  provenance,
  serviceRequest,
} from './resources.ts';
import type { Rung } from './rung.ts';

export type PlannedWrite = {
  name: StepName;
  action: 'create' | 'update';
  target: { reference: string; versionId: string } | null;
  /** Run first: a hit whose JSON holds the business key was written by an earlier try. */
  lookUp: { query: string; businessKey: string };
  resource: Json;
};

export type LaunchedOrder = { reference: ResourceRef & { versionId: string }; resource: Json };

export function planWrites(
  referral: ApprovedReferral,
  rung: Rung,
  launched: LaunchedOrder | null,
  offered: readonly StepName[],
): PlannedWrite[] {
  if (rung === 6) return [];
  if (rung === 3) return planFiling(noteToFile(referral, launched), referral, launched, offered);
  if (rung === 4) return planFiling(messageToAdd(referral, launched), referral, launched, offered);
  if (rung === 1 && !launched) throw new Error('Rung 1 updates the launched order, and none was launched');
  const order = rung === 1 ? launched : null;
  const writes: PlannedWrite[] = [
    noteToFile(referral, launched),
    {
      name: 'ServiceRequest',
      action: order ? 'update' : 'create',
      target: order ? { reference: referenceText(order.reference), versionId: order.reference.versionId } : null,
      lookUp: byIdentifier(referral, 'ServiceRequest', REFERRAL_IDENTIFIER_SYSTEM, referral.referralId),
      resource: withBasis(serviceRequest(referral, order?.resource ?? null), order ? null : launched),
    },
    {
      name: 'Task',
      action: 'create',
      target: null,
      lookUp: byIdentifier(referral, 'Task', TASK_IDENTIFIER_SYSTEM, taskKey(referral.referralId, referral.attempt)),
      resource: fulfilmentTask(referral),
    },
    {
      name: 'Provenance',
      action: 'create',
      target: null,
      lookUp: { query: 'Provenance?target={{ServiceRequest}}', businessKey: referral.approvalId },
      resource: provenance(referral),
    },
  ];
  return withoutMissing(
    writes.filter((write) => offered.includes(write.name)),
    offered,
  );
}

const byIdentifier = (referral: ApprovedReferral, type: string, system: string, value: string): PlannedWrite['lookUp'] => ({
  query: `${type}?patient=${referral.patientId}&identifier=${encodeURIComponent(`${system}|${value}`)}`,
  businessKey: value,
});

const noteToFile = (referral: ApprovedReferral, launched: LaunchedOrder | null): PlannedWrite => ({
  name: 'DocumentReference',
  action: 'create',
  target: null,
  lookUp: byIdentifier(referral, 'DocumentReference', NOTE_IDENTIFIER_SYSTEM, referral.approvalId),
  resource: documentReference(referral, launched ? referenceText(launched.reference) : null),
});

const messageToAdd = (referral: ApprovedReferral, launched: LaunchedOrder | null): PlannedWrite => ({
  name: 'Communication',
  action: 'create',
  target: null,
  lookUp: byIdentifier(referral, 'Communication', MESSAGE_IDENTIFIER_SYSTEM, referral.approvalId),
  resource: communication(referral, launched ? referenceText(launched.reference) : null),
});

/**
 * Rungs 3 and 4: no order is written. The note is filed beside the launched order, as a document or in a message; the order stays the
 * clinician's to place or sign. A Task names that order, or what holds the note where none was launched.
 */
function planFiling(
  filed: PlannedWrite,
  referral: ApprovedReferral,
  launched: LaunchedOrder | null,
  offered: readonly StepName[],
): PlannedWrite[] {
  const order = launched ? { reference: referenceText(launched.reference) } : null;
  const { basedOn: _basedOn, ...task } = fulfilmentTask(referral);
  const writes: PlannedWrite[] = [
    filed,
    {
      name: 'Task',
      action: 'create',
      target: null,
      lookUp: byIdentifier(referral, 'Task', TASK_IDENTIFIER_SYSTEM, taskKey(referral.referralId, referral.attempt)),
      resource: {
        ...task,
        ...(order ? { basedOn: [order] } : {}),
        focus: order ?? { reference: `{{${filed.name}}}` },
        input: [
          {
            type: { coding: [{ system: 'http://loinc.org', code: '57133-1', display: 'Referral note' }] },
            valueReference: { reference: `{{${filed.name}}}` },
          },
        ],
      },
    },
    {
      name: 'Provenance',
      action: 'create',
      target: null,
      lookUp: { query: `Provenance?target={{${filed.name}}}`, businessKey: referral.approvalId },
      resource: { ...provenance(referral), target: [{ reference: `{{${filed.name}:versioned}}` }] },
    },
  ];
  return writes.filter((write) => offered.includes(write.name));
}

/** Rung 2 with a launched order that cannot be updated: the new one says what it rests on. */
function withBasis(order: Json, launched: LaunchedOrder | null): Json {
  return launched ? { ...order, basedOn: [{ reference: referenceText(launched.reference) }] } : order;
}

const referenceIn = ({ reference }: Json): string => (typeof reference === 'string' ? reference : '');

/** A step that is left out cannot be referred to: its placeholders go with it. */
function withoutMissing(writes: PlannedWrite[], offered: readonly StepName[]): PlannedWrite[] {
  const missing = (['DocumentReference', 'ServiceRequest', 'Task'] as const).filter((name) => !offered.includes(name));
  if (missing.length === 0) return writes;
  const names = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && missing.some((name) => referenceIn(value as Json).startsWith(`{{${name}`));
  return writes.map((write) => ({
    ...write,
    resource: Object.fromEntries(
      Object.entries(write.resource)
        .map(([key, value]): [string, unknown] => [key, Array.isArray(value) ? value.filter((item) => !names(item)) : value])
        .filter(([, value]) => !names(value) && !(Array.isArray(value) && value.length === 0)),
    ),
  }));
}
