import { expect, test } from 'vitest';
import { activeIndex, placeAt } from './active-line.ts';
import { linesOf } from './standing-list.ts';
import { testRow } from './test-row.ts';

const lines = (...ids: string[]) => linesOf(ids.map((id) => testRow({ id, referralId: id.split('-')[0] ?? id })));
const onB = placeAt('all', lines('a', 'b', 'c'), 1);

test.each<[string, string[], number]>([
  ['others come before it', ['x', 'a', 'y', 'b', 'c'], 3],
  ['others before it go', ['b', 'c'], 0],
  ['what follows of the same referral takes its place, and others come before it', ['x', 'y', 'a', 'b-next'], 3],
  ['another line of the same referral comes before it', ['b-other', 'a', 'b', 'c'], 2],
  ['it is gone: the one in its place', ['a', 'c', 'd'], 1],
  ['it is gone, and all behind it', ['a'], 0],
  ['there are none', [], 0],
])('the line under the cursor stays under it: %s', (_what, now, index) => {
  expect(activeIndex(lines(...now), onB, 'all')).toBe(index);
});

test('another view begins with its first line', () => {
  expect(activeIndex(lines('a', 'b', 'c'), onB, 'mine')).toBe(0);
});

test('where nobody has gone to a line it is the first, whatever comes', () => {
  expect(activeIndex(lines('x', 'a'), undefined, 'all')).toBe(0);
});
