import type { ReferralTimer, ReferralTimerStore } from '../referral-timers.ts';
import type { MemoryContext } from './context.ts';
import { OPEN } from './row-names.ts';

const earliestFirst = (left: ReferralTimer, right: ReferralTimer): number => {
  if (left.lookAt !== right.lookAt) return left.lookAt < right.lookAt ? -1 : 1;
  return left.referralId < right.referralId ? -1 : 1;
};

export const memoryReferralTimers = (unit: MemoryContext): ReferralTimerStore => {
  const table = unit.tables.referralTimers;
  return {
    set: async (referralId, lookAt) => {
      if (lookAt === null) table.remove(referralId);
      else table.put(referralId, { referralId, lookAt });
    },
    wake: async ({ subject, at }) => {
      const owned = unit.tables.obligations
        .named(OPEN)
        .filter(({ owner, escalatedTo }) => subject === null || owner === subject || escalatedTo === subject);
      for (const { referralId } of owned) {
        const before = table.get(referralId)?.lookAt;
        table.put(referralId, { referralId, lookAt: before !== undefined && before < at ? before : at });
      }
    },
    due: async ({ now, limit }) =>
      table
        .rows()
        .filter(({ lookAt }) => lookAt <= now)
        .sort(earliestFirst)
        .slice(0, limit),
  };
};
