import { expect, test } from 'vitest';
import { answeredWords, beforeWords, standingWords, waitWords } from './to-approve-words.ts';

const row = {
  coordinator: 'Teo Lindqvist, RN',
  specialist: {
    entryId: 'e1',
    npi: '1999999984',
    name: 'Ana Rivera, MD',
    organization: null,
    miles: 4.2,
    approximate: false,
    waitDays: 9,
    phone: null,
    why: [],
    network: { status: 'in' as const },
  },
};

test('who was asked is told with why somebody else is looked for', () => {
  expect(beforeWords({ before: { name: 'Ben Okafor, MD', why: 'Declined: takes no patients now.' } })).toBe(
    'Asked until now: Ben Okafor, MD. Declined: takes no patients now.',
  );
});

test.each([
  [9, 'wait 9 days'],
  [1, 'wait 1 day'],
  [0, 'wait 0 days'],
  [null, 'no wait listed'],
])('a wait of %s is “%s”', (waitDays, words) => {
  expect(waitWords({ waitDays })).toBe(words);
});

test('what was answered is said with who goes on', () => {
  expect(answeredWords(row, { kind: 'approve' })).toBe(
    'Approved: Ana Rivera, MD. Teo Lindqvist, RN can send the packet to their office now.',
  );
  expect(answeredWords(row, { kind: 'refuse', reason: 'too far away' })).toBe('Not Ana Rivera, MD. Teo Lindqvist, RN reads why.');
});

test('a referral that nobody took is the coordinator’s', () => {
  expect(answeredWords({ ...row, coordinator: null }, { kind: 'refuse', reason: 'too far away' })).toBe(
    'Not Ana Rivera, MD. The coordinator reads why.',
  );
});

test('who cannot be approved is to be refused only where the directory says so', () => {
  expect(standingWords({ kind: 'not-listed', why: 'They take no new patients' })).toBe(
    'They take no new patients, so they cannot be approved. Say no, and somebody else is proposed.',
  );
  expect(standingWords({ kind: 'not-to-be-said' })).not.toContain('Say no');
});
