/** What the three indicators say: decision, write-back and transport, never merged into one. */

import type { PlanStop } from '@refloop/domain/write-back/run-plan';
import type { Plan, PlanStep, StepName } from '@refloop/server/client/approval';
import type { Tone } from '../ui/Chip.tsx';

export const STEP_WORDS: Record<StepName, string> = {
  DocumentReference: 'Note',
  ServiceRequest: 'Order',
  Communication: 'Message',
  Task: 'Task (draft)',
  Provenance: 'Provenance',
};

/** The same in the middle of a sentence; a step of a later version is called what it is. */
export const stepWord = (step: string): string => (Object.hasOwn(STEP_WORDS, step) ? STEP_WORDS[step as StepName].toLowerCase() : step);

export type Indicator = { label: string; tone: Tone; text: string };

function writeBackText(plan: Plan, writing: StepName | undefined, stopped: boolean): Indicator {
  const label = 'Write-back';
  if (plan.steps.length === 0) return { label, tone: 'warn', text: 'Nothing is written to this chart' };
  if (writing) return { label, tone: 'info', text: `Writing: ${STEP_WORDS[writing].toLowerCase()}` };
  const done = plan.steps.filter((step) => step.outcome.status === 'done').length;
  const has = (status: PlanStep['outcome']['status']): boolean => plan.steps.some((step) => step.outcome.status === status);
  if (done === plan.steps.length && plan.rung === 3) return { label, tone: 'warn', text: 'Note filed; the order is yours to place' };
  if (done === plan.steps.length && plan.rung === 4)
    return { label, tone: 'warn', text: 'Note kept as a message; the order is yours to place' };
  if (plan.writeBack === 'awaiting-signature') return { label, tone: 'warn', text: 'In the chart, awaiting signature in the EHR' };
  if (done === plan.steps.length) return { label, tone: 'good', text: 'Written to the chart' };
  if (has('stale')) return { label, tone: 'warn', text: 'The order changed' };
  if (has('unsure')) return { label, tone: 'warn', text: `Needs your look, ${done} of ${plan.steps.length} confirmed` };
  if (has('refused')) return { label, tone: 'bad', text: `Refused by the EHR, ${done} of ${plan.steps.length} written` };
  if (has('unknown')) return { label, tone: 'unknown', text: `Not known, ${done} of ${plan.steps.length} confirmed` };
  if (!stopped) return { label, tone: 'info', text: `${done} of ${plan.steps.length} written` };
  // Nothing of it has left: it stands in the queue, and that is all that may be said.
  if (plan.steps.every(({ attemptedAt }) => attemptedAt === null)) return { label, tone: 'wait', text: 'Queued, nothing is written yet' };
  return { label, tone: 'warn', text: `Unfinished, ${done} of ${plan.steps.length} written` };
}

/** What was decided and what stands in the chart: also long after, when what was sent is another story. */
export const writtenIndicators = (plan: Plan, writing: StepName | undefined, stopped: boolean): Indicator[] => [
  {
    label: 'Decision',
    tone: 'good',
    text: plan.decision.coveringFor === null ? 'Approved' : `Approved, covering for ${plan.decision.coveringFor}`,
  },
  writeBackText(plan, writing, stopped),
];

/** While it is written: approving sends nothing. */
export const indicators = (plan: Plan, writing: StepName | undefined, stopped: boolean): Indicator[] => [
  ...writtenIndicators(plan, writing, stopped),
  { label: 'Sent', tone: 'wait', text: 'Not sent to the specialist' },
];

const STOPPED: Record<PlanStop, string> = {
  'held-elsewhere': 'Another window is writing this referral. Nothing was written here.',
  'ehr-silent': 'The EHR does not answer. The approval is on record and waits; nothing is called written until the EHR says so.',
  'server-silent': 'Refloop’s server does not answer. What was written is found again when it is back.',
  'session-ended': 'The session ended before everything was written. Re-open from the chart to finish.',
  'ehr-signed-out': 'Your EHR session ended before everything was written. Re-open from the chart to finish.',
  'wrong-patient': 'A step names another patient. Nothing further was written.',
};

export const stoppedText = (why: keyof typeof STOPPED): string => STOPPED[why];

/** One sentence for a step that is not done; undefined when there is nothing to say. */
export function stepProblem(step: PlanStep): string | undefined {
  const name = STEP_WORDS[step.name];
  const { outcome } = step;
  switch (outcome.status) {
    case 'done':
    case 'waiting':
      return undefined;
    case 'refused':
      return `${name}: the EHR refused it. ${outcome.detail}`;
    case 'stale':
      return `${name}: it changed in the chart before it was written. ${outcome.detail}`;
    case 'unknown':
      return `${name}: it is not known whether it was written. ${outcome.detail}`;
    case 'unsure':
      return undefined;
  }
}

/** What is left in the chart of an approval that was taken back: never an order, but the note is filed before it. */
export function withdrawnText({ steps }: Pick<Plan, 'steps'>): string {
  const note = steps.find(({ name }) => name === 'DocumentReference');
  const neverSent = !note || note.outcome.status === 'refused' || (note.outcome.status === 'waiting' && note.attemptedAt === null);
  if (neverSent) return 'The approval was withdrawn. Nothing of it is in the chart.';
  const filed = note.outcome.status === 'done' ? 'its note was filed and is there' : 'its note may be';
  return `The approval was withdrawn. No order of it is in the chart; ${filed}.`;
}

export const isWhole = (plan: Plan): boolean => plan.steps.every((step) => step.outcome.status === 'done');

/**
 * Whether taking the approval back makes sense: the order was refused, never sent, or sent and not heard of, which is looked up first.
 * What a person has yet to judge, or what is in the chart, is not taken back.
 */
export const mayWithdraw = (plan: Plan): boolean =>
  plan.steps.some((step) => step.name === 'ServiceRequest' && ['refused', 'waiting', 'unknown'].includes(step.outcome.status));
