/** Opens everything of every site as this version reads it, and says what it cannot. */
import { createHash } from 'node:crypto';
import { fold } from '@refloop/domain/referral/referral';
import { Plan } from '../client/approval.ts';
import { Recommendation } from '../client/recommendation.ts';
import { machineTimeAt } from '../clock/machine-time.ts';
import { recommendationOf } from '../services/kept.ts';
import { planOf } from '../services/plan-content.ts';
import { eventOf } from '../services/referral-log.ts';
import type { StoredEvent } from '../store/events.ts';
import type { RecommendationState } from '../store/recommendations.ts';
import type { Scope, Store, Unit } from '../store/store.ts';

export type Counts = {
  referrals: number;
  recommendations: Record<RecommendationState, number>;
  plans: { finished: number; unfinished: number };
  approvals: number;
  openObligations: number;
  documents: number;
  inboundDocuments: number;
  openEffects: number;
};

export type Reading = { counts: Counts; faults: string[] };

const PAGE = 200;

/** What one that could be read adds to the counts. */
type Counted = (counts: Counts) => void;

async function readRecommendation(unit: Unit, id: string, now: Date): Promise<Counted> {
  const stored = await unit.recommendations.get(id);
  if (!stored) throw new Error('it is listed and cannot be found');
  Recommendation.parse(recommendationOf(stored));
  const plan = await unit.plans.byRecommendation(id);
  if (plan) Plan.parse(planOf(plan, machineTimeAt({}, now)));
  const approval = await unit.approvals.byRecommendation(id);
  return (counts) => {
    counts.recommendations[stored.status] += 1;
    if (plan) counts.plans[plan.finished ? 'finished' : 'unfinished'] += 1;
    if (approval) counts.approvals += 1;
  };
}

async function readOneReferral(unit: Unit, referralId: string, events: readonly StoredEvent[]): Promise<Counted> {
  if (!fold(referralId, events.map(eventOf))) throw new Error('its events tell of no referral');
  // Details of every entry about it.
  await unit.audit.list({ referralId });
  return (counts) => {
    counts.referrals += 1;
  };
}

/** Their events are read together; one that is missing then is read for itself, and says why. */
async function readReferrals(unit: Unit, ids: string[]): Promise<Counted[]> {
  const histories = new Map((await unit.events.histories(ids)).map(({ referralId, events }) => [referralId, events]));
  const rows = new Set((await unit.referrals.some(ids)).map(({ referralId }) => referralId));
  const counted: Counted[] = [];
  for (const id of ids) if (!rows.has(id)) throw new Error('it has no row of its own');
  for (const id of ids) counted.push(await readOneReferral(unit, id, histories.get(id) ?? (await unit.events.read(id))));
  return counted;
}

async function readObligation(unit: Unit, id: string): Promise<Counted> {
  const obligation = await unit.obligations.get(id);
  if (!obligation) throw new Error('it is listed and cannot be found');
  return (counts) => {
    if (obligation.status === 'open') counts.openObligations += 1;
  };
}

async function readDocument(unit: Unit, id: string): Promise<Counted> {
  const document = await unit.documents.get(id);
  if (!document) throw new Error('it is listed and cannot be found');
  if (createHash('sha256').update(document.bytes).digest('hex') !== document.sha256) throw new Error('its bytes are not those that came');
  return (counts) => {
    counts.documents += 1;
  };
}

async function readInbound(unit: Unit, id: string): Promise<Counted> {
  const document = await unit.inboundDocuments.get(id);
  if (!document) throw new Error('it is listed and cannot be found');
  return (counts) => {
    counts.inboundDocuments += 1;
  };
}

async function readEffect(unit: Unit, id: string): Promise<Counted> {
  const effect = await unit.outbox.get(id);
  if (!effect) throw new Error('it is listed and cannot be found');
  return (counts) => {
    if (effect.dueAt !== null) counts.openEffects += 1;
  };
}

/** Opened, and nothing of them is counted. */
async function readDisclosure(unit: Unit, id: string): Promise<Counted> {
  if (!(await unit.disclosures.get(id))) throw new Error('it is listed and cannot be found');
  return () => undefined;
}

