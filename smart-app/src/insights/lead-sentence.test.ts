import type { MetricAnswer, MetricRow } from '@refloop/server/client/insights';
import { expect, test } from 'vitest';
import { causesToShow } from './causes.ts';
import { clearlyMore, largestLoss, openingSentence, periodText } from './lead-sentence.ts';

const row = (specialty: string | undefined, category: string, n: number, lost: number): MetricRow => ({
  segment: specialty === undefined ? {} : { specialty },
  category,
  n,
  value: lost / n,
  low: lost / n - 0.02,
  high: lost / n + 0.02,
  level: 0.95,
  parts: { lost },
  note: null,
});
const metric = {
  categories: {
    'leaked/access/wait-too-long': 'Leaked. The wait was too long',
    'unseen/process/no-answer': 'Never seen. The specialist did not answer',
  },
} as unknown as MetricAnswer['metric'];
const answer = (...rows: MetricRow[]) => ({ metric, rows }) as MetricAnswer;

test('what became of a hundred, in the months looked at', () => {
  const funnel = answer(
    row(undefined, 'ordered', 400, 400),
    row(undefined, 'seen', 400, 232),
    row(undefined, 'noted', 400, 188),
    row(undefined, 'reviewed', 400, 164),
  );
  expect(openingSentence(funnel, { from: '2026-04', to: '2026-06' })).toBe(
    'Of 100 referrals ordered from Apr 2026 to Jun 2026, 58 were seen by the specialist asked, 47 came back with a note and 41 were reviewed (n 400).',
  );
  expect(openingSentence(answer(), { from: undefined, to: undefined })).toBeUndefined();
  expect([
    periodText({ from: '2026-04', to: '2026-04' }),
    periodText({ from: undefined, to: '2026-04' }),
    periodText({ from: undefined, to: undefined }),
  ]).toEqual([' in Apr 2026', ' to Apr 2026', '']);
});

test('the largest avoidable loss is named with its figures; a larger one that nobody can avoid is not', () => {
  const said = largestLoss(
    answer(
      row('cardiology', 'leaked/access/wait-too-long', 800, 88),
      row('dermatology', 'unseen/ended/patient-declined', 900, 200),
      row('dermatology', 'unseen/process/no-answer', 900, 30),
    ),
  );
  expect(said).toMatchObject({
    cause: 'Cardiology, leaked: the wait was too long',
    share: '11 of 100',
    certainty: '(9.0–13.0, n 800)',
    alsoLarge: undefined,
  });
});

test('where another is as large for all that can be told, it is named too; where nothing avoidable is lost, nothing is', () => {
  const said = largestLoss(
    answer(row('cardiology', 'leaked/access/wait-too-long', 800, 40), row('dermatology', 'unseen/process/no-answer', 900, 38)),
  );
  expect(said?.alsoLarge).toBe('Dermatology, never seen: the specialist did not answer');
  expect(
    largestLoss(answer(row('cardiology', 'leaked/access/wait-too-long', 800, 0), row('pain', 'unseen/denial/denied', 40, 9))),
  ).toBeUndefined();
});

test.each([
  [60, 40, true],
  [59, 41, false],
  [5, 0, true],
  [3, 0, false],
])('%d is clearly more than %d: %s', (one, other, expected) => {
  expect(clearlyMore(one, other)).toBe(expected);
});

test('causes are shown largest first, those that can be avoided before the others, and never one without anybody', () => {
  const rows = [
    row(undefined, 'unseen/ended/died', 100, 30),
    row(undefined, 'unseen/data/plan-mismatch', 100, 1),
    row(undefined, 'leaked/access/too-far', 100, 5),
    row(undefined, 'leaked/habit/default-choice', 100, 0),
  ];
  expect(causesToShow(rows, 5).map(({ category }) => category)).toEqual([
    'leaked/access/too-far',
    'unseen/data/plan-mismatch',
    'unseen/ended/died',
  ]);
});
