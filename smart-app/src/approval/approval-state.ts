/** Where the decision stands: from editing over the undo window to the three indicators that settle. */
import type { Plan, StepName } from '@refloop/server/client/approval';
import type { OrderChange } from '../chart/order-difference.ts';
import type { Resource } from '../session/ehr.ts';
import type { PlanEnd } from './run-plan.ts';

export type ApprovalState =
  | { kind: 'editing' }
  /** Nothing has left yet; `until` in milliseconds since the epoch. */
  | { kind: 'undo'; until: number; performerName: string }
  | { kind: 'sending'; performerName: string }
  /** The order in the chart is not the one the clinician saw. */
  | { kind: 'order-changed'; order: Resource; changes: OrderChange[] }
  | { kind: 'writing'; plan: Plan; writing: StepName | undefined; performerName: string }
  | { kind: 'ended'; plan: Plan; stopped: Extract<PlanEnd, { kind: 'stopped' }>['why'] | undefined; performerName: string }
  /** Nobody fits, or the emergency department: nothing was ordered. */
  | { kind: 'dismissed'; why: string };

/** Before anything leaves, this long to think again. */
export const UNDO_MILLISECONDS = 5_000;
