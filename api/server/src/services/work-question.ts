/**
 * Now and then a clinician is asked how easy referring with Refloop is for them: after they have reviewed a note, once in four weeks at most
 * whether they answer or not, and never again about the same note. What they say is an event of that referral, counted with others’ and told of nobody.
 */
import { decideCare } from '@refloop/domain/referral/care-command';
import type { WorkAnswer } from '../client/work.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, personOf, type Session } from '../sessions/session.ts';
import type { Store, Unit } from '../store/store.ts';
import { careRefusal } from './care-refusal.ts';
import { applyDecision, withRetry } from './referral-log.ts';

/** Pulse surveys are monthly (R143): four weeks. */
const PAUSE_MS = 28 * 24 * 3_600_000;

/** Whether this person is asked now. */
export const askAfterReview = (unit: Unit, { subject }: Session, referralId: string, now: Date): Promise<boolean> =>
  unit.workQuestions.ask({ subject, referralId, askedAt: now.toISOString() }, new Date(now.getTime() - PAUSE_MS).toISOString());

export type WorkQuestionService = { answer: (session: Session, asked: WorkAnswer, now: Date) => Promise<{ taken: true } | Refusal> };

const NOT_ASKED = 'You were not asked about this referral, or have answered. Nothing was changed.';

export const createWorkQuestionService = ({ store }: { store: Store }): WorkQuestionService => ({
  answer: (session, { referralId, score }, now) =>
    withRetry(() =>
      store.transaction(session.scope, async (unit) => {
        const at = now.toISOString();
        if (!(await unit.workQuestions.answer({ subject: session.subject, referralId }, at))) return problem('not-found', NOT_ASKED);
        const applied = await applyDecision(unit, referralId, personOf(session, null), at, (current) =>
          decideCare(current, { type: 'rate-work', score }, at),
        );
        if (!applied?.ok) throw new Refused(applied ? careRefusal(applied.refusal) : problem('not-found', NOT_ASKED));
        // What they said stands in the history alone: who reads the audit needs not know it.
        await unit.audit.append({
          at,
          actor: actorOf(session),
          action: 'work-question.answered',
          purpose: 'HOPERAT',
          referralId,
          payload: {},
        });
        return { taken: true as const };
      }),
    ),
});
