/** What is left of a write-back, in a sentence for whoever looks after it. */
import { plainUtc } from '@refloop/domain/matching/plain-words';
import { rungOf } from '@refloop/domain/write-back/rung';
import type { PlanStep } from '../client/approval.ts';
import type { StoredPlan } from '../store/plans.ts';
import { hasLapsed, planContentOf } from './plan-content.ts';

const NAMES: Record<PlanStep['name'], string> = {
  DocumentReference: 'the note',
  ServiceRequest: 'the order',
  Communication: 'the message',
  Task: 'the task',
  Provenance: 'the provenance',
};

/** What is known of a step, most telling first. */
function stateOf({ outcome, attemptedAt }: PlanStep): 'in' | 'unsure' | 'unknown' | 'refused' | 'stale' | 'not' {
  switch (outcome.status) {
    case 'done':
      return 'in';
    case 'waiting':
      return attemptedAt === null ? 'not' : 'unknown';
    case 'refused':
    case 'stale':
    case 'unknown':
    case 'unsure':
      return outcome.status;
  }
}

const WORDS: Record<ReturnType<typeof stateOf>, (names: string, many: boolean) => string> = {
  in: (names, many) => `${names} ${many ? 'are' : 'is'} in the chart`,
  unsure: (names) => `the chart holds something that may be ${names}, and the clinician has to say whether it is`,
  unknown: (names, many) => `of ${names} it is not known whether ${many ? 'they were' : 'it was'} written`,
  refused: (names) => `the EHR refused ${names}`,
  stale: (names, many) => `${names} changed in the chart before ${many ? 'they were' : 'it was'} written`,
  not: (names, many) => `${names} ${many ? 'are' : 'is'} not written`,
};

const joined = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** The order changed before it was written: what the clinician does about it; undefined where the approval stands. */
function lapsedText(plan: StoredPlan): string | undefined {
  const content = planContentOf(plan);
  if (!hasLapsed(content)) return undefined;
  const note = content.steps.find(({ name, outcome }) => name === 'DocumentReference' && outcome.status === 'done');
  return [
    'The order changed in the chart before it was written, so the approval lapsed.',
    ...(note ? ['The note of it is in the chart.'] : []),
    'The clinician opens Refloop from the order again, sees what changed and approves anew; if it is not wanted any more, settle this.',
  ].join(' ');
}

/** What became of each thing that was to be written, in a sentence; how often Refloop tried to look for it by itself. */
function stateText(plan: StoredPlan): string {
  const states = new Map<ReturnType<typeof stateOf>, string[]>();
  for (const step of planContentOf(plan).steps) states.set(stateOf(step), [...(states.get(stateOf(step)) ?? []), NAMES[step.name]]);
  const parts = [...states].map(([state, names]) => WORDS[state](joined(names), names.length > 1));
  const looked =
    plan.looks === 0
      ? []
      : [`Refloop tried to look in the chart ${plan.looks} ${plan.looks === 1 ? 'time' : 'times'} since ${plainUtc(plan.madeAt)}.`];
  return [sentence(parts.join('; ')), ...looked].join(' ');
}

/** What the approving clinician does by hand where this EHR takes no orders; undefined where Refloop writes the order. */
function byHand(plan: StoredPlan): string | undefined {
  switch (rungOf(planContentOf(plan).rung)) {
    case 3:
      return 'This EHR takes documents but no orders from Refloop: look whether the note is in the chart, place or sign the order there by hand, then settle this.';
    case 4:
      return 'This EHR takes messages but no orders or documents from Refloop: look whether the note is in the chart as a message, place or sign the order there by hand, then settle this.';
    case 6:
      return 'This EHR takes no orders from Refloop: enter the order and the note in the chart by hand, then settle this.';
    case 1:
    case 2:
      return undefined;
  }
}

/** Whether what is left is done in the chart by hand, and settled by saying so. */
export const isByHand = (plan: StoredPlan): boolean => byHand(plan) !== undefined;

/** What somebody settled it with before that put an order in force (migration 0036); open again, it asks who placed the order. */
const saidBefore = (note: string | undefined): string =>
  note ? ` It was settled before with the words “${note}”, and nothing put the order in force since: say who placed it.` : '';

/**
 * @param note what it was settled with before it was open again
 * @returns for whom, what is there, what is not, and who does what next; no patient
 */
export function unfinishedText(plan: StoredPlan, note?: string): string {
  const approved = `Approved for ${planContentOf(plan).performerName}.`;
  const settled = byHand(plan) ?? lapsedText(plan);
  if (settled !== undefined) return `${approved} ${settled}${saidBefore(note)}`;
  return `${approved} ${stateText(plan)} The clinician finishes it by opening Refloop from the chart again, where it is offered first.`;
}

/** The same for the clinician's own list: what is there and what is not. */
export const leftText = (plan: StoredPlan, note?: string): string =>
  `${byHand(plan) ?? lapsedText(plan) ?? stateText(plan)}${isByHand(plan) ? saidBefore(note) : ''}`;
