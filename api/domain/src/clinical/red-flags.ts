/**
 * Asks, before anything is ranked, whether the emergency department is the right place. It speaks to the clinician, who
 * decides; nothing is blocked. Where wording is ambiguous it asks: a question too many costs a second.
 */
import { type Coding } from '../fhir/read.ts';
import rules from './red-flags.json' with { type: 'json' };

export type RedFlag = {
  readonly id: string;
  /** "chest pain", for a list. */
  readonly label: string;
  /** The words or the code it was found in. */
  readonly found: string;
  /** What to show first. */
  readonly sentence: string;
};

export const EMERGENCY_QUESTION = 'Is the emergency department the right place?';

type Rule = { id: string; label: string; icd10: readonly string[]; pattern: RegExp; unless: RegExp | undefined };

// A space in a phrase is any run of spaces in the text.
const bounded = (phrases: readonly string[]): string => `(?<![a-z0-9])(?:${phrases.join('|').replaceAll(' ', '\\s+')})(?![a-z0-9])`;

const RULES: readonly Rule[] = rules.flags.map((flag) => ({
  id: flag.id,
  label: flag.label,
  icd10: flag.icd10,
  pattern: new RegExp(bounded(flag.phrases), 'g'),
  unless: 'unless' in flag && flag.unless ? new RegExp(bounded(flag.unless)) : undefined,
}));

// "no" in these does not deny what follows.
const NO_DENIAL =
  /\b(?:no (?:significant |real )?(?:relief|improvement|change|response)|not? (?:relieved|improving|improved|better|responding|only)|without (?:relief|improvement)|no known (?:\w+ )?allerg\w+|no doubt)\b/g;

// Where a denial or a piece of history ends and the present begins.
const TURN =
  /\b(?:but|however|though|although|except|now|today|currently|has|have|having|with|reports?|reporting|complain(?:s|ed|ing)|presents?|presenting|presented|develop(?:s|ed|ing)|experienc(?:es|ed|ing)|endorses|endorsing|admits|states|came in|woke)\b/g;

const DENIES = /\b(?:denie[sd]|denying|deny|negative for|absence of|free of)\b/;
const NO = /\b(?:no|not|without|never|neither|nor)\b/g;
const DENIED_AFTER =
  /^\s*(?:[:=–-]\s*(?:no|none|denie[sd]|negative|absent)\b|(?:is |was |are |were |has been |have been )?(?:denied|ruled out|negative|absent|not present|excluded)\b)/;

const HISTORY =
  /\b(?:history of|h\/o|hx of|hx|past medical history|pmh|previous|prior(?! to)|remote|status post|s\/p|post|family history|fhx|(?:mother|father|brother|sister|parent|grandmother|grandfather|uncle|aunt) (?:had|died))\b/g;
// "a 3-day history of", "history of present illness": the present, told in the words of the past.
const PRESENT_HISTORY =
  /(?:\b\d+[- ]?(?:hour|hr|day|week|wk)s?(?:'s)?[- ]+|\b(?:short|recent|acute|brief|few days'?|one week|two week)[- ]+)history of|history of (?:the )?present(?:ing)? (?:illness|complaint)/g;
const LONG_AGO =
  /^[^,;]{0,25}?(?:\bin (?:19|20)\d\d\b|\b(?:\d+|several|many|two|three|four|five|ten) (?:months?|years?|yrs?) ago\b|\blast year\b|\bas a child\b)/;

const NOT_YET =
  /\b(?:risk (?:of|for|factors? for)|prevent(?:ion of|s|ing)?|prophylaxis (?:of|for|against)|screen(?:ing|ed)? for|in case of|return (?:if|for)|call 911 (?:if|for)|precautions (?:for|about)|should (?:he|she|they) (?:have|develop)|if (?:he|she|they|you|the patient) (?:has|have|develops?|gets?))\b/;
const NOT_YET_AFTER = /^[\s-]*(?:prevention|prophylaxis|risk|screening|clinic|survivor|rehab\w*|education|precautions)\b/;

