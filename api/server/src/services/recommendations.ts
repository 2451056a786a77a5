/**
 * Making a recommendation and keeping what the clinician makes of it. A recommendation is PENDING_REVIEW until a person
 * approves or dismisses it (R58); a changed request makes a new one and the old one stays, superseded.
 */
import type { AuditAction } from '@refloop/domain/audit/entry';
import { specialtyById } from '@refloop/domain/clinical/specialty';
import { parseReference, referenceText } from '@refloop/domain/fhir/reference';
import type { Referral } from '@refloop/domain/referral/referral';
import type { MakeRecommendation, OpenWork, Recommendation, SaveWorkingCopy, WorkingCopy } from '../client/recommendation.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, type PatientSession, personOf } from '../sessions/session.ts';
import type { NewRecommendation, RecommendationChange, StoredRecommendation } from '../store/recommendations.ts';
import type { Json, Store, Unit } from '../store/store.ts';
import type { Drafter } from './drafting.ts';
import { raiseNoneInNetwork, settleLapsed, settleNoneInNetwork } from './exceptions.ts';
import { type Kept, keptOf, recommendationOf, toJson, workingOf } from './kept.ts';
import type { MatchingService } from './matching.ts';
import { orderInHand } from './order.ts';
import { planContentOf, unfinishedSteps } from './plan-content.ts';
import { AppendConflict, applyCommand, readReferral, withRetry } from './referral-log.ts';
import { refusalOf } from './referral-refusal.ts';
import { judgedWriteBack } from './write-back-choice.ts';

export type RecommendationService = {
  make: (session: PatientSession, input: MakeRecommendation, now: Date) => Promise<Recommendation | Refusal>;
  get: (session: PatientSession, id: string, now: Date) => Promise<Recommendation | Refusal>;
  saveWorking: (session: PatientSession, id: string, input: SaveWorkingCopy, now: Date) => Promise<{ revision: number } | Refusal>;
  dismiss: (session: PatientSession, id: string, reason: string, now: Date) => Promise<{ status: 'DISMISSED' } | Refusal>;
  openWork: (session: PatientSession, now: Date) => Promise<OpenWork>;
};

/** As inserted; each save of the working copy counts it up. */
const FIRST_REVISION = 1;

type Deps = { store: Store; matching: MatchingService; drafter: Drafter; newId: () => string };

/**
 * The referral a new recommendation belongs to: the replaced one's, else that of the same order, else a new one. An order that was
 * approved already keeps its referral, which then refuses: a second one would write a second Task for the same order.
 */
async function referralFor(
  unit: Unit,
  session: PatientSession,
  input: MakeRecommendation,
  orderRef: string | null,
  newId: () => string,
): Promise<string> {
  if (input.replaces !== undefined) {
    const replaced = await unit.recommendations.get(input.replaces);
    // A referral is about one order: a recommendation for another one begins its own.
    if (replaced && replaced.patientId === session.patientId && keptOf(replaced).orderRef === orderRef) return replaced.referralId;
  }
  if (orderRef !== null) {
    for (const row of await unit.referrals.listByPatient(session.patientId)) {
      const { order, launchedFrom } = row.state as unknown as Pick<Referral, 'order' | 'launchedFrom'>;
      if ([order.reference, launchedFrom].some((each) => each && referenceText(each) === orderRef)) return row.referralId;
    }
  }
  return newId();
}

/** What still waits for a decision on this referral, whoever asked: one order has one question open at a time. */
async function supersedeOpen(unit: Unit, referralId: string): Promise<void> {
  const referral = await readReferral(unit, referralId);
  for (const { id, status } of referral?.recommendations ?? []) {
    const pending = status === 'pending-review' ? await unit.recommendations.get(id) : undefined;
    if (pending) await decided(unit, pending, { status: 'SUPERSEDED', outcome: 'superseded' });
  }
}

