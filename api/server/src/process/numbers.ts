/** The warehouse as this process follows it: a snapshot at most an hour old, the alerts of each, and in the sandbox the history it is made of. */
import { type Refresh, startRefresh } from '../analytics/refresh-thread.ts';
import { startHistoryThread } from '../practice/history-thread.ts';
import { SANDBOX_SEED } from '../practice/planted-truths.ts';
import { evaluateAlerts } from '../services/alerts.ts';
import { scopeOf } from '../sites.ts';
import type { Store } from '../store/store.ts';
import type { Foundation } from './foundation.ts';
import type { Running } from './running.ts';

/** Every rule is asked of each snapshot; what fails is asked of the next. */
async function tellAlerts({ log, failing, warehouse, newId, now }: Foundation, store: Store): Promise<void> {
  try {
    const count = await evaluateAlerts({ store, warehouse, newId, now });
    if (count > 0) log.event('Alerts were raised or cleared.', { count });
  } catch (error) {
    failing('alerts')(error);
  }
}

/** The numbers are of the last snapshot, at most an hour old. */
export function refreshNumbers(foundation: Foundation, store: Store, running: Running): Refresh {
  const { config, log, failing, now } = foundation;
  const refresh = startRefresh({
    databaseUrl: config.databaseUrl,
    keys: config.keys,
    warehouse: config.warehouseFolder,
    timezone: config.timezone,
    now,
    made: (outcome) => {
      if (typeof outcome !== 'string') {
        log.event('A snapshot of the warehouse is in force.', outcome);
        void tellAlerts(foundation, store);
      }
    },
    failed: failing('warehouse'),
  });
  running.add('refresh', refresh.stop);
  return refresh;
}

/** The sandbox's own site holds it: no other EHR, and none of the sandbox's other modes. */
export function loadHistory({ config, log, failing, now }: Foundation, refresh: Refresh, running: Running): void {
  const [sandbox] = config.sandbox;
  if (config.history === 0 || !sandbox) return;
  log.event('The history of a simulated practice is being loaded, or is there already; everything works meanwhile.');
  const loading = startHistoryThread({
    databaseUrl: config.databaseUrl,
    keys: config.keys,
    scope: scopeOf(sandbox),
    referrals: config.history,
    seed: SANDBOX_SEED,
    now,
    loaded: ({ referrals, events }) => {
      log.event('The history of the simulated practice is loaded.', { referrals, events });
      refresh.now();
    },
    failed: failing('simulated history'),
  });
  running.add('history', loading.stop);
}
