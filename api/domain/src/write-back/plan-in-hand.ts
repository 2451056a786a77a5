/** An approved plan while it is carried out: its writes with what is known of each. */
import type { Instant } from '../instant.ts';
import type { StepOutcome } from '../referral/event.ts';
import type { PlannedWrite } from './plan.ts';

export type StepInHand = PlannedWrite & {
  outcome: { status: 'waiting' } | (StepOutcome & { at: Instant });
  /** When a write of it was last sent; null while it is certain that none was. Recorded before the write leaves. */
  attemptedAt: Instant | null;
  /** Found in the EHR and judged by a person not to be what Refloop wrote. */
  notOurs: readonly string[];
};

export type PlanInHand = {
  readonly id: string;
  readonly steps: readonly StepInHand[];
  /** When the clinician approved: nothing of this plan can be older. */
  readonly decision: { readonly at: Instant };
};

/** Steps whose outcome may change: a refused one is tried again when a person asks to finish writing. */
export const isOpen = ({ outcome }: Pick<StepInHand, 'outcome'>): boolean => outcome.status !== 'done' && outcome.status !== 'stale';
