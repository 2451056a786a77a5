import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HOME } from './models.ts';
import { performanceIds, performanceSql, readPerformance } from './performance-definition.ts';

test('each measure is one file in English and one in SQL, and there is nothing else but the view they share', () => {
  const files = performanceIds().flatMap((id) => [`${id}.sql`, `${id}.yml`]);
  expect(readdirSync(new URL('performance/', HOME)).toSorted()).toEqual([...files, 'attempt.sql', 'README.md'].toSorted());
});

test.each(performanceIds())('%s says what it is, where that comes from, whom it leaves out, and what to beware of', (id) => {
  const measure = readPerformance(id);
  expect(measure.id).toBe(id);
  expect(['share', 'days']).toContain(measure.unit);
  expect(measure.better).toBe(measure.unit === 'share' ? 'higher' : 'lower');
  const { title, definition, numerator, denominator, exclusions, clock, maturity, source } = measure;
  for (const words of [title, definition, numerator, denominator, exclusions, clock, maturity, source]) {
    expect(words).not.toMatch(/^(undefined|null|)$/);
  }
  expect(measure.caveats.length).toBeGreaterThan(0);
  // Every reason that the SQL gives is explained, and none that it does not give.
  const reasons = [...performanceSql(id).matchAll(/then '([a-z-]+)'/g)].map(([, reason]) => reason);
  expect(new Set(Object.keys(measure.leftOut))).toEqual(new Set(reasons));
  expect(performanceSql(id)).toMatch(/^-- [A-Z]/);
});

test('there is no measure of another name', () => {
  expect(() => readPerformance('../metrics/completion')).toThrow('There is no measure');
});
