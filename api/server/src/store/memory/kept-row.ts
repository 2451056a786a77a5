/** A row as it is kept: what JSON would leave of it, shared by everybody who reads it and changed by nobody. */

const kept = new WeakSet<object>();

function keptList(list: readonly unknown[]): unknown[] {
  const made = list.map((item) => asKept(item ?? null));
  return made;
}

function keptRecord(record: object): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(record)) {
    if (item !== undefined && typeof item !== 'function') made[name] = asKept(item);
  }
  return made;
}

/**
 * A copy that shares nothing with what was given and cannot be changed; a value that is such a copy already is itself. So a row is copied
 * once, when it is written, and read as often as one likes for nothing.
 */
export function asKept<Value>(value: Value): Value {
  if (typeof value === 'number') return (Number.isFinite(value) ? value : null) as Value;
  if (typeof value !== 'object' || value === null || kept.has(value)) return value;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return asKept((value as unknown as { toJSON: () => unknown }).toJSON()) as Value;
  const made = Object.freeze(Array.isArray(value) ? keptList(value) : keptRecord(value));
  kept.add(made);
  return made as Value;
}
