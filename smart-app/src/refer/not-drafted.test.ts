import { expect, test } from 'vitest';
import { notDrafted } from './desk.ts';

test('of an order that was approved already nothing went wrong with the note', () => {
  const failed = { kind: 'failed', text: 'This referral was approved for Ana Rivera.', previous: undefined } as const;
  expect(notDrafted({ ...failed, decided: true })).toBe('This referral was approved for Ana Rivera.');
  expect(notDrafted({ ...failed, text: 'No answer.', decided: false })).toBe('The note could not be drafted. No answer.');
});
