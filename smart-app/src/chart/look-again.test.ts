import { expect, test } from 'vitest';
import { wantedOf } from './look-again.ts';

const resource = (resourceType: string, id: string, lastUpdated?: string) => ({
  resourceType,
  id,
  ...(lastUpdated === undefined ? {} : { meta: { lastUpdated } }),
});

test('of the chart only what is wanted, and only what was changed since', () => {
  const resources = [
    resource('Observation', 'old', '2026-11-01T00:00:00Z'),
    resource('Observation', 'new', '2026-11-19T08:00:00Z'),
    resource('Observation', 'undated'),
    resource('Condition', 'never-read', '2026-01-01T00:00:00Z'),
    resource('Procedure', 'unwanted', '2026-11-20T00:00:00Z'),
  ];
  const wanted = [
    { type: 'Observation', since: '2026-11-19' },
    { type: 'Condition', since: null },
  ];
  expect(wantedOf(resources, { wanted }).map(({ id }) => id)).toEqual(['new', 'undated', 'never-read']);
});
