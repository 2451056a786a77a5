/**
 * A note that came back, put where the patient's chart is: the document, then the Task that says it was received (CMS50). Each is made once: looked
 * for by our identifier before it is written, and after every doubt. Sources: FHIR R4 http.html#ccreate (If-None-Exist).
 */
import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { ResourceRef } from '@refloop/domain/fhir/reference';
import type { ObservedFact } from '@refloop/domain/referral/observe';
import { isLinked } from '@refloop/domain/referral/report';
import { unreachable } from '@refloop/domain/result';
import { RECEIPT_IDENTIFIER_SYSTEM, REPORT_IDENTIFIER_SYSTEM, reportKey } from '@refloop/domain/write-back/identifiers';
import { lookUp } from '@refloop/domain/write-back/look-up';
import type { StepInHand } from '@refloop/domain/write-back/plan-in-hand';
import { withFile } from '@refloop/domain/write-back/report-in-chart';
import type { Json } from '@refloop/domain/write-back/resources';
import { z } from 'zod';
import { type MachineClock, machineTimeAt } from '../clock/machine-time.ts';
import type { OwnAccess } from '../ehr/system-access.ts';
import type { Site } from '../sites.ts';
import type { Scope } from '../store/store.ts';
import { afterFailedWrite, mayStillArrive, reach, versioned } from './ehr-write.ts';
import type { Handler, Looked, Message, Sent } from './handler.ts';

export const NOTE_IN_CHART = 'note-in-chart';
export const NOTE_RECEIPT = 'note-receipt';

/** Why it does not leave, as its standing keeps it. */
export const TAKEN_OFF = 'The note was taken off the referral.';

type InChart = 'DocumentReference' | 'Task';
const SYSTEMS = { DocumentReference: REPORT_IDENTIFIER_SYSTEM, Task: RECEIPT_IDENTIFIER_SYSTEM } as const;

const Common = {
  reportId: z.string(),
  patientId: z.string(),
  /** Our business identifier of what is written. */
  key: z.string(),
};
const NoteContent = z.object({
  ...Common,
  /** The file that came, as Refloop keeps it, and what it is called in the chart. */
  documentId: z.string(),
  title: z.string(),
  resource: z.looseObject({ resourceType: z.literal('DocumentReference') }),
});
export type NoteContent = z.infer<typeof NoteContent>;

/** What both say of the note. */
export const OfNote = z.object(Common);

const ReceiptContent = z.object({ ...Common, resource: z.looseObject({ resourceType: z.literal('Task') }) });
export type ReceiptContent = z.infer<typeof ReceiptContent>;

export type ReportInChartDeps = { sites: readonly Site[]; access: OwnAccess; now: () => Date } & Pick<MachineClock, 'sinceClockSet'>;

/** A file that came in, as it is kept; undefined where there is none. */
export type KeptFile = (scope: Scope, documentId: string) => Promise<{ contentType: string; bytes: Uint8Array } | undefined>;

type Wanted = { type: InChart; patientId: string; key: string; resource: Json };

const searchOf = ({ type, key, patientId }: Wanted): string =>
  `patient=${encodeURIComponent(patientId)}&identifier=${encodeURIComponent(`${SYSTEMS[type]}|${key}`)}`;

/** As a step of a write-back, so that it is looked for in the same way. */
const asStep = (wanted: Wanted, attemptedAt: string | null): StepInHand => ({
  name: wanted.type,
  action: 'create',
  target: null,
  lookUp: { query: `${wanted.type}?${searchOf(wanted)}`, businessKey: wanted.key },
  resource: wanted.resource,
  outcome: { status: 'waiting' },
  attemptedAt,
  notOurs: [],
});

type Call = Pick<Message<unknown>, 'scope' | 'askedAt' | 'triedAt'>;
type Held = { kind: 'held'; receipt: string } | { kind: 'absent' } | { kind: 'ended'; sent: Exclude<Sent, { kind: 'done' }> };

