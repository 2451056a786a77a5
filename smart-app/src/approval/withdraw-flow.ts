/** Withdraws an approval of which nothing is in the chart; the order can then be referred anew. */
import type { OpenWork } from '@refloop/server/client/recommendation';
import type { Desk } from '../refer/desk.ts';
import { startNew } from '../refer/start-desk.ts';

/** Answers with why not, in the server's words; undefined when it was withdrawn. */
export async function withdrawApproval(desk: Desk, planId: string, reason: string): Promise<string | undefined> {
  const answered = await desk.api.call(`/plans/${planId}/withdrawal`, { method: 'POST', body: { reason } });
  if (!answered.ok) {
    const { refusal } = answered;
    return refusal.kind === 'problem' ? refusal.problem.detail : 'Refloop does not answer. Nothing was withdrawn; try again in a moment.';
  }
  const { openWork } = desk.store.get();
  const left: OpenWork = { ...openWork, plans: openWork.plans.filter((plan) => plan.id !== planId) };
  desk.store.set({
    openWork: left,
    approval: { kind: 'editing' },
    draft: { kind: 'reading-chart' },
    notice: 'The approval was withdrawn. Nothing of it is in the chart.',
  });
  if (left.plans.length + left.recommendations.length === 0) await startNew(desk);
  return undefined;
}
