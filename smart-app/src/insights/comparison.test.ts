import { expect, test } from 'vitest';
import { comparisonPath, firstPeriods } from './comparison.ts';
import { filterOf } from './filter.ts';

const MONTHS = Array.from({ length: 24 }, (_, at) => `${2025 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`);

test('the periods offered are the latest two quarters that are old enough, or as far back as there are months', () => {
  expect(firstPeriods(MONTHS)).toEqual({ beforeFrom: '2026-01', beforeTo: '2026-03', afterFrom: '2026-04', afterTo: '2026-06' });
  expect(firstPeriods(['2026-11'])).toEqual({ beforeFrom: '2026-11', beforeTo: '2026-11', afterFrom: '2026-11', afterTo: '2026-11' });
  expect(firstPeriods([]).beforeFrom).toBe('');
});

test('what is not chosen is not asked; specialty and payer are those of the filter', () => {
  const compared = { metric: 'completion', ...firstPeriods(MONTHS), site: 'Hill & Dale', against: '' };
  expect(comparisonPath(compared, filterOf('specialty=cardiology&from=2026-01&site=Riverside'))).toBe(
    '/insights/comparison?metric=completion&beforeFrom=2026-01&beforeTo=2026-03&afterFrom=2026-04&afterTo=2026-06&site=Hill+%26+Dale&specialty=cardiology',
  );
});
