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
    // One that fails keeps its timer, holds up none of the others, and is not tried again before the next run.
    const left = new Set<string>();
    for (;;) {
      const question = { now: now().toISOString(), limit: AT_ONCE + left.size };
      const due = await store.transaction(scope, (unit) => unit.referralTimers.due(question));
      const fresh = due.filter(({ referralId }) => !left.has(referralId));
      for (const { referralId } of fresh) {
        try {
          await withRetry(() => store.transaction(scope, (unit) => lookAgain(unit, referralId, now().toISOString())));
          looked += 1;
        } catch (error) {
          left.add(referralId);
          failed(error);
        }
      }
      if (fresh.length < AT_ONCE) return looked;
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
