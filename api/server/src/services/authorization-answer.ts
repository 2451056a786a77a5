/**
 * What is said of the payer's authorization with the very press that hands a packet over, or tells that it was handed over (R104), and what a rule has settled, put on record before it
 * leaves: whoever reads the history later sees by whose word it went.
 */
import type { AuthorizationWord } from '@refloop/domain/packet/authorization-word';
import type { Happening } from '@refloop/domain/referral/event';
import { observe } from '@refloop/domain/referral/observe';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok, unreachable } from '@refloop/domain/result';
import type { AuthorizationAnswer } from '../client/packet.ts';
import { problem, Refused } from '../problem.ts';
import { personOf, type Session } from '../sessions/session.ts';
import type { Unit } from '../store/store.ts';
import type { AssembledPacket } from './packet-assembly.ts';
import { applyDecision } from './referral-log.ts';

/** Who puts on record what a rule settles. */
const BY_RULE = { kind: 'software', name: 'refloop-authorization', version: '1' } as const;

type About = {
  referralId: string;
  assembled: AssembledPacket;
  /** Of the press: what is said with it is on record under a key of that. */
  factKey: string;
  at: string;
  /** What did not happen where it is refused: "The packet was not sent." */
  notDone: string;
};

/** Within the transaction of the press; refused where there is nothing to be said, or the payer has said another thing, so that nothing of the press is kept. */
export async function answerAuthorization(unit: Unit, session: Session, answer: AuthorizationAnswer, about: About): Promise<void> {
  const { referralId, assembled, at } = about;
  const hindrance = hindranceOf(assembled.authorization, answer.answer);
  if (hindrance !== null) throw new Refused(problem('conflict', `${about.notDone} ${hindrance}`));
  if (answer.answer === 'goes-without') return goWithout(unit, session, answer.reason, about);
  const decision =
    answer.answer === 'approved' ? ({ status: 'approved', number: answer.number } as const) : ({ status: 'not-needed' } as const);
  const factKey = `${about.factKey}/authorization`;
  await applyDecision(unit, referralId, personOf(session), at, (referral) =>
    ok(observe(referral, { kind: 'authorization-decided', decision, at, key: factKey }, at)),
  );
}

/** Why this is not taken with a press that sends, null where it is: what a payer said is not made another thing by the way. */
function hindranceOf(word: AuthorizationWord, answer: AuthorizationAnswer['answer']): string | null {
  switch (word.kind) {
    case 'open':
      return null;
    case 'settled':
    case 'goes-without':
      return 'Where the payer’s authorization stands is settled. Look at the packet again, and press without an answer.';
    case 'on-record':
      break;
    default:
      return unreachable(word);
  }
  switch (word.status) {
    case 'asked':
      if (answer === 'approved') return null;
      return 'The payer was asked and has not decided. It goes with the number once it is approved; another answer of the payer is put on record at the referral first.';
    case 'denied':
      return 'The payer denied it, and the clinician decides what is to be done. If the payer has changed its mind, put that on record at the referral first, with “Authorization”.';
    case 'not-needed':
    case 'approved':
      return 'Where the payer’s authorization stands is on record. Look at the packet again, and press without an answer.';
    default:
      return unreachable(word.status);
  }
}

async function goWithout(unit: Unit, session: Session, reason: string, { referralId, assembled, at, notDone }: About): Promise<void> {
  const { attempt, preparation, revision } = assembled;
  const content = { ...preparation, withoutAuthorization: { reason, by: session.subject, at } };
  const kept = await unit.packetPreparations.put({ referralId, attempt: attempt.number, revision: revision + 1, content, updatedAt: at });
  if (!kept) throw new Refused(problem('conflict', `${notDone} Somebody changed this packet since it was shown. Look at it again.`));
}

/** What was settled without a person, at the moment it counts. Answers how the referral stands then, where there was something to put down. */
export async function recordSettled(
  unit: Unit,
  referralId: string,
  { authorization }: AssembledPacket,
  at: string,
): Promise<Referral | undefined> {
  if (authorization.kind !== 'settled') return undefined;
  const { by } = authorization;
  const happening: Happening = { effectiveAt: at, factKey: null, fact: { type: 'authorization-decided', version: 1, decision: by } };
  const applied = await applyDecision(unit, referralId, BY_RULE, at, ({ authorization: now }) =>
    ok(now.status === 'not-checked' || now.status === 'approved-for-another' ? [happening] : []),
  );
  return applied?.ok ? applied.value : undefined;
}
