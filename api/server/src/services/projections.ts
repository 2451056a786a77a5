/** Referrals as they stand against referrals as their events tell them: the one is always the other. */
import { isDeepStrictEqual } from 'node:util';
import { FOLD_VERSION, fold, type Referral } from '@refloop/domain/referral/referral';
import type { StoredEvent } from '../store/events.ts';
import type { ReferralRow } from '../store/referrals.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { isEngaged } from './engine/reactions.ts';
import { eventOf, projectionOf } from './referral-log.ts';

export type ProjectionOutcome = { good: boolean; line: string };

function projectedFrom(referralId: string, events: readonly StoredEvent[]): ReferralRow | undefined {
  const referral = fold(referralId, events.map(eventOf));
  const last = events.at(-1);
  return referral && last ? projectionOf(referral, last.recordedAt) : undefined;
}

const projectedOne = async (unit: Unit, referralId: string): Promise<ReferralRow | undefined> =>
  projectedFrom(referralId, await unit.events.read(referralId));

/** Rows read at once, where nobody is to wait for all of them. */
const AT_ONCE = 200;

/** How many of how many referrals of a scope are done. */
export type ProjectionProgress = (done: number, of: number) => void;

/** These from their events alone, read together. Throws where one of them can be read no more. */
async function projectedTogether(unit: Unit, ids: string[]): Promise<Map<string, ReferralRow>> {
  const rows = new Map<string, ReferralRow>();
  const histories = new Map((await unit.events.histories(ids)).map(({ referralId, events }) => [referralId, events]));
  for (const id of ids) {
    const row = projectedFrom(id, histories.get(id) ?? (await unit.events.read(id)));
    if (row) rows.set(id, row);
  }
  return rows;
}

/** Every referral of the scope, from its events alone. */
async function projected(unit: Unit, onProgress?: ProjectionProgress): Promise<ReferralRow[]> {
  const ids = await unit.events.referralIds();
  const rows: ReferralRow[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    rows.push(...(await projectedTogether(unit, ids.slice(from, from + AT_ONCE))).values());
    onProgress?.(Math.min(from + AT_ONCE, ids.length), ids.length);
  }
  return rows;
}

/** A writer may come between the two readings: what then seems to differ is read once more. */
async function differs(unit: Unit, id: string): Promise<boolean> {
  const same = async (): Promise<boolean> => isDeepStrictEqual(await projectedOne(unit, id), await unit.referrals.get(id));
  return !(await same()) && !(await same());
}

/** Ids whose row differs from what the events say, is missing, or has no events. */
export async function differingReferrals(store: Store, scope: Scope, onProgress?: ProjectionProgress): Promise<string[]> {
  const known = await store.transaction(scope, async (unit) => [...(await unit.events.referralIds()), ...(await unit.referrals.ids())]);
  const ids = [...new Set(known)];
  const differing: string[] = [];
  // Some at a time: all of them together would take memory, and a transaction, without end.
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    await store.transaction(scope, async (unit) => {
      const some = ids.slice(from, from + AT_ONCE);
      const told = await projectedTogether(unit, some);
      const stands = new Map((await unit.referrals.some(some)).map((row) => [row.referralId, row]));
      for (const id of some) {
        const same = isDeepStrictEqual(told.get(id), stands.get(id));
        if (!same && (await differs(unit, id))) differing.push(id);
      }
    });
    onProgress?.(Math.min(from + AT_ONCE, ids.length), ids.length);
  }
  return differing.sort();
}

/**
 * Makes rows of an older form of the fold anew, while everybody works. A row that moves on meanwhile is written by whoever moved it.
 * @returns how many were made anew
 */
export async function renewProjections(store: Store, now: Date): Promise<number> {
  let renewed = 0;
  for (const scope of await store.scopes()) {
    // Each is renewed in a transaction of its own.
    for (let after = ''; ; ) {
      const question = { foldVersion: FOLD_VERSION, after, limit: AT_ONCE };
      const ids = await store.transaction(scope, (unit) => unit.referrals.listOlder(question));
      const last = ids.at(-1);
      if (last === undefined) break;
      after = last;
      for (const id of ids) if (await store.transaction(scope, (unit) => renewOne(unit, id, now.toISOString()))) renewed += 1;
    }
  }
  return renewed;
}

async function renewOne(unit: Unit, referralId: string, now: string): Promise<boolean> {
  const row = await projectedOne(unit, referralId);
  if (row === undefined || !(await unit.referrals.renew(row))) return false;
  await takeUp(unit, row, now);
  return true;
}

/**
 * An order that came into force under a version without the engine is looked at at once, and has its obligations from then on. What was
 * simulated has no write-back, and is left as it was made.
 */
async function takeUp(unit: Unit, { referralId, state }: ReferralRow, now: string): Promise<void> {
  const referral = state as unknown as Referral;
  if (!isEngaged(referral) || referral.order.status === 'draft') return;
  const { writeBack } = referral.order;
  if (writeBack !== null && (await unit.plans.get(writeBack.planId))) await unit.referralTimers.set(referralId, now);
}

/** Of which the row is of an older form of the fold, or not there. */
async function notInThisForm(unit: Unit): Promise<string[]> {
  const there = new Set(await unit.referrals.ids());
  const found = (await unit.events.referralIds()).filter((id) => !there.has(id));
  for (let after: string | undefined = ''; after !== undefined; ) {
    const older: string[] = await unit.referrals.listOlder({ foldVersion: FOLD_VERSION, after, limit: AT_ONCE });
    found.push(...older);
    after = older.at(-1);
  }
  return found;
}

/** Before their rows are in this form: the next start finds them so, and leaves them as they are. Looked at twice does no harm. */
async function takeUpOlder(store: Store, scope: Scope, now: string): Promise<void> {
  for (const id of await store.transaction(scope, notInThisForm)) {
    await store.transaction(scope, async (unit) => {
      const row = await projectedOne(unit, id);
      if (row) await takeUp(unit, row, now);
    });
  }
}

const rebuildScope = (store: Store, scope: Scope, onProgress?: ProjectionProgress): Promise<number> =>
  store.transaction(scope, async (unit) => {
    let count = 0;
    await unit.referrals.rebuild(async () => {
      const rows = await projected(unit, onProgress);
      count = rows.length;
      return rows;
    });
    return count;
  });

export async function checkProjections(store: Store, onProgress?: ProjectionProgress): Promise<ProjectionOutcome> {
  let differing = 0;
  let scopes = 0;
  for (const scope of await store.scopes()) {
    scopes += 1;
    differing += (await differingReferrals(store, scope, onProgress)).length;
  }
  return differing === 0
    ? { good: true, line: `projections: ${scopes} scopes, every referral is what its events say` }
    : {
        good: false,
        line: `projections: ${differing} referrals differ from their events; \`npm run projections -- rebuild\` writes them anew`,
      };
}

/** Every row anew, also where a writer was cut off or somebody changed one by hand. */
export async function rebuildProjections(store: Store, now: Date, onProgress?: ProjectionProgress): Promise<ProjectionOutcome> {
  let referrals = 0;
  for (const scope of await store.scopes()) {
    await takeUpOlder(store, scope, now.toISOString());
    referrals += await rebuildScope(store, scope, onProgress);
  }
  return { good: true, line: `projections: ${referrals} referrals rebuilt from their events` };
}
