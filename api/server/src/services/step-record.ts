/**
 * Putting on record what becomes of one step of a write-back: the event, the plan's own row, the obligation and the audit, together.
 * Whoever carries the plan out reports through here, a clinician's window or Refloop's own look-up.
 */
import type { AuditActor } from '@refloop/domain/audit/entry';
import { parseReference, referenceText } from '@refloop/domain/fhir/reference';
import type { ReferralCommand } from '@refloop/domain/referral/command';
import type { Actor } from '@refloop/domain/referral/event';
import { isOpen } from '@refloop/domain/write-back/plan-in-hand';
import type { ReportStep, StepName } from '../client/approval.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Unit } from '../store/store.ts';
import { settleWriteBack } from './exceptions.ts';
import { toJson } from './kept.ts';
import { type PlanContent, planContentOf, unfinishedSteps } from './plan-content.ts';
import { applyCommand } from './referral-log.ts';
import { refusalOf } from './referral-refusal.ts';

/** Architecture: a lease lasts 60 seconds and is renewed with each step. */
export const LEASE_SECONDS = 60;

/** Who carries the plan out: by which lease, and under which name in the history and in the audit. */
export type Holder = {
  holder: string;
  actor: Actor;
  auditActor: AuditActor;
  /** By which its lease ends; the time of what is recorded unless told. */
  machineTime?: () => Date;
};

/** By which the lease of this holder ends. */
export const leaseTime = ({ machineTime }: Pick<Holder, 'machineTime'>, now: Date): string => (machineTime?.() ?? now).toISOString();

type Outcome = ReportStep['outcome'];

export const leaseLost = (): Refusal =>
  problem(
    'lease-lost',
    'Another window took this write-back over, or this one was silent for more than a minute. Look at the chart before you go on; nothing was recorded from here.',
  );
const reportedElsewhere = (): Refusal => problem('conflict', 'This write-back was reported from another window just now. Reload it.');

/** What a step is said to have written must be of its type in this EHR, and for an update the very order that was approved. */
export function misreported(step: PlanContent['steps'][number], outcome: Outcome): Refusal | undefined {
  const references =
    outcome.status === 'done'
      ? [outcome.reference]
      : outcome.status === 'unsure'
        ? outcome.candidates.map(({ reference }) => reference)
        : [];
  const fits = (reference: string): boolean => {
    const written = parseReference(reference);
    return written?.type === step.name && (step.target === null || step.target.reference === referenceText(written));
  };
  if (references.every(fits)) return undefined;
  const message = `Expected ${step.target?.reference ?? `${step.name}/…`}`;
  return problem('invalid-request', 'This is not what the step was to write. Nothing was recorded.', [
    { field: 'outcome.reference', message, fix: 'Report the resource that the EHR said it wrote.' },
  ]);
}

/** Whether the holder, who goes through the steps in order, has one left that it can write after this one. */
function goesOn({ steps }: PlanContent, reported: StepName): boolean {
  const at = steps.findIndex(({ name }) => name === reported);
  // The order is what the others hang on: without it nothing further is written.
  if (reported === 'ServiceRequest' && steps[at]?.outcome.status !== 'done') return false;
  const waitsForAnother = (step: (typeof steps)[number]): boolean => {
    const resource = JSON.stringify(step.resource);
    return steps.some(
      ({ name, outcome }) => outcome.status !== 'done' && new RegExp(`"reference":"\\{\\{${name}(:versioned)?\\}\\}"`).test(resource),
    );
  };
  return steps.slice(at + 1).some((step) => isOpen(step) && !waitsForAnother(step));
}

type Change = {
  command: Extract<ReferralCommand, { step: StepName }>;
  /** The plan's content after it. */
  content: (before: PlanContent) => PlanContent;
  /** What the audit says of it; undefined where the change is too small to stand there by itself. */
  audited: { action: 'write-back.attempted' | `write-back.${Outcome['status']}` | 'write-back.judged'; payload: unknown };
};

