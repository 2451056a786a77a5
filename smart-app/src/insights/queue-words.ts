/** What is said of the queue: its sentence, and the words beside a number. */
import type { QueueAnswer, QueueStep } from '@refloop/server/client/queue';
import { countText } from './figures.ts';

const referrals = (count: number): string => `${countText(count)} ${count === 1 ? 'referral' : 'referrals'}`;
const steps = (count: number): string => `${countText(count)} ${count === 1 ? 'step waits' : 'steps wait'}`;

/** `88 open, 12 overdue, 3 due within a day`; what is none is not said. */
export function countWords({ open, overdue, atRisk }: Pick<QueueStep, 'open' | 'overdue' | 'atRisk'>): string {
  const late = overdue === 0 ? [] : [`${countText(overdue)} overdue`];
  const soon = atRisk === 0 ? [] : [`${countText(atRisk)} due within a day`];
  return [`${countText(open)} open`, ...late, ...soon].join(', ');
}

/** The bottleneck, with its share of what is late. */
export function queueSentence(queue: QueueAnswer): string {
  if (queue.open === 0) return 'Nothing waits: every step of every referral is done.';
  const opening = `${steps(queue.open)} on ${referrals(queue.referrals)}.`;
  const worst = queue.steps.find(({ kind }) => kind === queue.bottleneck);
  if (!worst) return `${opening} Nothing is overdue; ${countText(queue.atRisk)} will be within a day.`;
  return (
    `${opening} ${countText(queue.overdue)} are overdue, and ${countText(queue.atRisk)} more will be within a day. ` +
    `Most of it is late at “${worst.name}”: ${countText(worst.overdue)} of ${countText(worst.open)} there.`
  );
}

/** Whole days since then; today is 0. */
export const daysSince = (then: string, now: string): number => Math.max(0, Math.floor((Date.parse(now) - Date.parse(then)) / 86_400_000));
