import type { SlaPolicyStore } from '../sla-policies.ts';
import { keyIn, type MemoryContext } from './context.ts';

export const memorySlaPolicies = (unit: MemoryContext): SlaPolicyStore => {
  const table = unit.tables.slaPolicies;
  return {
    inForce: async () => table.rows(keyIn(unit)).toSorted((left, right) => right.policy.version - left.policy.version)[0],
    get: async (version) => table.get(keyIn(unit, String(version))),
    versions: async () =>
      table
        .rows(keyIn(unit))
        .map(({ policy: { version }, madeBy, madeByName, madeAt, reason }) => ({ version, madeBy, madeByName, madeAt, reason }))
        .toSorted((left, right) => right.version - left.version),
    add: async (stored) => {
      const at = keyIn(unit, String(stored.policy.version));
      if (table.get(at)) return false;
      table.put(at, stored);
      return true;
    },
  };
};
