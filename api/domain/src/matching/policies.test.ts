import { expect, test } from 'vitest';
import { POLICIES, policyOf, SEED_V1 } from './policies.ts';
import { checkPolicy } from './policy-check.ts';

test('seed-v1 is the formula of the source documents', () => {
  expect(SEED_V1).toEqual({
    id: 'seed-v1',
    version: '1',
    weights: {
      emergency: { distance: 0.3, wait: 0.6, rating: 0.1 },
      urgent: { distance: 0.3, wait: 0.4, rating: 0.3 },
      routine: { distance: 0.3, wait: 0.3, rating: 0.4 },
    },
    distanceScaleMiles: 25,
    waitScaleDays: 30,
    radiiMiles: [25, 35, 50],
    exceptionMiles: 50,
    networkStaleAfterDays: 90,
  });
  expect(policyOf('seed-v1', '1')).toBe(SEED_V1);
  expect(policyOf('seed-v1', '2')).toBeUndefined();
  expect(new Set(POLICIES.map(({ id, version }) => `${id} ${version}`)).size).toBe(POLICIES.length);
});

test.each([
  ['weights.routine', { weights: { ...SEED_V1.weights, routine: { distance: 0.3, wait: 0.3, rating: 0.5 } } }],
  ['weights.urgent', { weights: { ...SEED_V1.weights, urgent: { distance: -0.3, wait: 1, rating: 0.3 } } }],
  ['weights.emergency', { weights: { ...SEED_V1.weights, emergency: { distance: Number.NaN, wait: 0.6, rating: 0.4 } } }],
  ['radiiMiles', { radiiMiles: [25, 20, 50] }],
  ['radiiMiles', { radiiMiles: [] }],
  ['exceptionMiles', { exceptionMiles: 60 }],
  ['distanceScaleMiles', { distanceScaleMiles: 0 }],
  ['waitScaleDays', { waitScaleDays: -1 }],
  ['networkStaleAfterDays', { networkStaleAfterDays: 0 }],
  ['version', { version: '' }],
])('a fault in %s is named', (field, change) => {
  const checked = checkPolicy({ ...SEED_V1, ...change });
  expect(checked.ok ? [] : checked.refusal.map((fault) => fault.field)).toEqual([field]);
});
