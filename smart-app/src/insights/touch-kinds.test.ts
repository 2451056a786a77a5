import type { MetricAnswer } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { touchKindsOf } from './touch-kinds.ts';

const answerOf = (n: number, parts: Record<string, number | null>) => ({
  metric: { parts: { sending_touches: 'Sending', note_touches: 'Notes' } } as unknown as MetricAnswer['metric'],
  rows: [{ n, parts }] as unknown as MetricAnswer['rows'],
});

test('kinds of work stand by how often they were done, each a referral; what was never done, hidden or no kind is left out', () => {
  const parts = { touches: 9, sending_touches: 2, note_touches: 7, payer_touches: 0, other_touches: null, people: 4 };
  expect(touchKindsOf(answerOf(4, parts))).toEqual([
    { name: 'Notes', touches: 7, perReferral: 1.75 },
    { name: 'Sending', touches: 2, perReferral: 0.5 },
  ]);
});

test('without a closed referral there is nothing to say', () => {
  expect(touchKindsOf(answerOf(0, { sending_touches: 0 }))).toEqual([]);
  expect(touchKindsOf({ ...answerOf(0, {}), rows: [] })).toEqual([]);
});
