import type { ApprovalStore } from '../approvals.ts';
import { keyIn, type MemoryContext } from './context.ts';
import { ofKey } from './row-names.ts';

export const memoryApprovals = (unit: MemoryContext): ApprovalStore => {
  return {
    insert: async (approval) => {
      const [earlier] = unit.tables.approvals.named(keyIn(unit), ofKey(approval.idempotencyKey));
      if (earlier) return { status: 'earlier', approval: earlier };
      if (unit.tables.approvals.get(keyIn(unit, approval.id))) throw new Error('An approval with this id exists.');
      unit.tables.approvals.put(keyIn(unit, approval.id), approval);
      return { status: 'inserted' };
    },
    byRecommendation: async (recommendationId) =>
      unit.tables.approvals
        .named(keyIn(unit), recommendationId)
        .sort((left, right) => (left.approvedAt < right.approvedAt ? -1 : 1))
        .at(-1),
  };
};
