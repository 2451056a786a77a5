/**
 * What became of the writes that were sent and not heard of, found out by looking alone: nothing is written. For whoever comes after
 * a window that went away, a person who wants the approval back or Refloop's own reconciliation.
 */
import type { Resource } from '../fhir/ehr-port.ts';
import type { StepOutcome } from '../referral/event.ts';
import { type LookUp, lookUp } from './look-up.ts';
import { fillResource, fillText } from './placeholders.ts';
import { isOpen, type PlanInHand, type StepInHand } from './plan-in-hand.ts';
import { mayStillArrive } from './settled.ts';
import { type StepPorts, spanTime, UNSURE } from './write-step.ts';

export type LookedAt =
  | { kind: 'report'; outcome: StepOutcome }
  /** It was sent a while ago and is not there. */
  | { kind: 'absent' }
  /** It was sent so recently that it may still take effect. */
  | { kind: 'too-early' }
  /** It names a step that is not in the chart, so it cannot be either. */
  | { kind: 'not-ready' }
  | { kind: 'never-sent' }
  | { kind: 'signed-out' }
  | { kind: 'not-allowed'; status: number }
  | { kind: 'no-answer' };

export type Looker = Omit<LookUp, 'approvedAt' | 'now'> & Pick<StepPorts, 'now' | 'machineTime'>;

/** One step of a plan, looked at. A launched order that is gone, or was changed by others, is stale. */
export async function lookAt(planned: StepInHand, plan: PlanInHand, looker: Looker): Promise<LookedAt> {
  if (planned.attemptedAt === null) return { kind: 'never-sent' };
  const query = fillText(planned.lookUp.query, plan);
  const resource = fillResource(planned.resource, plan) as Resource | undefined;
  if (resource === undefined || query === undefined) return { kind: 'not-ready' };
  const step: StepInHand = { ...planned, resource, lookUp: { ...planned.lookUp, query } };
  const seenAt = spanTime(looker);
  const found = await lookUp(step, { ...looker, approvedAt: plan.decision.at, now: looker.now() });
  switch (found.kind) {
    case 'found':
      return { kind: 'report', outcome: { status: 'done', ...found.where } };
    case 'perhaps':
      if (mayStillArrive(step, seenAt)) return { kind: 'too-early' };
      return { kind: 'report', outcome: { status: 'unsure', detail: UNSURE, candidates: found.candidates } };
    case 'gone':
      return { kind: 'report', outcome: { status: 'stale', detail: 'The order is no longer in the chart.' } };
    case 'nothing':
      return mayStillArrive(step, seenAt) ? { kind: 'too-early' } : { kind: 'absent' };
    case 'signed-out':
    case 'no-answer':
      return { kind: found.kind };
    case 'not-allowed':
      return found;
  }
}

/** The open steps that were sent, in order: what a look has to find out. */
export const sentAndOpen = (plan: PlanInHand): StepInHand[] => plan.steps.filter((step) => isOpen(step) && step.attemptedAt !== null);
