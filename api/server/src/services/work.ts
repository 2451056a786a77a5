/** One person's own list across patients. It reads no chart: names come from what was stored with each obligation. */
import { referenceNumber } from '@refloop/domain/write-back/reference-number';
import type { Named } from '../client/recommendation.ts';
import type { MyWork, SentRow, SettleByHand, SettledByOthersRow, ToSignRow, UnfinishedRow } from '../client/work.ts';
import { coveredBy } from '../grants/in-force.ts';
import { problem, type Refusal } from '../problem.ts';
import { actorOf, type Session } from '../sessions/session.ts';
import type { StoredObligation } from '../store/obligations.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Store, Unit } from '../store/store.ts';
import { IN_THREAD, TO_APPROVE } from './clinicians-own.ts';
import { configurationIn } from './configuration-in-force.ts';
import { UNFINISHED, unfinishedId, unfinishedOf } from './exceptions.ts';
import type { MatchingService } from './matching.ts';
import { isJudged, judgeSome, missingRow } from './missing-items.ts';
import { BEFORE_SENDING } from './packet-lacking.ts';
import { orderAtHand, orderToCome, placeByHand } from './placed-by-hand.ts';
import { planContentOf } from './plan-content.ts';
import { isClinician } from './prepared.ts';
import { toApproveRow } from './proposals.ts';
import { readReferral, withRetry } from './referral-log.ts';
import { REVIEW, toldRow, toReviewRow } from './reviews.ts';
import { namesOf } from './staff-names.ts';
import { TO_SIGN, toSignContentOf } from './to-sign.ts';
import { toldTo } from './told.ts';
import { isByHand, leftText } from './unfinished-text.ts';

export type WorkService = {
  list: (session: Session, now: Date) => Promise<MyWork>;
  /** The order, which the EHR does not take from Refloop, was placed there by hand: it is in force from then on. */
  settleByHand: (session: Session, planId: string, said: SettleByHand, now: Date) => Promise<{ settled: true } | Refusal>;
};

/** How long what is settled is still told. */
const TOLD_FOR_DAYS = 14;

const byDeadline = (left: { dueAt: string }, right: { dueAt: string }): number => left.dueAt.localeCompare(right.dueAt);
const newestFirst = (left: { ended: { at: string } }, right: { ended: { at: string } }): number =>
  right.ended.at.localeCompare(left.ended.at);

/** Whose things a person sees to: their own, and those of the clinicians they cover for. */
type Place = { subject: string; coveringFor: string | null };

function toSignRow(stored: StoredObligation, { coveringFor }: Place): ToSignRow {
  const { recommendationId: id, patientName, specialtyName, urgency, preparedBy, note } = toSignContentOf(stored);
  return { id, patientName, specialtyName, urgency, preparedBy, coveringFor, note, since: stored.raisedAt, dueAt: stored.dueAt };
}

function sentRow(stored: StoredObligation): SentRow[] {
  const { recommendationId: id, patientName, specialtyName, urgency, forName, ended } = toSignContentOf(stored);
  if (ended?.what === 'carried-on') return [];
  const inPlace = (ended?.what === 'signed' || ended?.what === 'dismissed') && ended.by.subject !== stored.owner;
  return [{ id, patientName, specialtyName, urgency, forName, since: stored.raisedAt, dueAt: stored.dueAt, ended, inPlace }];
}

function settledRow(stored: StoredObligation): SettledByOthersRow[] {
  const { recommendationId: id, patientName, specialtyName, preparedBy, forName, ended } = toSignContentOf(stored);
  if (!ended || ended.what === 'carried-on' || ended.by.subject === stored.owner) return [];
  return [{ id, patientName, specialtyName, preparedBy, forName, ended }];
}

async function unfinishedRow(unit: Unit, stored: StoredObligation, { coveringFor }: Place): Promise<UnfinishedRow[]> {
  const { plan, patientName, specialtyName, note } = await unfinishedOf(unit, stored);
  if (!plan) return [];
  const { performerName, decision } = planContentOf(plan);
  const referral = await readReferral(unit, plan.referralId);
  return [
    {
      id: plan.id,
      reference: referenceNumber(plan.id),
      patientName,
      specialtyName,
      performerName,
      approvedAt: decision.at,
      coveringFor,
      detail: leftText(plan, note),
      byHand: isByHand(plan),
      orderAtHand: referral !== undefined && orderAtHand(referral),
      dueAt: stored.dueAt,
    },
  ];
}

/** As many as the store answers at once: more packets than that wait for no clinician. */
const MOST_PACKETS = 10_000;

type Deps = {
  store: Store;
  matching: MatchingService;
  /** Where the practice of this scope is called back; empty where its site entry says nothing. */
  phoneOf: (unit: Unit) => string;
  /** Told of what could not be made of a row, by its error alone. */
  failed: (error: unknown) => void;
};

