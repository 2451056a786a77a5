/** Making a recommendation for an order as it stands: ranked, drafted, stored with all it rests on. */

import { specialtyById } from '@refloop/domain/clinical/specialty';
import { serviceOf } from '@refloop/domain/drafting/referral-kind';
import { parseReference, referenceText } from '@refloop/domain/fhir/reference';
import { pendedOf } from '@refloop/domain/referral/pend';
import { isOpenOffer, type Referral } from '@refloop/domain/referral/referral';
import type { MakeRecommendation, Recommendation, Sentence, WorkingCopy } from '../client/recommendation.ts';
import { askerOf } from '../grants/in-force.ts';
import { problem, type Refusal, Refused } from '../problem.ts';
import { actorOf, type PatientSession, personOf } from '../sessions/session.ts';
import type { NewRecommendation, StoredRecommendation } from '../store/recommendations.ts';
import type { Json, Store, Unit } from '../store/store.ts';
import type { Drafter } from './drafting.ts';
import { raiseNoneInNetwork, settleNoneInNetwork } from './exceptions.ts';
import { type Kept, keptOf, recommendationOf, toJson } from './kept.ts';
import type { MatchingService } from './matching.ts';
import { orderInHand } from './order.ts';
import { isClinician, memberOf, named, type Prepared, preparedOf, whyNotSendOn } from './prepared.ts';
import { decided, FIRST_REVISION, ownRecommendation } from './recommendation-row.ts';
import { applyCommand, readReferral, withRetry } from './referral-log.ts';
import { refusalTo } from './referral-refusal.ts';
import { endPend, raiseToSign } from './to-sign.ts';
import { judgedWriteBack } from './write-back-choice.ts';

export type MakeDeps = { store: Store; matching: MatchingService; drafter: Drafter; newId: () => string };

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

/** What still waits on this referral, whoever asked, as it is stored: one order has one question open at a time. */
async function openOffers(unit: Unit, referral: Referral | undefined): Promise<StoredRecommendation[]> {
  const open = (referral?.recommendations ?? []).filter(isOpenOffer);
  const stored: StoredRecommendation[] = [];
  for (const { id } of open) stored.push(...[await unit.recommendations.get(id)].flatMap((each) => each ?? []));
  return stored;
}

/** Whoever prepares for others does not take over what a clinician has begun, nor set aside what waits for one. */
function whyNotBegin(session: PatientSession, input: MakeRecommendation, open: readonly StoredRecommendation[]): Refusal | undefined {
  if (isClinician(session)) return undefined;
  if (input.insteadOf !== undefined) {
    return problem(
      'not-allowed',
      'This waits for a clinician’s signature. Ask them, or whoever prepared it; only a clinician sets it aside.',
    );
  }
  const begun = open.find((each) => !preparedOf(each) && each.subject !== session.subject && each.revision > FIRST_REVISION);
  return begun && problem('conflict', `${begun.userName} has begun a referral from this order. Ask them before you prepare another.`);
}

/** The page opens with the first match as a suggestion and the draft as composed; nothing is submitted (R31). */
const firstWorkingCopy = (kept: Kept): WorkingCopy => ({
  chosen: kept.match.ranked[0]?.entryId ?? null,
  alternates: [],
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

/**
 * What a new recommendation takes over of the one it replaces: who prepared it and for whom, while it waits to be signed and also
 * after it was signed on an order that changed since.
 */
function takenOver(session: PatientSession, replaced: Prepared | null, waits: boolean, sentences: Sentence[]): Prepared | null {
  const pend = replaced?.pend && (waits ? { ...replaced.pend, ended: null } : replaced.pend);
  if (replaced?.by.subject === session.subject) return { ...replaced, sentences, pend: waits ? (pend ?? null) : null };
  if (!isClinician(session)) return { by: memberOf(session), sentences, pend: null };
  return replaced && pend ? { ...replaced, pend } : null;
}

export const makeRecommendation =
  (deps: MakeDeps) =>
  async (session: PatientSession, input: MakeRecommendation, now: Date): Promise<Recommendation | Refusal> => {
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
        const open = await openOffers(unit, await readReferral(unit, referralId));
        const hindrance = whyNotBegin(session, input, open);
        if (hindrance) throw new Refused(hindrance);
        const applied = await applyCommand(unit, referralId, personOf(session), at, {
          type: 'recommend',
          recommendationId: id,
          patientId: session.patientId,
          order: kept.orderRef === null ? null : (parseReference(kept.orderRef) ?? null),
          orderVersion: kept.orderVersion,
          specialty: request.match.specialty,
          urgency: request.match.urgency,
          kind: request.kind,
          service: serviceOf(request.kind),
          replaces: input.replaces ?? null,
          insteadOf: input.insteadOf ?? null,
          asker: await askerOf(unit, session.subject, now),
          noneInNetworkWithinMiles: match.exception?.withinMiles ?? null,
        });
        if (!applied.ok) throw new Refused(await refusalTo(session, unit, referralId, applied.refusal));
        const pended = pendedOf(applied.value);
        const noLonger = await whyNotSendOn(unit, session, pended?.pend.for ?? null, now);
        if (noLonger) throw new Refused(noLonger);
        for (const each of open) {
          const ended = { what: pended ? ('carried-on' as const) : ('superseded' as const), by: named(session), at };
          await decided(unit, each, { status: 'SUPERSEDED', outcome: 'superseded', ...(await endPend(unit, each, ended)) });
        }
        const working = firstWorkingCopy(kept);
        const replaced =
          input.insteadOf === undefined && input.replaces !== undefined
            ? await ownRecommendation(unit, session, input.replaces)
            : undefined;
        const before = replaced?.referralId === referralId ? preparedOf(replaced) : null;
        const prepared = takenOver(session, before, pended !== undefined, working.sentences);
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
          // Not copied: it came as JSON, holds the whole chart, and the store prints it as JSON anyhow.
          kept,
          working: toJson(working),
          pendedFor: pended?.pend.for ?? null,
          prepared: prepared && toJson(prepared),
        };
        await unit.recommendations.insert(made);
        const patientName = deps.drafter.patientName(input.chart, session.patientId);
        if (pended && prepared) await raiseToSign(unit, { id, stored: made, prepared, patientName });
        await settleNoneInNetwork(unit, referralId, now);
        if (match.exception) {
          await raiseNoneInNetwork(unit, {
            id: `none-in-network-${id}`,
            referralId,
            specialtyName: specialtyById(request.match.specialty)?.name ?? request.match.specialty,
            urgency: request.match.urgency,
            withinMiles: match.exception.withinMiles,
            patientName,
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
  };
