import { expect, test } from 'vitest';
import type { BusinessCalendar } from './business-time.ts';
import { openingHours } from './opening-hours.ts';

const CALENDAR: BusinessCalendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: ['2026-11-26'] };
/** A Wednesday, four in the afternoon in Chicago; the next day is a holiday. */
const NOW = '2026-11-25T22:00:00.000Z';

test.each([
  ['within a day', '2026-11-25T20:00:00.000Z', '2026-11-25T22:30:00.000Z', 2, 0.5],
  ['over a holiday', '2026-11-24T22:00:00.000Z', '2026-11-27T15:00:00.000Z', 9, 2],
  ['over since', '2026-11-23T15:00:00.000Z', '2026-11-25T16:00:00.000Z', 25, -6],
  ['not begun yet', '2026-11-27T15:00:00.000Z', '2026-11-30T15:00:00.000Z', 0, 11],
])('%s', (_, since, dueAt, age, left) => {
  expect(openingHours({ since, dueAt }, NOW, CALENDAR)).toEqual({ ageBusinessHours: age, leftBusinessHours: left });
});
