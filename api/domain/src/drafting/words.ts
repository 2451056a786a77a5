/** Plain word matching for clinical text. No stemming library: a word list of a specialty says what it means to find. */

export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const escaped = (stem: string): string => stem.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const patterns = new Map<string, RegExp>();

// Up to four letters a stem means the whole word ("ear", "rash", "mri", plural allowed); longer ones match the beginning
// of a word ("palpitation" finds "palpitations").
function patternOf(stem: string): RegExp {
  const held = patterns.get(stem);
  if (held) return held;
  const made = new RegExp(`(?<![a-z0-9])${escaped(stem)}${stem.length <= 4 ? 's?(?![a-z0-9])' : ''}`, 'i');
  patterns.set(stem, made);
  return made;
}

/** Which of the stems occur in the text, in the order given. */
export const stemsIn = (text: string, stems: readonly string[]): readonly string[] => stems.filter((stem) => patternOf(stem).test(text));

export const mentions = (text: string, stems: readonly string[]): boolean => stems.some((stem) => patternOf(stem).test(text));

const COMMON = new Set(
  (
    'about after again also because been before being between both could does doing during each evaluate evaluation please from further given have ' +
    'having here into just like more most much need needs only other over patient problem refer referral referred same seen should some such than that ' +
    'their them then there these they this those through under until very want wants week weeks were what when where which while with without would year ' +
    'years month months days history noted reports states consult consultation specialist management advise advice assess assessment unspecified left right ' +
    'acute chronic disease disorder syndrome other recurrent recent'
  ).split(' '),
);

const LONGEST_STEM = 8;

/** Telling words of a reason for referral, cut to stems so that "palpitations" and "palpitation" meet. */
export const tellingStems = (text: string): readonly string[] => [
  ...new Set(
    wordsOf(text)
      .filter((word) => word.length >= 4 && !COMMON.has(word) && !/^\d+$/.test(word))
      .map((word) => (word.length > LONGEST_STEM ? word.slice(0, LONGEST_STEM) : word.length > 4 ? word.replace(/s$/, '') : word)),
  ),
];

/** ICD-10-CM as printed: upper case, a dot after the third character. */
export const icd10 = (code: string): string => {
  const plain = code.trim().toUpperCase();
  return plain.includes('.') || plain.length <= 3 ? plain : `${plain.slice(0, 3)}.${plain.slice(3)}`;
};

/** Text as one sentence: single spaces, a full stop at its end unless it ends one itself. */
export const asSentence = (text: string): string => {
  const words = text.replace(/\s+/g, ' ').trim();
  return words === '' || /[.!?…”]$/.test(words) ? words : `${words}.`;
};

/** At most `length` characters, cut at a word with an ellipsis. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > length / 2 ? cut.slice(0, space) : cut).replace(/[,;:.\s]+$/, '')}…`;
}

/** "Hives" → "hives"; words that are capital beyond their first letter ("ECG", "HbA1c") stay. */
export const uncapital = (words: string): string =>
  /^[A-Z][a-z]+(?:[\s,;]|$)/.test(words) ? words.slice(0, 1).toLowerCase() + words.slice(1) : words;

export const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);
