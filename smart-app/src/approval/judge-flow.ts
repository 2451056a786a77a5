/** The clinician decides whether an entry of the chart is what Refloop wrote. */
import type { Candidate, Plan, PlanStep } from '@refloop/server/client/approval';
import type { Desk } from '../refer/desk.ts';
import { notDoneText } from '../session/api.ts';
import { carryOut } from './plan-flow.ts';

/** @param ours the entry that it is; null when none of them is, and the step is then written */
export async function judgeCandidates(desk: Desk, plan: Plan, step: PlanStep['name'], ours: Candidate | null): Promise<void> {
  const { approval } = desk.store.get();
  if (approval.kind !== 'ended') return;
  let found: { reference: string; versionId: string | null; orderStatus?: string } | null = null;
  if (ours) {
    const read = await desk.ehr.get(ours.reference);
    if (!read.ok) {
      desk.store.set({ notice: 'The entry could not be read from the EHR just now, so nothing was decided. Try again in a moment.' });
      return;
    }
    const { meta, status } = read.value;
    found = {
      reference: ours.reference,
      versionId: meta?.versionId ?? null,
      ...(step === 'ServiceRequest' && typeof status === 'string' ? { orderStatus: status } : {}),
    };
  }
  const judged = await desk.api.call<Plan>(`/plans/${plan.id}/steps/${step}/judgement`, { method: 'POST', body: { ours: found } });
  if (judged.ok) return carryOut(desk, judged.value, approval.performerName);
  if (judged.refusal.kind === 'session-ended') return desk.fail(judged.refusal);
  desk.store.set({ notice: notDoneText('Not decided.', judged.refusal) });
}
