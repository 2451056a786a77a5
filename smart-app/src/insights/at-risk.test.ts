import type { CurvePoint } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { atRiskOn } from './at-risk.ts';

const point = (day: number, atRisk: number) => ({ day, atRisk }) as CurvePoint;

test('followed up to a day: those of the next day on which anything happened, and nobody after the last', () => {
  const points = [point(3, 10), point(30, 7), point(45, 2)];
  expect([0, 3, 4, 30, 31, 45, 46].map((day) => atRiskOn(points, day))).toEqual([10, 10, 7, 7, 2, 2, 0]);
});
