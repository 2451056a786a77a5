import { expect, test } from 'vitest';
import { chartInForce } from './merges.ts';

test('the chart in force is found over any number of merges, and a ring ends', () => {
  const merged = new Map([
    ['a', 'b'],
    ['b', 'c'],
    ['x', 'y'],
    ['y', 'x'],
    ['w', 'y'],
  ]);
  expect(['a', 'b', 'c', 'alone'].map((id) => chartInForce(id, merged))).toEqual(['c', 'c', 'c', 'alone']);
  expect(['x', 'y', 'w'].map((id) => chartInForce(id, merged))).toEqual(['x', 'x', 'x']);
});
