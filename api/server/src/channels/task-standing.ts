/**
 * The FHIR channel: the fulfilment Task of an attempt, in the EHR that holds the order, moved to where the work stands. Read first and written
 * with its version, so that it happens once however often it is tried; never taken back from where somebody else has brought it.
 * Sources: HL7 BSeR 2.0.0-ballot ReferralTask; FHIR R4 http.html#concurrency (If-Match) and #ccreate (If-None-Exist).
 */
import type { EhrPort, Resource, Written } from '@refloop/domain/fhir/ehr-port';
import type { WorkStatus } from '@refloop/domain/referral/attempt';
import { TASK_STANDINGS } from '@refloop/domain/referral/bser';
import { compareStanding, movedTask, workOf } from '@refloop/domain/referral/task-standing';
import { unreachable } from '@refloop/domain/result';
import { TASK_IDENTIFIER_SYSTEM } from '@refloop/domain/write-back/identifiers';
import { lookUp } from '@refloop/domain/write-back/look-up';
import type { StepInHand } from '@refloop/domain/write-back/plan-in-hand';
import { z } from 'zod';
import { type MachineClock, machineTimeAt } from '../clock/machine-time.ts';
import type { OwnAccess } from '../ehr/system-access.ts';
import type { Site } from '../sites.ts';
import { afterFailedRead, afterFailedWrite, mayStillArrive, type Reached, reach, versioned } from './ehr-write.ts';
import type { Handler, Looked, Message, Sent } from './handler.ts';

export const TASK_STANDING = 'task-standing';

const WORK = Object.keys(TASK_STANDINGS) as [WorkStatus, ...WorkStatus[]];

export const TaskStandingContent = z.object({
  attempt: z.number().int().positive(),
  patientId: z.string(),
  /** Our business identifier of the Task: referral and attempt. */
  key: z.string(),
  /** Where it was written with the order; null where it is not known, or not there yet. */
  task: z.string().nullable(),
  work: z.enum(WORK),
  why: z.string().nullable(),
  /** Since when the work stands there, and where it stood before, as far as was known; not in what an earlier Refloop asked for. */
  since: z.string().nullable().optional(),
  passed: z.array(z.enum(WORK)).optional(),
  at: z.string(),
  approvedAt: z.string(),
  /** As it is created where it is not there: of a later attempt, or where the write-back could not write one. Null where the write-back writes it. */
  draft: z.looseObject({ resourceType: z.literal('Task') }).nullable(),
  /** A note that had completed it was taken off: the work goes on, which a completed Task does not say. */
  reopens: z.boolean().optional(),
  /** Whether a note of this office is waited for then: not where it was asked to stop, declined, or the order is over. */
  noteAwaited: z.boolean().optional(),
  /** Where this is how the referral was sent: told as delivered or failed. */
  transmissionId: z.string().nullable(),
});
export type TaskStandingContent = z.infer<typeof TaskStandingContent>;

export type TaskStandingDeps = { sites: Site[]; access: OwnAccess; now: () => Date } & Pick<MachineClock, 'sinceClockSet'>;

/** Somebody else may write between our reading and our writing. */
const MOST_READINGS = 3;

/** BSeR 2.0.0-ballot, Harmonized State Transitions: from `completed` nothing follows. */
const NOT_REOPENED =
  'The Task in the EHR is completed, and a completed Task is not opened again. The note that completed it was taken off: ';
const STILL_AWAITED = 'let the specialist’s office know that their note is still waited for.';
const NOT_AWAITED = 'no note of the specialist’s office is waited for, and what the Task says of one does not hold.';

type Found = { kind: 'found'; task: Resource } | { kind: 'absent' } | { kind: 'ended'; sent: Sent };
const ended = (sent: Sent): Found => ({ kind: 'ended', sent });

const receiptOf = (task: Resource, written?: Written): string =>
  versioned(written?.reference ?? `Task/${task.id}`, written ? written.versionId : task.meta?.versionId);

