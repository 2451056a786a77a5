import { expect, test } from 'vitest';
import { notYetBack, requestsBack, requestsFor } from './assignment.ts';

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

test('what was not heard of is still to be given back; what nobody had is not', () => {
  const assigned = [
    { referralId: 'a', before: 'kim' },
    { referralId: 'b', before: 'lena' },
    { referralId: 'c', before: null },
  ];
  expect(notYetBack(assigned, [{ referralId: 'a', before: 'jo' }])).toEqual([{ referralId: 'b', before: 'lena' }]);
  expect(notYetBack(assigned, [])).toEqual(assigned.slice(0, 2));
});