/** Under the holder's lease, all or nothing; throws {@link Refused} where it may not be. */
async function record(unit: Unit, plan: StoredPlan, by: Holder, change: Change, now: Date): Promise<PlanContent> {
  const at = now.toISOString();
  const renewed = await unit.plans.takeLease(plan.id, by.holder, leaseTime(by, now), LEASE_SECONDS);
  if (renewed.status !== 'taken' || plan.lease?.holder !== by.holder) throw new Refused(leaseLost());
  const applied = await applyCommand(unit, plan.referralId, by.actor, at, change.command);
  if (!applied.ok) throw new Refused(refusalOf(applied.refusal));
  const content = change.content(planContentOf(plan));
  const order = content.steps.find(({ name }) => name === 'ServiceRequest');
  // A stale order ends the plan: the approval was for a version that is no more.
  const finished = unfinishedSteps(content).length === 0 || order?.outcome.status === 'stale';
  const saved = await unit.plans.saveStep(plan.id, { holder: by.holder, now: leaseTime(by, now) }, plan.revision, {
    content: toJson(content),
    finished,
  });
  if (saved.status === 'lease-lost') throw new Refused(leaseLost());
  if (saved.status !== 'saved') throw new Refused(reportedElsewhere());
  // On rungs 3 and 4 the order is still to be placed by hand, and a stale order to be approved anew: neither settles anything yet.
  if (unfinishedSteps(content).length === 0 && content.rung < 3) await settleWriteBack(unit, plan.id, now);
  const coveringFor = by.actor.kind === 'covering' ? by.actor.coveringFor : null;
  await unit.audit.append({
    at,
    actor: by.auditActor,
    action: change.audited.action,
    purpose: 'TREAT',
    patientId: plan.patientId,
    recommendationId: plan.recommendationId,
    referralId: plan.referralId,
    payload: toJson({ planId: plan.id, step: change.command.step, coveringFor, ...(change.audited.payload as object) }),
  });
  return content;
}

const withStep = (content: PlanContent, name: StepName, more: Partial<PlanContent['steps'][number]>): PlanContent => ({
  ...content,
  steps: content.steps.map((step) => (step.name === name ? { ...step, ...more } : step)),
});

/** A refusal was of the write before: by a clock that was set back since, it would look like the answer to this one. */
const withoutRefusal = ({ steps }: PlanContent, name: StepName): Pick<PlanContent['steps'][number], 'outcome'> | undefined =>
  steps.some((step) => step.name === name && step.outcome.status === 'refused') ? { outcome: { status: 'waiting' } } : undefined;

/** A write of this step is about to leave. Once it is on record the step counts as perhaps written, whatever happens next. */
export async function recordAttempt(unit: Unit, plan: StoredPlan, by: Holder, step: StepName, now: Date): Promise<void> {
  await record(
    unit,
    plan,
    by,
    {
      command: { type: 'attempt-step', planId: plan.id, step },
      // As its outcome below: a span is told from it, and the practice's clock may be moved within.
      content: (before) => withStep(before, step, { attemptedAt: leaseTime(by, now), ...withoutRefusal(before, step) }),
      audited: { action: 'write-back.attempted', payload: {} },
    },
    now,
  );
}

/** What became of a step. The lease is given back where nothing is left that this holder can write. */
export async function recordOutcome(
  unit: Unit,
  plan: StoredPlan,
  by: Holder,
  step: StepName,
  outcome: Outcome,
  now: Date,
): Promise<PlanContent> {
  const after = await record(
    unit,
    plan,
    by,
    {
      command: { type: 'settle-step', planId: plan.id, step, outcome },
      content: (before) => withStep(before, step, { outcome: { ...outcome, at: leaseTime(by, now) } }),
      audited: { action: `write-back.${outcome.status}`, payload: { outcome } },
    },
    now,
  );
  // What is left needs a person: "Finish writing" must not wait for a lease that nobody uses.
  if (unfinishedSteps(after).length === 0 || !goesOn(after, step)) await unit.plans.releaseLease(plan.id, by.holder);
  return after;
}

/** A person looked at the candidates of a step: this one is what Refloop wrote, or none of them is. */
export async function recordJudgement(
  unit: Unit,
  plan: StoredPlan,
  by: Holder,
  step: StepName,
  ours: Extract<Outcome, { status: 'done' }> | null,
  now: Date,
): Promise<void> {
  const before = planContentOf(plan).steps.find(({ name }) => name === step);
  const candidates = before?.outcome.status === 'unsure' ? before.outcome.candidates.map(({ reference }) => reference) : [];
  await record(
    unit,
    plan,
    by,
    {
      command: { type: 'judge-candidates', planId: plan.id, step, ours },
      content: (content) =>
        ours
          ? withStep(content, step, { outcome: { ...ours, at: leaseTime(by, now) } })
          : withStep(content, step, {
              outcome: { status: 'waiting' },
              notOurs: [...new Set([...(before?.notOurs ?? []), ...candidates])],
            }),
      audited: { action: 'write-back.judged', payload: { ours: ours?.reference ?? null, candidates } },
    },
    now,
  );
  await unit.plans.releaseLease(plan.id, by.holder);
}
