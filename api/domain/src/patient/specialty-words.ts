/** What a specialist is in words that everybody has heard. The Spanish is for a qualified translator’s review. */
import type { Language } from './reading-grade.ts';
import words from './specialty-words.json' with { type: 'json' };

const WORDS: Readonly<Record<string, Readonly<Record<Language, string>>>> = words;

/** @param specialty id of clinical/specialties.json; undefined where it is none of them */
export const specialistInPlainWords = (specialty: string): Readonly<Record<Language, string>> | undefined =>
  Object.hasOwn(WORDS, specialty) ? WORDS[specialty] : undefined;