export function createWorkService({ store, matching, phoneOf, failed }: Deps): WorkService {
  const placesOf = async (unit: Unit, session: Session, now: Date): Promise<Place[]> => {
    if (!isClinician(session)) return [];
    const covered: Named[] = await coveredBy(unit, session.subject, now);
    return [{ subject: session.subject, coveringFor: null }, ...covered.map(({ subject, name }) => ({ subject, coveringFor: name }))];
  };

  /** @param isShown whether it is answered with, given the referrals of which nobody has judged yet what their packets lack; then it is accounted for */
  const read = (session: Session, now: Date, isShown: (unjudged: readonly string[]) => boolean) =>
    store.transaction(session.scope, async (unit) => {
      const since = new Date(now.getTime() - TOLD_FOR_DAYS * 24 * 60 * 60_000).toISOString();
      const work: MyWork = {
        toSign: [],
        toApprove: [],
        toReview: [],
        told: [],
        missing: [],
        unfinished: [],
        sent: [],
        settledByOthers: [],
        unjudged: 0,
      };
      const unjudged = new Set<string>();
      const of = unit.obligations;
      const names = namesOf(await unit.grants.list());
      const hasNumber = ((await configurationIn(unit)).practice.phone ?? phoneOf(unit)) !== '';
      for (const place of await placesOf(unit, session, now)) {
        const { subject } = place;
        work.toSign.push(...(await of.list({ status: 'open', kind: TO_SIGN, owner: subject })).map((each) => toSignRow(each, place)));
        for (const each of await of.list({ status: 'open', kind: TO_APPROVE, raisedBy: subject }))
          work.toApprove.push(...(await toApproveRow(unit, matching, each, { coveringFor: place.coveringFor, names, now })));
        const reviews = await of.list({ status: 'open', kind: REVIEW, raisedBy: subject });
        for (const each of reviews) work.toReview.push(...(await toReviewRow(unit, each, place.coveringFor)));
        const about = { coveringFor: place.coveringFor, names, hasNumber };
        for (const kind of BEFORE_SENDING)
          for (const each of await of.list({ status: 'open', kind, raisedBy: subject, limit: MOST_PACKETS }))
            if (isJudged(each)) work.missing.push(...missingRow(each, about));
            else unjudged.add(each.referralId);
        for (const each of await of.list({ status: 'open', kind: UNFINISHED, raisedBy: subject })) {
          work.unfinished.push(...(await unfinishedRow(unit, each, place)));
        }
        if (place.coveringFor === null) {
          const settled = await of.list({ status: 'done', kind: TO_SIGN, owner: subject, settledSince: since });
          work.settledByOthers.push(...settled.flatMap(settledRow));
        }
      }
      const open = await of.list({ status: 'open', kind: TO_SIGN, raisedBy: session.subject });
      const done = await of.list({ status: 'done', kind: TO_SIGN, raisedBy: session.subject, settledSince: since });
      work.sent.push(...open.flatMap(sentRow).sort(byDeadline));
      work.sent.push(
        ...done
          .flatMap(sentRow)
          .flatMap((row) => (row.ended ? [{ ...row, ended: row.ended }] : []))
          .sort(newestFirst),
      );
      const told = new Map<string, StoredObligation>();
      for (const { subject } of [{ subject: session.subject }, ...(await coveredBy(unit, session.subject, now))]) {
        for (const each of await toldTo(unit, subject)) told.set(each.id, each);
        if (isClinician(session))
          for (const kind of IN_THREAD) for (const each of await of.list({ status: 'open', kind, owner: subject })) told.set(each.id, each);
      }
      work.told.push(...[...told.values()].map(toldRow).sort(byDeadline));
      work.toSign.sort(byDeadline);
      work.toApprove.sort(byDeadline);
      work.toReview.sort(byDeadline);
      work.missing.sort(byDeadline);
      work.unfinished.sort(byDeadline);
      work.settledByOthers.sort(newestFirst);
      work.unjudged = unjudged.size;
      const left = [...unjudged];
      if (!isShown(left)) return { work, unjudged: left };
      await unit.audit.append({
        at: now.toISOString(),
        actor: actorOf(session),
        action: 'work.listed',
        purpose: 'TREAT',
        payload: {
          recommendations: [...work.toSign, ...work.sent, ...work.settledByOthers].map(({ id }) => id),
          plans: work.unfinished.map(({ id }) => id),
          referrals: [...work.toReview, ...work.toApprove, ...work.missing].map(({ referralId }) => referralId),
          told: work.told.map(({ id }) => id),
        },
      });
      return { work, unjudged: left };
    });

  return {
    list: async (session, now) => {
      const first = await read(session, now, (unjudged) => unjudged.length === 0);
      if (first.unjudged.length === 0) return first.work;
      await judgeSome({ store, failed }, session.scope, first.unjudged, now);
      return (await read(session, now, () => true)).work;
    },

    settleByHand: (session, planId, { note, sameOrder }, now) =>
      withRetry(() =>
        store.transaction(session.scope, async (unit) => {
          const plan: StoredPlan | undefined = await unit.plans.get(planId);
          const place = (await placesOf(unit, session, now)).find(({ subject }) => subject === plan?.subject);
          if (!plan || !place) return problem('not-found', 'There is no unfinished write-back of yours with this number. Reload the list.');
          if (!isByHand(plan)) {
            return problem('conflict', 'Refloop writes this order itself. Open Refloop from the chart and press “Finish writing”.');
          }
          const at = now.toISOString();
          const open = await unit.obligations.get(unfinishedId(plan.id));
          const content = { ...(open?.content as object), note };
          const coveringFor = place.coveringFor === null ? null : place.subject;
          if (open?.status === 'open' && (await orderToCome(unit, plan)) !== undefined) {
            const refused = await placeByHand(unit, session, plan, { sameOrder, note, coveringFor }, now);
            if (refused) return refused;
          }
          if (!open || !(await unit.obligations.settle(open.id, { what: 'done', at, content }))) {
            return problem('conflict', 'Somebody has settled this already. Reload the list.');
          }
          await unit.audit.append({
            at,
            actor: actorOf(session),
            action: 'write-back.settled-by-hand',
            purpose: 'TREAT',
            patientId: plan.patientId,
            recommendationId: plan.recommendationId,
            referralId: plan.referralId,
            payload: { planId, coveringFor, note, sameOrder },
          });
          return { settled: true as const };
        }),
      ),
  };
}