/** The Task as a step of a write-back, so that it is looked for in the same way. */
function asStep({ key, patientId, draft }: TaskStandingContent, attemptedAt: string | null): StepInHand {
  const identifier = encodeURIComponent(`${TASK_IDENTIFIER_SYSTEM}|${key}`);
  return {
    name: 'Task',
    action: 'create',
    target: null,
    lookUp: { query: `Task?patient=${encodeURIComponent(patientId)}&identifier=${identifier}`, businessKey: key },
    resource: draft ?? { resourceType: 'Task' },
    outcome: { status: 'waiting' },
    attemptedAt,
    notOurs: [],
  };
}

const standing = (held: WorkStatus, task: Resource, { work, since = null, at, passed }: TaskStandingContent) =>
  compareStanding(held, work, { since, at, passed, task });

export function taskStanding({ sites, access, now, ...clock }: TaskStandingDeps): Handler<TaskStandingContent> {
  async function reachable({ scope }: Message<TaskStandingContent>): Promise<Reached> {
    const reached = await reach({ sites, access }, scope);
    if (reached.kind === 'ended' || reached.own.may('Task', 'update')) return reached;
    return { kind: 'ended', sent: { kind: 'left-out', detail: 'The EHR takes no changes of Tasks from Refloop’s own access.' } };
  }

  async function find(ehr: EhrPort, { content, triedAt }: Message<TaskStandingContent>): Promise<Found> {
    if (content.task !== null) {
      const read = await ehr.get(content.task);
      if (read.ok) return { kind: 'found', task: read.value };
      const isGone = read.refusal.kind === 'http' && (read.refusal.status === 404 || read.refusal.status === 410);
      if (!isGone) return ended(afterFailedRead(read.refusal));
    }
    const at = now().toISOString();
    const found = await lookUp(asStep(content, triedAt), { ehr, patient: content.patientId, approvedAt: content.approvedAt, now: at });
    switch (found.kind) {
      case 'found': {
        const read = await ehr.get(found.where.reference);
        return read.ok ? { kind: 'found', task: read.value } : ended(afterFailedRead(read.refusal));
      }
      case 'perhaps':
        return ended({ kind: 'unknown', detail: 'The EHR holds a Task that may be the one Refloop made, without Refloop’s mark on it.' });
      case 'nothing':
      case 'gone':
        return { kind: 'absent' };
      case 'not-allowed':
        return ended({ kind: 'left-out', detail: `The EHR does not let Refloop look for the Task (status ${found.status}).` });
      case 'signed-out':
      case 'no-answer':
        return ended({ kind: 'refused', detail: 'The EHR does not answer.', final: false });
      default:
        return unreachable(found);
    }
  }

  /** Undefined where somebody else wrote between the reading and the writing. */
  async function move(ehr: EhrPort, task: Resource, content: TaskStandingContent): Promise<Sent | undefined> {
    const { work, why, at, reopens, noteAwaited } = content;
    const held = workOf(task);
    if (held === undefined)
      return { kind: 'refused', detail: 'The Task in the EHR has a status from which Refloop does not move it.', final: true };
    switch (standing(held, task, content)) {
      case 'same':
        return { kind: 'done', receipt: receiptOf(task) };
      case 'ahead':
        if (reopens && held === 'completed')
          return {
            kind: 'refused',
            detail: NOT_REOPENED + (noteAwaited === false ? NOT_AWAITED : STILL_AWAITED),
            final: true,
            byPersonOnly: true,
          };
        return { kind: 'left-out', detail: 'The Task in the EHR is further along already.' };
      case 'apart':
        return {
          kind: 'refused',
          detail: `The Task in the EHR says “${held}”, and Refloop “${work}”. Somebody has to find out which holds.`,
          final: true,
        };
      case 'behind': {
        const versionId = task.meta?.versionId;
        const path = `Task/${task.id}`;
        const resource = movedTask(task, work, { at, why });
        const written = await ehr.write({ path, method: 'PUT', resource, ...(versionId === undefined ? {} : { ifMatch: versionId }) });
        if (written.ok) return { kind: 'done', receipt: receiptOf(task, written.value) };
        const failed = afterFailedWrite(written.refusal);
        return failed === 'changed' ? undefined : failed;
      }
    }
  }

  async function create(
    { ehr, may, conditionalCreate }: Extract<Reached, { kind: 'reached' }>['own'],
    { content }: Message<TaskStandingContent>,
  ): Promise<Sent> {
    if (content.draft === null) return { kind: 'refused', detail: 'The Task of the write-back is not in the chart yet.', final: false };
    if (!may('Task', 'create')) return { kind: 'left-out', detail: 'The EHR takes no new Task from Refloop’s own access.' };
    const resource = content.work === 'draft' ? (content.draft as Resource) : movedTask(content.draft as Resource, content.work, content);
    const criteria = asStep(content, null).lookUp.query.split('?')[1];
    const conditional = conditionalCreate('Task') && criteria !== undefined;
    const written = await ehr.write({ path: 'Task', method: 'POST', resource, ...(conditional ? { ifNoneExist: criteria } : {}) });
    if (written.ok) return { kind: 'done', receipt: receiptOf(resource, written.value) };
    const failed = afterFailedWrite(written.refusal);
    return failed === 'changed' ? { kind: 'refused', detail: 'The EHR holds several Tasks of this attempt.', final: true } : failed;
  }

  return {
    kind: TASK_STANDING,
    what: 'What the Task in the EHR is to say',
    repeatable: true,
    content: TaskStandingContent,
    timeoutMs: 60_000,
    // Also of an order that is over the Task says where the work stood; of one that was never in force there is none.
    mayNotLeave: ({ order }) => (order.status === 'draft' || order.status === 'approved' ? 'The order is not in the chart.' : undefined),

    look: async (message): Promise<Looked> => {
      const seenAt = machineTimeAt(clock, now());
      const reached = await reachable(message);
      const found = reached.kind === 'reached' ? await find(reached.own.ehr, message) : reached;
      if (found.kind === 'ended') return found.sent.kind === 'done' ? found.sent : { kind: 'unclear', detail: found.sent.detail };
      if (found.kind === 'absent') {
        return mayStillArrive(message.triedAt, seenAt) ?? { kind: 'absent' };
      }
      const held = workOf(found.task);
      const stands = held === undefined ? 'behind' : standing(held, found.task, message.content);
      if (stands === 'ahead' && message.content.reopens && held === 'completed') return { kind: 'absent' };
      // A version guards it: what is behind is written again.
      return stands === 'same' || stands === 'ahead' ? { kind: 'done', receipt: receiptOf(found.task) } : { kind: 'absent' };
    },

    send: async (message) => {
      const reached = await reachable(message);
      if (reached.kind === 'ended') return reached.sent;
      const { own } = reached;
      for (let reading = 0; reading < MOST_READINGS; reading += 1) {
        const found = await find(own.ehr, message);
        if (found.kind === 'ended') return found.sent;
        if (found.kind === 'absent') return create(own, message);
        const moved = await move(own.ehr, found.task, message.content);
        if (moved) return moved;
      }
      return { kind: 'refused', detail: 'Others were changing the Task at the same time.', final: false };
    },

    follows: ({ id, content: { attempt, transmissionId } }, outcome, at) => {
      if (transmissionId === null) return undefined;
      const about = { attempt, transmissionId, at, key: `outbox/${id}` };
      if (outcome.kind === 'done') return { kind: 'transmission-delivered', ...about };
      return outcome.kind === 'unknown' ? undefined : { kind: 'transmission-failed', ...about, detail: outcome.detail };
    },
  };
}
