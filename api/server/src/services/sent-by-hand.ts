/**
 * What a person sent by hand, on paper or by a fax machine of their own, is put on record with a word on the payer's authorization, as any packet
 * goes with one (R104). Nothing else is asked of it: it has happened, and “goes without, for a reason” can be said of it too.
 */
import type { Instant } from '@refloop/domain/instant';
import type { Channel } from '@refloop/domain/referral/attempt';
import { waitsForApproval } from '@refloop/domain/referral/options';
import type { Referral } from '@refloop/domain/referral/referral';
import type { AuthorizationAnswer } from '../client/packet.ts';
import { problem, Refused } from '../problem.ts';
import type { Session } from '../sessions/session.ts';
import type { Unit } from '../store/store.ts';
import { answerAuthorization, recordSettled } from './authorization-answer.ts';
import { assembledForItsWord } from './packet-assembly.ts';
import { holdWords } from './packet-words.ts';
import { readReferral } from './referral-log.ts';

const NOT_DONE = 'It was not put on record as sent.';

type Sent = {
  answer: AuthorizationAnswer | undefined;
  /** Of this press. */
  factKey: string;
  /** The last event that changes what people decide on, of what was on screen. */
  sequence: number;
  now: Date;
};

/**
 * Within the transaction of the press, before it is decided; answers the last event on which it is decided then. Refused where nobody has said
 * where the payer's authorization stands. Where no packet can be put together nothing is asked: there is nothing by which it could be judged.
 */
export async function wordOnSending(
  unit: Unit,
  session: Session,
  referralId: string,
  { answer, factKey, sequence, now }: Sent,
): Promise<number> {
  const referral = await readReferral(unit, referralId);
  const isPressedAgain = referral?.factKeys.includes(factKey);
  // Of what was decided on an older state, or of an order that is not in force, or of whom nobody approved, the act itself is refused.
  if (!referral || isPressedAgain || referral.decidedSequence !== sequence || referral.order.status !== 'active') return sequence;
  const last = referral.attempts.at(-1);
  if (last && waitsForApproval(referral, last)) return sequence;
  const assembled = await assembledForItsWord(unit, referral, now);
  if (!assembled) {
    if (answer) throw new Refused(problem('conflict', `${NOT_DONE} ${NO_PACKET}`));
    return sequence;
  }
  const at = now.toISOString();
  const { authorization } = assembled;
  if (answer) await answerAuthorization(unit, session, answer, { referralId, assembled, factKey, at, notDone: NOT_DONE });
  else if (authorization.kind === 'open') {
    const hold = { kind: 'authorization-open', because: authorization.because } as const;
    throw new Refused(problem('conflict', `${NOT_DONE} ${holdWords(hold, (subject) => subject)}`));
  } else await recordSettled(unit, referralId, assembled, at);
  return (await readReferral(unit, referralId))?.decidedSequence ?? sequence;
}

/** For the accounting of disclosures. What the pages held Refloop does not know, and says so; the same press twice is one line. */
export async function accountByHand(
  unit: Unit,
  session: Session,
  { id: referralId, patientId, attempts }: Referral,
  { key, channel, at }: { key: string; channel: Channel; at: Instant },
): Promise<void> {
  const attempt = attempts.find(({ transmissions }) => transmissions.some(({ id }) => id === key));
  if (!attempt) return;
  const { npi, display } = attempt.performer;
  const to = { name: display, npi, organization: '', address: '' };
  await unit.disclosures.add({
    id: key,
    referralId,
    patientId,
    at,
    content: {
      to,
      what: [BY_HAND],
      purpose: 'treatment',
      way: channel === 'by-hand' ? 'by hand' : `${channel}, by hand`,
      by: session.subject,
      transmissionId: key,
      sha256: null,
    },
  });
}

const BY_HAND = 'referral, sent by hand: what it held was chosen by whoever sent it';

const NO_PACKET =
  'What the clinician approved is not kept with this referral, so there is no packet to say this of. What the payer said is put on record at the referral, with “Authorization”.';
