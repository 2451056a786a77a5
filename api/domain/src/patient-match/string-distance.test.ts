import { describe, expect, test } from 'vitest';
import { editDistance, jaroWinkler } from './string-distance.ts';

/** Pairs of names that Winkler’s comparator is commonly shown by; the values are those that jellyfish 1.3.0 (Python) computes. */
const TABLE: readonly [string, string, number, number][] = [
  ['shackleford', 'shackelford', 0.9818, 1],
  ['dunningham', 'cunnigham', 0.8963, 2],
  ['nichleson', 'nichulson', 0.9556, 2],
  ['jones', 'johnson', 0.8324, 4],
  ['massey', 'massie', 0.9333, 2],
  ['abroms', 'abrams', 0.9222, 1],
  ['hardin', 'martinez', 0.7222, 4],
  ['itman', 'smith', 0.4667, 5],
  ['jeraldine', 'geraldine', 0.9259, 1],
  ['marhta', 'martha', 0.9611, 1],
  ['michelle', 'michael', 0.9214, 3],
  ['julies', 'julius', 0.9333, 1],
  ['tanya', 'tonya', 0.88, 1],
  ['dwayne', 'duane', 0.84, 2],
  ['sean', 'susan', 0.805, 2],
  ['jon', 'john', 0.9333, 1],
  ['jon', 'jan', 0.8, 1],
  ['dixon', 'dicksonx', 0.8133, 4],
  ['', 'a', 0, 1],
  ['abc', 'xyz', 0, 3],
];

describe('how alike two names are', () => {
  test.each(TABLE)('%s and %s', (left, right, likeness, edits) => {
    expect(jaroWinkler(left, right)).toBeCloseTo(likeness, 4);
    expect(jaroWinkler(right, left)).toBeCloseTo(likeness, 4);
    expect(editDistance(left, right)).toBe(edits);
    expect(editDistance(right, left)).toBe(edits);
  });

  test('the same is one, and no step', () => {
    expect([jaroWinkler('ana', 'ana'), jaroWinkler('', ''), editDistance('ana', 'ana')]).toEqual([1, 1, 0]);
  });
});
