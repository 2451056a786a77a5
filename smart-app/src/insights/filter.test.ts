import { describe, expect, test } from 'vitest';
import { hashOf, metricPath, viewOf } from './filter.ts';

describe('the view is the address', () => {
  test.each(['#insights', '#insights?from=2026-01&to=2026-06&specialty=cardiology', '#insights?payer=Payer+A+%26+B&by=site'])(
    '%s',
    (hash) => {
      expect(hashOf(viewOf(hash.split('?')[1] ?? ''))).toBe(hash);
    },
  );

  test('a part that makes no sense is left out', () => {
    expect(hashOf(viewOf('from=2026-13&to=last&by=patient&specialty='))).toBe('#insights');
  });
});

test('a metric is asked for with what is looked at, and told apart by what is given', () => {
  const view = viewOf('from=2026-01&site=Riverside');
  expect(metricPath('completion', view, 'specialty')).toBe('/insights/metrics/completion?from=2026-01&site=Riverside&by=specialty');
  expect(metricPath('completion', viewOf(''), undefined)).toBe('/insights/metrics/completion');
});
