import { expect, test } from 'vitest';
import { asKept, isSameKept } from './kept-json.ts';

test('what is kept is a copy that nobody changes, without what is not there', () => {
  const given = { a: { b: [1, undefined, Number.NaN] }, gone: undefined, at: new Date('2026-01-01T00:00:00.000Z') };
  const kept = asKept(given);
  given.a.b.push(2);
  expect(kept).toEqual({ a: { b: [1, null, null] }, at: '2026-01-01T00:00:00.000Z' });
  expect(() => kept.a.b.push(3)).toThrow(TypeError);
  expect(asKept(kept)).toBe(kept);
});

test('two values are the same whatever the order of their names', () => {
  expect(isSameKept({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
});

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: 1 }],
  [{ a: null }, { b: null }],
  [[1], [1, 2]],
  [[], {}],
  [{ a: { b: 'x' } }, { a: { b: 'y' } }],
  [null, {}],
  ['1', 1],
])('%j and %j are not the same', (left, right) => {
  expect(isSameKept(left, right)).toBe(false);
  expect(isSameKept(right, left)).toBe(false);
});
