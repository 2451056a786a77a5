import { describe, expect, test } from 'vitest';
import { filterOf, hashOf, metricPath } from './filter.ts';

describe('the view is the address', () => {
  test.each([
    '#insights/executive',
    '#insights/executive?from=2026-01&to=2026-06&specialty=cardiology',
    '#insights/executive?payer=Payer+A+%26+B&by=site',
  ])('%s', (hash) => {
    expect(hashOf('executive', filterOf(hash.split('?')[1] ?? ''))).toBe(hash);
  });

  test('a part that makes no sense is left out', () => {
    expect(hashOf('executive', filterOf('from=2026-13&to=last&by=patient&specialty='))).toBe('#insights/executive');
  });
});

test('a metric is asked for with what is looked at, and told apart by what is given', () => {
  const filter = filterOf('from=2026-01&site=Riverside');
  expect(metricPath('completion', filter, 'specialty')).toBe('/insights/metrics/completion?from=2026-01&site=Riverside&by=specialty');
  expect(metricPath('completion', filterOf(''), undefined)).toBe('/insights/metrics/completion');
});