const eachOf =
  (read: (unit: Unit, id: string) => Promise<Counted>) =>
  async (unit: Unit, ids: string[]): Promise<Counted[]> => {
    const counted: Counted[] = [];
    for (const id of ids) counted.push(await read(unit, id));
    return counted;
  };

async function recommendationIds(store: Store, scope: Scope): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const question = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor };
    const page = await store.transaction(scope, (unit) => unit.recommendations.list(question));
    ids.push(...page.rows.map(({ id }) => id));
    if (page.next === null) return ids;
    cursor = page.next;
  }
}

/** A fault names what cannot be read, never what is in it. */
export async function readEverything(store: Store, now: Date, onProgress?: (done: number, of: number) => void): Promise<Reading> {
  const counts: Counts = {
    referrals: 0,
    recommendations: { PENDING_REVIEW: 0, APPROVED: 0, DISMISSED: 0, SUPERSEDED: 0 },
    plans: { finished: 0, unfinished: 0 },
    approvals: 0,
    openObligations: 0,
    documents: 0,
    inboundDocuments: 0,
    openEffects: 0,
  };
  const faults: string[] = [];
  /** Some in one transaction; where one of them cannot be read, each in its own, so that it is told which. */
  async function readAll(
    what: string,
    scope: Scope,
    ids: string[],
    read: (unit: Unit, ids: string[]) => Promise<Counted[]>,
  ): Promise<void> {
    for (let from = 0; from < ids.length; from += PAGE) {
      const some = ids.slice(from, from + PAGE);
      const together = await store.transaction(scope, (unit) => read(unit, some)).catch(() => undefined);
      for (const count of together ?? []) count(counts);
      if (together === undefined) for (const id of some) await readOne(what, scope, id, read);
      onProgress?.(Math.min(from + PAGE, ids.length), ids.length);
    }
  }
  async function readOne(what: string, scope: Scope, id: string, read: (unit: Unit, ids: string[]) => Promise<Counted[]>): Promise<void> {
    try {
      for (const count of await store.transaction(scope, (unit) => read(unit, [id]))) count(counts);
    } catch (error) {
      // What a schema or a parser says may quote what it read.
      const why = error instanceof Error && error.constructor === Error ? error.message : 'its form is not one that this version reads';
      faults.push(`${what} ${id} of ${scope.site} cannot be read: ${why}`);
    }
  }
  for (const scope of await store.scopes()) {
    const [referrals, obligations, documents, inbound, effects, disclosures] = await store.transaction(scope, async (unit) => {
      await unit.slaPolicies.inForce();
      await unit.configurations.inForce();
      await unit.capture.checkpoints();
      await unit.capture.subscription();
      await unit.reconciliationReports.list(1000);
      for (const { referralId, attempt } of await unit.packetPreparations.ids()) await unit.packetPreparations.get(referralId, attempt);
      const effectIds = await unit.outbox.ids();
      const disclosureIds = await unit.disclosures.ids();
      return [
        await unit.events.referralIds(),
        await unit.obligations.ids(),
        await unit.documents.ids(),
        await unit.inboundDocuments.ids(),
        effectIds,
        disclosureIds,
      ];
    });
    const contacts = await store.transaction(scope, (unit) => unit.patientContacts.all()).catch(() => undefined);
    if (contacts === undefined) faults.push(`How patients of ${scope.site} may be reached cannot be read`);
    await readAll('Referral', scope, referrals, readReferrals);
    await readAll('Obligation', scope, obligations, eachOf(readObligation));
    await readAll('Document', scope, documents, eachOf(readDocument));
    await readAll('Inbound document', scope, inbound, eachOf(readInbound));
    await readAll('Effect', scope, effects, eachOf(readEffect));
    await readAll('Disclosure', scope, disclosures, eachOf(readDisclosure));
    const recommendations = await recommendationIds(store, scope);
    await readAll(
      'Recommendation',
      scope,
      recommendations,
      eachOf((unit, id) => readRecommendation(unit, id, now)),
    );
  }
  return { counts, faults };
}
