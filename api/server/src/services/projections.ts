/** Referrals as they stand against referrals as their events tell them: the one is always the other. */
import { isDeepStrictEqual } from 'node:util';
import { fold } from '@refloop/domain/referral/referral';
import type { ReferralRow } from '../store/referrals.ts';
import type { Scope, Store, Unit } from '../store/store.ts';
import { eventOf, projectionOf } from './referral-log.ts';

export type ProjectionOutcome = { good: boolean; line: string };

/** Every referral of the scope, from its events alone. */
async function projected(unit: Unit): Promise<ReferralRow[]> {
  const rows: ReferralRow[] = [];
  for (const referralId of await unit.events.referralIds()) {
    const events = await unit.events.read(referralId);
    const referral = fold(referralId, events.map(eventOf));
    const last = events.at(-1);
    if (referral && last) rows.push(projectionOf(referral, last.recordedAt));
  }
  return rows;
}

/** Ids whose row differs from what the events say, is missing, or has no events. */
export async function differingReferrals(store: Store, scope: Scope): Promise<string[]> {
  return store.transaction(scope, async (unit) => {
    const expected = new Map((await projected(unit)).map((row) => [row.referralId, row]));
    const actual = new Map((await unit.referrals.all()).map((row) => [row.referralId, row]));
    const ids = new Set([...expected.keys(), ...actual.keys()]);
    return [...ids].filter((id) => !isDeepStrictEqual(expected.get(id), actual.get(id))).sort();
  });
}

const rebuildScope = (store: Store, scope: Scope): Promise<number> =>
  store.transaction(scope, async (unit) => {
    let count = 0;
    await unit.referrals.rebuild(async () => {
      const rows = await projected(unit);
      count = rows.length;
      return rows;
    });
    return count;
  });

export async function checkProjections(store: Store): Promise<ProjectionOutcome> {
  let differing = 0;
  let scopes = 0;
  for (const scope of await store.scopes()) {
    scopes += 1;
    differing += (await differingReferrals(store, scope)).length;
  }
  return differing === 0
    ? { good: true, line: `projections: ${scopes} scopes, every referral is what its events say` }
    : {
        good: false,
        line: `projections: ${differing} referrals differ from their events; \`npm run projections -- rebuild\` writes them anew`,
      };
}

export async function rebuildProjections(store: Store): Promise<ProjectionOutcome> {
  let referrals = 0;
  for (const scope of await store.scopes()) referrals += await rebuildScope(store, scope);
  return { good: true, line: `projections: ${referrals} referrals rebuilt from their events` };
}
