/**
 * How many years of school a text asks for. English: the Flesch-Kincaid grade, 0.39 × words a sentence + 11.8 × syllables a word − 15.59
 * (Kincaid et al., Naval Technical Training Command, report 8-75, 1975). Spanish: the perspicuity of Szigriszt-Pazos (1993), 206.835 −
 * 62.3 × syllables a word − words a sentence, read on the INFLESZ scale (Barrio-Cantalejo, 2008): 55 and more is normal for adults, which
 * tables of school years put at the 7th and 8th. Syllables are counted by rules of spelling, so that a word may be one off.
 */
export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What is written for patients stays at or below it (R140: the threshold is ours). */
export const HIGHEST_GRADE = 8;
/** Of the INFLESZ scale: from here on a Spanish text is of that grade or below. */
export const LOWEST_PERSPICUITY = 55;

const sentencesIn = (text: string): number => Math.max(1, text.split(/[.!?]+(?:\s|$)/).filter((part) => /\p{L}|\d/u.test(part)).length);
const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\d]+(?:['’][\p{L}]+)?/gu) ?? [];

/** Groups of vowels, without a silent e at the end; a number is read as one word of two. */
function englishSyllables(word: string): number {
  if (/^\d+$/.test(word)) return 2;
  const spoken = word.replace(/['’]\p{L}+$/u, '').replace(/(?:[^laeiouy]es|[^td]ed|[^laeiouy]e)$/, (end) => end.slice(0, 1));
  return Math.max(1, spoken.match(/[aeiouy]+/g)?.length ?? 1);
}

/** A strong vowel beside a strong one, or a weak one that bears an accent, is a syllable of its own. */
function spanishSyllables(word: string): number {
  if (/^\d+$/.test(word)) return 3;
  const sounded = word
    .replaceAll(/qu(?=[eiéí])/g, 'q')
    .replaceAll(/gu(?=[eiéí])/g, 'g')
    .replace(/y$/, 'i');
  const nuclei = sounded.match(/[iuü]?[aeoáéó][iuü]?(?![íú])|[íú]|[iuü]+/g);
  return Math.max(1, nuclei?.length ?? 1);
}

type Counts = { words: number; sentences: number; syllables: number };

function countsOf(text: string, language: Language): Counts {
  const words = wordsIn(text);
  const count = language === 'en' ? englishSyllables : spanishSyllables;
  return { words: Math.max(1, words.length), sentences: sentencesIn(text), syllables: words.reduce((sum, word) => sum + count(word), 0) };
}

/** Flesch-Kincaid, in school years of the United States. */
export function englishGrade(text: string): number {
  const { words, sentences, syllables } = countsOf(text, 'en');
  return 0.39 * (words / sentences) + 11.8 * (syllables / words) - 15.59;
}

/** Szigriszt-Pazos: the higher the easier, as a rule from 0 to 100. */
export function spanishPerspicuity(text: string): number {
  const { words, sentences, syllables } = countsOf(text, 'es');
  return 206.835 - 62.3 * (syllables / words) - words / sentences;
}

/** Whether eight years of school are enough for it. */
export const isPlain = (text: string, language: Language): boolean =>
  language === 'en' ? englishGrade(text) <= HIGHEST_GRADE : spanishPerspicuity(text) >= LOWEST_PERSPICUITY;