/** A chart without the note is somebody’s to see to; one without the receipt lacks nothing that anybody reads. */
const notTaken = ({ type }: Wanted, why: string): Exclude<Sent, { kind: 'done' }> =>
  type === 'DocumentReference'
    ? { kind: 'refused', detail: `${why}: put the note in the chart there.`, final: true }
    : { kind: 'left-out', detail: `${why}.` };

/** Makes one resource in the EHR, once. */
function maker({ sites, access, now, ...clock }: ReportInChartDeps) {
  type Own = Extract<Awaited<ReturnType<OwnAccess>>, { ok: true }>;

  async function find({ ehr }: Own, wanted: Wanted, { askedAt, triedAt }: Call): Promise<Held> {
    const about = { ehr, patient: wanted.patientId, approvedAt: askedAt, now: now().toISOString() };
    const found = await lookUp(asStep(wanted, triedAt), about);
    switch (found.kind) {
      case 'found':
        return { kind: 'held', receipt: versioned(found.where.reference, found.where.versionId ?? undefined) };
      case 'nothing':
      case 'gone':
        return { kind: 'absent' };
      case 'perhaps':
        return {
          kind: 'ended',
          sent: { kind: 'unknown', detail: 'The EHR holds an entry that may be the one Refloop made, without Refloop’s mark on it.' },
        };
      case 'not-allowed':
        return { kind: 'ended', sent: notTaken(wanted, `The EHR does not let Refloop look for it (status ${found.status})`) };
      case 'signed-out':
      case 'no-answer':
        return { kind: 'ended', sent: { kind: 'refused', detail: 'The EHR does not answer.', final: false } };
      default:
        return unreachable(found);
    }
  }

  return {
    look: async (wanted: Wanted, call: Call): Promise<Looked> => {
      const seenAt = machineTimeAt(clock, now());
      const reached = await reach({ sites, access }, call.scope);
      const found = reached.kind === 'reached' ? await find(reached.own, wanted, call) : reached;
      if (found.kind === 'held') return { kind: 'done', receipt: found.receipt };
      if (found.kind === 'ended') return { kind: 'unclear', detail: found.sent.detail };
      return mayStillArrive(call.triedAt, seenAt) ?? { kind: 'absent' };
    },

    send: async (wanted: Wanted, call: Call): Promise<Sent> => {
      const reached = await reach({ sites, access }, call.scope);
      if (reached.kind === 'ended') return reached.sent;
      const { own } = reached;
      if (!own.may(wanted.type, 'create')) {
        return notTaken(wanted, `The EHR takes no ${wanted.type} from Refloop’s own access`);
      }
      const found = await find(own, wanted, call);
      if (found.kind === 'held') return { kind: 'done', receipt: found.receipt };
      if (found.kind === 'ended') return found.sent;
      const written = await own.ehr.write({
        path: wanted.type,
        method: 'POST',
        resource: wanted.resource as Resource,
        ...(own.conditionalCreate(wanted.type) ? { ifNoneExist: searchOf(wanted) } : {}),
      });
      if (!written.ok) {
        const failed = afterFailedWrite(written.refusal);
        return failed === 'changed' ? { kind: 'refused', detail: 'The EHR holds several entries with this number.', final: true } : failed;
      }
      const { reference, versionId } = written.value;
      // Made, and not told where: it is looked for.
      if (reference === undefined) return { kind: 'unknown', detail: 'The EHR did not say where it is.' };
      return { kind: 'done', receipt: versioned(reference, versionId) };
    },
  };
}

/** Where it stands, as the EHR answered. */
export function madeAs(type: InChart, receipt: string): ResourceRef | undefined {
  const [, id] = new RegExp(`^${type}/([^/]+)`).exec(receipt) ?? [];
  return id === undefined ? undefined : { type, id };
}

type Of = Parameters<Handler<unknown>['mayNotLeave']>[0];

