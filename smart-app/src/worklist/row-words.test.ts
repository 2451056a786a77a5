import { describe, expect, test } from 'vitest';
import { ageWords, emptyWords, hoursWords, leftBar, leftWords, waitingWords, wallClock } from './row-words.ts';
import { testRow } from './test-row.ts';

const AT = new Date('2026-11-28T15:00:00.000Z');
const later = '2026-11-30T15:00:00.000Z';
const earlier = '2026-11-27T15:00:00.000Z';

test.each([
  [0.1, '6 min'],
  [0.5, '30 min'],
  [1, '1 h'],
  [3.5, '3.5 h'],
  [-9.94, '9.9 h'],
  [41.4, '41 h'],
  [4387.2, '4,387 h'],
])('%s opening hours are “%s”', (hours, words) => {
  expect(hoursWords(hours)).toBe(words);
});

describe('how much time is left', () => {
  test.each([
    [later, 6, 4, '6 h left', 0.4, 'calm'],
    [later, 0.5, 4, '30 min left', 4 / 4.5, 'soon'],
    ['2026-11-28T15:02:00.000Z', 0, 4, 'due now', 1, 'soon'],
    [later, 0, 4, 'due before opening', 1, 'soon'],
    [earlier, -5, 9, '5 h over', 1, 'over'],
    [earlier, 0, 9, 'just over', 1, 'over'],
    [earlier, -99.4, 120, '99 h over', 1, 'over'],
    ['2026-03-09T15:00:00.000Z', -1700, 1709, '264 d over', 1, 'over'],
    ['2024-12-09T15:00:00.000Z', -4485, 4503, '719 d over', 1, 'over'],
  ])('due %s with %s opening hours left of a line that is %s old: %s', (dueAt, leftBusinessHours, ageBusinessHours, words, used, tone) => {
    const row = { ...testRow({ id: 'a', dueAt }), leftBusinessHours, ageBusinessHours };
    expect(leftWords(row, AT)).toBe(words);
    expect(leftBar(row, AT)).toEqual({ used: expect.closeTo(used), tone });
  });
});

test.each([
  ['2026-11-28T09:00:00.000Z', 4, '4 h'],
  ['2026-11-14T15:00:00.000Z', 99.4, '99 h'],
  ['2026-11-14T14:00:00.000Z', 100, '14 d'],
  ['2023-11-29T15:00:00.000Z', 6300, '1,095 d'],
])('open since %s, %s opening hours ago: %s', (since, ageBusinessHours, words) => {
  expect(ageWords({ ...testRow({ id: 'a', since }), leftBusinessHours: 0, ageBusinessHours }, AT)).toBe(words);
});

test('before an order is in force it waits within the practice', () => {
  expect([waitingWords({ waitingOn: null }), waitingWords({ waitingOn: 'coordinator' })]).toEqual(['Practice', 'Us']);
});

test.each<[string, string, number, number, boolean, string]>([
  ['nothing of mine', 'mine', 0, 14, false, 'Nothing waits for you. 14 referrals wait for others.'],
  ['one of another', 'mine', 0, 1, false, 'Nothing waits for you. 1 referral waits for others.'],
  [
    'nothing at all',
    'mine',
    0,
    0,
    false,
    'Nothing waits here. Coordinators and leads see every referral whose order is in force; a clinician sees what waits for them.',
  ],
  ['an empty view', 'overdue', 2, 3, false, 'Nothing in this view. 3 referrals are open in all.'],
  ['narrowed', 'mine', 2, 3, true, 'Nothing matches. Take a filter away to see more.'],
])('an empty list: %s', (_what, view, mine, open, narrowed, words) => {
  expect(emptyWords(view, mine, open, narrowed)).toBe(words);
});

test('of what is only to come it is not said since when it is open', () => {
  expect(wallClock({ dueAt: later, since: earlier }, AT)).toMatch(/^Due .+, open since /);
  expect(wallClock({ dueAt: later, since: later }, AT)).not.toContain('open since');
});
