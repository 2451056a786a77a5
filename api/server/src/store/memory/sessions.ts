import type { SessionStore, UsedIdTokens } from '../sessions.ts';
import type { MemoryContext } from './context.ts';

const later = (left: string, right: string): string => (left > right ? left : right);

export const memorySessions = (unit: MemoryContext): SessionStore => {
  const table = unit.tables.sessions;
  return {
    insert: async (session) => table.put(session.tokenHash, { ...session, scope: unit.scope, endedAt: null }),
    touch: async (tokenHash, at, idleSince) => {
      const session = table.get(tokenHash);
      if (!session || session.endedAt !== null || session.expiresAt <= at || session.lastActivity <= idleSince) return false;
      table.put(tokenHash, { ...session, lastActivity: later(session.lastActivity, at) });
      return true;
    },
    end: async (tokenHash, at) => {
      const session = table.get(tokenHash);
      if (session && session.endedAt === null) table.put(tokenHash, { ...session, endedAt: at });
    },
  };
};

export const memoryUsedIdTokens = (unit: MemoryContext): UsedIdTokens => ({
  claim: async (hash, until, now) => {
    const known = unit.tables.usedIdTokens.get(hash);
    if (known && known.until >= now) return false;
    unit.tables.usedIdTokens.put(hash, { until });
    return true;
  },
});
