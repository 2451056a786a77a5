import { expect, test } from 'vitest';
import { rememberLast } from './remember-last.ts';

/** Counts how often each question was worked on. */
function watched() {
  const worked: string[] = [];
  const work = (key: string) => async () => {
    worked.push(key);
    return key;
  };
  return { worked, work };
}

test('a question is worked on once, also when it comes again while that goes on', async () => {
  const { worked, work } = watched();
  const { get } = rememberLast<string>(2);
  expect(await Promise.all([get('a', work('a')), get('a', work('a'))])).toEqual(['a', 'a']);
  expect(await get('a', work('a'))).toBe('a');
  expect(worked).toEqual(['a']);
});

test('what was not asked for longest goes first', async () => {
  const { worked, work } = watched();
  const { get } = rememberLast<string>(2);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key, work(key));
  expect(worked).toEqual(['a', 'b', 'c', 'b']);
});

test('an answer that weighs more than all that may be kept is given and not kept', async () => {
  const { worked, work } = watched();
  const { get } = rememberLast<string>(3, (answer) => answer.length);
  expect(await get('long', work('long'))).toBe('long');
  for (const key of ['ab', 'long', 'ab']) await get(key, work(key));
  expect(worked).toEqual(['long', 'ab', 'long', 'ab']);
});

test('a failure is told to whoever asked, and not kept', async () => {
  const { get } = rememberLast<string>(2);
  await expect(get('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await get('a', async () => 'whole')).toBe('whole');
});
