import { expect, test } from 'vitest';
import { isSoldIn, syntheticPlans } from './synthetic-plans.ts';

const distinct = (values: readonly string[]) => new Set(values).size;

test('thirty plans of fourteen payers, each plan under one id, one identifier and one name', () => {
  expect(syntheticPlans).toHaveLength(30);
  expect(distinct(syntheticPlans.map((plan) => plan.planId))).toBe(30);
  expect(distinct(syntheticPlans.map((plan) => plan.planIdentifier))).toBe(30);
  expect(distinct(syntheticPlans.map((plan) => plan.planName))).toBe(30);
  expect(distinct(syntheticPlans.map((plan) => plan.payerId))).toBe(14);
  expect(distinct(syntheticPlans.map((plan) => `${plan.payerId} ${plan.payerName}`))).toBe(14);
});

test('every product type has plans, and every state at least ten to choose from', () => {
  expect([...new Set(syntheticPlans.map((plan) => plan.productType))].sort()).toEqual([
    'commercial-epo',
    'commercial-hmo',
    'commercial-ppo',
    'exchange',
    'medicaid-managed-care',
    'medicare-advantage',
  ]);
  const named = new Set(syntheticPlans.flatMap((plan) => plan.states).filter((state) => state !== '*'));
  expect(named.size).toBe(51);
  const withFewPlans = [...named].filter((state) => syntheticPlans.filter((plan) => isSoldIn(plan, state)).length < 10);
  expect(withFewPlans).toEqual([]);
});

test('a regional plan is sold in its states only', () => {
  const regional = syntheticPlans.find((plan) => plan.planId === 'hollowell-coop-hmo');
  if (regional === undefined) throw new Error('hollowell-coop-hmo is missing');
  expect(isSoldIn(regional, 'MN')).toBe(true);
  expect(isSoldIn(regional, 'TX')).toBe(false);
});
