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
    // What an event adds stands last: what stood before is the very same.
    for (let at = left.length - 1; at >= 0; at -= 1) if (left[at] !== right[at] && !isSame(left[at], right[at])) return false;
    return true;
  }
  const names = namesOf(left);
  if (names.length !== namesOf(right).length) return false;
  for (const name of names) {
    const [one, other] = [(left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]];
    if (one !== other && !isSame(one, other)) return false;
  }
  return true;
}