/** Keeps the row in step with the events; a draft saved in between makes the whole transaction run again. */
async function decided(unit: Unit, stored: StoredRecommendation, change: RecommendationChange): Promise<void> {
  const saved = await unit.recommendations.save(stored.id, stored.revision, change);
  if (saved.status !== 'saved') throw new AppendConflict(`Recommendation ${stored.id} moved on from revision ${stored.revision}`);
}

/** The page opens with the first match as a suggestion and the draft as composed; nothing is submitted (R31). */
const firstWorkingCopy = (kept: Kept): WorkingCopy => ({
  chosen: kept.match.ranked[0]?.entryId ?? null,
  overrideReason: null,
  sentences: kept.draft.sentences.map((sentence) => ({ ...sentence, sources: sentence.sources.map((source) => ({ ...source })) })),
  notNeeded: [],
  emergencyDepartmentConsidered: false,
  deathConsidered: false,
});

const auditable = (kept: Kept): Json =>
  toJson({
    asked: { ...kept.input.request, order: kept.orderRef, orderVersion: kept.orderVersion },
    // R34: criteria, candidates, scores, exclusions and policy, as they were answered.
    answered: {
      engine: kept.match.engine,
      policy: kept.match.policy,
      directory: kept.match.directory,
      steps: kept.match.steps,
      eligible: kept.match.eligible,
      ranked: kept.match.ranked.map(({ entryId, npi, rank, score, factors }) => ({ entryId, npi, rank, score, factors })),
      excluded: kept.match.excluded,
    },
    // Which rung of the write-back ladder, and why no higher one.
    writeBack: kept.input.writeBack,
    composer: kept.draft.composer,
    model: null,
    chartResources: kept.input.chart.length,
  });

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

