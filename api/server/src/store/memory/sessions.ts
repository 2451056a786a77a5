import type { SessionStore, UsedIdTokens } from '../sessions.ts';
import { keyIn, type MemoryContext } from './context.ts';

const later = (left: string, right: string): string => (left > right ? left : right);

export const memorySessions = (unit: MemoryContext): SessionStore => {
  const table = unit.tables.sessions;
  return {
    insert: async (session) => table.put(keyIn(unit, session.tokenHash), { ...session, scope: unit.scope, endedAt: null }),
    touch: async (tokenHash, at, idleSince) => {
      const session = table.get(keyIn(unit, tokenHash));
      if (!session || session.endedAt !== null || session.expiresAt <= at || session.lastActivity <= idleSince) return false;
      table.put(keyIn(unit, tokenHash), { ...session, lastActivity: later(session.lastActivity, at) });
      return true;
    },
    end: async (tokenHash, at) => {
      const session = table.get(keyIn(unit, tokenHash));
      if (session && session.endedAt === null) table.put(keyIn(unit, tokenHash), { ...session, endedAt: at });
    },
  };
};

export const memoryUsedIdTokens = (unit: MemoryContext): UsedIdTokens => ({
  claim: async (hash, until, now) => {
    const known = unit.tables.usedIdTokens.get(keyIn(unit, hash));
    if (known && known.until >= now) return false;
    unit.tables.usedIdTokens.put(keyIn(unit, hash), { until });
    return true;
  },
});
