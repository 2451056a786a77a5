/** What a person found out about an effect that nobody tries by itself any more: it was sent, it is to be sent again, or it was done otherwise. */
import type { DecideEffect, Thread } from '../client/thread.ts';
import { isInDoubt, settleEffectObligations } from '../outbox/effect-obligation.ts';
import { FOUND_OUT, SEEN_TO } from '../outbox/effect-trouble.ts';
import { takeBackDecided } from '../outbox/report-effects.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { Settlement, StoredEffect } from '../store/outbox.ts';
import type { Store } from '../store/store.ts';
import { noSuchReferral, requireOwn } from './own-referral.ts';
import { carriesPacket, sendAnew } from './packet-anew.ts';
import type { PracticeOf } from './patient/patient-view.ts';
import { lookAgain, readReferral, withRetry } from './referral-log.ts';
import { readThread } from './worklist.ts';

export type EffectDecisionService = {
  decide: (session: Session, referralId: string, asked: DecideEffect, now: Date) => Promise<Thread | Refusal>;
};

const NO_EFFECT = 'Nothing of this referral waits for that any more. Look at it again.';

const leavesAnew = (effect: StoredEffect): boolean => effect.standing.status === 'failed' && carriesPacket(effect);

/** Only of what certainly was not sent can it be said that it was done otherwise; only of a doubt that it was sent. */
function settlementOf(effect: StoredEffect, decision: DecideEffect['decision'], at: string): Settlement | undefined {
  const { standing } = effect;
  switch (decision) {
    case 'send-again':
      if (leavesAnew(effect)) return { standing: { status: 'left-out', detail: 'It was sent again, as another.' }, at, dueAt: null };
      return { standing: { status: 'waiting' }, at, dueAt: at };
    case 'was-sent':
      return standing.status === 'unknown' ? { standing: { status: 'done', receipt: FOUND_OUT }, at, dueAt: null } : undefined;
    case 'let-go':
      return standing.status === 'failed' ? { standing: { status: 'left-out', detail: SEEN_TO }, at, dueAt: null } : undefined;
  }
}

type EffectDecisionDeps = {
  store: Store;
  newId: () => string;
  /** What links to offices begin with. */
  publicUrl: string;
  practiceOf?: PracticeOf;
};

export const createEffectDecisionService = ({ store, newId, publicUrl, practiceOf }: EffectDecisionDeps): EffectDecisionService => ({
  decide: (session, referralId, { effectId, doubt, decision }, now) =>
    withRetry(() =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        await requireOwn(unit, session, referralId);
        const row = await unit.referrals.get(referralId);
        if (!row) throw new Refused(noSuchReferral());
        const effect = await unit.outbox.get(effectId);
        const isOpen = effect?.referralId === referralId && (await isInDoubt(unit, effect, doubt));
        const settlement = isOpen ? settlementOf(effect, decision, at) : undefined;
        if (!effect || !settlement || !(await unit.outbox.decide(effectId, settlement))) throw new Refused(problem('conflict', NO_EFFECT));
        await settleEffectObligations(unit, effect, at);
        const referral = await readReferral(unit, referralId);
        if (referral) await takeBackDecided(unit, referral, effect, settlement.standing, at);
        if (decision === 'send-again' && leavesAnew(effect))
          await sendAnew(unit, session, effect, { transmissionId: newId(), publicUrl, at });
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'worklist.effect-decided',
          purpose: 'TREAT',
          patientId: row.patientId,
          referralId,
          payload: { effectId, kind: effect.kind, decision },
        });
        await lookAgain(unit, referralId, at);
        const thread = await readThread(unit, session, referralId, at, practiceOf);
        if (!thread) throw new Refused(noSuchReferral());
        return thread;
      }),
    ),
});
