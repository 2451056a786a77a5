/** From what PostgreSQL holds of every scope to a snapshot of the warehouse in force. */
import { type ImportProgress, importChanges, type Reidentification } from '@refloop/analytics/import-histories';
import type { History } from '@refloop/analytics/input-event';
import type { ListedReferral, ReferralSource } from '@refloop/analytics/reading';
import type { Snapshot } from '@refloop/analytics/snapshot';
import type { Instant } from '@refloop/domain/instant';
import { eventOf } from '../services/referral-log.ts';
import type { StoredEvent } from '../store/events.ts';
import type { Store } from '../store/store.ts';

/** Referrals read in one transaction: short enough that nothing waits for it. */
const PAGE = 200;
/** Referrals listed in one: nothing is opened there. */
const LISTED = 2000;

export type RefreshProgress = ImportProgress | { stage: 'counted'; referrals: number };

/** What was known by then; a referral that was begun later is not there yet. What something was withheld of is read again the next time. */
function historyBy(asOf: Instant, { mark, ...listed }: ListedReferral, events: readonly StoredEvent[]): History[] {
  const later = events.findIndex(({ recordedAt }) => recordedAt > asOf);
  const known = (later === -1 ? events : events.slice(0, later)).map(eventOf);
  const started = known[0]?.fact;
  if (started === undefined) return [];
  const patientId = started.type === 'referral-started' ? started.patientId : '';
  return [{ ...listed, patientId, events: known, mark: later === -1 ? mark : null }];
}

async function* listed(store: Store): AsyncIterable<ListedReferral[]> {
  for (const scope of await store.scopes()) {
    for (let after = ''; ; ) {
      const question = { after, limit: LISTED };
      const page = await store.transaction(scope, (unit) => unit.events.marks(question));
      yield page.map((each) => ({ ...scope, ...each }));
      const last = page.at(-1);
      if (!last) break;
      after = last.referralId;
    }
  }
}

/** All of one page are of one scope. */
async function* read(store: Store, asOf: Instant, referrals: readonly ListedReferral[]): AsyncIterable<History> {
  for (let from = 0; from < referrals.length; from += PAGE) {
    const some = new Map(referrals.slice(from, from + PAGE).map((each) => [each.referralId, each]));
    const [first] = some.values();
    if (!first) return;
    const { tenant, issuer, site } = first;
    const found = await store.transaction({ tenant, issuer, site }, (unit) => unit.events.histories([...some.keys()]));
    for (const { referralId, events } of found) {
      const one = some.get(referralId);
      if (one) yield* historyBy(asOf, one, events);
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

export type RefreshOptions = {
  folder: string;
  now: Instant;
  /** IANA name of the practice's time zone; UTC unless told. */
  timezone?: string;
  /** Reads everything anew, whatever the snapshot in force holds. */
  full?: boolean;
  /** How many snapshots stay; 5 unless told. */
  keep?: number;
  signal?: AbortSignal;
  onProgress?: (progress: RefreshProgress) => void;
};

/**
 * Reads what has changed since the snapshot in force while everybody works, and puts a snapshot of `now` in force. Throws what
 * `importChanges` throws; the snapshot before then stays in force.
 */
export async function refreshWarehouse(store: Store, options: RefreshOptions): Promise<Snapshot> {
  const { folder, now, onProgress, ...rest } = options;
  let referrals = 0;
  for (const scope of await store.scopes()) referrals += await store.transaction(scope, (unit) => unit.events.count());
  onProgress?.({ stage: 'counted', referrals });
  const source: ReferralSource = { pages: () => listed(store), read: (changed) => read(store, now, changed) };
  return importChanges(source, {
    warehouse: folder,
    pseudonymKey: store.warehouseKey,
    now,
    reidentify: (pairs) => keepPairs(store, pairs),
    ...(onProgress ? { onProgress } : {}),
    ...rest,
  });
}
