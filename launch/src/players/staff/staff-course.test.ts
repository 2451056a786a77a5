/** When the practice's own people get to what they owe, over many seeds. */
import type { BusinessCalendar } from '@refloop/domain/sla/business-time';
import { OBLIGATION_KINDS } from '@refloop/domain/sla/service-levels';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getsToItAt, isOpenAt } from './staff-course.ts';

const CALENDAR: BusinessCalendar = { timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: [] };
const SINCE = '2026-12-04T21:00:00.000Z';
const DUE = '2026-12-08T21:00:00.000Z';
const owed = (kind: string) => ({ patientName: 'Doe, Jo', kind, since: SINCE, dueAt: DUE });

test('never before it came up, within opening hours, later each time; what others owe not before it is late', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...OBLIGATION_KINDS), fc.integer({ min: 0, max: 4 }), (seed, kind, times) => {
      const at = getsToItAt(seed, owed(kind), times, CALENDAR);
      expect(getsToItAt(seed, owed(kind), times, CALENDAR)).toEqual(at);
      if (!at) return;
      expect(at >= new Date(SINCE)).toBe(true);
      expect(isOpenAt(new Date(at.getTime() - 1), CALENDAR)).toBe(true);
      expect((getsToItAt(seed, owed(kind), times + 1, CALENDAR) ?? at) > at).toBe(true);
      if (['answer', 'book', 'note'].includes(kind)) expect(at >= new Date(DUE)).toBe(true);
    }),
  );
});

test('what contradicts, what was never approved and what an office asks is left for a person', () => {
  for (const kind of ['reconcile', 'decide', 'finish-writing', 'sign-in-ehr', 'reply', 'visit'])
    expect(getsToItAt('seed', owed(kind), 0, CALENDAR)).toBeUndefined();
});

test('closed at night, at weekends and on holidays', () => {
  const days = { ...CALENDAR, holidays: ['2026-12-25'] };
  const open = (at: string): boolean => isOpenAt(new Date(at), days);
  expect([open('2026-12-04T15:00:00Z'), open('2026-12-04T23:30:00Z'), open('2026-12-05T15:00:00Z'), open('2026-12-25T15:00:00Z')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
