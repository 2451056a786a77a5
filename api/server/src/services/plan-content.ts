/** What is stored of a write plan: the writes, what became of each, and who decided. Encrypted by the store. */
import { writeBackWord } from '@refloop/domain/referral/referral';
import { referenceNumber } from '@refloop/domain/write-back/reference-number';
import { type MachineTime, SETTLED_AFTER_MILLISECONDS } from '@refloop/domain/write-back/settled';
import type { Plan, PlanStep } from '../client/approval.ts';
import type { StoredPlan } from '../store/plans.ts';

export type PlanContent = {
  rung: number;
  steps: PlanStep[];
  leftOut: { step: string; why: string }[];
  decision: Plan['decision'];
  specialtyName: string;
  performerName: string;
  /** The clinician took the approval back before anything of the order was written. */
  withdrawn?: { at: string; reason: string };
};

/** Decided before anybody could cover for another: the decider's own. */
type StoredDecision = Omit<Plan['decision'], 'coveringFor'> & Partial<Pick<Plan['decision'], 'coveringFor'>>;
type StoredStep = Omit<PlanStep, 'attemptedAt' | 'notOurs'> & Partial<Pick<PlanStep, 'attemptedAt' | 'notOurs'>>;

/** Plans stored before attempts were on record may have been tried unseen: they count as tried when they were made. */
export function planContentOf(stored: StoredPlan): PlanContent {
  const content = stored.content as unknown as Omit<PlanContent, 'steps' | 'decision'> & { steps: StoredStep[]; decision: StoredDecision };
  return {
    ...content,
    decision: { coveringFor: null, ...content.decision },
    steps: content.steps.map((step) => ({ attemptedAt: stored.madeAt, notOurs: [], ...step })),
  };
}

export const unfinishedSteps = (content: PlanContent): string[] =>
  content.steps.filter((step) => step.outcome.status !== 'done').map((step) => step.name);

/** The approval was taken back, or a stale order ended the plan: it was for a version that is no more. */
export const hasLapsed = (content: PlanContent): boolean =>
  content.withdrawn !== undefined || content.steps.some((step) => step.name === 'ServiceRequest' && step.outcome.status === 'stale');

const settledOutcome = (outcome: PlanStep['outcome']) => (outcome.status === 'waiting' ? null : outcome);

/** @param machineTime by which its lease ends, and whoever reads it tells how long ago a write was sent */
export function planOf(stored: StoredPlan, machineTime: MachineTime): Plan {
  const content = planContentOf(stored);
  const leased = stored.lease !== null && stored.lease.until > machineTime.at;
  const word =
    content.steps.length === 0 ? 'waiting' : writeBackWord(content.steps.map((step) => ({ outcome: settledOutcome(step.outcome) })));
  // Half written and nobody at it: that is no progress, it waits for a person.
  const told = content.withdrawn
    ? 'withdrawn'
    : word === 'writing' && !leased
      ? 'partial'
      : word === 'waiting' && leased
        ? 'writing'
        : word;
  return {
    id: stored.id,
    reference: referenceNumber(stored.id),
    referralId: stored.referralId,
    recommendationId: stored.recommendationId,
    rung: content.rung,
    steps: content.steps,
    leftOut: content.leftOut,
    lease: leased && stored.lease ? { ...stored.lease } : null,
    asOf: machineTime.at,
    sinceClockSet: Math.min(machineTime.sinceSet, SETTLED_AFTER_MILLISECONDS),
    decision: content.decision,
    writeBack: told,
    transport: 'not-sent',
  };
}
