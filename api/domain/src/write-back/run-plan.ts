/** Carries an approved plan out under its lease, step by step, and reports each outcome before the next. */
import type { StepOutcome } from '../referral/event.ts';
import type { Result } from '../result.ts';
import { isOpen, type PlanInHand, type StepInHand } from './plan-in-hand.ts';
import { type LeaseRefusal, type StepPorts, writeStep } from './write-step.ts';

export type PlanPorts<Plan extends PlanInHand> = StepPorts & {
  takeLease(): Promise<Result<Plan, LeaseRefusal>>;
  /** Stops before the lease ends: whoever comes next need not wait for it. */
  giveBack(): Promise<unknown>;
  attempt(step: StepInHand['name']): Promise<Result<Plan, LeaseRefusal>>;
  report(step: StepInHand['name'], outcome: StepOutcome): Promise<Result<Plan, LeaseRefusal>>;
  /** Called with every newer state of the plan. */
  onProgress(plan: Plan, writing: StepInHand['name'] | undefined): void;
};

export type PlanStop = LeaseRefusal | 'ehr-signed-out' | 'ehr-silent' | 'wrong-patient';

export type PlanEnd<Plan extends PlanInHand> = { kind: 'finished'; plan: Plan } | { kind: 'stopped'; plan: Plan; why: PlanStop };

export async function runPlan<Plan extends PlanInHand>(start: Plan, ports: PlanPorts<Plan>): Promise<PlanEnd<Plan>> {
  const leased = await ports.takeLease();
  if (!leased.ok) return { kind: 'stopped', plan: start, why: leased.refusal };
  let plan = leased.value;
  ports.onProgress(plan, undefined);
  for (const { name } of plan.steps) {
    const step = plan.steps.find((each) => each.name === name);
    if (!step || !isOpen(step)) continue;
    ports.onProgress(plan, name);
    const end = await writeStep(step, plan, ports);
    switch (end.kind) {
      case 'not-ready':
        continue;
      case 'signed-out':
      case 'ehr-silent':
      case 'wrong-patient':
        await ports.giveBack();
        return { kind: 'stopped', plan, why: end.kind === 'signed-out' ? 'ehr-signed-out' : end.kind };
      case 'stopped':
        return { kind: 'stopped', plan, why: end.why };
      case 'report': {
        const reported = await ports.report(name, end.outcome);
        if (!reported.ok) return { kind: 'stopped', plan, why: reported.refusal };
        plan = reported.value;
        ports.onProgress(plan, undefined);
        // The order is what the others hang on: stale or unknown, nothing further is written.
        if (name === 'ServiceRequest' && end.outcome.status !== 'done') return { kind: 'finished', plan };
      }
    }
  }
  return { kind: 'finished', plan };
}
