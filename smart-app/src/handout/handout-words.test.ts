import { isPlain, type Language } from '@refloop/domain/patient/reading-grade';
import { describe, expect, test } from 'vitest';
import { HANDOUT_WORDS } from './handout-words.ts';

describe.each(['en', 'es'] as const)('the handout in %s', (language: Language) => {
  const { title: _title, scan: _scan, ...words } = HANDOUT_WORDS[language];
  const texts = Object.values(words).flatMap((each) => (typeof each === 'function' ? [each([]), each(['Ana'])] : each));
  test.each(texts)('%s', (text) => {
    expect(isPlain(text, language)).toBe(true);
  });
});
