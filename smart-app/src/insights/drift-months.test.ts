import { expect, test } from 'vitest';
import { withinQuarters } from './drift-months.ts';
import { filterOf } from './filter.ts';

const quarters = { before: '2025-Q4', last: '2026-Q1' };
const monthsOf = (search: string): (string | undefined)[] => {
  const { from, to } = withinQuarters(filterOf(search), quarters);
  return [from, to];
};

test('rows behind a drift are of the two quarters compared', () => {
  expect(monthsOf('')).toEqual(['2025-10', '2026-03']);
  expect(monthsOf('from=2024-01&to=2026-11')).toEqual(['2025-10', '2026-03']);
  const year = { before: '2026-Q2', last: '2026-Q3' };
  expect(withinQuarters(filterOf('payer=a'), year)).toMatchObject({ from: '2026-04', to: '2026-09', payer: 'a' });
});

test('and of the months looked at, where these are fewer', () => {
  expect(monthsOf('from=2025-12&to=2026-02')).toEqual(['2025-12', '2026-02']);
});
