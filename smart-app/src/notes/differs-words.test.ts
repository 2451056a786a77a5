import { expect, test } from 'vitest';
import { differsWords } from './differs-words.ts';

test('in what a note differs is said as one would say it', () => {
  expect([differsWords(['name']), differsWords(['name', 'born']), differsWords(['name', 'born', 'record number'])]).toEqual([
    'name',
    'name and date of birth',
    'name, date of birth and record number',
  ]);
});
