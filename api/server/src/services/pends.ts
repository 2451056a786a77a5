/** Handing a prepared recommendation to a clinician to sign, and taking it back while nobody has. */
import type { AuditAction } from '@refloop/domain/audit/entry';
import type { PendRecommendation } from '../client/pend.ts';
import type { Recommendation } from '../client/recommendation.ts';
import { signersOf } from '../grants/in-force.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type PatientSession, personOf } from '../sessions/session.ts';
import type { RecommendationChange, StoredRecommendation } from '../store/recommendations.ts';
import type { Store, Unit } from '../store/store.ts';
import type { Drafter } from './drafting.ts';
import { keptOf, recommendationOf, toJson, workingOf } from './kept.ts';
import { memberOf, named, type Prepared, preparedOf } from './prepared.ts';
import { decided, ownRecommendation } from './recommendation-row.ts';
import { applyCommand, withRetry } from './referral-log.ts';
import { refusalWithNames } from './referral-refusal.ts';
import { endPend, raiseToSign } from './to-sign.ts';

export type PendService = {
  pend: (session: PatientSession, id: string, input: PendRecommendation, now: Date) => Promise<Recommendation | Refusal>;
  takeBack: (session: PatientSession, id: string, now: Date) => Promise<Recommendation | Refusal>;
};

const missing = (): Refusal =>
  problem('not-found', 'There is no recommendation with this id for this patient. Open the referral again from the chart.');

export function createPendService(deps: { store: Store; drafter: Drafter; newId: () => string }): PendService {
  const record = (unit: Unit, session: PatientSession, stored: StoredRecommendation, action: AuditAction, now: Date, payload: object) =>
    unit.audit.append({
      at: now.toISOString(),
      actor: actorOf(session),
      action,
      purpose: 'TREAT',
      patientId: session.patientId,
      recommendationId: stored.id,
      referralId: stored.referralId,
      payload,
    });

  /** Saves what changed in the row and answers with the recommendation as it is then. */
  async function saved(unit: Unit, stored: StoredRecommendation, change: RecommendationChange): Promise<Recommendation | Refusal> {
    await decided(unit, stored, change);
    const after = await unit.recommendations.get(stored.id);
    return after ? recommendationOf(after) : missing();
  }

  return {
    pend: (session, id, input, now) =>
      withRetry(() =>
        deps.store.transaction(session.scope, async (unit) => {
          const stored = await ownRecommendation(unit, session, id);
          if (!stored) return missing();
          const before = preparedOf(stored);
          if (before ? before.by.subject !== session.subject : stored.subject !== session.subject) {
            return problem('not-allowed', 'This draft is another person’s. Who prepares referrals hands over their own drafts alone.');
          }
          const signer = (await signersOf(unit, session.subject, now)).find(({ subject }) => subject === input.for);
          if (!signer) {
            return problem(
              'not-allowed',
              'You are not named as preparing for this clinician. An administrator of Refloop at your site can name you.',
              [{ field: 'for', message: 'Not among the clinicians of GET /signers', fix: 'Choose one of them.' }],
            );
          }
          const at = now.toISOString();
          const note = input.note ?? '';
          const applied = await applyCommand(unit, stored.referralId, personOf(session), at, {
            type: 'pend',
            recommendationId: id,
            preparedBy: session.subject,
            for: signer.subject,
            note,
            since: at,
          });
          if (!applied.ok) return refusalWithNames(unit, applied.refusal);
          // The same press again: it lies there already.
          if (stored.pendedFor !== null) return recommendationOf(stored);
          const working = { ...workingOf(stored), emergencyDepartmentConsidered: false };
          const prepared: Prepared = {
            by: memberOf(session),
            // What a clinician changed before it was taken back is not the preparer's.
            sentences: before?.sentences ?? working.sentences,
            pend: { for: signer, note, since: at, ended: null },
          };
          const patientName = deps.drafter.patientName(keptOf(stored).input.chart, session.patientId);
          await raiseToSign(unit, { id: deps.newId(), stored, prepared, patientName });
          await record(unit, session, stored, 'recommendation.pended', now, { for: signer.subject, note });
          return saved(unit, stored, { working: toJson(working), pendedFor: signer.subject, prepared: toJson(prepared) });
        }),
      ),

    takeBack: (session, id, now) =>
      withRetry(() =>
        deps.store.transaction(session.scope, async (unit) => {
          const stored = await ownRecommendation(unit, session, id);
          if (!stored) return missing();
          const at = now.toISOString();
          const asker = { subject: session.subject, coversFor: [] };
          const applied = await applyCommand(unit, stored.referralId, personOf(session), at, {
            type: 'take-back',
            recommendationId: id,
            asker,
          });
          if (!applied.ok) return refusalWithNames(unit, applied.refusal);
          if (stored.pendedFor === null) return recommendationOf(stored);
          const change = await endPend(unit, stored, { what: 'taken-back', by: named(session), at });
          await record(unit, session, stored, 'recommendation.taken-back', now, { from: stored.pendedFor });
          return saved(unit, stored, change);
        }),
      ),
  };
}