const PRESSING =
  /\b(?:at rest|severe|sudden(?:ly)?|acute(?:ly)?|rapidly|new|now|today|tonight|this morning|since yesterday|last night|can ?not|can't)\b/;

/** The part of the words before a finding that still governs it: from the last turn of the sentence. */
function governing(before: string): string {
  const turns = [...before.matchAll(TURN)];
  const last = turns.at(-1);
  return last ? before.slice(last.index + last[0].length) : before;
}

function isDenied(before: string, phraseAndAfter: string, after: string): boolean {
  if (DENIED_AFTER.test(after)) return true;
  const scope = governing(before);
  if (DENIES.test(scope)) return true;
  const last = [...scope.matchAll(NO)].at(-1);
  if (!last) return false;
  const between = scope.slice(last.index);
  if (!between.includes(',')) return true;
  // "no fever, chest pain or cough" denies the list; "no fever, chest pain since noon" does not.
  const rest = phraseAndAfter.split(TURN)[0] ?? '';
  return /\b(?:or|nor)\b/.test(between) || /^[^.]*?\b(?:or|nor)\b/.test(rest);
}

function isPast(before: string, after: string): boolean {
  const scope = governing(before).replace(PRESENT_HISTORY, ' ');
  const last = [...scope.matchAll(HISTORY)].at(-1);
  return (last !== undefined && !scope.slice(last.index).includes(',')) || LONG_AGO.test(after);
}

// A risk of suicide is not a thing of the future.
const isOnlyPossible = (id: string, before: string, after: string): boolean =>
  id !== 'suicide' && (NOT_YET.test(governing(before)) || NOT_YET_AFTER.test(after));

const sentencesWithPlace = (text: string): readonly { start: number; words: string }[] =>
  [...text.matchAll(/(?:[^.!?;\n]|\.(?=\d))+/g)].map((found) => ({ start: found.index, words: found[0] }));

/** The first words of the rule in the text that are neither denied, past, hypothetical nor plainly mild. */
function firstFound(rule: Rule, plain: string): { start: number; end: number } | undefined {
  for (const { start, words } of sentencesWithPlace(plain)) {
    for (const match of words.matchAll(rule.pattern)) {
      const before = words.slice(0, match.index);
      const after = words.slice(match.index + match[0].length);
      const mild = rule.unless?.test(words) === true && !PRESSING.test(words);
      if (mild || isDenied(before, words.slice(match.index), after) || isPast(before, after) || isOnlyPossible(rule.id, before, after))
        continue;
      return { start: start + match.index, end: start + match.index + match[0].length };
    }
  }
  return undefined;
}

const isLater = (code: string): boolean => code.replace('.', '').length === 7 && /[DS]$/.test(code);

/**
 * Checks reason, question and codes for signs of an emergency.
 *
 * @param text the reason for referral and the question, as typed
 * @param codes ICD-10-CM codes count; codes of other systems are ignored, as are subsequent and sequela encounters (7th
 *   character D or S)
 * @returns one flag per kind of emergency, in the order of the table; empty when nothing was found
 */
export function redFlags(text: string, codes: readonly Coding[]): readonly RedFlag[] {
  // Same length as the text, so that places found in one hold in the other.
  const plain = text
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .replace(NO_DENIAL, (words) => ' '.repeat(words.length));
  const icd10 = codes.filter((code) => /icd-?10/i.test(code.system ?? '')).map((code) => (code.code ?? '').toUpperCase());
  return RULES.flatMap((rule) => {
    const place = plain.length === text.length ? firstFound(rule, plain) : undefined;
    if (place) {
      const found = text.slice(place.start, place.end);
      return [{ id: rule.id, label: rule.label, found, sentence: `${EMERGENCY_QUESTION} The reason says “${found}”.` }];
    }
    const code = icd10.find(
      (one) => !isLater(one) && rule.icd10.some((prefix) => one.replace('.', '').startsWith(prefix.replace('.', ''))),
    );
    return code === undefined
      ? []
      : [
          {
            id: rule.id,
            label: rule.label,
            found: `ICD-10 ${code}`,
            sentence: `${EMERGENCY_QUESTION} ICD-10 ${code} stands for ${rule.label}.`,
          },
        ];
  });
}