export function createRecommendationService(deps: Deps): RecommendationService {
  /** The recommendation if it is this session's patient's; another patient's is as good as absent. */
  const own = async (unit: Unit, session: PatientSession, id: string) => {
    const stored = await unit.recommendations.get(id);
    return stored && stored.patientId === session.patientId ? stored : undefined;
  };
  const missing = (): Refusal =>
    problem('not-found', 'There is no recommendation with this id for this patient. Open the referral again from the chart.');

  return {
    make: async (session, input, now) => {
      const order = orderInHand(input.order, session);
      if (order !== null && 'refused' in order) return order;
      const writeBack = judgedWriteBack(input);
      if ('refused' in writeBack) return writeBack;
      const match = deps.matching.match(input.request.match, now);
      if ('refused' in match) return match;
      const drafted = deps.drafter.draft(input, session.patientId, now);
      if ('refused' in drafted) return drafted;
      const kept: Kept = {
        orderRef: order?.reference ?? null,
        orderVersion: order?.versionId ?? null,
        input: { ...input, writeBack },
        match,
        ...drafted,
      };
      const at = now.toISOString();
      return withRetry(() =>
        deps.store.transaction(session.scope, async (unit) => {
          const id = deps.newId();
          const referralId = await referralFor(unit, session, input, kept.orderRef, deps.newId);
          const { request } = input;
          await supersedeOpen(unit, referralId);
          const applied = await applyCommand(unit, referralId, personOf(session), at, {
            type: 'recommend',
            recommendationId: id,
            patientId: session.patientId,
            order: kept.orderRef === null ? null : (parseReference(kept.orderRef) ?? null),
            orderVersion: kept.orderVersion,
            specialty: request.match.specialty,
            urgency: request.match.urgency,
            kind: request.kind,
            replaces: input.replaces ?? null,
            noneInNetworkWithinMiles: match.exception?.withinMiles ?? null,
          });
          if (!applied.ok) throw new Refused(refusalOf(applied.refusal));
          const made: NewRecommendation = {
            id,
            referralId,
            madeAt: at,
            subject: session.subject,
            userName: session.name,
            status: 'PENDING_REVIEW',
            outcome: 'pending',
            specialty: request.match.specialty,
            policy: `${match.policy.id} ${match.policy.version}`,
            composer: `${drafted.draft.composer.name} ${drafted.draft.composer.version}`,
            patientId: session.patientId,
            kept: toJson(kept),
            working: toJson(firstWorkingCopy(kept)),
          };
          await unit.recommendations.insert(made);
          await settleNoneInNetwork(unit, referralId, now);
          if (match.exception) {
            await raiseNoneInNetwork(unit, {
              id: `none-in-network-${id}`,
              referralId,
              specialtyName: specialtyById(request.match.specialty)?.name ?? request.match.specialty,
              urgency: request.match.urgency,
              withinMiles: match.exception.withinMiles,
              patientName: deps.drafter.patientName(input.chart, session.patientId),
              raisedBy: session.subject,
              now,
            });
          }
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: 'recommendation.made',
            purpose: 'TREAT',
            patientId: session.patientId,
            recommendationId: id,
            referralId,
            payload: auditable(kept),
          });
          // Answered from what was stored: reading the chart back would cost as much as storing it.
          return recommendationOf({ ...made, revision: 1, patientPseudonym: unit.pseudonym(session.patientId) });
        }),
      );
    },

    get: (session, id, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const stored = await own(unit, session, id);
        if (!stored) return missing();
        await record(unit, session, stored, 'recommendation.read', now);
        return recommendationOf(stored);
      }),

    saveWorking: (session, id, input, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const stored = await own(unit, session, id);
        if (!stored) return missing();
        if (stored.status !== 'PENDING_REVIEW') {
          return problem(
            'recommendation-closed',
            'This recommendation was approved, dismissed or replaced, so its draft is no longer kept. Open the referral again from the chart.',
          );
        }
        const saved = await unit.recommendations.save(id, input.revision, { working: toJson(input.working) });
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
          const stored = await own(unit, session, id);
          if (!stored) return missing();
          const at = now.toISOString();
          const applied = await applyCommand(unit, stored.referralId, personOf(session), at, {
            type: 'dismiss',
            recommendationId: id,
            reason,
          });
          if (!applied.ok) return refusalOf(applied.refusal);
          await decided(unit, stored, { status: 'DISMISSED', outcome: 'dismissed' });
          await settleLapsed(unit, stored.referralId, now);
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: 'recommendation.dismissed',
            purpose: 'TREAT',
            patientId: session.patientId,
            recommendationId: id,
            referralId: stored.referralId,
            payload: { reason },
          });
          return { status: 'DISMISSED' as const };
        }),
      ),

    openWork: (session, now) =>
      deps.store.transaction(session.scope, async (unit) => {
        const offered = await unit.recommendations.listPending({ patientId: session.patientId, subject: session.subject });
        // A draft that was only looked at is made anew by the next launch; work is what the clinician saved.
        const pending = offered.filter(({ revision }) => revision > FIRST_REVISION);
        const plans = await unit.plans.listUnfinished({ patientId: session.patientId, subject: session.subject });
        await unit.audit.append({
          at: now.toISOString(),
          actor: actorOf(session),
          action: 'open-work.listed',
          purpose: 'TREAT',
          patientId: session.patientId,
          payload: { recommendations: pending.map(({ id }) => id), plans: plans.map(({ id }) => id) },
        });
        return {
          recommendations: pending.map((stored) => {
            const kept = keptOf(stored);
            const { chosen } = workingOf(stored);
            const cards = [...kept.match.ranked, ...kept.match.networkUnknown.cards, ...kept.match.outOfNetwork.cards];
            return {
              id: stored.id,
              madeAt: stored.madeAt,
              specialtyName: specialtyById(stored.specialty)?.name ?? stored.specialty,
              orderRef: kept.orderRef,
              chosenName: cards.find((card) => card.entryId === chosen)?.name ?? null,
            };
          }),
          plans: plans.map((plan) => {
            const content = planContentOf(plan);
            return {
              id: plan.id,
              referralId: plan.referralId,
              approvedAt: content.decision.at,
              specialtyName: content.specialtyName,
              performerName: content.performerName,
              unfinished: unfinishedSteps(content),
            };
          }),
        };
      }),
  };
}
