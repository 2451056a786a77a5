import type { PatientLinkStore, StoredPatientLink } from '../patient-links.ts';
import type { MemoryContext } from './context.ts';

const oldestFirst = (left: StoredPatientLink, right: StoredPatientLink): number => {
  if (left.madeAt !== right.madeAt) return left.madeAt < right.madeAt ? -1 : 1;
  return left.id < right.id ? -1 : 1;
};

export const memoryPatientLinks = (unit: MemoryContext): PatientLinkStore => {
  const table = unit.tables.patientLinks;
  const of = (referralId: string) => table.named(referralId);
  const change = (id: string, to: (link: StoredPatientLink) => StoredPatientLink): void => {
    const link = table.get(id);
    if (link) table.put(id, { ...to(link), scope: unit.scope });
  };
  const linksOf = (referralId: string): StoredPatientLink[] =>
    of(referralId)
      .map(({ scope: _scope, ...link }) => link)
      .sort(oldestFirst);
  return {
    insert: async (link) => table.put(link.id, { ...link, wrongTries: 0, opened: null, closedAt: null, scope: unit.scope }),
    takeAll: async (referralId) => linksOf(referralId),
    list: async (referralId) => linksOf(referralId),
    countWrongTry: async (id) => change(id, (link) => ({ ...link, wrongTries: link.wrongTries + 1 })),
    open: async (id, opened) => change(id, (link) => ({ ...link, opened })),
    close: async (referralId, at, kept = []) => {
      const open = of(referralId).filter(({ id, closedAt }) => closedAt === null && !kept.includes(id));
      for (const { id } of open) change(id, (link) => ({ ...link, closedAt: at }));
      return open.map(({ id }) => id).sort();
    },
  };
};
