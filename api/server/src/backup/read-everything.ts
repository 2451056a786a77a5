/** Opens everything of every site as this version reads it, and says what it cannot. */
import { Plan } from '../client/approval.ts';
import { Recommendation } from '../client/recommendation.ts';
import { recommendationOf } from '../services/kept.ts';
import { planOf } from '../services/plan-content.ts';
import { readReferral } from '../services/referral-log.ts';
import type { RecommendationState } from '../store/recommendations.ts';
import type { Scope, Store, Unit } from '../store/store.ts';

export type Counts = {
  referrals: number;
  recommendations: Record<RecommendationState, number>;
  plans: { finished: number; unfinished: number };
  approvals: number;
  openObligations: number;
};

export type Reading = { counts: Counts; faults: string[] };

const PAGE = 200;

async function readRecommendation(unit: Unit, id: string, now: Date, counts: Counts): Promise<void> {
  const stored = await unit.recommendations.get(id);
  if (!stored) throw new Error('it is listed and cannot be found');
  Recommendation.parse(recommendationOf(stored));
  counts.recommendations[stored.status] += 1;
  const plan = await unit.plans.byRecommendation(id);
  if (plan) {
    Plan.parse(planOf(plan, now));
    counts.plans[plan.finished ? 'finished' : 'unfinished'] += 1;
  }
  if (await unit.approvals.byRecommendation(id)) counts.approvals += 1;
}

async function readOneReferral(unit: Unit, referralId: string, counts: Counts): Promise<void> {
  const referral = await readReferral(unit, referralId);
  if (!referral) throw new Error('its events tell of no referral');
  if (!(await unit.referrals.get(referralId))) throw new Error('it has no row of its own');
  counts.openObligations += (await unit.obligations.list({ status: 'open', referralId })).length;
  // Details of every entry about it.
  await unit.audit.list({ referralId });
  counts.referrals += 1;
}

async function* recommendationIds(store: Store, scope: Scope): AsyncIterable<string> {
  for (let cursor: string | undefined; ; ) {
    const question = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor };
    const page = await store.transaction(scope, (unit) => unit.recommendations.list(question));
    for (const { id } of page.rows) yield id;
    if (page.next === null) return;
    cursor = page.next;
  }
}

/** A fault names what cannot be read, never what is in it. */
export async function readEverything(store: Store, now: Date): Promise<Reading> {
  const counts: Counts = {
    referrals: 0,
    recommendations: { PENDING_REVIEW: 0, APPROVED: 0, DISMISSED: 0, SUPERSEDED: 0 },
    plans: { finished: 0, unfinished: 0 },
    approvals: 0,
    openObligations: 0,
  };
  const faults: string[] = [];
  const attempt = async (what: string, scope: Scope, work: (unit: Unit) => Promise<void>): Promise<void> => {
    try {
      await store.transaction(scope, work);
    } catch (error) {
      // What a schema or a parser says may quote what it read.
      const why = error instanceof Error && error.constructor === Error ? error.message : 'its form is not one that this version reads';
      faults.push(`${what} of ${scope.site} cannot be read: ${why}`);
    }
  };
  for (const scope of await store.scopes()) {
    for (const id of await store.transaction(scope, (unit) => unit.events.referralIds()))
      await attempt(`Referral ${id}`, scope, (unit) => readOneReferral(unit, id, counts));
    for await (const id of recommendationIds(store, scope))
      await attempt(`Recommendation ${id}`, scope, (unit) => readRecommendation(unit, id, now, counts));
  }
  return { counts, faults };
}
