import type { PlanStore, StoredPlan } from '../plans.ts';
import type { MemoryContext } from './context.ts';
import { TO_LOOK_AT, unfinishedOf } from './row-names.ts';

export const memoryPlans = (unit: MemoryContext): PlanStore => {
  const table = unit.tables.plans;
  const oldestFirst = (left: StoredPlan, right: StoredPlan): number => (left.madeAt < right.madeAt ? -1 : 1);
  const all = (): StoredPlan[] => table.rows().sort(oldestFirst);
  return {
    insert: async (plan) => {
      if (table.get(plan.id)) throw new Error('A plan with this id exists.');
      table.put(plan.id, { ...plan, lease: null, revision: 1, looks: 0 });
    },
    get: async (id) => table.get(id),
    byRecommendation: async (recommendationId) => table.named(recommendationId).sort(oldestFirst).at(-1),
    takeLease: async (id, holder, now, seconds) => {
      const plan = table.get(id);
      if (!plan) return { status: 'missing' };
      if (plan.lease && plan.lease.holder !== holder && plan.lease.until > now) return { status: 'held', ...plan.lease };
      const until = new Date(Date.parse(now) + seconds * 1000).toISOString();
      table.put(id, { ...plan, lease: { holder, until } });
      return { status: 'taken', until };
    },
    releaseLease: async (id, holder) => {
      const plan = table.get(id);
      if (plan?.lease?.holder === holder) table.put(id, { ...plan, lease: null });
    },
    saveStep: async (id, by, expectedRevision, change) => {
      const plan = table.get(id);
      if (!plan) return { status: 'missing' };
      if (plan.lease?.holder !== by.holder || plan.lease.until <= by.now) return { status: 'lease-lost' };
      if (plan.revision !== expectedRevision) return { status: 'conflict', revision: plan.revision };
      table.put(id, { ...plan, ...change, revision: plan.revision + 1 });
      return { status: 'saved', revision: plan.revision + 1 };
    },
    looked: async (id, next) => {
      const plan = table.get(id);
      if (plan) table.put(id, { ...plan, lookDueAt: next, looks: plan.looks + 1 });
    },
    listLookDue: async (now, limit) =>
      table
        .named(TO_LOOK_AT)
        .filter(({ lookDueAt }) => lookDueAt !== null && lookDueAt <= now)
        .sort((left, right) => ((left.lookDueAt ?? '') < (right.lookDueAt ?? '') ? -1 : 1))
        .slice(0, limit),
    after: async ({ after, madeSince, limit }) =>
      all()
        .filter(({ id, madeAt }) => id > after && madeAt >= madeSince)
        .toSorted((left, right) => (left.id < right.id ? -1 : 1))
        .slice(0, limit),
    listUnfinished: async ({ patientId, subject }) =>
      table
        .named(unfinishedOf(patientId))
        .filter((plan) => subject === undefined || plan.subject === subject)
        .sort(oldestFirst),
  };
};
