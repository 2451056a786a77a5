/** Wires the plan to this launch's EHR and API, keeps the screen in step with it, and takes it up again by itself. */
import { type Result, refuse } from '@refloop/domain/result';
import { runPlan } from '@refloop/domain/write-back/run-plan';
import type { LeaseRefusal, StepPorts } from '@refloop/domain/write-back/write-step';
import type { Plan } from '@refloop/server/client/approval';
import { offersConditionalCreate } from '../chart/write-back-rung.ts';
import type { Desk } from '../refer/desk.ts';
import { orderRefOf } from '../refer/order-in-desk.ts';
import { type ApiFailure, isBusy } from '../session/api.ts';
import { practiceTime } from '../words/practice-time.ts';
import { rereadOrder, tellOrderChangedElsewhere } from './order-changed.ts';
import { resumeAfter } from './resume.ts';
import { createServerClock } from './server-clock.ts';

const { hear, machineTime, notBefore, stopwatch } = createServerClock(Date.now, () => performance.now());

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

function leaseRefusal(failure: ApiFailure): LeaseRefusal {
  if (failure.kind === 'unreachable' || isBusy(failure)) return 'server-silent';
  return failure.kind === 'session-ended' ? 'session-ended' : 'held-elsewhere';
}

/** Lease, attempts and reports say the same thing when said twice, so an unanswered one is sent again, within bounds. */
export async function insist(desk: Desk, path: string, body: unknown): Promise<Result<Plan, LeaseRefusal>> {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    if (attempt > 0) await pause(1_000 * attempt);
    const answered = await desk.api.call<Plan>(path, { method: 'POST', body });
    if (answered.ok) {
      hear(answered.value);
      return answered;
    }
    if (answered.refusal.kind !== 'unreachable' && !isBusy(answered.refusal)) return refuse(leaseRefusal(answered.refusal));
  }
  return refuse('server-silent');
}

/** What carrying out needs of this page, apart from the plan's own lease. */
export const portsOf = (desk: Desk): Omit<StepPorts, 'attempt'> => ({
  ehr: desk.ehr,
  patient: desk.patientId,
  now: () => notBefore(practiceTime()),
  machineTime,
  stopwatch,
  pause,
  conditionalCreate: (type) => offersConditionalCreate(desk.statement, type),
});

/** Between a fifth less and a fifth more: windows that stopped together do not come back together. */
const jittered = (milliseconds: number): number => milliseconds * (0.8 + Math.random() * 0.4);

/** @param tries how often this plan was taken up before without getting further */
export async function carryOut(desk: Desk, plan: Plan, performerName: string, tries = 0): Promise<void> {
  const { store } = desk;
  const holder = crypto.randomUUID();
  store.set({ approval: { kind: 'writing', plan, writing: undefined, performerName }, save: { kind: 'saved' }, notice: '' });
  if (plan.steps.length === 0) return endWith(desk, plan, performerName);
  // A page that goes away gives the plan back, so that the next one need not wait for the lease to end.
  const giveBack = () => desk.api.call(`/plans/${plan.id}/lease/return`, { method: 'POST', body: { holder }, keepalive: true });
  const leave = () => void giveBack();
  addEventListener('pagehide', leave);
  const end = await runPlan<Plan>(plan, {
    ...portsOf(desk),
    takeLease: () => insist(desk, `/plans/${plan.id}/lease`, { holder }),
    giveBack,
    attempt: (step) => insist(desk, `/plans/${plan.id}/steps/${step}/attempt`, { holder }),
    report: (step, outcome) => insist(desk, `/plans/${plan.id}/steps/${step}`, { holder, outcome }),
    onProgress: (newer, writing) => store.set({ approval: { kind: 'writing', plan: newer, writing, performerName } }),
  });
  removeEventListener('pagehide', leave);
  if (end.kind === 'stopped' && end.why === 'wrong-patient')
    return desk.fail({ kind: 'wrong-patient', where: 'A step of the approved plan' });
  const order = end.plan.steps.find((step) => step.name === 'ServiceRequest');
  if (order?.outcome.status === 'stale') {
    return order.target?.reference === orderRefOf(store.get()) ? rereadOrder(desk) : tellOrderChangedElsewhere(desk);
  }
  const stopped = end.kind === 'stopped' ? end.why : undefined;
  const gotFurther = end.plan.steps.filter(({ outcome }) => outcome.status === 'done').length > countDone(plan);
  const next = gotFurther ? 0 : tries + 1;
  const wait = resumeAfter(end.plan, stopped, gotFurther ? 0 : tries, machineTime());
  endWith(desk, end.plan, performerName, stopped, wait === undefined ? undefined : { after: jittered(wait), tries: next });
}

const countDone = (plan: Plan): number => plan.steps.filter(({ outcome }) => outcome.status === 'done').length;

type Ended = Extract<ReturnType<Desk['store']['get']>['approval'], { kind: 'ended' }>;

function endWith(
  desk: Desk,
  plan: Plan,
  performerName: string,
  stopped?: Ended['stopped'],
  again?: { after: number; tries: number },
): void {
  const ended: Ended = { kind: 'ended', plan, stopped, performerName, resumeAt: again ? Date.now() + again.after : undefined };
  desk.store.set({ approval: ended });
  if (!again) return;
  setTimeout(() => {
    // Only if nobody has done anything since.
    if (desk.store.get().approval === ended) void finishWriting(desk, plan.id, performerName, again.tries);
  }, again.after);
}

/** The EHR was found silent before anything was sent: the approval is on record and waits; it is tried again by itself. */
export const queue = (desk: Desk, plan: Plan, performerName: string): void =>
  endWith(desk, plan, performerName, 'ehr-silent', {
    after: jittered(resumeAfter(plan, 'ehr-silent', 0, machineTime()) ?? 0),
    tries: 1,
  });

/** Takes an unfinished write-back up again: of this launch, or one found at launch. */
export async function finishWriting(desk: Desk, planId: string, performerName: string, tries = 0): Promise<void> {
  const read = await desk.api.call<Plan>(`/plans/${planId}`);
  if (read.ok) return carryOut(desk, read.value, performerName, tries);
  if (read.refusal.kind === 'session-ended') return desk.fail(read.refusal);
  const { approval } = desk.store.get();
  if (approval.kind === 'ended' && read.refusal.kind === 'unreachable') {
    const wait = resumeAfter(approval.plan, 'server-silent', tries, machineTime());
    return endWith(
      desk,
      approval.plan,
      performerName,
      'server-silent',
      wait === undefined ? undefined : { after: jittered(wait), tries: tries + 1 },
    );
  }
  desk.store.set({ notice: 'The plan could not be read. Try again in a moment.' });
}
