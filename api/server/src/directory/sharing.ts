/**
 * Keeps one copy of what a directory repeats in every row: references, codes, days and short lists of them. The parser makes a new
 * text each time; sharing cuts the memory of a large export to less than half. Shared lists must not be changed.
 */
export type Share = <Value>(value: Value) => Value;

export function sharing(): Share {
  const pool = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();

  const shareText = (value: string): string => {
    const known = pool.get(value);
    if (known !== undefined) return known;
    pool.set(value, value);
    return value;
  };
  const shareList = (list: unknown[]): unknown => {
    if (!list.every((item) => typeof item === 'string')) {
      for (const [index, item] of list.entries()) list[index] = share(item);
      return list;
    }
    const key = list.join('\n');
    const known = lists.get(key);
    if (known?.length === list.length) return known;
    const shared = list.map(shareText);
    lists.set(key, shared);
    return shared;
  };
  const share = (value: unknown): unknown => {
    if (typeof value === 'string') return shareText(value);
    if (Array.isArray(value)) return shareList(value);
    if (typeof value !== 'object' || value === null) return value;
    const fields = value as Record<string, unknown>;
    for (const key of Object.keys(fields)) fields[key] = share(fields[key]);
    return value;
  };
  return <Value>(value: Value) => share(value) as Value;
}
