/** The power that `npm run campaign -- performance` judges by. */
import { expect, test } from 'vitest';
import { plannedPower } from './planted-power.ts';

const PRACTICE = { unit: 'days', specialties: 8, attempts: 500, specialists: 10 } as const;
const powerOf = (effect: number, attempts = 500): number =>
  plannedPower({ ...PRACTICE, attempts }, [{ specialty: 0, specialist: 4, effect }]);

test('it grows with the effect and with how many are asked, from hardly ever to nearly always, in either direction', () => {
  const [nothing, some, much] = [powerOf(1e-9), powerOf(0.35), powerOf(0.6)] as const;
  expect(nothing).toBeLessThan(0.02);
  expect(some).toBeGreaterThan(0.4);
  expect(some).toBeLessThan(0.8);
  expect(much).toBeGreaterThan(0.97);
  expect(powerOf(0.35, 1000)).toBeGreaterThan(some + 0.1);
  expect(Math.abs(powerOf(-0.35) - some)).toBeLessThan(0.1);
});
