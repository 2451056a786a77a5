/** Where the decision stands: from editing over the undo window to the three indicators that settle. */

import type { Resource } from '@refloop/domain/fhir/ehr-port';
import type { PlanStop } from '@refloop/domain/write-back/run-plan';
import type { Plan, StepName } from '@refloop/server/client/approval';
import type { OrderChange } from '../chart/order-difference.ts';

export type ApprovalState =
  | { kind: 'editing' }
  /** Nothing has left yet; `until` in milliseconds since the epoch. */
  | { kind: 'undo'; until: number; performerName: string }
  /** `serverSilent`: Refloop has not answered yet; the same approval is sent again by itself. */
  | { kind: 'sending'; performerName: string; serverSilent: boolean }
  /** The order in the chart is not the one the clinician saw. */
  | { kind: 'order-changed'; order: Resource; changes: OrderChange[] }
  | { kind: 'writing'; plan: Plan; writing: StepName | undefined; performerName: string }
  /** `resumeAt`: when it is taken up again by itself, in milliseconds since the epoch. */
  | { kind: 'ended'; plan: Plan; stopped: PlanStop | undefined; performerName: string; resumeAt: number | undefined }
  /** Nobody fits, or the emergency department: nothing was ordered. */
  | { kind: 'dismissed'; why: string };

/** Before anything leaves, this long to think again. */
export const UNDO_MILLISECONDS = 5_000;
