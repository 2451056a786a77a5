/** What holds a packet back, in the words of the worklist. */
import type { Hold } from '@refloop/domain/packet/readiness';
import { unreachable } from '@refloop/domain/result';

const WHY_OPEN: Readonly<Record<Extract<Hold, { kind: 'authorization-open' }>['because'], string>> = {
  'nobody-looked': 'Nobody has said whether the payer has to authorize it.',
  'payer-asks-for-it': 'The payer says on the order that it has to authorize it.',
  'not-covered': 'The payer says on the order that it does not cover it.',
  'approved-for-another': 'The payer approved it for who was asked before, and has not said that this covers who is asked now.',
};

/** @param nameOf the name of a person by subject */
export function holdWords(hold: Hold, nameOf: (subject: string) => string): string {
  switch (hold.kind) {
    case 'order-not-active':
      return 'The order is not in force. Nothing is sent for it.';
    case 'performer-not-approved':
      return `No clinician has approved ${hold.performer}. Nothing is sent to them before the clinician approves, on My work.`;
    case 'authorization':
      return hold.status === 'asked'
        ? 'The payer was asked and has not decided. The packet waits; the office may be told that it is coming.'
        : 'The payer denied it. The clinician decides what is to be done.';
    case 'authorization-open':
      return `${WHY_OPEN[hold.because]} Say where it stands when you send it: not needed, its number, or why it goes without.`;
    case 'incomplete':
      return `Missing: ${ended(hold.missing.map(({ label }) => label).join('; '))} Add what is missing, or say why it goes without.`;
    case 'to-be-checked':
      return [whyLookedThrough(hold), ...(hold.owner === null ? [] : [`It lies with ${nameOf(hold.owner)}.`])].join(' ');
    default:
      return unreachable(hold);
  }
}

/** Some of what is asked for is a question already. */
const ended = (words: string): string => (words.endsWith('?') ? words : `${words}.`);

function whyLookedThrough({ unread, since }: Extract<Hold, { kind: 'to-be-checked' }>): string {
  if (since > 0)
    return `Since somebody looked through this packet ${since === 1 ? 'one file' : `${since} files`} came or changed. Open ${since === 1 ? 'it' : 'them'} and look through the packet again.`;
  if (unread > 0)
    return `${unread === 1 ? 'One of its files may hold' : `${unread} of its files may hold`} words that only a person can read, as a scan does. Open ${unread === 1 ? 'it' : 'them'} and look through the packet before it goes.`;
  return 'This kind of packet is looked through by a person before it goes.';
}
