import { expect, test } from 'vitest';
import { teethIn, toothOf, toothWords } from './tooth.ts';

test.each([
  ['1', '1'],
  ['#30', '30'],
  ['# 14', '14'],
  ['03', '3'],
  ['32', '32'],
  ['k', 'K'],
  ['T', 'T'],
  ['0', undefined],
  ['33', undefined],
  ['U', undefined],
  ['3.6', undefined],
  ['', undefined],
])('%s is %s', (written, tooth) => expect(toothOf(written)).toBe(tooth));

test.each([
  ['Pain in tooth #30 since Monday', ['30']],
  ['Teeth 1, 16 and 32 are impacted', ['1', '16', '32']],
  ['#19 fractured; #19 again', ['19']],
  ['Tooth A', ['A']],
  ['Patient is 32 years old, seen at 10', []],
])('%s: %j', (words, teeth) => expect(teethIn(words)).toEqual(teeth));

test.each([
  ['16', 'Tooth 16 (upper)'],
  ['17', 'Tooth 17 (lower)'],
  ['J', 'Tooth J (upper, primary)'],
  ['K', 'Tooth K (lower, primary)'],
])('%s is told as %s', (tooth, words) => expect(toothWords(tooth)).toBe(words));
