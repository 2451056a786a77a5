import { expect, test } from 'vitest';
import { certaintyText, figureText, intervalText, pointsText, rowText, segmentText, valueText } from './figures.ts';

test.each([
  [0.583, 'share', '58.3 %'],
  [35, 'days', '35 days'],
  [1, 'days', '1 day'],
  [12_400, 'count', '12,400'],
  [null, 'share', '–'],
] as const)('%s in %s reads %s', (value, unit, text) => {
  expect(valueText(value, unit)).toBe(text);
});

test.each([
  [0.561, 0.603, '56.1–60.3'],
  [0.561, null, '56.1 or more'],
  [null, null, ''],
])('an interval from %s to %s reads %s', (low, high, text) => {
  expect(intervalText({ low, high }, 'share')).toBe(text);
});

test.each([
  [{ specialty: 'infectious-disease' }, 'Infectious disease'],
  [{ month: '2026-03' }, 'Mar 2026'],
  [{ week: '2026-W10' }, '2026-W10'],
  [{}, 'All'],
])('%o is called %s', (segment, text) => {
  expect(segmentText(segment)).toBe(text);
});

test('a row of a category bears the name that its metric gives it', () => {
  const metric = { categories: { 'wait-too-long': 'The wait was too long' } };
  expect(rowText(metric, { segment: {}, category: 'wait-too-long' })).toBe('The wait was too long');
  expect(rowText(metric, { segment: { specialty: 'cardiology' }, category: 'too-far' })).toBe('Cardiology · Too far');
  expect(rowText(metric, { segment: { specialty: 'cardiology' }, category: null })).toBe('Cardiology');
});

test.each([
  [0.0311, '+3.1'],
  [-0.004, '−0.4'],
  [0.0001, '0.0'],
  [-0.0001, '0.0'],
])('a difference of %d reads %s', (difference, text) => {
  expect(pointsText(difference)).toBe(text);
});

test('what is assumed is a range and bears no interval of chance; without assumptions there is nothing', () => {
  const assumed = { value: null, low: 1200, high: 5600.4 };
  expect([figureText(assumed, 'dollars'), certaintyText(assumed, 'dollars')]).toEqual(['$1.2K to $5.6K', '']);
  expect(figureText({ value: null, low: null, high: null }, 'dollars')).toBe('–');
  expect(figureText({ value: null, low: -1234, high: 900 }, 'dollars')).toBe('−$1.2K to $900');
  expect([figureText({ value: 0.5, low: 0.4, high: 0.6 }, 'share'), certaintyText({ low: 0.4, high: 0.6 }, 'share')]).toEqual([
    '50.0 %',
    '40.0–60.0 (95 %) · ',
  ]);
});
