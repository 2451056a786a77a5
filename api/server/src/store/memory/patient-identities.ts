import type { PatientIdentityStore } from '../patient-identities.ts';
import { keyIn, type MemoryContext } from './context.ts';

export const memoryPatientIdentities = (unit: MemoryContext): PatientIdentityStore => {
  const table = unit.tables.patientIdentities;
  return {
    put: async (identity, blocks) => table.put(keyIn(unit, identity.patientId), { stored: identity, blocks: [...blocks] }),
    sharing: async (blocks, limit) =>
      table
        .rows(keyIn(unit))
        .filter((row) => row.blocks.some((block) => blocks.includes(block)))
        .slice(0, limit)
        .map(({ stored }) => stored),
    get: async (patientId) => table.get(keyIn(unit, patientId))?.stored,
  };
};
