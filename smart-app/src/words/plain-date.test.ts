import { expect, test } from 'vitest';
import { detailText, plainTime } from './plain-date.ts';

test('instants are told behind what is said of an entry, in the zone of whoever reads it', () => {
  const now = new Date('2026-12-01T09:00');
  const at = new Date('2026-12-08T09:00').toISOString();
  expect(plainTime(at, now)).toBe('8 Dec 2026, 09:00');
  expect(detailText('For', [at], now)).toBe('For 8 Dec 2026, 09:00');
  expect(detailText(null, [at, new Date('2026-12-09T10:30').toISOString()], now)).toBe('8 Dec 2026, 09:00; 9 Dec 2026, 10:30');
  expect([detailText('By link', [], now), detailText(null, [], now)]).toEqual(['By link', null]);
});
