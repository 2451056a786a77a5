/** Whoever a step of the policy told of something stays told while it is open: a later step tells somebody more, and takes it from nobody. */
import type { StoredObligation } from '../store/obligations.ts';
import type { Unit } from '../store/store.ts';
import type { ObligationContent } from './engine/obligation-content.ts';

/** More than that is open of no clinician's patients. */
const MOST_ROWS = 10_000;

/** Whether one of these people was told of it by any step that was taken, and does not own it. */
export function isTold({ owner, escalatedTo, content }: StoredObligation, people: readonly string[]): boolean {
  const { steps = [] } = content as Partial<ObligationContent>;
  return [escalatedTo, ...steps.map(({ to }) => to)].some((to) => to !== null && to !== owner && people.includes(to));
}

/**
 * What is open and this person was told of, as told to them: that of the last step, and of earlier ones what is of their own referrals, which is
 * what a clinician is told of.
 */
export async function toldTo(unit: Unit, subject: string): Promise<StoredObligation[]> {
  const last = await unit.obligations.list({ status: 'open', escalatedTo: subject, limit: MOST_ROWS });
  const own = await unit.obligations.list({ status: 'open', raisedBy: subject, limit: MOST_ROWS });
  const before = own.filter((row) => row.escalatedTo !== subject && isTold(row, [subject]));
  return [...last, ...before.map((row) => ({ ...row, escalatedTo: subject }))];
}
