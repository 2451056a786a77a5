import type { AppendAnswer, EventStore, NewEvent, StoredEvent } from '../events.ts';
import { keyOf, type MemoryContext, ordered } from './context.ts';

const read = (unit: MemoryContext, referralId: string): StoredEvent[] => unit.tables.events.named(referralId);

const ids = (unit: MemoryContext): string[] => [...new Set(unit.tables.events.rows().map((event) => event.referralId))];

function append(unit: MemoryContext, referralId: string, expected: number, events: NewEvent[]): AppendAnswer {
  const sequence = read(unit, referralId).length;
  const taken = new Set<string>();
  const fresh = events.filter(({ factKey }) => {
    if (factKey === undefined) return true;
    if (taken.has(factKey) || unit.tables.facts.get(factKey)) return false;
    taken.add(factKey);
    return true;
  });
  if (fresh.length === 0) return { status: 'appended', sequence, appended: 0 };
  if (sequence !== expected) return { status: 'conflict', sequence };
  for (const [offset, event] of fresh.entries()) {
    const stored: StoredEvent = { ...event, referralId, sequence: sequence + offset + 1 };
    unit.tables.events.put(keyOf(referralId, ordered(stored.sequence)), stored);
    if (event.factKey !== undefined) unit.tables.facts.put(event.factKey, { referralId });
  }
  return { status: 'appended', sequence: sequence + fresh.length, appended: fresh.length };
}

export const memoryEvents = (unit: MemoryContext): EventStore => ({
  append: async (referralId, expected, events) => append(unit, referralId, expected, events),
  // One transaction at a time: nobody writes meanwhile.
  hold: async () => undefined,
  read: async (referralId) => read(unit, referralId),
  count: async () => ids(unit).length,
  // Nothing is encrypted here, and no key can be destroyed.
  marks: async ({ after, limit }) =>
    ids(unit)
      .filter((id) => id > after)
      .slice(0, limit)
      .map((referralId) => ({ referralId, mark: JSON.stringify(read(unit, referralId).at(-1)) })),
  histories: async (referralIds) =>
    referralIds.map((referralId) => ({ referralId, events: read(unit, referralId) })).filter(({ events }) => events.length > 0),
  referralIds: async () => ids(unit),
});