/** Taken off since, also where it is linked again: that is written anew, under another key. */
export function isTakenOff(referral: Of, { reportId, key }: { reportId: string; key: string }): boolean {
  const report = referral.reports.find(({ id }) => id === reportId);
  return report !== undefined && !(isLinked(report) && reportKey(referral.id, report.id, report.takenOff) === key);
}

/** What was written under the key of before says nothing of the note as it is linked now. */
const isLinkedAnew = (referral: Of | undefined, reportId: string): boolean =>
  referral?.reports.some((report) => report.id === reportId && isLinked(report)) ?? false;

/** Of the note of another patient nothing more is written here. */
const takenOff = (referral: Of, content: { reportId: string; key: string }): string | undefined =>
  isTakenOff(referral, content) ? TAKEN_OFF : undefined;

const beforeTheOrder = ({ order }: Of): string | undefined =>
  order.status === 'draft' || order.status === 'approved' ? 'The order is not in the chart.' : undefined;

/** A large file takes a slow EHR its time. */
const TIMEOUT_MS = 60_000;

export function noteInChart(deps: ReportInChartDeps, fileOf: KeptFile): Handler<NoteContent> {
  const make = maker(deps);

  async function wantedOf({ scope, content }: Message<NoteContent>): Promise<Wanted | undefined> {
    const { patientId, key, resource, documentId, title } = content;
    const file = await fileOf(scope, documentId);
    if (!file) return undefined;
    const { contentType, bytes } = file;
    const base64 = Buffer.from(bytes).toString('base64');
    return {
      type: 'DocumentReference',
      patientId,
      key,
      resource: withFile(resource, { contentType, base64, bytes: bytes.byteLength }, title),
    };
  }

  return {
    kind: NOTE_IN_CHART,
    what: 'The specialist’s note for the patient’s chart',
    repeatable: true,
    content: NoteContent,
    timeoutMs: TIMEOUT_MS,
    // Also of an order that is over the note belongs in the chart.
    mayNotLeave: (referral, content) => beforeTheOrder(referral) ?? takenOff(referral, content),
    isTakenBack: isTakenOff,
    look: async (message) => {
      const wanted = await wantedOf(message);
      return wanted ? make.look(wanted, message) : { kind: 'unclear', detail: 'The file is not kept any more.' };
    },
    send: async (message) => {
      const wanted = await wantedOf(message);
      return wanted ? make.send(wanted, message) : { kind: 'refused', detail: 'The file is not kept any more.', final: true };
    },
    follows: ({ id, content: { reportId } }, outcome, at, takenBack): ObservedFact | undefined => {
      const document =
        outcome.kind === 'done' && !isLinkedAnew(takenBack, reportId) ? madeAs('DocumentReference', outcome.receipt) : undefined;
      return document && { kind: 'report-filed', reportId, document, at, key: `outbox/${id}` };
    },
  };
}

export function noteReceipt(deps: ReportInChartDeps): Handler<ReceiptContent> {
  const make = maker(deps);
  const wantedOf = ({ content: { patientId, key, resource } }: Message<ReceiptContent>): Wanted => ({
    type: 'Task',
    patientId,
    key,
    resource,
  });
  return {
    kind: NOTE_RECEIPT,
    what: 'The receipt of the note in the chart',
    repeatable: true,
    content: ReceiptContent,
    mayNotLeave: (referral, content) => beforeTheOrder(referral) ?? takenOff(referral, content),
    isTakenBack: isTakenOff,
    look: (message) => make.look(wantedOf(message), message),
    send: (message) => make.send(wantedOf(message), message),
    follows: ({ id, content: { reportId } }, outcome, at, takenBack): ObservedFact | undefined => {
      const task = outcome.kind === 'done' && !isLinkedAnew(takenBack, reportId) ? madeAs('Task', outcome.receipt) : undefined;
      return task && { kind: 'receipt-recorded', reportId, task, at, key: `outbox/${id}` };
    },
  };
}
