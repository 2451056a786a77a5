/** From what PostgreSQL holds of every scope to a snapshot of the warehouse in force. */
import { type ImportProgress, importHistories, type Reidentification } from '@refloop/analytics/import-histories';
import type { History } from '@refloop/analytics/input-event';
import type { Snapshot } from '@refloop/analytics/snapshot';
import type { Instant } from '@refloop/domain/instant';
import { eventOf } from '../services/referral-log.ts';
import type { StoredHistory } from '../store/events.ts';
import type { Scope, Store } from '../store/store.ts';

/** Referrals read in one transaction: short enough that nothing waits for it. */
const PAGE = 200;

export type RefreshProgress = ImportProgress | { stage: 'counted'; referrals: number };

/** What was known by then; a referral that was begun later is not there yet. */
function historyBy(asOf: Instant, scope: Scope, { referralId, events }: StoredHistory): History[] {
  const later = events.findIndex(({ recordedAt }) => recordedAt > asOf);
  const known = (later === -1 ? events : events.slice(0, later)).map(eventOf);
  const started = known[0]?.fact;
  if (started === undefined) return [];
  return [{ ...scope, referralId, patientId: started.type === 'referral-started' ? started.patientId : '', events: known }];
}

async function* everyHistory(store: Store, asOf: Instant): AsyncIterable<History> {
  for (const scope of await store.scopes()) {
    for (let after = ''; ; ) {
      const question = { after, limit: PAGE };
      const page = await store.transaction(scope, (unit) => unit.events.histories(question));
      for (const each of page) yield* historyBy(asOf, scope, each);
      const last = page.at(-1);
      if (!last) break;
      after = last.referralId;
    }
  }
}

/** Which referral each pseudonym stands for, kept where each scope's own are. */
export async function keepPairs(store: Store, pairs: Reidentification[]): Promise<void> {
  const scopes = Map.groupBy(pairs, ({ tenant, issuer }) => JSON.stringify([tenant, issuer]));
  for (const own of scopes.values()) {
    const [first] = own;
    if (!first) continue;
    const { tenant, issuer, site } = first;
    await store.transaction({ tenant, issuer, site }, (unit) => unit.warehousePseudonyms.keep(own));
  }
}

/**
 * Reads every history while everybody works, and puts a snapshot of `now` in force. Throws what `importHistories` throws; the snapshot
 * before then stays in force.
 */
export async function refreshWarehouse(
  store: Store,
  options: { folder: string; now: Instant; signal?: AbortSignal; onProgress?: (progress: RefreshProgress) => void },
): Promise<Snapshot> {
  const { folder, now, signal, onProgress } = options;
  let referrals = 0;
  for (const scope of await store.scopes()) referrals += await store.transaction(scope, (unit) => unit.events.count());
  onProgress?.({ stage: 'counted', referrals });
  return importHistories(everyHistory(store, now), {
    warehouse: folder,
    pseudonymKey: store.warehouseKey,
    now,
    reidentify: (pairs) => keepPairs(store, pairs),
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
}
