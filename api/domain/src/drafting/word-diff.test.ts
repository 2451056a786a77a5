import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DiffPart, diffWords } from './word-diff.ts';

const side = (parts: readonly DiffPart[], without: DiffPart['kind']) =>
  parts
    .filter((part) => part.kind !== without)
    .map((part) => part.text)
    .join('');

test.each<[string, string, DiffPart[]]>([
  ['same words', 'same words', [{ kind: 'same', text: 'same words' }]],
  ['', '', []],
  ['', 'new', [{ kind: 'added', text: 'new' }]],
  ['old', '', [{ kind: 'removed', text: 'old' }]],
  [
    'Takes metoprolol 25 mg daily.',
    'Takes metoprolol 50 mg daily.',
    [
      { kind: 'same', text: 'Takes metoprolol ' },
      { kind: 'removed', text: '25' },
      { kind: 'added', text: '50' },
      { kind: 'same', text: ' mg daily.' },
    ],
  ],
  [
    'Two syncopes in May.',
    'Two syncopes in May, on stairs.',
    [
      { kind: 'same', text: 'Two syncopes in May' },
      { kind: 'added', text: ', on stairs' },
      { kind: 'same', text: '.' },
    ],
  ],
])('%j → %j', (before, after, parts) => {
  expect(diffWords(before, after)).toEqual(parts);
});

test('both texts can be read off the diff, and neighbours differ in kind', () => {
  const words = fc.array(fc.constantFrom('a', 'b', ' ', '\n', 'café', '50', '.', '—'), { maxLength: 25 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(words, words, (before, after) => {
      const parts = diffWords(before, after);
      expect(side(parts, 'added')).toBe(before);
      expect(side(parts, 'removed')).toBe(after);
      expect(parts.every((part, at) => part.text !== '' && part.kind !== parts[at - 1]?.kind)).toBe(true);
    }),
  );
});

test('any text survives, whatever characters it has', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (before, after) => {
      const parts = diffWords(before, after);
      expect([side(parts, 'added'), side(parts, 'removed')]).toEqual([before, after]);
    }),
  );
});

test('as little as possible changes: the longest common subsequence of words is kept', () => {
  const longest = (one: string[], other: string[]): number =>
    one.length === 0 || other.length === 0
      ? 0
      : one[0] === other[0]
        ? 1 + longest(one.slice(1), other.slice(1))
        : Math.max(longest(one.slice(1), other), longest(one, other.slice(1)));
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 });
  fc.assert(
    fc.property(words, words, (before, after) => {
      // "." is one token each, so the count of kept tokens is the length of the kept text.
      const letters = (list: string[]) => list.map((letter) => ({ a: '.', b: ',', c: ';' })[letter] ?? '').join('');
      const kept = side(
        diffWords(letters(before), letters(after)).filter((part) => part.kind === 'same'),
        'added',
      ).length;
      expect(kept).toBe(longest(before, after));
    }),
  );
});

test('texts beyond the limit are shown as one change', () => {
  const before = `start ${'x '.repeat(4500)}end`;
  const after = `start ${'y '.repeat(4500)}end`;
  const parts = diffWords(before, after);
  expect(parts.map((part) => part.kind)).toEqual(['same', 'removed', 'added', 'same']);
  expect(side(parts, 'removed')).toBe(after);
});
