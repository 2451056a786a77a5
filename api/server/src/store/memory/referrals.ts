import type { MovedPlace, ReferralRow, ReferralStore } from '../referrals.ts';
import type { MemoryContext } from './context.ts';

/** What moved last stands first. */
const isBehind = (before: MovedPlace, row: MovedPlace): boolean =>
  row.updatedAt < before.updatedAt || (row.updatedAt === before.updatedAt && row.referralId < before.referralId);

export const memoryReferrals = (unit: MemoryContext): ReferralStore => {
  const all = (): ReferralRow[] => unit.tables.referrals.rows();
  const put = (row: ReferralRow): void => unit.tables.referrals.put(row.referralId, row);
  return {
    put: async (row) => put(row),
    get: async (referralId) => unit.tables.referrals.get(referralId),
    some: async (referralIds) => all().filter(({ referralId }) => referralIds.includes(referralId)),
    listByPatient: async (patientId) => unit.tables.referrals.named(patientId),
    listByRequester: async ({ requester, endedSince, after, limit }) =>
      all()
        .filter((row) => row.requester === requester && (!row.ended || row.updatedAt >= endedSince))
        .filter((row) => after === undefined || isBehind(after, row))
        .sort((left, right) => (isBehind(left, right) ? -1 : 1))
        .slice(0, limit),
    listOlder: async ({ foldVersion, after, limit }) =>
      all()
        .filter((row) => row.foldVersion < foldVersion && row.referralId > after)
        .map(({ referralId }) => referralId)
        .slice(0, limit),
    renew: async (row) => {
      if (unit.tables.referrals.get(row.referralId)?.sequence !== row.sequence) return false;
      put(row);
      return true;
    },
    all: async () => all(),
    any: async () => all().length > 0,
    ids: async () => all().map(({ referralId }) => referralId),
    rebuild: async (project) => {
      const rows = await project();
      for (const row of all()) unit.tables.referrals.remove(row.referralId);
      for (const row of rows) put(row);
    },
  };
};
