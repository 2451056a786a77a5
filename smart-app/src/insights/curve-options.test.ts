import type { CurvePoint } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { lastDayOf } from './curve-options.ts';

const curve = (...values: [number, number][]) => ({
  name: 'Cardiology',
  points: values.map(([day, value]) => ({ day, value }) as CurvePoint),
});

test('curves are drawn as far as they still rise: where all have come nearly as far by 30 days as by 180, to day 30', () => {
  const early = curve([0, 0], [10, 0.9], [29, 0.97], [170, 0.98]);
  const late = curve([0, 0], [40, 0.5], [120, 0.7]);
  expect([lastDayOf([early]), lastDayOf([early, late]), lastDayOf([late]), lastDayOf([])]).toEqual([30, 180, 180, 30]);
});
