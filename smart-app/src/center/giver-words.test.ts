import { expect, test } from 'vitest';
import { giverWords } from './giver-words.ts';

test('who gave it is named as the list names them', () => {
  const grants = [
    { subject: 'lead', name: 'Priya Castellan, MD' },
    { subject: 'nameless', name: null },
  ];
  expect(['lead', 'nameless', 'elsewhere', 'sites'].map((subject) => giverWords(subject, grants))).toEqual([
    'Priya Castellan, MD',
    'nameless',
    'elsewhere',
    'the sites file',
  ]);
});
