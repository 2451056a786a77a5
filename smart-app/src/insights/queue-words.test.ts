import type { QueueAnswer } from '@refloop/server/client/queue';
import { expect, test } from 'vitest';
import { countWords, daysSince, queueSentence } from './queue-words.ts';

const step = (kind: string, open: number, overdue: number) => ({
  kind,
  name: `Step ${kind}`,
  open,
  overdue,
  atRisk: 0,
  oldest: '2026-11-01T00:00:00.000Z',
  ages: [],
});
const queue = (more: Partial<QueueAnswer>): QueueAnswer => ({
  at: '2026-11-28T00:00:00.000Z',
  referrals: 1200,
  open: 1300,
  overdue: 45,
  atRisk: 7,
  steps: [step('answer', 300, 40), step('note', 1000, 5)],
  ages: [],
  owners: [],
  bottleneck: 'answer',
  ...more,
});

test('the sentence names where most is late, and says so when nothing is', () => {
  expect(queueSentence(queue({}))).toBe(
    '1,300 steps wait on 1,200 referrals. 45 are overdue, and 7 more will be within a day. ' +
      'Most of it is late at “Step answer”: 40 of 300 there.',
  );
  expect(queueSentence(queue({ open: 1, referrals: 1, overdue: 0, bottleneck: null }))).toBe(
    '1 step waits on 1 referral. Nothing is overdue; 7 will be within a day.',
  );
  expect(queueSentence(queue({ open: 0, referrals: 0, steps: [], bottleneck: null }))).toBe(
    'Nothing waits: every step of every referral is done.',
  );
});

test('what is none is not said; days are whole', () => {
  expect(countWords({ open: 12, overdue: 0, atRisk: 0 })).toBe('12 open');
  expect(countWords({ open: 1200, overdue: 3, atRisk: 4 })).toBe('1,200 open, 3 overdue, 4 due within a day');
  expect([
    daysSince('2026-11-27T01:00:00.000Z', '2026-11-28T00:59:00.000Z'),
    daysSince('2026-11-27T01:00:00.000Z', '2026-11-28T01:00:00.000Z'),
  ]).toEqual([0, 1]);
});
