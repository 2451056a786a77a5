import type { MetricRow } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { changeText, enoughToTell, monthsText, ofYear, reconciliationSentence, yearsOf } from './cms50.ts';
import { filterOf } from './filter.ts';

const row = (n: number, value: number | null = 0.5, parts: MetricRow['parts'] = {}): MetricRow => ({
  segment: {},
  category: null,
  n,
  value,
  low: value === null ? null : value - 0.1,
  high: value === null ? null : value + 0.1,
  level: 0.95,
  parts,
  note: null,
});

test('the years of the months there are, the newest first; what has no month is none', () => {
  expect(yearsOf(['2025-11', '2026-01', '2026-02', 'unknown'])).toEqual(['2026', '2025']);
  expect(ofYear(filterOf('specialty=cardiology&from=2024-03'), '2026')).toMatchObject({
    from: '2026-01',
    to: '2026-12',
    specialty: 'cardiology',
  });
});

test.each([
  ['', null],
  ['from=2026-01&to=2026-12', null],
  ['from=2025-01', null],
  ['from=2026-03&to=2026-06', 'Only orders of Mar 2026 to Jun 2026; the measure is of the whole year.'],
  ['to=2026-06', 'Only orders of Jan 2026 to Jun 2026; the measure is of the whole year.'],
])('a filter of %j of the year 2026 says %j', (search, words) => {
  expect(monthsText(filterOf(search), 2026)).toBe(words);
});

test('both rates are said with interval and n, or that there is nothing to count', () => {
  expect(reconciliationSentence({ rows: [row(1121), row(2095, 0.25)] })).toBe(
    'Our closed-loop rate: 50.0 % (95 %: 40.0–60.0, n 1,121 referrals). CMS50, as far as our referrals tell: 25.0 % (95 %: 15.0–35.0, n 2,095 patients).',
  );
  expect(reconciliationSentence({ rows: [row(0, null), row(5)] })).toContain('Our closed-loop rate: no referrals can be counted.');
  expect(reconciliationSentence({ rows: [] })).toBeUndefined();
});

test('what a step changed', () => {
  expect(changeText(row(1, 1, { added: 1393, removed: 0, gained: 432, lost: 0 }))).toBe('1,393 more looked at, 432 more count');
  expect(changeText(row(1, 1, { added: 0, removed: 229, gained: 0, lost: 4 }))).toBe('229 no longer looked at, 4 no longer count');
  expect(changeText(row(1, 1, { added: 0 }))).toBe('Nothing changes');
});

test('nobody with fewer than ten is told by a rate; who has none is not there', () => {
  const { told, tooFew, patients } = enoughToTell([row(9), row(10), row(40), row(0, null), row(3)]);
  expect([told.map(({ n }) => n), tooFew, patients]).toEqual([[40, 10], 2, 12]);
});
