import { expect, test } from 'vitest';
import { readClaims } from './claims.ts';
import { metricIds, readMetric } from './metric-definition.ts';

test('each claim says who says so, what is wrong with it, and what to look at instead', () => {
  const claims = readClaims();
  expect(claims.length).toBeGreaterThan(5);
  for (const each of claims) for (const words of Object.values(each)) expect(words).toMatch(/^[A-Z0-9$].{4,}/);
});

test('no line of any metric rests on who says them', () => {
  const lines = metricIds().flatMap((id) => readMetric(id).benchmarks);
  expect(lines.length).toBeGreaterThan(2);
  for (const { label, source } of lines) expect(`${label} ${source}`).not.toMatch(/Advisory Board|Phreesia|vendor/i);
});
