/** Withdraws an approval of which nothing is in the chart; the order can then be referred anew. */
import { lookAt } from '@refloop/domain/write-back/look-through';
import type { Plan } from '@refloop/server/client/approval';
import type { OpenWork } from '@refloop/server/client/recommendation';
import type { Desk } from '../refer/desk.ts';
import { hasOpenWork } from '../refer/open-work.ts';
import { startNew } from '../refer/start-desk.ts';
import { failureText, notDoneText } from '../session/api.ts';
import { insist, portsOf } from './plan-flow.ts';
import { withdrawnText } from './plan-words.ts';

const NO_ANSWER = 'Refloop does not answer. Nothing was withdrawn; try again in a moment.';

/**
 * An order that was sent and not heard of is looked for first. Reports what was found, so that the record says why it could be taken back.
 * @returns why it cannot be, or undefined where it is certain that the order is not in the chart
 */
async function whyNot(desk: Desk, planId: string): Promise<string | undefined> {
  const read = await desk.api.call<Plan>(`/plans/${planId}`);
  if (!read.ok) return read.refusal.kind === 'problem' ? failureText(read.refusal) : NO_ANSWER;
  const order = read.value.steps.find(({ name }) => name === 'ServiceRequest');
  if (!order || order.attemptedAt === null || order.outcome.status === 'refused') return undefined;
  const holder = crypto.randomUUID();
  const leased = await insist(desk, `/plans/${planId}/lease`, { holder });
  if (!leased.ok)
    return leased.refusal === 'held-elsewhere' ? 'Another window is writing this referral. Wait for it, then look again.' : NO_ANSWER;
  const looked = await lookAt(order, leased.value, portsOf(desk));
  const report = (outcome: object) => insist(desk, `/plans/${planId}/steps/ServiceRequest`, { holder, outcome });
  switch (looked.kind) {
    case 'absent': {
      const detail = 'Looked for in the chart and not found there.';
      return (await report({ status: 'refused', httpStatus: 404, detail })).ok ? undefined : NO_ANSWER;
    }
    case 'report':
      await report(looked.outcome);
      return looked.outcome.status === 'done'
        ? 'The order is in the chart, so the approval cannot be taken back here. Revoke the order in the chart instead.'
        : 'The order may be in the chart. Look at it there first.';
    case 'too-early':
      return 'The order was sent less than a minute ago and may still arrive. Try again in a minute.';
    case 'signed-out':
    case 'no-answer':
    case 'not-allowed':
      return 'The EHR cannot be asked whether the order is there, so nothing was withdrawn. Try again in a moment.';
    case 'never-sent':
    case 'not-ready':
      return undefined;
  }
}

/** Answers with why not, in plain words; undefined when it was withdrawn. */
export async function withdrawApproval(desk: Desk, planId: string, reason: string): Promise<string | undefined> {
  const hindrance = await whyNot(desk, planId);
  if (hindrance !== undefined) return hindrance;
  const answered = await desk.api.call<Plan>(`/plans/${planId}/withdrawal`, { method: 'POST', body: { reason } });
  if (!answered.ok) {
    const { refusal } = answered;
    return refusal.kind === 'problem' ? refusal.problem.detail : notDoneText('Not withdrawn.', refusal);
  }
  const { openWork } = desk.store.get();
  const left: OpenWork = { ...openWork, plans: openWork.plans.filter((plan) => plan.id !== planId) };
  desk.store.set({
    openWork: left,
    approval: { kind: 'editing' },
    draft: { kind: 'reading-chart' },
    notice: withdrawnText(answered.value),
  });
  if (!hasOpenWork(left)) await startNew(desk);
  return undefined;
}
