/** Whether two values are the same as JSON; what is the very same object is not looked into. */
const NOTHING: readonly string[] = [];

/** What is there without a value is not there. */
const namesOf = (record: object): readonly string[] => {
  const names = Object.keys(record);
  return names.length === 0 ? NOTHING : names.filter((name) => (record as Record<string, unknown>)[name] !== undefined);
};

export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, at) => isSame(item, right[at]));
  }
  const names = namesOf(left);
  if (names.length !== namesOf(right).length) return false;
  return names.every((name) => isSame((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]));
}
