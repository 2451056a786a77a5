import { readCursor, writeCursor } from '../recommendation-cursor.ts';
import type {
  RecommendationFilters,
  RecommendationListPage,
  RecommendationStore,
  RecommendationSummary,
  RecommendationVersions,
  SaveAnswer,
  StoredRecommendation,
} from '../recommendations.ts';
import type { MemoryContext } from './context.ts';
import { ofRecommendation } from './row-names.ts';

function meets(row: StoredRecommendation, filters: RecommendationFilters): boolean {
  return (
    (filters.outcome === undefined || row.outcome === filters.outcome) &&
    (filters.policy === undefined || row.policy === filters.policy) &&
    (filters.specialty === undefined || row.specialty === filters.specialty) &&
    (filters.from === undefined || row.madeAt >= filters.from) &&
    (filters.to === undefined || row.madeAt < filters.to) &&
    (filters.subject === undefined || row.subject === filters.subject) &&
    (filters.patientPseudonym === undefined || row.patientPseudonym === filters.patientPseudonym)
  );
}

/** Newest first; of two made together, the one with the greater id. */
const newestFirst = (left: { madeAt: string; id: string }, right: { madeAt: string; id: string }): number => {
  if (left.madeAt !== right.madeAt) return left.madeAt < right.madeAt ? 1 : -1;
  if (left.id === right.id) return 0;
  return left.id < right.id ? 1 : -1;
};

function toSummary(row: StoredRecommendation): RecommendationSummary {
  const { patientId: _patientId, kept: _kept, working: _working, pendedFor: _pendedFor, prepared: _prepared, ...summary } = row;
  return summary;
}

export const memoryRecommendations = (unit: MemoryContext): RecommendationStore => {
  const table = unit.tables.recommendations;
  const all = (): StoredRecommendation[] => table.rows().sort(newestFirst);

  const ofPatient = (patientId: string): StoredRecommendation[] => table.named(patientId).sort(newestFirst);

  const firstAuditRow = (id: string): number | null => {
    const numbers = unit.tables.auditEntries
      .named(ofRecommendation(id))
      .flatMap((entry) => unit.tables.auditNumbers.get(entry.id)?.number ?? []);
    return numbers.length === 0 ? null : Math.min(...numbers);
  };

  const list = (question: { cursor?: string; limit: number; filters?: RecommendationFilters }): RecommendationListPage => {
    const met = all().filter((row) => meets(row, question.filters ?? {}));
    const cursor = readCursor(question.cursor);
    const rest = cursor ? met.filter((row) => newestFirst(cursor, row) < 0) : met;
    const shown = rest.slice(0, question.limit);
    const last = rest.length > question.limit ? shown.at(-1) : undefined;
    return {
      rows: shown.map((row) => ({ ...toSummary(row), auditEntry: firstAuditRow(row.id) })),
      next: last ? writeCursor(last) : null,
      total: met.length,
    };
  };

  return {
    insert: async (given) => {
      if (table.get(given.id)) throw new Error('A recommendation with this id exists.');
      table.put(given.id, {
        ...given,
        patientPseudonym: unit.index.pseudonym(unit.scope, given.patientId),
        revision: 1,
      });
    },
    get: async (id) => table.get(id),
    save: async (id, expectedRevision, change): Promise<SaveAnswer> => {
      const row = table.get(id);
      if (!row) return { status: 'missing' };
      if (row.revision !== expectedRevision) return { status: 'conflict', revision: row.revision };
      table.put(id, { ...row, ...change, revision: row.revision + 1 });
      return { status: 'saved', revision: row.revision + 1 };
    },
    list: async (question) => list(question),
    listPending: async ({ patientId, subject }) =>
      ofPatient(patientId).filter((row) => row.status === 'PENDING_REVIEW' && row.subject === subject),
    listPrepared: async (patientId) => ofPatient(patientId).filter((row) => row.status === 'PENDING_REVIEW' && row.prepared !== null),
    versions: async () => {
      const found = new Map<string, RecommendationVersions>();
      for (const { policy, composer, madeAt } of all()) {
        const name = JSON.stringify([policy, composer]);
        const since = found.get(name)?.since;
        if (since === undefined || madeAt < since) found.set(name, { policy, composer, since: madeAt });
      }
      const order = ({ since, policy, composer }: RecommendationVersions): string => `${since} ${policy} ${composer}`;
      return [...found.values()].sort((one, other) => (order(one) < order(other) ? -1 : 1));
    },
  };
};
