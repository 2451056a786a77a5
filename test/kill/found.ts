/** What is in Refloop's database and on the other side, read for the verdict. */
import { isDeepStrictEqual } from 'node:util';
import { TASK_STANDINGS } from '@refloop/domain/referral/bser';
import { fold } from '@refloop/domain/referral/referral';
import { taskKey } from '@refloop/domain/write-back/identifiers';
import { verifyAudit } from '@refloop/server/audit/verify';
import { NOTE_IN_CHART, NOTE_RECEIPT } from '@refloop/server/channels/report-in-chart';
import { type EffectObligationContent } from '@refloop/server/outbox/effect-obligation';
import { NOT_SENT, PERHAPS_SENT } from '@refloop/server/outbox/effect-trouble';
import { differingReferrals } from '@refloop/server/services/projections';
import { eventOf } from '@refloop/server/services/referral-log';
import type { StoredEffect } from '@refloop/server/store/outbox';
import type { Unit } from '@refloop/server/store/store';
import { type Deployment, pause } from './deployment.ts';
import type { Fact, HandedDocument, Ledger } from './ledger.ts';
import type { Found, FoundEffect, FoundEvent, Settled } from './verdict.ts';

const EFFECT_DOUBTS: readonly string[] = [PERHAPS_SENT, NOT_SENT];

const effectOf = ({ id, referralId, kind, key, standing, dueAt, lease }: StoredEffect): FoundEffect => ({
  id,
  referralId,
  kind,
  key,
  status: standing.status,
  dueAt,
  heldUntil: lease?.until ?? null,
});

async function historyOf(unit: Unit, referralId: string): Promise<FoundEvent[]> {
  return (await unit.events.read(referralId)).map(({ type, data }) => {
    const { factKey, ...rest } = data as Record<string, unknown>;
    return { type, factKey: typeof factKey === 'string' ? factKey : null, data: rest };
  });
}

type Question = { referrals: readonly string[]; facts: readonly Fact[]; documents: readonly HandedDocument[] };

/** Of these referrals and documents alone. */
async function read({ inStore, counterparts }: Deployment, { referrals, facts, documents }: Question): Promise<Found> {
  return inStore(async (unit) => {
    const histories = new Map<string, FoundEvent[]>();
    const effects: FoundEffect[] = [];
    const doubts = new Map<string, string | null>();
    for (const id of referrals) {
      histories.set(id, await historyOf(unit, id));
      for (const stored of await unit.outbox.ofReferral(id)) effects.push(effectOf(stored));
      for (const { kind, owner, content } of await unit.obligations.openOf(id))
        if (EFFECT_DOUBTS.includes(kind)) doubts.set((content as EffectObligationContent).effectId, owner);
    }
    const inbound = new Map<string, string>();
    for (const { id } of documents) {
      const kept = id === undefined ? undefined : await unit.inboundDocuments.get(id);
      if (kept) inbound.set(kept.id, kept.standing.status);
    }
    const ids = new Set(effects.map(({ id }) => id));
    const ours = <Value>(taken: ReadonlyMap<string, Value>): Map<string, Value> => new Map([...taken].filter(([id]) => ids.has(id)));
    return {
      facts,
      documents,
      histories,
      inbound,
      effects,
      doubts,
      staff: new Set((await unit.grants.list()).map(({ subject }) => subject)),
      mails: counterparts.mails().filter(({ effectId }) => ids.has(effectId)),
      faxes: ours(counterparts.faxes),
      texts: ours(counterparts.texts),
    };
  });
}

/** More than are ever under way at once. */
const LATEST = 120;

/** Of what was done lately: what was acknowledged before that was there at an earlier look. */
export async function foundLately(deployment: Deployment, { facts: all, documents }: Ledger): Promise<Found> {
  const lately = new Set(all.slice(-LATEST).map(({ referralId }) => referralId));
  // As it was known before the look: what is acknowledged meanwhile may be on record after it.
  const facts = all.filter(({ referralId }) => lately.has(referralId)).map((fact) => ({ ...fact }));
  return read(deployment, { referrals: [...lately], facts, documents: documents.slice(-LATEST) });
}

async function tasksOf({ inStore, chart }: Deployment, referralId: string): Promise<[string, { wanted: string; read: string[] }][]> {
  const events = (await inStore((unit) => unit.events.read(referralId))).map(eventOf);
  const attempts = fold(referralId, events)?.attempts ?? [];
  const asked = attempts.filter(({ work }) => work.status !== 'draft');
  return Promise.all(
    asked.map(async ({ number, work }) => {
      const key = taskKey(referralId, number);
      const read = (await chart.tasks(key)).map(({ status }) => status);
      return [key, { wanted: TASK_STANDINGS[work.status].status, read }];
    }),
  );
}

