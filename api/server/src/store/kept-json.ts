/** Plain JSON as it is kept: what would be left of a value once it was written and read, shared by everybody who reads it and changed by nobody. */

function keptList(list: readonly unknown[]): unknown[] {
  const made: unknown[] = [];
  for (const item of list) made.push(asKept(item ?? null));
  return made;
}

function keptRecord(record: Record<string, unknown>): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const name of Object.keys(record)) {
    const item = record[name];
    if (item !== undefined && typeof item !== 'function') made[name] = typeof item === 'string' ? item : asKept(item);
  }
  return made;
}

/**
 * A copy that shares nothing with what was given and cannot be changed; what cannot be changed already is itself. So a value is copied once,
 * when it is written, and read as often as one likes for nothing; and of a state that follows from one that was kept only what is new is copied.
 */
export function asKept<Value>(value: Value): Value {
  if (typeof value === 'number') return (Number.isFinite(value) ? value : null) as Value;
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(keptList(value)) as Value;
  if (value instanceof Date) return value.toISOString() as Value;
  return Object.freeze(keptRecord(value as Record<string, unknown>)) as Value;
}

/** Whether two values that were kept are the same; what is the very same object is not looked into. */
export function isSameKept(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, at) => isSameKept(item, right[at]));
  }
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  const [one, other] = [left as Record<string, unknown>, right as Record<string, unknown>];
  return names.every((name) => Object.hasOwn(other, name) && isSameKept(one[name], other[name]));
}
