import { expect, test } from 'vitest';
import { dayIn, lastInstantIn } from './calendar-day.ts';

// New York leaves summer time at 06:00 UTC on 2026-11-01 (tz database, America/New_York); Nepal is 5:45 ahead of UTC.
test.each([
  ['UTC', '2026-11-20T23:59:59.999Z', '2026-11-20'],
  ['America/New_York', '2026-11-01T03:59:59.999Z', '2026-10-31'],
  ['America/New_York', '2026-11-01T04:00:00.000Z', '2026-11-01'],
  ['America/New_York', '2026-11-02T04:59:59.999Z', '2026-11-01'],
  ['America/New_York', '2026-11-02T05:00:00.000Z', '2026-11-02'],
  ['Asia/Kathmandu', '2026-11-20T18:14:59.999Z', '2026-11-20'],
  ['Asia/Kathmandu', '2026-11-20T18:15:00.000Z', '2026-11-21'],
  ['Pacific/Kiritimati', '2026-12-31T10:00:00.000Z', '2027-01-01'],
])('in %s, %s is %s', (timezone, instant, day) => {
  expect(dayIn(timezone)(instant)).toBe(day);
});

test('there is no day in a zone that there is not', () => {
  expect(() => dayIn('Mars/Olympus')).toThrow(RangeError);
});

test.each([
  ['UTC', '2026-11-28', '2026-11-28T23:59:59.999Z'],
  ['America/New_York', '2026-11-28', '2026-11-29T04:59:59.999Z'],
  // The day of 25 hours.
  ['America/New_York', '2026-11-01', '2026-11-02T04:59:59.999Z'],
  ['Asia/Kathmandu', '2026-11-20', '2026-11-20T18:14:59.999Z'],
  ['Pacific/Kiritimati', '2026-12-31', '2026-12-31T09:59:59.999Z'],
])('in %s, %s ends at %s', (timezone, day, instant) => {
  expect(lastInstantIn(timezone, day)).toBe(instant);
});
