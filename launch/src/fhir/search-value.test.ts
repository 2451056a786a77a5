import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText, instantRange, numberRange } from './search-value.ts';

describe('a date as a range of instants', () => {
  it.each([
    ['2026', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2026-02', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2026-12-31', '2026-12-31T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['2026-11-20T10:30', '2026-11-20T10:30:00.000Z', '2026-11-20T10:31:00.000Z'],
    ['2026-11-20T10:30:05-05:00', '2026-11-20T15:30:05.000Z', '2026-11-20T15:30:06.000Z'],
    ['2026-11-20T10:30:05.123456Z', '2026-11-20T10:30:05.123Z', '2026-11-20T10:30:05.124Z'],
    ['9999', '9999-01-01T00:00:00.000Z', 'infinity'],
  ])('%s is [%s, %s)', (text, low, high) => {
    expect(instantRange(text)).toEqual({ low, high });
  });

  it.each(['', '20', '2026-13', '2026-02-29', '2026-04-31', '2026-11-20T25:00Z', 'today', '2026-11-20T10:30:05+99:00'])(
    '%j is none',
    (text) => {
      expect(instantRange(text)).toBeUndefined();
    },
  );

  it('contains every instant of the day it names', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), (date) => {
        const instant = date.toISOString();
        const day = instantRange(instant.slice(0, 10));
        expect(day && day.low <= instant && instant < day.high).toBe(true);
      }),
    );
  });
});

it.each([
  ['5.4', 5.35, 5.45],
  ['5.40', 5.395, 5.405],
  ['100', 99.5, 100.5],
  ['1e2', 50, 150],
  ['-3', -3.5, -2.5],
])('the number %s stands for [%d, %d)', (text, low, high) => {
  expect(numberRange(text)?.low).toBeCloseTo(low, 10);
  expect(numberRange(text)?.high).toBeCloseTo(high, 10);
});

it.each(['', '5,4', 'five', '1e999', '0x10'])('%j is no number', (text) => {
  expect(numberRange(text)).toBeUndefined();
});

it('text is compared without case, accents and extra spaces', () => {
  expect(foldText('  Zoë  MÜLLER ')).toBe('zoe muller');
});
