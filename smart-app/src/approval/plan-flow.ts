/** Wires the plan to this launch's EHR and API, and keeps the screen in step with it. */
import { ok, type Result, refuse } from '@refloop/domain/result';
import type { Plan } from '@refloop/server/client/approval';
import { offersConditionalCreate } from '../chart/write-back-rung.ts';
import type { Desk } from '../refer/desk.ts';
import { type ApiFailure, isBusy } from '../session/api.ts';
import { rereadOrder } from './order-changed.ts';
import { type LeaseRefusal, runPlan } from './run-plan.ts';

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

function leaseRefusal(failure: ApiFailure): LeaseRefusal {
  if (failure.kind === 'unreachable' || isBusy(failure)) return 'server-silent';
  return failure.kind === 'session-ended' ? 'session-ended' : 'held-elsewhere';
}

/** Lease and reports say the same thing when said twice, so an unanswered one is sent again, within bounds. */
async function insist(desk: Desk, path: string, body: unknown): Promise<Result<Plan, LeaseRefusal>> {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    if (attempt > 0) await pause(1_000 * attempt);
    const answered = await desk.api.call<Plan>(path, { method: 'POST', body });
    if (answered.ok) return ok(answered.value);
    if (answered.refusal.kind !== 'unreachable' && !isBusy(answered.refusal)) return refuse(leaseRefusal(answered.refusal));
  }
  return refuse('server-silent');
}

export async function carryOut(desk: Desk, plan: Plan, performerName: string): Promise<void> {
  const { store, ehr } = desk;
  const holder = crypto.randomUUID();
  store.set({ approval: { kind: 'writing', plan, writing: undefined, performerName }, save: { kind: 'saved' }, notice: '' });
  if (plan.steps.length === 0) {
    store.set({ approval: { kind: 'ended', plan, stopped: undefined, performerName } });
    return;
  }
  const end = await runPlan(plan, {
    ehr,
    patient: desk.patientId,
    pause,
    conditionalCreate: (type) => offersConditionalCreate(desk.statement, type),
    takeLease: () => insist(desk, `/plans/${plan.id}/lease`, { holder }),
    report: (step, outcome) => insist(desk, `/plans/${plan.id}/steps/${step}`, { holder, outcome }),
    onProgress: (newer, writing) => store.set({ approval: { kind: 'writing', plan: newer, writing, performerName } }),
  });
  if (end.kind === 'stopped' && end.why === 'wrong-patient')
    return desk.fail({ kind: 'wrong-patient', where: 'A step of the approved plan' });
  const order = end.plan.steps.find((step) => step.name === 'ServiceRequest');
  if (order?.outcome.status === 'stale') return rereadOrder(desk);
  store.set({
    approval: { kind: 'ended', plan: end.plan, stopped: end.kind === 'stopped' ? end.why : undefined, performerName },
  });
}

/** Takes an unfinished write-back up again: of this launch, or one found at launch. */
export async function finishWriting(desk: Desk, planId: string, performerName: string): Promise<void> {
  const read = await desk.api.call<Plan>(`/plans/${planId}`);
  if (!read.ok) {
    desk.store.set({ notice: 'The plan could not be read. Try again in a moment.' });
    return;
  }
  await carryOut(desk, read.value, performerName);
}