const IN_CHART: Readonly<Record<string, 'note' | 'receipt'>> = { [NOTE_IN_CHART]: 'note', [NOTE_RECEIPT]: 'receipt' };

async function inChartOf({ inStore, chart }: Deployment, effects: readonly FoundEffect[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { id, kind } of effects) {
    const what = IN_CHART[kind];
    if (what === undefined) continue;
    const kept = await inStore((unit) => unit.outbox.get(id));
    if (kept) counts.set(id, await chart.count(what, (kept.content as { key: string }).key));
  }
  return counts;
}

/** Of the other side. */
const takenBy = ({ counterparts }: Deployment): string[] =>
  [...counterparts.mails().map(({ effectId }) => effectId), ...counterparts.faxes.keys(), ...counterparts.texts.keys()].sort();

/** Everything at a moment at which nothing is being carried out: the clock goes on, and what becomes due is taken meanwhile. */
export async function foundAtRest(deployment: Deployment, ledger: Ledger): Promise<Settled> {
  for (const until = Date.now() + RESTS_WITHIN_MS; ; ) {
    const before = takenBy(deployment);
    const found = await foundInAll(deployment, ledger);
    const isUnderWay = ({ heldUntil, dueAt }: FoundEffect): boolean =>
      (heldUntil ?? '') > found.now || (dueAt !== null && dueAt <= found.now);
    // The outbox is read before the other side: what was asked for and has left between the two would belong to nothing.
    const isStill = isDeepStrictEqual(before, takenBy(deployment));
    if ((isStill && !found.effects.some(isUnderWay)) || Date.now() > until) return found;
    await pause(1000);
  }
}

const RESTS_WITHIN_MS = 120_000;

/** Everything, and what of it belongs to nothing that was asked for. */
async function foundInAll(deployment: Deployment, ledger: Ledger): Promise<Settled> {
  const { inStore, store, scope, counterparts, now } = deployment;
  const at = now().toISOString();
  const referrals = await inStore((unit) => unit.events.referralIds());
  const found = await read(deployment, { referrals, facts: ledger.facts, documents: ledger.documents });
  const unowned: string[] = [];
  for (const id of referrals) {
    const open = await inStore((unit) => unit.obligations.openOf(id));
    const row = await inStore((unit) => unit.referrals.get(id));
    const { status } = row ?? { status: '' };
    if (!OVER.includes(status) && !open.some(({ owner }) => owner !== null)) unowned.push(`${id} (${status})`);
  }
  const tasks = new Map<string, { wanted: string; read: string[] }>();
  for (const id of referrals) for (const [key, task] of await tasksOf(deployment, id)) tasks.set(key, task);
  const audit = await verifyAudit(store.auditTrail, now());
  return {
    ...found,
    mails: counterparts.mails(),
    // As they are now: what is asked for later is taken later.
    faxes: new Map(counterparts.faxes),
    texts: new Map(counterparts.texts),
    now: at,
    tasks,
    inChart: await inChartOf(deployment, found.effects),
    unowned,
    differing: await differingReferrals(store, scope),
    audit: audit.status,
  };
}

/** Nothing is owed of these; a draft that nobody approved is the clinician's own. */
const OVER: readonly string[] = ['closed', 'cancelled', 'patient-declined', 'expired', 'died', 'revoked', 'draft', 'pending-review'];

/** Whether nothing waits that is due, and everything that came in was read. */
export async function isQuiet({ inStore, now }: Deployment): Promise<boolean> {
  const at = now().toISOString();
  return inStore(async (unit) => {
    if ((await unit.inboundDocuments.count('waiting')) > 0) return false;
    const open = new Map<string, { place: number; isDue: boolean }>();
    for (const id of await unit.outbox.ids()) {
      const { dueAt = null, lease = null, lane = null, place = 0 } = (await unit.outbox.get(id)) ?? {};
      if (lease !== null) return false;
      if (dueAt === null) continue;
      const first = open.get(lane ?? id);
      if (!first || place < first.place) open.set(lane ?? id, { place, isDue: dueAt <= at });
    }
    // What waits behind the first of its lane is not done before that one, whatever it says of itself.
    return [...open.values()].every(({ isDue }) => !isDue);
  });
}
