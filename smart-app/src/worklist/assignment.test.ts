import { expect, test } from 'vitest';
import { givenWords, notYetBack, requestsBack, requestsFor } from './assignment.ts';

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
    { referralId: 'a', before: 'kim', withClinician: false },
    { referralId: 'b', before: 'lena', withClinician: false },
    { referralId: 'c', before: null, withClinician: false },
    { referralId: 'd', before: 'kim', withClinician: false },
  ];
  expect(requestsBack(assigned)).toEqual([
    { referralIds: ['a', 'd'], to: 'kim' },
    { referralIds: ['b'], to: 'lena' },
  ]);
});

test('what was not heard of is still to be given back; what nobody had is not', () => {
  const assigned = [
    { referralId: 'a', before: 'kim', withClinician: false },
    { referralId: 'b', before: 'lena', withClinician: false },
    { referralId: 'c', before: null, withClinician: false },
  ];
  expect(notYetBack(assigned, [{ referralId: 'a' }])).toEqual([{ referralId: 'b', before: 'lena', withClinician: false }]);
  expect(notYetBack(assigned, [])).toEqual(assigned.slice(0, 2));
});

test('each line says what became of it', () => {
  const assigned = [
    { referralId: 'a', before: 'kim', withClinician: false },
    { referralId: 'b', before: null, withClinician: true },
  ];
  const left = [
    { referralId: 'c', why: 'theirs-already' as const },
    { referralId: 'd', why: 'no-order-in-force' as const },
    { referralId: 'e', why: 'not-here' as const },
    { referralId: 'f', why: 'not-here' as const },
  ];
  expect(givenWords({ assigned, left }, 'Kim')).toEqual([
    '2 referrals given to Kim.',
    '1 referral of these waits for the clinician now, and that line stays theirs.',
    '1 referral was theirs already.',
    '1 referral not given: no order of it is in force. Settle it under Exceptions.',
    '2 referrals not given: they are no referral here. If they are still listed, settle them under Exceptions.',
  ]);
  expect(givenWords({ assigned: [], left: [] }, 'Kim')).toEqual([]);
});
