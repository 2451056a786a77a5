import { searchByName } from '@refloop/domain/matching/name-search';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { buildIndex } from '@refloop/server/matching/match-index';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryDirectory, arbitraryRequest } from './arbitraries.ts';
import { checkMatching } from './properties.ts';

// A sample of `npm run campaign -- matching`, which takes a seed and many more runs.
test('the ranking is total, stable, explained, sound and equal to the plain search', () => {
  const property = fc.property(arbitraryDirectory, fc.array(arbitraryRequest, { minLength: 5, maxLength: 5 }), (directory, requests) =>
    checkMatching(directory, requests, SEED_V1),
  );
  expect(fc.defaultReportMessage(fc.check(property, { numRuns: 150, seed: 20_261_120 }))).toBeUndefined();
});

test('a search by name finds in the index what it finds in the list', () => {
  const typed = fc.constantFrom('riv', 'Rivera', 'ana riv', 'heart', 'pena', 'o’brien ben', 'ng', 'zz', ' ', 'river side');
  fc.assert(
    fc.property(arbitraryDirectory, arbitraryRequest, typed, fc.boolean(), (directory, request, text, anywhere) => {
      const query = { text, specialty: anywhere ? null : request.specialty, origin: request.origin, limit: request.limit };
      expect(buildIndex(directory, 'hash').searchByName(query)).toEqual(searchByName(directory.entries, query));
    }),
    { numRuns: 150, seed: 20_261_120 },
  );
});
