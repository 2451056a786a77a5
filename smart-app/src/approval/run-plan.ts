/** Carries an approved plan out under its lease, step by step, and reports each outcome before the next. */
import type { Result } from '@refloop/domain/result';
import type { Plan, PlanStep, ReportStep } from '@refloop/server/client/approval';
import { type StepPorts, writeStep } from './write-step.ts';

export type LeaseRefusal = 'held-elsewhere' | 'server-silent' | 'session-ended';

export type PlanPorts = StepPorts & {
  takeLease(): Promise<Result<Plan, LeaseRefusal>>;
  report(step: PlanStep['name'], outcome: ReportStep['outcome']): Promise<Result<Plan, LeaseRefusal>>;
  /** Called with every newer state of the plan. */
  onProgress(plan: Plan, writing: PlanStep['name'] | undefined): void;
};

export type PlanEnd =
  | { kind: 'finished'; plan: Plan }
  | { kind: 'stopped'; plan: Plan; why: LeaseRefusal | 'ehr-signed-out' | 'wrong-patient' };

/** Steps whose outcome may change: a refused one is tried again when a person asks to finish writing. */
const isOpen = (step: PlanStep): boolean => step.outcome.status !== 'done' && step.outcome.status !== 'stale';

export async function runPlan(start: Plan, ports: PlanPorts): Promise<PlanEnd> {
  const leased = await ports.takeLease();
  if (!leased.ok) return { kind: 'stopped', plan: start, why: leased.refusal };
  let plan = leased.value;
  ports.onProgress(plan, undefined);
  for (const { name } of plan.steps) {
    const step = plan.steps.find((each) => each.name === name);
    if (!step || !isOpen(step)) continue;
    ports.onProgress(plan, name);
    const end = await writeStep(step, plan, ports);
    if (end.kind === 'not-ready') continue;
    if (end.kind === 'signed-out') return { kind: 'stopped', plan, why: 'ehr-signed-out' };
    if (end.kind === 'wrong-patient') return { kind: 'stopped', plan, why: 'wrong-patient' };
    const reported = await ports.report(name, end.outcome);
    if (!reported.ok) return { kind: 'stopped', plan, why: reported.refusal };
    plan = reported.value;
    ports.onProgress(plan, undefined);
    // The order is what the others hang on: stale or unknown, nothing further is written.
    if (name === 'ServiceRequest' && end.outcome.status !== 'done') break;
  }
  return { kind: 'finished', plan };
}
