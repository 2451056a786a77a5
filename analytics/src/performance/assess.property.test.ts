import { FEWEST_TO_JUDGE } from '@refloop/domain/fewest-to-judge';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attempt, assess } from './assess.ts';
import { shrinkShares } from './shrinkage.ts';
import { drawAttempts, drawsFrom } from './test-random.ts';

const SHARE = { unit: 'share', better: 'higher' } as const;
const DAYS = { unit: 'days', better: 'lower' } as const;

const small = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  specialties: fc.integer({ min: 1, max: 2 }),
  attempts: fc.integer({ min: 12, max: 220 }),
  specialists: fc.integer({ min: 1, max: 8 }),
  between: fc.constantFrom(0, 0.4, 1.5),
});
const measure = fc.constantFrom(SHARE, DAYS);
const RUNS = { numRuns: 15 };

function shuffled(attempts: readonly Attempt[], seed: number): Attempt[] {
  const draw = drawsFrom(seed);
  return attempts
    .map((attempt) => ({ attempt, at: draw() }))
    .sort((left, right) => left.at - right.at)
    .map(({ attempt }) => attempt);
}

test('the order of the attempts makes no difference', () => {
  fc.assert(
    fc.property(small, measure, (drawn, of) => {
      const attempts = drawAttempts({ ...drawn, unit: of.unit });
      expect(assess(of, shuffled(attempts, drawn.seed))).toEqual(assess(of, attempts));
    }),
    RUNS,
  );
});

test('what is expected adds up to what was observed, over those of whom nothing is shown too', () => {
  fc.assert(
    fc.property(small, (drawn) => {
      const attempts = drawAttempts({ ...drawn, unit: 'share' });
      const { specialists, specialties } = assess(SHARE, attempts);
      for (const { specialty, n } of specialties) {
        const own = specialists.filter((each) => each.specialty === specialty);
        const shown = own.flatMap(({ numbers }) => (numbers ? [numbers] : []));
        const hidden = own.filter(({ numbers }) => numbers === null).reduce((sum, each) => sum + each.n, 0);
        const difference = shown.reduce((sum, { observed, expected }) => sum + observed - expected, 0);
        expect(Math.abs(difference)).toBeLessThanOrEqual(hidden + 1e-6);
        expect(own.reduce((sum, each) => sum + each.n, 0)).toBe(n);
        if (hidden === 0 && shown.length > 0) expect(difference).toBeCloseTo(0, 6);
      }
    }),
    RUNS,
  );
});

test('fewer than ten get no number, ten do', () => {
  const attempts = drawAttempts({ seed: 3, unit: 'share', specialties: 1, attempts: 150, specialists: 14 });
  for (const { n, numbers } of assess(SHARE, attempts).specialists) expect(numbers !== null).toBe(n >= FEWEST_TO_JUDGE);
});

test('a shrunken share lies between the raw one and the mean', () => {
  const counts = fc.array(fc.record({ n: fc.integer({ min: 10, max: 300 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }), {
    minLength: 4,
    maxLength: 12,
  });
  fc.assert(
    fc.property(counts, (drawn) => {
      const counted = drawn.map(({ n, share }) => ({ n, count: Math.round(n * share), shift: 0 }));
      const { specialists, mean } = shrinkShares(counted);
      // The mean is itself uncertain, and correlated with how much is drawn to it: hence a little room.
      const room = 0.03;
      counted.forEach(({ count, n }, at) => {
        const value = specialists[at]?.value ?? Number.NaN;
        expect(value).toBeGreaterThanOrEqual(Math.min(count / n, mean) - room);
        expect(value).toBeLessThanOrEqual(Math.max(count / n, mean) + room);
      });
    }),
    RUNS,
  );
});

describe('where all are the same nobody is called anything', () => {
  const alike = (outcome: (at: number) => number): Attempt[] =>
    Array.from({ length: 300 }, (_, at) => ({
      specialty: 'cardiology',
      specialist: `s${at % 6}`,
      mix: { urgency: 'routine', payer: 'a', distance: 'near', language: 'en', site: 'one', month: '2026-01' },
      outcome: outcome(Math.floor(at / 6)),
    }));

  test.each([
    ['the same share', SHARE, (at: number) => Number(at % 5 > 0)],
    ['all', SHARE, () => 1],
    ['none', SHARE, () => 0],
    ['the same times', DAYS, (at: number) => at % 7],
    ['one time', DAYS, () => 4],
    ['no time at all', DAYS, () => 0],
  ] as const)('%s', (_, of, outcome) => {
    const { specialists, chance } = assess(of, alike(outcome));
    expect(specialists).toHaveLength(6);
    for (const { numbers } of specialists) {
      expect(numbers?.verdict).toBe('not-distinguishable');
      expect(numbers?.ratio.value).toBeCloseTo(1, 6);
      for (const value of [numbers?.shrunken.low, numbers?.shrunken.high, numbers?.raw.low, numbers?.raw.high, numbers?.probabilityBetter])
        expect(value).toBeGreaterThanOrEqual(0);
    }
    expect(chance).toMatchObject({ compared: 6, flagged: 0, overDispersion: 1 });
  });
});

test('with three to compare nobody knows which is the odd one', () => {
  const attempts = drawAttempts({ seed: 5, unit: 'share', specialties: 1, attempts: 400, specialists: 3, planted: { 's0-0': -3 } });
  const { specialists, chance } = assess(SHARE, attempts);
  expect(chance.compared).toBe(0);
  for (const { numbers } of specialists) expect(numbers).toMatchObject({ verdict: 'not-distinguishable', adjustedP: null });
});

test('a site whose patients do worse is not held against whoever it asks, and one who does worse is found', () => {
  const planted = { 's0-7': -1.6 };
  const { specialists } = assess(SHARE, drawAttempts({ seed: 11, unit: 'share', specialties: 4, attempts: 900, specialists: 8, planted }));
  const called = specialists.filter(({ numbers }) => numbers?.verdict !== 'not-distinguishable').map(({ specialist }) => specialist);
  expect(called).toEqual(['s0-7']);
  expect(specialists.find(({ specialist }) => specialist === 's0-7')?.numbers?.verdict).toBe('worse');
});

test('longer is worse where lower is better', () => {
  const planted = { 's1-2': 0.5 };
  const { specialists } = assess(DAYS, drawAttempts({ seed: 12, unit: 'days', specialties: 3, attempts: 500, specialists: 8, planted }));
  const called = specialists.filter(({ numbers }) => numbers?.verdict !== 'not-distinguishable');
  expect(called.map(({ specialist, numbers }) => [specialist, numbers?.verdict])).toEqual([['s1-2', 'worse']]);
});
