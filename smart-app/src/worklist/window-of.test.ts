import { expect, test } from 'vitest';
import { scrollTo, windowOf } from './window-of.ts';

test('what is on the screen is always drawn, and never much more', () => {
  for (const count of [0, 1, 12, 40, 333, 10_000])
    for (const height of [40, 300, 812, 1_600])
      for (let scrolled = 0; scrolled <= Math.max(0, count * 36 - height) + 500; scrolled += 1 + Math.floor(count * 0.37)) {
        const { first, end } = windowOf(count, 36, scrolled, height);
        const [top, bottom] = [Math.floor(scrolled / 36), Math.min(count, Math.ceil((scrolled + height) / 36))];
        const told = `${count} lines, ${height} px, scrolled ${scrolled}`;
        if (top < count) expect([first <= top, end >= bottom], told).toEqual([true, true]);
        expect([first >= 0, end >= first, end <= count, end - first <= Math.ceil(height / 36) + 50], told).not.toContain(false);
      }
});

test.each([
  ['seen whole', 5, 0, undefined],
  ['above', 5, 400, 180],
  ['below', 20, 0, 456],
  ['cut at the lower edge', 8, 20, 24],
])('where to scroll for a line that is %s', (_what, index, scrolled, top) => {
  expect(scrollTo(index, 36, scrolled, 300)).toBe(top);
});
