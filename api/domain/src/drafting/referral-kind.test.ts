import { expect, test } from 'vitest';
import { isReferralKind, REFERRAL_KIND_WORDS, REFERRAL_KINDS, requestSentence } from './referral-kind.ts';

test.each([
  ['consult', 1, 'routine', 'Please see Mrs. Delgado in consultation and advise; treatment stays with me. 1 visit asked for.'],
  ['evaluate-and-treat', 3, 'urgent', 'Please evaluate and treat Mrs. Delgado for this problem. 3 visits asked for. This is urgent.'],
  ['co-manage', 4, 'routine', 'Please follow Mrs. Delgado together with me and say which part of the care you take. 4 visits asked for.'],
  ['transfer', 99, 'emergency', 'Please take over the care of Mrs. Delgado for this problem. 99 visits asked for. This is an emergency.'],
] as const)('%s, %i, %s', (kind, visits, urgency, sentence) => {
  expect(requestSentence(kind, visits, urgency, 'Mrs. Delgado')).toBe(sentence);
});

test('every kind has words, and nothing else is a kind', () => {
  for (const kind of REFERRAL_KINDS) expect(REFERRAL_KIND_WORDS[kind].usualVisits).toBeGreaterThan(0);
  expect(REFERRAL_KINDS.every(isReferralKind)).toBe(true);
  expect(isReferralKind('eConsult')).toBe(false);
});
