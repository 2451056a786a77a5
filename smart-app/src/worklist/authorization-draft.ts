/** What is being said of the payer's authorization before it is sent: whether it is asked for, what is still to be said, and what is sent of it. */
import type { AuthorizationAnswer, PacketView } from '@refloop/server/client/packet';

export type AuthorizationDraft = { answer: AuthorizationAnswer['answer'] | undefined; number: string; reason: string };
export const UNANSWERED: AuthorizationDraft = { answer: undefined, number: '', reason: '' };

/** What is to be said with the sending, and nothing that has to be done before. */
const ANSWERED_HERE: readonly PacketView['holds'][number]['kind'][] = ['authorization-open', 'authorization'];

export const isAsked = ({ holds }: PacketView): boolean => holds.some(({ kind }) => ANSWERED_HERE.includes(kind));

/** Whether nobody has said anything: what the payer was asked and has not decided goes with its approval alone (R112). */
export const isUnsaid = ({ holds }: PacketView): boolean => holds.some(({ kind }) => kind === 'authorization-open');

/** Whether all but what is said here is in order. */
export const isReady = ({ holds }: PacketView): boolean => holds.every(({ kind }) => ANSWERED_HERE.includes(kind));

export type AuthorizationFault = 'unanswered' | 'number' | 'reason';

export function faultWords(fault: AuthorizationFault): string {
  switch (fault) {
    case 'unanswered':
      return 'Say where it stands.';
    case 'number':
      return 'Give the number that the payer gave.';
    case 'reason':
      return 'Say in a few words why.';
  }
}

/** Of a draft: what is sent of it, or what is wrong with it. Nothing is sent where nothing is asked. */
export function answerOf(
  packet: PacketView,
  { answer, number, reason }: AuthorizationDraft,
): { answer: AuthorizationAnswer | undefined } | { fault: AuthorizationFault } {
  if (!isAsked(packet)) return { answer: undefined };
  switch (answer) {
    case undefined:
      return { fault: 'unanswered' };
    case 'not-needed':
      return isUnsaid(packet) ? { answer: { answer } } : { fault: 'unanswered' };
    case 'approved':
      return number.trim() === '' ? { fault: 'number' } : { answer: { answer, number: number.trim() } };
    case 'goes-without':
      if (!isUnsaid(packet)) return { fault: 'unanswered' };
      return reason.trim().length < 3 ? { fault: 'reason' } : { answer: { answer, reason: reason.trim() } };
  }
}
