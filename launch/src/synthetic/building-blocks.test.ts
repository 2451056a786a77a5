import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { birthDateOf, dayBefore } from './calendar.ts';
import { calculatedLdl, estimatedFiltrationRate } from './laboratory.ts';
import { randomFrom } from './random.ts';

describe('randomFrom', () => {
  it('draws the same from the same seed, and stays within its bounds', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), (seed, low, span) => {
        const [one, other] = [randomFrom(seed), randomFrom(seed)];
        for (let draw = 0; draw < 20; draw += 1) {
          const value = one.integer(low, low + span);
          expect(value).toBe(other.integer(low, low + span));
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(low + span);
          const decimal = one.decimal(low, low + span, 2);
          expect(decimal).toBe(other.decimal(low, low + span, 2));
        }
      }),
    );
  });

  it('reaches both ends and spreads evenly', () => {
    const random = randomFrom('even');
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 60_000; draw += 1) {
      const value = random.integer(1, 6);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('keeps its stream, on which every chart rests', () => {
    const random = randomFrom('refloop');
    expect([random.integer(0, 999), random.integer(0, 999), random.integer(0, 999)]).toMatchInlineSnapshot(`
      [
        12,
        764,
        888,
      ]
    `);
  });
});

describe('the calendar', () => {
  it('counts back over leap days and years', () => {
    expect(dayBefore('2028-03-01', 1)).toBe('2028-02-29');
    expect(dayBefore('2026-01-01', 1)).toBe('2025-12-31');
    expect(dayBefore('2026-11-20', -11)).toBe('2026-12-01');
  });

  it('makes somebody exactly as old as asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 5, max: 355 }),
        (shift, years, days) => {
          const asOf = dayBefore('2050-01-01', shift);
          const born = birthDateOf(asOf, years, days);
          const age = Number(asOf.slice(0, 4)) - Number(born.slice(0, 4)) - (born.slice(5) > asOf.slice(5) ? 1 : 0);
          expect(age).toBe(years);
          expect(Number.isNaN(Date.parse(born))).toBe(false);
        },
      ),
    );
  });
});

describe('derived results', () => {
  // Worked by hand from the published equation.
  it.each([
    [1.0, 50, 'male', 92],
    [1.0, 50, 'female', 69],
    [0.6, 30, 'female', 124],
    [1.9, 68, 'male', 38],
  ] as const)('creatinine %f at %i years, %s: eGFR %i', (creatinine, age, sex, expected) => {
    expect(estimatedFiltrationRate(creatinine, age, sex)).toBe(expected);
  });

  it('LDL by Friedewald', () => {
    expect(calculatedLdl(200, 50, 150)).toBe(120);
  });
});
