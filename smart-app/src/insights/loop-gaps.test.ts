import { expect, test } from 'vitest';
import { loopGapsOf } from './loop-gaps.ts';

test('what is not closed is told by the first thing that is missing, and adds up to it', () => {
  const parts = { closed: 50, closed_later: 5, not_seen: 25, seen_elsewhere: 9, no_note: 20, note_not_linked: 0, not_reviewed: null };
  const gaps = loopGapsOf({ n: 100, parts });
  expect(gaps.map(({ part, category, count, share }) => [part, category, count, share])).toEqual([
    ['not_seen', 'not-seen', 25, 0.25],
    ['no_note', 'no-note', 20, 0.2],
    ['closed_later', null, 5, 0.05],
  ]);
  expect(gaps.reduce((sum, { count }) => sum + count, parts.closed)).toBe(100);
});
