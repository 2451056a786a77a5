/** What is said of the specialists who could be asked next: those whom the clinician approved, and those for whom the clinician is asked first. */
import type { Thread, ThreadEntry } from '@refloop/server/client/thread';
import type { NextPerformers } from '@refloop/server/client/worklist';

export type NextPerformer = NextPerformers['performers'][number];

/** "Lakeside Clinic · 4.2 miles · wait 9 days". */
export const placeText = ({ organization, miles, waitDays }: NextPerformer): string =>
  [
    organization,
    miles === null ? null : `${miles.toFixed(1)} miles`,
    waitDays === null ? 'wait not known' : `wait ${waitDays} ${waitDays === 1 ? 'day' : 'days'}`,
  ]
    .filter(Boolean)
    .join(' · ');

/** Each in their order. */
export const byApproval = (performers: readonly NextPerformer[]): { approved: NextPerformer[]; others: NextPerformer[] } => ({
  approved: performers.filter(({ approved }) => approved),
  others: performers.filter(({ approved }) => !approved),
});

/** Who answers a proposal, where somebody was proposed; by name, which stands in the thread from then on alone. */
export const clinicianOf = ({ obligations }: Pick<Thread, 'obligations'>): string =>
  obligations.find(({ kind }) => kind === 'approve-performer')?.owner?.name ?? 'the clinician';

export const isProposed = (
  { proposal }: Pick<Thread, 'proposal'>,
  { name, organization }: Pick<NextPerformer, 'name' | 'organization'>,
): boolean => proposal !== null && proposal.name === name && proposal.organization === organization;

/** As the thread calls it; the words of the clinician stand behind the name. */
const REFUSED = 'Proposed specialist refused';

/** Whom the clinician refused of this referral, each with their reason, the last first. */
export const refusalsOf = ({ entries }: Pick<Thread, 'entries'>): ThreadEntry[] =>
  entries.filter(({ title }) => title === REFUSED).toReversed();

/**
 * What came of the press. The server says whether the clinician's approval holds: who stood among the approved is proposed instead where it no
 * longer does.
 */
export function askedWords(before: Pick<Thread, 'performer'>, after: Pick<Thread, 'performer' | 'proposal' | 'obligations'>): string {
  if (after.proposal === null || after.performer?.npi !== before.performer?.npi)
    return `${after.performer?.name ?? 'Another specialist'} is asked next. Send it to their office.`;
  return `${after.proposal.name} is proposed. ${sentence(clinicianOf(after))} decides; nothing is sent to them before.`;
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
