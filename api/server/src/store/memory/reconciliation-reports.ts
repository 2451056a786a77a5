import type { ReconciliationReport, ReconciliationReportStore } from '../reconciliation-reports.ts';
import type { MemoryContext } from './context.ts';

export const memoryReconciliationReports = (unit: MemoryContext): ReconciliationReportStore => {
  const table = unit.tables.reconciliationReports;
  const underWay = () => table.rows().find(({ report }) => report.finishedAt === null);
  /** As long as the holder has it. */
  const change = (id: string, holder: string, until: string | null, more: Partial<ReconciliationReport>): boolean => {
    const held = table.get(id);
    if (!held || held.report.finishedAt !== null || held.holder !== holder) return false;
    table.put(id, { report: { ...held.report, ...more }, holder: until === null ? null : holder, until });
    return true;
  };
  return {
    begin: async (begun) => {
      if (underWay()) return false;
      const none = { looked: 0, unread: 0, differences: [], more: 0 };
      table.put(begun.id, { report: { ...begun, ...none, finishedAt: null, standing: 'under-way' }, holder: null, until: null });
      return true;
    },
    underWay: async () => underWay()?.report,
    take: async (id, holder, now, until) => {
      const held = table.get(id);
      if (!held || held.report.finishedAt !== null) return false;
      if (held.holder !== null && held.holder !== holder && held.until !== null && held.until > now) return false;
      table.put(id, { ...held, holder, until });
      return true;
    },
    advance: async (id, holder, until, progress) => change(id, holder, until, progress),
    finish: async (id, holder, finishedAt, standing) => change(id, holder, null, { finishedAt, standing }),
    list: async (limit) =>
      table
        .rows()
        .map(({ report }) => report)
        .toSorted((left, right) => (left.startedAt === right.startedAt ? 0 : left.startedAt < right.startedAt ? 1 : -1))
        .slice(0, limit),
  };
};
