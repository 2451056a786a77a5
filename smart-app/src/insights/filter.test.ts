import { describe, expect, test } from 'vitest';
import { filterOf, filterTrouble, hashOf, metricPath } from './filter.ts';

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

describe('a filter that can find nothing says so, and what to do', () => {
  const choices = { specialty: ['cardiology'], site: ['Riverside'], payer: [] };
  test.each([
    ['from=2026-08&to=2026-03', /^The first month, Aug 2026, is after the last, Mar 2026: .*Choose/],
    ['specialty=astrology', /^No referral is of the specialty “astrology”\. Choose another specialty/],
    ['specialty=cardiology&payer=Nobody', /^No referral is of the payer “Nobody”/],
  ])('%s', (search, words) => {
    expect(filterTrouble(filterOf(search), choices)).toMatch(words);
  });
  test('one that may find something says nothing', () => {
    expect(filterTrouble(filterOf('from=2026-03&to=2026-03&specialty=cardiology&site=Riverside'), choices)).toBeUndefined();
  });
});
