import { expect, test } from 'vitest';
import { openQuestions } from './open-questions.ts';

const at = (minute: number): string => `2026-11-20T10:${String(minute).padStart(2, '0')}:00.000Z`;
const said = (from: 'practice' | 'office', attempt: number, minute: number) => ({ from, attempt, at: at(minute) });

test('an answer settles the question of the office it went to, and none of another', () => {
  const asked = [said('office', 1, 1), said('office', 1, 2), said('office', 2, 3)];
  expect(openQuestions({ messages: asked })).toEqual([
    { attempt: 1, at: at(1) },
    { attempt: 2, at: at(3) },
  ]);
  expect(openQuestions({ messages: [...asked, said('practice', 2, 4)] })).toEqual([{ attempt: 1, at: at(1) }]);
  expect(openQuestions({ messages: [...asked, said('practice', 1, 4), said('office', 1, 5)] })).toEqual([
    { attempt: 2, at: at(3) },
    { attempt: 1, at: at(5) },
  ]);
  expect(openQuestions({ messages: [said('practice', 1, 1)] })).toEqual([]);
});
