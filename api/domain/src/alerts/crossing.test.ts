import { expect, test } from 'vitest';
import { alertStep, crosses } from './crossing.ts';

const above = { direction: 'above', threshold: 0.1 } as const;
const below = { direction: 'below', threshold: 0.8 } as const;

test.each([
  ['the whole interval above', above, { n: 400, value: 0.15, low: 0.11, high: 0.2 }, true],
  ['the point above, the interval not', above, { n: 40, value: 0.15, low: 0.08, high: 0.3 }, false],
  ['the interval from the threshold on', above, { n: 400, value: 0.15, low: 0.1, high: 0.2 }, false],
  ['open above', above, { n: 40, value: 0.5, low: 0.2, high: null }, true],
  ['the whole interval below', below, { n: 400, value: 0.7, low: 0.65, high: 0.79 }, true],
  ['below, and open above', below, { n: 40, value: 0.7, low: 0.65, high: null }, false],
  ['too few', above, { n: 9, value: 0.9, low: 0.6, high: 1 }, false],
  ['ten', above, { n: 10, value: 0.9, low: 0.6, high: 1 }, true],
  ['no value', above, { n: 40, value: null, low: null, high: null }, false],
] as const)('%s', (_words, rule, measured, expected) => {
  expect(crosses(rule, measured)).toBe(expected);
});

test('raised once, kept while it lasts, cleared when it does not or when nobody is left to count', () => {
  const bad = { n: 400, value: 0.15, low: 0.11, high: 0.2 };
  const good = { n: 400, value: 0.05, low: 0.03, high: 0.08 };
  expect([alertStep(above, bad, false), alertStep(above, bad, true), alertStep(above, good, true), alertStep(above, good, false)]).toEqual([
    'raise',
    'keep',
    'clear',
    'nothing',
  ]);
  expect([alertStep(above, undefined, true), alertStep(above, undefined, false)]).toEqual(['clear', 'nothing']);
});
