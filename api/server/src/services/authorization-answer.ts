/**
 * What is said of the payer's authorization with the very press that hands a packet over (R104), and what a rule has settled, put on record before it
 * leaves: whoever reads the history later sees by whose word it went.
 */
import type { Happening } from '@refloop/domain/referral/event';
import { observe } from '@refloop/domain/referral/observe';
import type { Referral } from '@refloop/domain/referral/referral';
import { ok } from '@refloop/domain/result';
import type { AuthorizationAnswer } from '../client/packet.ts';
import { problem, Refused } from '../problem.ts';
import { personOf, type Session } from '../sessions/session.ts';
import type { Unit } from '../store/store.ts';
import type { AssembledPacket } from './packet-assembly.ts';
import { applyDecision } from './referral-log.ts';

/** Who puts on record what a rule settles. */
const BY_RULE = { kind: 'software', name: 'refloop-authorization', version: '1' } as const;

type About = { referralId: string; assembled: AssembledPacket /** Of this press. */; key: string; at: string };

/** Within the transaction of the press; refused where there is nothing to be said, so that nothing of the press is kept. */
export async function answerAuthorization(
  unit: Unit,
  session: Session,
  answer: AuthorizationAnswer,
  { referralId, assembled, key, at }: About,
): Promise<void> {
  if (answer.answer === 'goes-without') return goWithout(unit, session, answer.reason, { referralId, assembled, key, at });
  const decision =
    answer.answer === 'approved' ? ({ status: 'approved', number: answer.number } as const) : ({ status: 'not-needed' } as const);
  const factKey = `packet/${key}/authorization`;
  await applyDecision(unit, referralId, personOf(session), at, (referral) =>
    ok(observe(referral, { kind: 'authorization-decided', decision, at, key: factKey }, at)),
  );
}

/** Whoever has to be asked is asked: what the payer has not decided, or has denied, does not go without. */
async function goWithout(unit: Unit, session: Session, reason: string, { referralId, assembled, at }: About): Promise<void> {
  const { authorization, attempt, preparation, revision } = assembled;
  if (authorization.kind !== 'open')
    throw new Refused(
      problem(
        'conflict',
        'The packet was not sent. Where the payer’s authorization stands is on record, so there is nothing to go without.',
      ),
    );
  const content = { ...preparation, withoutAuthorization: { reason, by: session.subject, at } };
  const kept = await unit.packetPreparations.put({ referralId, attempt: attempt.number, revision: revision + 1, content, updatedAt: at });
  if (!kept) throw new Refused(problem('conflict', 'Somebody changed this packet since it was shown. Nothing was sent. Look at it again.'));
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
    ok(now.status === 'not-checked' ? [happening] : []),
  );
  return applied?.ok ? applied.value : undefined;
}
