import type { AlertStore, StoredAlert } from '../alerts.ts';
import type { MemoryContext } from './context.ts';

const newestFirst = (left: StoredAlert, right: StoredAlert): number => {
  if (left.raisedAt !== right.raisedAt) return left.raisedAt < right.raisedAt ? 1 : -1;
  return left.id < right.id ? 1 : -1;
};

export const memoryAlerts = (unit: MemoryContext): AlertStore => {
  const { alertRules, alerts } = unit.tables;
  const open = (): StoredAlert[] => alerts.rows().filter(({ clearedAt }) => clearedAt === null);
  const openOf = (ruleId: string): StoredAlert | undefined => open().find((alert) => alert.ruleId === ruleId);
  function clear(ruleId: string, at: string): boolean {
    const alert = openOf(ruleId);
    if (!alert) return false;
    alerts.put(alert.id, { ...alert, clearedAt: at });
    return true;
  }
  return {
    addRule: async (rule) => alertRules.put(rule.id, { ...rule, ended: null }),
    rules: async () =>
      alertRules
        .rows()
        .filter(({ ended }) => ended === null)
        .sort((left, right) => (left.madeAt === right.madeAt ? (left.id < right.id ? -1 : 1) : left.madeAt < right.madeAt ? -1 : 1)),
    endRule: async (id, ended) => {
      const rule = alertRules.get(id);
      if (!rule || rule.ended) return false;
      alertRules.put(id, { ...rule, ended });
      clear(id, ended.at);
      return true;
    },
    raise: async (alert) => {
      if (openOf(alert.ruleId)) return false;
      alerts.put(alert.id, { ...alert, acknowledged: null, clearedAt: null });
      return true;
    },
    open: async () => open().sort(newestFirst),
    acknowledge: async (id, acknowledged) => {
      const alert = alerts.get(id);
      if (!alert || alert.clearedAt !== null || alert.acknowledged !== null) return false;
      alerts.put(id, { ...alert, acknowledged });
      return true;
    },
    clear: async (ruleId, at) => clear(ruleId, at),
  };
};
