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
export type Left = AssignAnswer['left'];

export const counted = (count: number): string => `${count} ${count === 1 ? 'referral' : 'referrals'}`;

/** What became of each line, as sentences; none for what there is none of. */
export function givenWords({ assigned, left }: AssignAnswer, name: string): string[] {
  const of = (why: Left[number]['why']): number => left.filter((each) => each.why === why).length;
  const said = (count: number, words: (many: boolean) => string): string[] =>
    count === 0 ? [] : [`${counted(count)} ${words(count > 1)}`];
  const clinicians = assigned.filter(({ withClinician }) => withClinician).length;
  return [
    ...said(assigned.length, () => `given to ${name}.`),
    ...said(
      clinicians,
      (many) => `of these ${many ? 'wait' : 'waits'} for the clinician now, and ${many ? 'those lines stay' : 'that line stays'} theirs.`,
    ),
    ...said(of('theirs-already'), (many) => `${many ? 'were' : 'was'} theirs already.`),
    ...said(
      of('no-order-in-force'),
      (many) => `not given: no order of ${many ? 'them' : 'it'} is in force. Settle ${many ? 'them' : 'it'} under Exceptions.`,
    ),
    ...said(
      of('not-here'),
      (many) =>
        `not given: ${many ? 'they are' : 'it is'} no referral here. If ${many ? 'they are' : 'it is'} still listed, settle ${many ? 'them' : 'it'} under Exceptions.`,
    ),
  ];
}

/** Each back to whose it was; what nobody had stays where it is now. */
export function requestsBack(assigned: Assigned): AssignRequest[] {
  const before = new Map<string, string[]>();
  for (const { referralId, before: subject } of assigned)
    if (subject !== null) before.set(subject, [...(before.get(subject) ?? []), referralId]);
  return [...before].flatMap(([subject, referralIds]) => requestsFor(referralIds, subject));
}

/** What is left to give back once `back` has been: nobody has heard of the others that they were. */
export function notYetBack(assigned: Assigned, back: readonly { referralId: string }[]): Assigned {
  const done = new Set(back.map(({ referralId }) => referralId));
  return assigned.filter(({ referralId, before }) => before !== null && !done.has(referralId));
}
