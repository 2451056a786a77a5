import type { ApprovalStore } from '../approvals.ts';
import type { MemoryContext } from './context.ts';
import { ofKey } from './row-names.ts';

export const memoryApprovals = (unit: MemoryContext): ApprovalStore => {
  return {
    insert: async (approval) => {
      const [earlier] = unit.tables.approvals.named(ofKey(approval.idempotencyKey));
      if (earlier) return { status: 'earlier', approval: earlier };
      if (unit.tables.approvals.get(approval.id)) throw new Error('An approval with this id exists.');
      unit.tables.approvals.put(approval.id, approval);
      return { status: 'inserted' };
    },
    byRecommendation: async (recommendationId) =>
      unit.tables.approvals
        .named(recommendationId)
        .sort((left, right) => (left.approvedAt < right.approvedAt ? -1 : 1))
        .at(-1),
  };
};
