import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCms50, TIME_ZONES } from './compare-cms50.ts';
import { arbitraryPatient } from './random-export.ts';

// A sample of `npm run campaign -- cms50`, which takes a seed and many more.
test('CMS50 in SQL and a second implementation agree on every patient, whatever the order and repetition of what comes', async () => {
  let [inPopulation, inNumerator] = [0, 0];
  for (const [at, timezone] of TIME_ZONES.slice(0, 3).entries()) {
    const compared = await compareCms50(fc.sample(arbitraryPatient, { numRuns: 250, seed: 20_261_128 + at }), timezone);
    expect(compared.found).toEqual([]);
    inPopulation += compared.inPopulation;
    inNumerator += compared.inNumerator;
  }
  expect({ enough: inPopulation > 100 && inNumerator > 15, inPopulation, inNumerator }).toMatchObject({ enough: true });
});
