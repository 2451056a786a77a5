/** What is being said of the payer's authorization before it is sent: whether it is asked for, what is still to be said, and what is sent of it. */
import type { AuthorizationAnswer, PacketView } from '@refloop/server/client/packet';

export type AuthorizationDraft = { answer: AuthorizationAnswer['answer'] | undefined; number: string; reason: string };
export const UNANSWERED: AuthorizationDraft = { answer: undefined, number: '', reason: '' };

/** What is to be said with the sending, and nothing that has to be done before. */
const ANSWERED_HERE: readonly PacketView['holds'][number]['kind'][] = ['authorization-open', 'authorization'];

export const isAsked = ({ holds }: PacketView): boolean => holds.some(({ kind }) => ANSWERED_HERE.includes(kind));

/** What the payer was asked and has not decided, or has denied, does not go without its answer (R112). */
export const mayGoWithout = ({ holds }: PacketView): boolean => holds.some(({ kind }) => kind === 'authorization-open');

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
      return { answer: { answer } };
    case 'approved':
      return number.trim() === '' ? { fault: 'number' } : { answer: { answer, number: number.trim() } };
    case 'goes-without':
      return reason.trim().length < 3 ? { fault: 'reason' } : { answer: { answer, reason: reason.trim() } };
  }
}
