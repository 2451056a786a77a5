import { expect, test } from 'vitest';
import { openStepTimes } from './step-times.ts';

test('a step that works is timed, one that does not is counted and thrown on', async () => {
  const times = openStepTimes();
  expect(await times.time('read', () => Promise.resolve('value'))).toBe('value');
  const failing = (): Promise<never> => Promise.reject(new Error('answered with 503'));
  await expect(times.time('read', failing)).rejects.toThrow('answered with 503');
  await expect(times.time('write', failing)).rejects.toThrow('answered with 503');
  await expect(times.time('write', failing)).rejects.toThrow('answered with 503');
  expect(times.of('read'), 'what failed has no time').toHaveLength(1);
  expect(times.errors()).toBe(3);
  expect(times.troubles()).toEqual(['1× read: answered with 503', '2× write: answered with 503']);
});

test('an error that passes through steps within steps is counted where it arose', async () => {
  const times = openStepTimes();
  const inner = (): Promise<never> => times.time('write', () => Promise.reject(new Error('answered with 503')));
  const error: unknown = await times.time('write-back', inner).catch((thrown: unknown) => thrown);
  times.fail('referral', error as Error);
  times.fail('referral', new Error('nobody is ranked'));
  expect(times.errors()).toBe(2);
  expect(times.troubles()).toEqual(['1× write: answered with 503', '1× referral: nobody is ranked']);
});

test('the table has the quantiles of each step, in the order they were first seen', () => {
  const times = openStepTimes();
  for (let at = 1; at <= 100; at += 1) times.note('second', at);
  times.note('third', 7);
  const [head, second, third] = times.lines().map((line) => line.split(/ {2,}/));
  expect(head).toEqual(['step (milliseconds)', 'n', 'p50', 'p95', 'p99', 'max', 'errors']);
  expect(second).toEqual(['second', '100', '51', '96', '100', '100', '0']);
  expect(third).toEqual(['third', '1', '7.0', '7.0', '7.0', '7.0', '0']);
});
