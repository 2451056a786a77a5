import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestFew } from './best-few.ts';

test('keeps what sorting and cutting would keep', () => {
  const offers = fc.uniqueArray(fc.tuple(fc.nat({ max: 3 }), fc.constantFrom(-1, 0, 0.5), fc.nat({ max: 60 })), {
    selector: ([, , third]) => third,
  });
  fc.assert(
    fc.property(offers, fc.integer({ min: 1, max: 8 }), (keys, limit) => {
      const few = bestFew(limit);
      for (const [at, [first, second, third]] of keys.entries()) few.offer(at, first, second, third);
      const sorted = [...keys.entries()].sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map(([at]) => at);
      expect(few.positions()).toEqual(sorted.slice(0, limit));
    }),
    { seed: 20_261_120 },
  );
});
