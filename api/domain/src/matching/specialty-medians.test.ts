import { expect, test } from 'vitest';
import { exampleEntry } from './example-directory.ts';
import { median, specialtyMedians } from './specialty-medians.ts';

test.each<[number[], number | null]>([
  [[], null],
  [[7], 7],
  [[9, 1, 5], 5],
  [[10, 2, 4, 1], 3],
])('the median of %j', (values, expected) => expect(median(values)).toBe(expected));

test('a specialty in which nobody states a value takes the whole directory’s', () => {
  const medians = specialtyMedians([
    exampleEntry({ id: 'a', wait: { days: 10, asOf: '2026-11-01' } }),
    exampleEntry({ id: 'b', wait: { days: 20, asOf: '2026-11-01' } }),
    exampleEntry({ id: 'c' }),
    exampleEntry({ id: 'd', nucc: '207N00000X', specialty: 'dermatology', rating: { stars: 4, count: 2 } }),
  ]);
  expect(medians['cardiology']).toEqual({ waitDays: 15, stars: 4 });
  expect(medians['dermatology']).toEqual({ waitDays: 15, stars: 4 });
  expect(specialtyMedians([])['cardiology']).toEqual({ waitDays: null, stars: null });
});
