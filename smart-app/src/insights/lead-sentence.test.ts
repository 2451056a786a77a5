import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { leadSentence } from './lead-sentence.ts';

const row = (specialty: string | undefined, n: number, value: number, low: number, high: number): MetricRow => ({
  segment: specialty === undefined ? {} : { specialty },
  category: null,
  n,
  value,
  low,
  high,
  level: 0.95,
  parts: { scheduled: Math.round(0.8 * n), attended: Math.round(value * n) },
  note: null,
});
const answer = (...rows: MetricRow[]) => ({ rows }) as MetricAnswer;

test('what became of a hundred, and where most are lost for certain', () => {
  const whole = answer(row(undefined, 1000, 0.6, 0.57, 0.63));
  const apart = answer(row('pain', 12, 0.3, 0.14, 0.6), row('cardiology', 400, 0.5, 0.45, 0.55), row('dermatology', 500, 0.7, 0.66, 0.74));
  expect(leadSentence(whole, apart)).toEqual({
    opening: 'Of 100 referrals ordered, 80 were booked and 60 were seen (n 1,000).',
    worst: 'Cardiology: 50 of 100 were seen (45.0–55.0, n 400).',
  });
});

test('nobody is named where nobody stands apart, and nothing is said of nobody', () => {
  const whole = answer(row(undefined, 100, 0.6, 0.5, 0.7));
  expect(leadSentence(whole, answer(row('pain', 12, 0.3, 0.14, 0.6)))?.worst).toBeUndefined();
  expect(leadSentence(answer(), answer())).toBeUndefined();
});
