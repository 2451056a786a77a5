/** Giving referrals to a person, and giving them back. */
import type { AssignAnswer, AssignRequest } from '@refloop/server/client/worklist';

/** What one request takes. */
const MOST = 200;

/** One request for each two hundred; each referral once. */
export function requestsFor(referralIds: readonly string[], to: string): AssignRequest[] {
  const once = [...new Set(referralIds)];
  return Array.from({ length: Math.ceil(once.length / MOST) }, (_, index) => ({
    referralIds: once.slice(index * MOST, (index + 1) * MOST),
    to,
  }));
}

export type Assigned = AssignAnswer['assigned'];

/** Each back to whose it was; what nobody had stays where it is now. */
export function requestsBack(assigned: Assigned): AssignRequest[] {
  const before = new Map<string, string[]>();
  for (const { referralId, before: subject } of assigned)
    if (subject !== null) before.set(subject, [...(before.get(subject) ?? []), referralId]);
  return [...before].flatMap(([subject, referralIds]) => requestsFor(referralIds, subject));
}

/** What is left to give back once `back` has been: nobody has heard of the others that they were. */
export function notYetBack(assigned: Assigned, back: Assigned): Assigned {
  const done = new Set(back.map(({ referralId }) => referralId));
  return assigned.filter(({ referralId, before }) => before !== null && !done.has(referralId));
}
