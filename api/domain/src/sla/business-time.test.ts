import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addBusinessDays, addBusinessHours, type BusinessCalendar, businessMsBetween, isBusinessDay } from './business-time.ts';

const calendar: BusinessCalendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: ['2026-11-26'] };

describe('the same time of the day so many business days later', () => {
  test.each([
    ['Monday ten to Wednesday ten', '2026-11-16T16:00:00.000Z', 2, '2026-11-18T16:00:00.000Z'],
    ['over a weekend', '2026-11-20T20:30:00.000Z', 2, '2026-11-24T20:30:00.000Z'],
    ['over Thanksgiving', '2026-11-25T16:00:00.000Z', 2, '2026-11-30T16:00:00.000Z'],
    ['from a Saturday it counts from Monday’s opening', '2026-11-21T18:00:00.000Z', 1, '2026-11-24T14:00:00.000Z'],
    ['the clock on the wall stays when summer time ends', '2026-10-30T15:00:00.000Z', 1, '2026-11-02T16:00:00.000Z'],
  ])('%s', (_what, from, days, expected) => {
    expect(addBusinessDays(from, days, calendar)).toBe(expected);
  });
});

describe('so many hours of opening time later', () => {
  test.each([
    ['within the day', '2026-11-16T15:00:00.000Z', 4, '2026-11-16T19:00:00.000Z'],
    ['over the night', '2026-11-16T21:00:00.000Z', 4, '2026-11-17T16:00:00.000Z'],
    ['over the weekend', '2026-11-20T22:30:00.000Z', 4, '2026-11-23T17:30:00.000Z'],
    ['from before opening', '2026-11-16T08:00:00.000Z', 1, '2026-11-16T15:00:00.000Z'],
    ['over a holiday', '2026-11-25T22:00:00.000Z', 4, '2026-11-27T17:00:00.000Z'],
  ])('%s', (_what, from, hours, expected) => {
    expect(addBusinessHours(from, hours, calendar)).toBe(expected);
  });
});

/** Minute by minute, as slow as it is plain. */
function walked(from: number, to: number): number {
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: calendar.timeZone, dateStyle: 'short', timeStyle: 'short' });
  let minutes = 0;
  for (let at = from; at < to; at += 60_000) {
    const [day = '', time = ''] = wall.format(at).split(' ');
    const hour = Number(time.slice(0, 2));
    if (isBusinessDay(day, calendar) && hour >= calendar.opens && hour < calendar.closes) minutes += 1;
  }
  return minutes * 60_000;
}

describe('opening time between two moments', () => {
  test('as somebody counts it who looks at the clock every minute, over weekends, a holiday and the end of summer time', () => {
    const first = Date.parse('2026-10-28T00:00:00.000Z');
    fc.assert(
      fc.property(fc.nat({ max: 20 * 1440 }), fc.nat({ max: 16 * 1440 }), (start, minutes) => {
        const [from, to] = [first + start * 60_000, first + (start + minutes) * 60_000];
        expect(businessMsBetween(new Date(from).toISOString(), new Date(to).toISOString(), calendar)).toBe(walked(from, to));
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['within the day', '2026-11-16T15:00:00.000Z', '2026-11-16T19:00:00.000Z', 4],
    ['over the night', '2026-11-16T21:00:00.000Z', '2026-11-17T16:00:00.000Z', 4],
    ['over Thanksgiving and the weekend', '2026-11-25T22:00:00.000Z', '2026-11-30T15:00:00.000Z', 11],
    ['a night alone is none', '2026-11-16T23:30:00.000Z', '2026-11-17T13:00:00.000Z', 0],
    ['backwards is none', '2026-11-17T16:00:00.000Z', '2026-11-16T21:00:00.000Z', 0],
  ])('%s', (_what, from, to, hours) => {
    expect(businessMsBetween(from, to, calendar)).toBe(hours * 3_600_000);
  });

  test('so many opening hours later are so many opening hours away', () => {
    for (let hours = 1; hours <= 40; hours += 1) {
      const from = '2026-10-30T15:12:00.000Z';
      expect(businessMsBetween(from, addBusinessHours(from, hours, calendar), calendar)).toBe(hours * 3_600_000);
    }
  });
});
