import type { PatientIdentityStore } from '../patient-identities.ts';
import type { MemoryContext } from './context.ts';

export const memoryPatientIdentities = (unit: MemoryContext): PatientIdentityStore => {
  const table = unit.tables.patientIdentities;
  return {
    put: async (identity, blocks) => table.put(identity.patientId, { stored: identity, blocks: [...blocks] }),
    sharing: async (blocks, limit) =>
      [...new Set(blocks.flatMap((block) => table.named(block)))]
        .map(({ stored }) => stored)
        .sort((left, right) => (left.patientId < right.patientId ? -1 : 1))
        .slice(0, limit),
    get: async (patientId) => table.get(patientId)?.stored,
  };
};
