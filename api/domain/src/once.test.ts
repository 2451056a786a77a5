import { expect, test } from 'vitest';
import { onceOf } from './once.ts';

const counted = () => {
  let times = 0;
  return { times: () => times, length: onceOf((of: readonly number[]) => ((times += 1), of.length)) };
};

test('of a value that cannot change it is made once', () => {
  const { length, times } = counted();
  const value = Object.freeze([1, 2]);
  expect([length(value), length(value), times()]).toEqual([2, 2, 1]);
});

test('of a value that may change it is made anew each time', () => {
  const { length, times } = counted();
  const value = [1, 2];
  expect(length(value)).toBe(2);
  value.push(3);
  expect([length(value), times()]).toEqual([3, 2]);
});

test('what is made of nothing is remembered too, and each value has its own', () => {
  const { length, times } = counted();
  const [one, other] = [Object.freeze([]), Object.freeze([])];
  expect([length(one), length(one), length(other), times()]).toEqual([0, 0, 0, 2]);
});
