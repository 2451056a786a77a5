import { expect, test } from 'vitest';
import { ageInMonths, ageInYears, datePart, dateWords, earliestDay, latestDay, onDate, shortDateWords } from './date.ts';

test.each([
  ['2026-10-02', '2 October 2026', 'on 2 October 2026', '2 Oct 2026', '2026-10-02', '2026-10-02'],
  ['2026-05', 'May 2026', 'in May 2026', 'May 2026', '2026-05-01', '2026-05-31'],
  ['2018', '2018', 'in 2018', '2018', '2018-01-01', '2018-12-31'],
  ['', '', '', '', '', ''],
])('%s', (date, words, on, short, earliest, latest) => {
  expect([dateWords(date), onDate(date), shortDateWords(date), earliestDay(date), latestDay(date)]).toEqual([
    words,
    on,
    short,
    earliest,
    latest,
  ]);
});

test.each([
  ['2026-11-15T23:30:00-06:00', '2026-11-15'],
  ['2026-11-15T02:00:00Z', '2026-11-15'],
  [' 2026-11 ', '2026-11'],
  ['2026', '2026'],
  ['2026-13', ''],
  ['2026-11-40', ''],
  ['yesterday', ''],
  [20261115, ''],
  [null, ''],
])('the date part of %j is "%s"', (value, part) => {
  expect(datePart(value)).toBe(part);
});

test('age counts completed years and months', () => {
  expect(ageInYears('2000-02-29', '2026-02-28')).toBe(25);
  expect(ageInYears('2000-02-29', '2026-03-01')).toBe(26);
  expect(ageInMonths('2026-01-31', '2026-02-28')).toBe(0);
  expect(ageInMonths('2025-11-20', '2026-11-20')).toBe(12);
});
