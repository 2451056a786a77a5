/** What is said of a specialist who is proposed, and of the clinician's answer. */
import type { ProposalRequest, ToApproveRow } from '@refloop/server/client/work';

/** Whom was asked, and why somebody else is looked for. */
export const beforeWords = ({ before: { name, why } }: Pick<ToApproveRow, 'before'>): string => `Asked until now: ${name}. ${why}`;

/** "wait 9 days", "wait 1 day", "no wait listed". */
export const waitWords = ({ waitDays }: Pick<ToApproveRow['specialist'], 'waitDays'>): string =>
  waitDays === null ? 'no wait listed' : `wait ${waitDays} ${waitDays === 1 ? 'day' : 'days'}`;

/** Whom the referral is with: not always whoever proposed. */
export const whoGoesOn = (coordinator: string | null): string => coordinator ?? 'The coordinator';

/** Why they cannot be approved, and what is to be done. */
export function standingWords(standing: Exclude<ToApproveRow['standing'], { kind: 'listed' }>): string {
  switch (standing.kind) {
    case 'not-listed':
      return `${standing.why}, so they cannot be approved. Say no, and somebody else is proposed.`;
    case 'not-to-be-said':
      return 'Whether the directory lists them in the patient’s network cannot be said now. Try again in a few minutes.';
  }
}

/** What follows of the answer, and who goes on. */
export function answeredWords(
  { specialist, coordinator }: Pick<ToApproveRow, 'specialist' | 'coordinator'>,
  answer: ProposalRequest['answer'],
): string {
  switch (answer.kind) {
    case 'approve':
      return `Approved: ${specialist.name}. ${whoGoesOn(coordinator)} can send the packet to their office now.`;
    case 'refuse':
      return `Not ${specialist.name}. ${whoGoesOn(coordinator)} reads why.`;
  }
}
