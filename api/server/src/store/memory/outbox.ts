import { effectId, isOver, type OutboxStore, type Settlement, type StoredEffect, withSecret } from '../outbox.ts';
import type { KeptEffect, MemoryContext } from './context.ts';
import { UNFINISHED } from './row-names.ts';

type Sorted = Pick<StoredEffect, 'place' | 'id'>;
const isBefore = (left: Sorted, right: Sorted): boolean => left.place < right.place || (left.place === right.place && left.id < right.id);
const by = (moment: (effect: StoredEffect) => string | null) => (left: StoredEffect, right: StoredEffect) => {
  const [one, other] = [moment(left) ?? '', moment(right) ?? ''];
  if (one !== other) return one < other ? -1 : 1;
  return isBefore(left, right) ? -1 : 1;
};

const told = new WeakMap<KeptEffect, StoredEffect>();

/** A row as it is read; of the very same row it is the very same. */
function shown(row: KeptEffect): StoredEffect {
  const known = told.get(row);
  if (known) return known;
  const { secret, ...effect } = row;
  const made = Object.freeze({ ...effect, content: withSecret(effect.content, secret) });
  told.set(row, made);
  return made;
}

export const memoryOutbox = (unit: MemoryContext): OutboxStore => {
  const table = unit.tables.outbox;
  const all = (): KeptEffect[] => table.rows();
  const put = (effect: KeptEffect): void => table.put(effect.id, effect);

  const change = (id: string, { standing, at, dueAt }: Settlement, allowed: (effect: StoredEffect) => boolean): boolean => {
    const effect = table.get(id);
    if (!effect || !allowed(effect)) return false;
    put({ ...effect, standing, since: at, dueAt, lease: null, secret: isOver(standing) ? null : effect.secret });
    return true;
  };

  const ofReferral = (referralId: string): StoredEffect[] =>
    table
      .named(referralId)
      .sort(by(({ askedAt }) => askedAt))
      .map(shown);

  return {
    add: async ({ referralId, kind, key, askedAt, dueAt, content, secret = null, lane, place }) => {
      const id = effectId(unit.scope, kind, key);
      if (table.get(id)) return id;
      const asked = { id, referralId, kind, key, lane: lane ?? null, place: place ?? 0, askedAt, dueAt, content, secret };
      put({ ...asked, tries: 0, since: askedAt, lease: null, standing: { status: 'waiting' } });
      return id;
    },
    get: async (id) => {
      const effect = table.get(id);
      return effect && shown(effect);
    },
    ids: async () =>
      all()
        .map(({ id }) => id)
        .sort(),
    ofReferral: async (referralId) => ofReferral(referralId),
    // One transaction at a time.
    takeOfReferral: async (referralId) => ofReferral(referralId),
    claim: async ({ kinds, holder, now, machineTime = now, until, limit }) => {
      const unfinished = table.named(UNFINISHED);
      const isFirst = (effect: StoredEffect): boolean =>
        effect.lane === null || !unfinished.some((other) => other.lane === effect.lane && isBefore(other, effect));
      const claimed = unfinished
        .filter(({ dueAt, kind, lease }) => (dueAt ?? '') <= now && kinds.includes(kind) && (lease === null || lease.until <= machineTime))
        .filter(isFirst)
        .sort(by(({ dueAt }) => dueAt))
        .slice(0, limit)
        .map((effect) => ({ ...effect, lease: { holder, until } }));
      for (const effect of claimed) put(effect);
      return claimed.map(shown);
    },
    begin: async (id, holder, now, machineTime = now) => {
      const effect = table.get(id);
      if (effect?.lease?.holder !== holder || effect.lease.until <= machineTime) return false;
      put({ ...effect, standing: { status: 'begun' }, since: now, tries: effect.tries + 1 });
      return true;
    },
    settle: async (id, holder, settlement) => change(id, settlement, ({ lease }) => lease?.holder === holder),
    comeBack: async (id, { detail, at }) =>
      change(
        id,
        { standing: { status: 'failed', detail }, at, dueAt: null },
        ({ dueAt, standing }) => dueAt === null && (standing.status === 'done' || standing.status === 'unknown'),
      ),
    decide: async (id, settlement) =>
      change(id, settlement, ({ dueAt, standing }) => dueAt === null && (standing.status === 'failed' || standing.status === 'unknown')),
  };
};
