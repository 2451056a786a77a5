/** The clock of the engine: each referral is looked at when its timer says so, in a transaction of its own. */
import type { Scope, Store } from '../../store/store.ts';
import { lookAgain, withRetry } from '../referral-log.ts';

export type DueRun = { looked: number };

/** Looked at in one run of one scope; the rest waits for the next, which comes at once where there is more. */
const AT_ONCE = 200;

export type DueDeps = {
  store: Store;
  now: () => Date /** Told of a referral that could not be looked at; the next run tries again. */;
  failed: (error: unknown) => void;
};

export function createDueReferrals({ store, now, failed }: DueDeps): { run: () => Promise<DueRun> } {
  async function runScope(scope: Scope): Promise<number> {
    let looked = 0;
    for (;;) {
      const at = now().toISOString();
      const due = await store.transaction(scope, (unit) => unit.referralTimers.due({ now: at, limit: AT_ONCE }));
      let done = 0;
      for (const { referralId } of due) {
        try {
          await withRetry(() => store.transaction(scope, (unit) => lookAgain(unit, referralId, at)));
          done += 1;
        } catch (error) {
          failed(error);
        }
      }
      looked += done;
      // One that fails keeps its timer: it is not tried again before the next run.
      if (due.length < AT_ONCE || done === 0) return looked;
    }
  }

  return {
    run: async () => {
      let looked = 0;
      for (const scope of await store.scopes()) looked += await runScope(scope);
      return { looked };
    },
  };
}
