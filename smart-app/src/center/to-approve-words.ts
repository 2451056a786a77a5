/** What is said of a specialist who is proposed, and of the clinician's answer. */
import type { ProposalRequest, ToApproveRow } from '@refloop/server/client/work';

/** Whom was asked, and why somebody else is looked for. */
export const beforeWords = ({ before: { name, why } }: Pick<ToApproveRow, 'before'>): string => `Asked until now: ${name}. ${why}`;

/** "wait 9 days", "wait 1 day", "no wait listed". */
export const waitWords = ({ waitDays }: Pick<ToApproveRow['specialist'], 'waitDays'>): string =>
  waitDays === null ? 'no wait listed' : `wait ${waitDays} ${waitDays === 1 ? 'day' : 'days'}`;

/** What follows of the answer, and who goes on. */
export function answeredWords(
  { specialist, proposedBy }: Pick<ToApproveRow, 'specialist' | 'proposedBy'>,
  answer: ProposalRequest['answer'],
): string {
  switch (answer.kind) {
    case 'approve':
      return `Approved: ${specialist.name}. ${proposedBy} can send the packet to their office now.`;
    case 'refuse':
      return `Not ${specialist.name}. ${proposedBy} reads why.`;
  }
}
