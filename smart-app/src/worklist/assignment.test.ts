import { expect, test } from 'vitest';
import { requestsBack, requestsFor } from './assignment.ts';

test('two hundred to a request, each referral once', () => {
  const ids = Array.from({ length: 401 }, (_, index) => `r${index % 400}`);
  expect(requestsFor(ids, 'kim').map(({ referralIds, to }) => [referralIds.length, to])).toEqual([
    [200, 'kim'],
    [200, 'kim'],
  ]);
  expect(requestsFor([], 'kim')).toEqual([]);
});

test('each back to whose it was; what nobody had stays', () => {
  const assigned = [
    { referralId: 'a', before: 'kim' },
    { referralId: 'b', before: 'lena' },
    { referralId: 'c', before: null },
    { referralId: 'd', before: 'kim' },
  ];
  expect(requestsBack(assigned)).toEqual([
    { referralIds: ['a', 'd'], to: 'kim' },
    { referralIds: ['b'], to: 'lena' },
  ]);
});
