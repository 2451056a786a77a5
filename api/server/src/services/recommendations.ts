/**
 * Making a recommendation and keeping what the clinician makes of it. A recommendation is PENDING_REVIEW until a person
 * approves or dismisses it (R58); a changed request makes a new one and the old one stays, superseded.
 */
import type { AuditAction } from '@refloop/domain/audit/entry';
import { preparersVersion } from '@refloop/domain/drafting/hand-over';
import type { MakeRecommendation, Recommendation, SaveWorkingCopy, WorkingCopy } from '../client/recommendation.ts';
import { askerOf } from '../grants/in-force.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type PatientSession, personOf } from '../sessions/session.ts';
import type { RecommendationChange, StoredRecommendation } from '../store/recommendations.ts';
import type { Unit } from '../store/store.ts';
import { settleLapsed } from './exceptions.ts';
import { recommendationOf, toJson, workingOf } from './kept.ts';
import { type MakeDeps, makeRecommendation } from './make-recommendation.ts';
import { coveredIn, isClinician, named, preparedOf, whyNotDecide, whyNotSendOn, whyNotWorkOn } from './prepared.ts';
import { decided, ownRecommendation } from './recommendation-row.ts';
import { applyCommand, withRetry } from './referral-log.ts';
import { refusalWithNames } from './referral-refusal.ts';
import { endPend } from './to-sign.ts';

export type RecommendationService = {
  make: (session: PatientSession, input: MakeRecommendation, now: Date) => Promise<Recommendation | Refusal>;
  get: (session: PatientSession, id: string, now: Date) => Promise<Recommendation | Refusal>;
  saveWorking: (session: PatientSession, id: string, input: SaveWorkingCopy, now: Date) => Promise<{ revision: number } | Refusal>;
  dismiss: (session: PatientSession, id: string, reason: string, now: Date) => Promise<{ status: 'DISMISSED' } | Refusal>;
};

const record = (unit: Unit, session: PatientSession, stored: StoredRecommendation, action: AuditAction, now: Date): Promise<string> =>
  unit.audit.append({
    at: now.toISOString(),
    actor: actorOf(session),
    action,
    purpose: 'TREAT',
    patientId: session.patientId,
    recommendationId: stored.id,
    referralId: stored.referralId,
  });

/**
 * The draft as it is kept. A preparer's own changes are the hand-over as it stands now, while they may still send to that clinician;
 * the questions about the emergency department and about a patient who has died are the clinician's to answer.
 */
async function keptByPreparer(
  unit: Unit,
  session: PatientSession,
  stored: StoredRecommendation,
  working: WorkingCopy,
  now: Date,
): Promise<RecommendationChange | Refusal> {
  const prepared = preparedOf(stored);
  if (prepared?.by.subject !== session.subject || isClinician(session)) return { working: toJson(working) };
  const hindrance = await whyNotSendOn(unit, session, stored.pendedFor, now);
  if (hindrance) return hindrance;
  return {
    working: toJson({ ...working, emergencyDepartmentConsidered: false, deathConsidered: false }),
    prepared: toJson({ ...prepared, sentences: preparersVersion(prepared.sentences, workingOf(stored).sentences, working.sentences) }),
  };
}

export function createRecommendationService(deps: MakeDeps): RecommendationService {
  const missing = (): Refusal =>
    problem('not-found', 'There is no recommendation with this id for this patient. Open the referral again from the chart.');

  return {
    make: makeRecommendation(deps),

    get: (session, id, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const stored = await ownRecommendation(unit, session, id);
        if (!stored) return missing();
        await record(unit, session, stored, 'recommendation.read', now);
        return recommendationOf(stored);
      }),

    saveWorking: (session, id, input, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const stored = await ownRecommendation(unit, session, id);
        if (!stored) return missing();
        const hindrance = whyNotWorkOn(session, stored, await askerOf(unit, session.subject, now));
        if (hindrance) return hindrance;
        if (stored.status !== 'PENDING_REVIEW') {
          return problem(
            'recommendation-closed',
            'This recommendation was approved, dismissed or replaced, so its draft is no longer kept. Open the referral again from the chart.',
          );
        }
        const kept = await keptByPreparer(unit, session, stored, input.working, now);
        if ('refused' in kept) return kept;
        const saved = await unit.recommendations.save(id, input.revision, kept);
        switch (saved.status) {
          case 'saved':
            await record(unit, session, stored, 'recommendation.saved', now);
            return { revision: saved.revision };
          case 'missing':
            return missing();
          case 'conflict':
            return problem(
              'conflict',
              `This draft was saved from another window (revision ${saved.revision}). Reload to continue from there; what you typed here stays on this page until then.`,
            );
        }
      }),

    dismiss: (session, id, reason, now) =>
      withRetry(() =>
        deps.store.transaction(session.scope, async (unit) => {
          const stored = await ownRecommendation(unit, session, id);
          if (!stored) return missing();
          const asker = await askerOf(unit, session.subject, now);
          const hindrance = whyNotDecide(session) ?? whyNotWorkOn(session, stored, asker);
          if (hindrance) return hindrance;
          const at = now.toISOString();
          const covered = coveredIn(session, stored, asker);
          const applied = await applyCommand(unit, stored.referralId, personOf(session, covered?.subject), at, {
            type: 'dismiss',
            recommendationId: id,
            reason,
            asker,
          });
          if (!applied.ok) return refusalWithNames(unit, applied.refusal);
          const ended = { what: 'dismissed' as const, by: named(session), at };
          await decided(unit, stored, { status: 'DISMISSED', outcome: 'dismissed', ...(await endPend(unit, stored, ended)) });
          await settleLapsed(unit, stored.referralId, now);
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: 'recommendation.dismissed',
            purpose: 'TREAT',
            patientId: session.patientId,
            recommendationId: id,
            referralId: stored.referralId,
            payload: { reason, coveringFor: covered?.subject ?? null },
          });
          return { status: 'DISMISSED' as const };
        }),
      ),
  };
}
