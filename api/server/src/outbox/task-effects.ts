/** What the Tasks in the chart have to follow of what happened: effects of the FHIR channel, in the transaction of the events. */
import { referenceText } from '@refloop/domain/fhir/reference';
import type { Instant } from '@refloop/domain/instant';
import { isFree } from '@refloop/domain/referral/attempt';
import { closedBy } from '@refloop/domain/referral/closure';
import type { Happening } from '@refloop/domain/referral/event';
import type { Referral } from '@refloop/domain/referral/referral';
import { isOver } from '@refloop/domain/referral/still-booked';
import { type TaskMove, taskMoves } from '@refloop/domain/referral/task-standing';
import { taskKey } from '@refloop/domain/write-back/identifiers';
import { fulfilmentTask, type Json } from '@refloop/domain/write-back/resources';
import { TASK_STANDING, type TaskStandingContent } from '../channels/task-standing.ts';
import { namesBeside } from '../services/engine/obligation-rows.ts';
import { toJson } from '../services/kept.ts';
import type { Unit } from '../store/store.ts';

/** As it is created where it is not there; nothing that is empty, which FHIR does not allow. */
function draftOf(referral: Referral, attempt: Referral['attempts'][number], requesterName: string): Json | null {
  const { order } = referral;
  if (order.status === 'draft' || order.status === 'approved') return null;
  const { approval } = order;
  const task = fulfilmentTask({
    referralId: referral.id,
    attempt: attempt.number,
    approvedAt: attempt.number === 1 ? approval.at : (attempt.work.since ?? approval.at),
    patientId: referral.patientId,
    urgency: referral.urgency,
    encounter: null,
    requester: approval.by,
    requesterDisplay: requesterName,
    performer: attempt.performer,
    performerInEhr: null,
  });
  const requester: Json = { reference: approval.by, ...(requesterName === '' ? {} : { display: requesterName }) };
  // Of an order that was placed by hand nobody may have said which it is; the Task is known by our identifier.
  const reference = order.reference && { reference: referenceText(order.reference) };
  return { ...task, requester, ...(reference ? { focus: reference, basedOn: [reference] } : {}) };
}

/** Sent by FHIR: the Task reading `requested` is how the other side learns of it. */
const sentByFhir = (happenings: readonly Happening[], attempt: number): string | null => {
  for (const { fact } of happenings)
    if (fact.type === 'attempt-sent' && fact.channel === 'fhir' && fact.attempt === attempt) return fact.transmissionId;
  return null;
};

const isCompleted = (referral: Referral | undefined, attempt: number): boolean =>
  referral?.attempts.find(({ number }) => number === attempt)?.work.status === 'completed';

export async function addTaskEffects(
  unit: Unit,
  before: Referral | undefined,
  after: Referral,
  between: readonly Referral[],
  happenings: readonly Happening[],
  now: Instant,
): Promise<void> {
  const { order } = after;
  if (order.status === 'draft' || order.status === 'approved') return;
  const moved = taskMoves(before, after, between);
  const again = after.attempts
    .filter(({ number }) => sentByFhir(happenings, number) !== null && !moved.some(({ attempt }) => attempt === number))
    .map(({ number, work }): TaskMove => ({ attempt: number, work: work.status, why: null, since: work.since, passed: [] }));
  const moves = [...moved, ...again];
  if (moves.length === 0) return;
  const { requesterName } = await namesBeside(unit, after);
  for (const { attempt: number, work, why, since, passed } of moves) {
    const attempt = after.attempts.find((each) => each.number === number);
    if (!attempt) continue;
    const key = taskKey(after.id, number);
    // The write-back writes the first one, however late; where it could not, and of later attempts, we do.
    const isPlanned = number === 1 && order.writeBack.steps.some(({ name }) => name === 'Task');
    const content: TaskStandingContent = {
      attempt: number,
      patientId: after.patientId,
      key,
      task: attempt.task && referenceText(attempt.task),
      work,
      why,
      since,
      passed: [...passed],
      at: now,
      approvedAt: order.approval.at,
      draft: isPlanned ? null : (draftOf(after, attempt, requesterName) as TaskStandingContent['draft']),
      reopens: isCompleted(before, number) && work !== 'completed',
      noteAwaited: !isOver(after) && !closedBy(after) && (!isFree(attempt) || attempt.visits.length > 0),
      transmissionId: sentByFhir(happenings, number),
    };
    await unit.outbox.add({
      referralId: after.id,
      kind: TASK_STANDING,
      key: `${key}/${after.lastSequence}`,
      lane: `task/${key}`,
      place: after.lastSequence,
      askedAt: now,
      dueAt: now,
      content: toJson(content),
    });
  }
}
