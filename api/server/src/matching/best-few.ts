/** The first few of many by three numeric keys, smallest first, kept sorted while the rest is thrown away. */
export type BestFew = {
  offer: (position: number, first: number, second: number, third: number) => void;
  positions: () => readonly number[];
};

type Keys = readonly [first: number, second: number, third: number];

const before = (a: Keys, b: Keys): boolean => (a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2]);

/** Keeps at most `limit` (≥ 1); equal keys must not occur, so the third is unique. */
export function bestFew(limit: number): BestFew {
  const kept: number[] = [];
  const keys: Keys[] = [];
  return {
    offer: (position, first, second, third) => {
      const last = keys[limit - 1];
      // Most are worse than the worst kept: one comparison and no allocation.
      if (last !== undefined && (first > last[0] || (first === last[0] && second > last[1]))) return;
      const key: Keys = [first, second, third];
      if (last !== undefined && before(last, key)) return;
      let at = keys.length;
      while (at > 0 && before(key, keys[at - 1] ?? key)) at -= 1;
      keys.splice(at, 0, key);
      kept.splice(at, 0, position);
      if (keys.length > limit) {
        keys.pop();
        kept.pop();
      }
    },
    positions: () => kept,
  };
}
