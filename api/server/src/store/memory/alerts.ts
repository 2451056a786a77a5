import type { AlertStore, StoredAlert } from '../alerts.ts';
import { keyIn, type MemoryContext } from './context.ts';

const newestFirst = (left: StoredAlert, right: StoredAlert): number => {
  if (left.raisedAt !== right.raisedAt) return left.raisedAt < right.raisedAt ? 1 : -1;
  return left.id < right.id ? 1 : -1;
};

export const memoryAlerts = (unit: MemoryContext): AlertStore => {
  const { alertRules, alerts } = unit.tables;
  const open = (): StoredAlert[] => alerts.rows(keyIn(unit)).filter(({ clearedAt }) => clearedAt === null);
  const openOf = (ruleId: string): StoredAlert | undefined => open().find((alert) => alert.ruleId === ruleId);
  function clear(ruleId: string, at: string): boolean {
    const alert = openOf(ruleId);
    if (!alert) return false;
    alerts.put(keyIn(unit, alert.id), { ...alert, clearedAt: at });
    return true;
  }
  return {
    addRule: async (rule) => alertRules.put(keyIn(unit, rule.id), { ...rule, ended: null }),
    rules: async () =>
      alertRules
        .rows(keyIn(unit))
        .filter(({ ended }) => ended === null)
        .sort((left, right) => (left.madeAt === right.madeAt ? (left.id < right.id ? -1 : 1) : left.madeAt < right.madeAt ? -1 : 1)),
    endRule: async (id, ended) => {
      const rule = alertRules.get(keyIn(unit, id));
      if (!rule || rule.ended) return false;
      alertRules.put(keyIn(unit, id), { ...rule, ended });
      clear(id, ended.at);
      return true;
    },
    raise: async (alert) => {
      if (openOf(alert.ruleId)) return false;
      alerts.put(keyIn(unit, alert.id), { ...alert, acknowledged: null, clearedAt: null });
      return true;
    },
    open: async () => open().sort(newestFirst),
    acknowledge: async (id, acknowledged) => {
      const alert = alerts.get(keyIn(unit, id));
      if (!alert || alert.clearedAt !== null || alert.acknowledged !== null) return false;
      alerts.put(keyIn(unit, id), { ...alert, acknowledged });
      return true;
    },
    clear: async (ruleId, at) => clear(ruleId, at),
  };
};
