/** What is wrong with a configuration, each fault with its field and the way to mend it. */
import { SPECIALTIES } from '../clinical/specialty.ts';
import { textFor } from '../patient/messages.ts';
import { HIGHEST_GRADE, isPlain, LANGUAGES, type Language } from '../patient/reading-grade.ts';
import { specialistInPlainWords } from '../patient/specialty-words.ts';
import { STATUS_WORDS } from '../referral/status.ts';
import type { ConfigurationContent } from './configuration.ts';
import { contrast } from './contrast.ts';
import { statusNames } from './status-names.ts';
import { type SiteWords, TEMPLATE_RULES, TEMPLATES, type TemplateRule } from './templates.ts';

/** `field` is a path, such as `practice.accent`, `statuses.no-show`, `templates.book.en`. */
export type ConfigurationFault = { field: string; message: string; fix: string };

const LONGEST = { name: 60, status: 30, mail: 1500, payer: 100 } as const;
/** Of a text message with its link, as many as two to three segments bear (messages.test.ts). */
const LONGEST_TEXT = 300;
/** Behind the address of the page: 32 bytes as base64url. */
const LINK_LENGTH = 43;

/** WCAG 2.2, 1.4.3 (AA): text of usual size. The accent is text on the page and on paper, and the ground under white words. */
const READABLE = 4.5;
const GROUNDS = ['#ffffff', '#f7f8f9'] as const;

const UNPRINTED = /\p{Cc}/u;
const PLACEHOLDER = /\{([^{}]*)\}/g;

/** What tells of health, by roots and words of ours besides the specialties; a telephone lies about, and its screen shows what comes. */
const CLINICAL: Readonly<Record<Language, RegExp>> = {
  en: /\b(?:diagnos\w*|cancer\w*|tumou?rs?|biops\w*|hiv|aids|pregnan\w*|abortion\w*|surger\w*|surgeon\w*|medicines?|medications?|pills?|prescription\w*|test results?|lab results?|x-?rays?|mri|scans?|mental|depress\w*|addict\w*|therap\w*|disease\w*|illness\w*|symptom\w*|pain|chemo\w*|diabet\w*|dental)\b/iu,
  es: /(?<!\p{L})(?:diagn[oó]stic\p{L}*|c[aá]ncer|tumor\p{L}*|biopsia\p{L}*|vih|sida|embaraz\p{L}*|aborto\p{L}*|cirug[ií]a\p{L}*|cirujan\p{L}*|medicin\p{L}*|medicament\p{L}*|pastillas?|recetas?|resultados?|radiograf[ií]a\p{L}*|mental\p{L}*|depresi\p{L}*|adicci\p{L}*|terapia\p{L}*|enfermedad\p{L}*|s[ií]ntoma\p{L}*|dolor\p{L}*|quimio\p{L}*|diabet\p{L}*|dental)(?!\p{L})/iu,
};

const escaped = (words: string): string => words.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const NAMED = SPECIALTIES.flatMap(({ id, name }) => {
  const plain = specialistInPlainWords(id);
  return [name, ...(plain ? [plain.en, plain.es] : [])];
});
const SPECIALTY = new RegExp(`(?<!\\p{L})(?:${NAMED.map(escaped).join('|')})(?!\\p{L})`, 'iu');
const tellsOfHealth = (words: string): boolean => SPECIALTY.test(words) || LANGUAGES.some((each) => CLINICAL[each].test(words));

const ADDRESS = /https?:|www\.|@|\b[a-z\d-]+\.(?:com|org|net|gov|edu|info|health)\b/iu;
/** A house may have a number; so many digits are one to call or to type. */
const LONG_NUMBER = /\d[\d ().-]{3,}\d/;

function ofPractice({ name, phone, accent }: ConfigurationContent['practice']): ConfigurationFault[] {
  const faults: ConfigurationFault[] = [];
  if (name !== null && (name.length < 2 || name.length > LONGEST.name || UNPRINTED.test(name) || /[{}<>]/.test(name)))
    faults.push({
      field: 'practice.name',
      message: 'This is no name that can stand in a message.',
      fix: `Give 2 to ${LONGEST.name} characters on one line, without { } < or >.`,
    });
  if (name !== null && (ADDRESS.test(name) || LONG_NUMBER.test(name)))
    faults.push({
      field: 'practice.name',
      message: 'An address or a number stands in it.',
      fix: 'Give the name alone: it stands in every message, and the link is the only address that is sent.',
    });
  if (name !== null && tellsOfHealth(name))
    faults.push({
      field: 'practice.name',
      message: 'It tells of a specialty or of somebody’s health, and it stands in every message to a patient.',
      fix: 'Give the name of the house or the group, without what is treated there.',
    });
  const digits = phone?.replaceAll(/\D/g, '').length ?? 0;
  if (phone !== null && (!/^\+?[\d ().-]{7,25}$/.test(phone) || digits < 7 || digits > 15))
    faults.push({
      field: 'practice.phone',
      message: 'This is no telephone number.',
      fix: 'Give 7 to 15 digits, such as 510-555-0150 or +1 510 555 0150.',
    });
  const seen = accent === null ? READABLE : Math.min(...GROUNDS.map((ground) => contrast(accent, ground) ?? 0));
  if (accent !== null && !/^#[0-9a-f]{6}$/i.test(accent))
    faults.push({ field: 'practice.accent', message: 'This is no colour.', fix: 'Give it as #rrggbb, such as #0b6e69.' });
  else if (seen < READABLE)
    faults.push({
      field: 'practice.accent',
      message: `Words in this colour have a contrast of ${seen.toFixed(1)} to 1; people with weak sight need ${READABLE}.`,
      fix: 'Choose a darker colour.',
    });
  return faults;
}

function ofStatuses({ statuses }: ConfigurationContent): ConfigurationFault[] {
  const names = statusNames(statuses);
  const alike = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
  return statuses.flatMap(({ status, name }): ConfigurationFault[] => {
    const field = `statuses.${status}`;
    if (name.length > LONGEST.status || !/^[\p{L}\d][\p{L}\d '’/-]*$/u.test(name))
      return [
        {
          field,
          message: 'This is no name of a status.',
          fix: `Give up to ${LONGEST.status} letters, digits, spaces, hyphens or slashes.`,
        },
      ];
    const twin = STATUS_WORDS.find((other) => other !== status && alike(names[other], name));
    return twin === undefined
      ? []
      : [{ field, message: 'Another status has this name too: nobody could tell them apart.', fix: 'Give each a name of its own.' }];
  });
}

type Wrong = Omit<ConfigurationFault, 'field'>;
const placeholders = (names: readonly string[]): string => names.map((name) => `{${name}}`).join(', ');

function ofPlaceholders(words: string, { must, may }: TemplateRule): Wrong[] {
  const used = [...words.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  const known = [...must, ...may];
  const wrong: Wrong[] = [];
  if (used.some((name) => !known.includes(name)) || /[{}]/.test(words.replaceAll(PLACEHOLDER, '')))
    wrong.push({ message: 'It names something that is not filled in here.', fix: `Use ${placeholders(known)} and no others.` });
  const missing = must.filter((name) => !used.includes(name));
  if (missing.length > 0)
    wrong.push({ message: `${placeholders(missing)} does not stand in it.`, fix: `Put ${placeholders(missing)} where it belongs.` });
  if (used.filter((name) => name === 'link').length > 1) wrong.push({ message: 'The link stands in it twice.', fix: 'Keep one {link}.' });
  return wrong;
}

/** Nothing in it may tell of a patient: it has no place for one, and words for all patients of a kind tell of each. */
function ofPrivacy(words: string, to: TemplateRule['to']): Wrong[] {
  const wrong: Wrong[] = [];
  if (tellsOfHealth(words))
    wrong.push({
      message: 'It tells of a specialty or of somebody’s health.',
      fix: 'Say who writes and where to look. What it is about stands on the page behind the link.',
    });
  if (ADDRESS.test(words))
    wrong.push({ message: 'An address stands in it.', fix: 'Take it out. {link} is the only address that is sent.' });
  if (to === 'patient' && /\d/.test(words.replaceAll(/\b911\b/g, '')))
    wrong.push({ message: 'A number stands in it.', fix: 'Use {phone} for the number to call; a date or a time is on the page.' });
  return wrong;
}

const NEUTRAL = { practice: 'Maple Clinic', phone: '555-0100' };
const filledIn = (words: string): string =>
  words.replaceAll('{practice}', NEUTRAL.practice).replaceAll('{phone}', NEUTRAL.phone).replaceAll('{link}', '');

export type FaultsAbout = {
  /** Of Refloop as patients reach it, without a final slash: a link takes room. */
  address: string;
  /** As messages name the practice where the configuration does not. */
  practice: string;
};

function ofTemplate(
  { template, language, words }: SiteWords,
  { practice: { name, phone } }: ConfigurationContent,
  about: FaultsAbout,
): Wrong[] {
  const rule = TEMPLATE_RULES[template];
  if (!rule.languages.includes(language)) return [{ message: 'It is not written in this language.', fix: 'Take it out.' }];
  const wrong = [...ofPlaceholders(words, rule), ...ofPrivacy(words, rule.to)];
  const kept = (rule.keeps[language] ?? []).filter((word) => !new RegExp(`(?<!\\p{L})${word}(?!\\p{L})`, 'u').test(words));
  if (kept.length > 0)
    wrong.push({
      message: `${kept.join(' and ')} does not stand in it.`,
      fix: `Keep ${kept.join(' and ')} as it is: people answer with it.`,
    });
  if (rule.to === 'office') {
    if (words.length > LONGEST.mail || /[^\P{Cc}\n]/u.test(words))
      wrong.push({ message: 'It is too long, or has characters that cannot be seen.', fix: `Give at most ${LONGEST.mail} characters.` });
    return wrong;
  }
  if (UNPRINTED.test(words)) wrong.push({ message: 'It has more than one line.', fix: 'Write it on one line.' });
  if (!isPlain(filledIn(words), language))
    wrong.push({
      message: `It asks for more than ${HIGHEST_GRADE} years of school.`,
      fix: 'Use shorter sentences and shorter words.',
    });
  const link = `${about.address}/patient#${'x'.repeat(LINK_LENGTH)}`;
  // Any topic will do: the words are given, and what stands behind them is the same.
  const whole = textFor('book', language, { practice: name ?? about.practice, phone: phone ?? NEUTRAL.phone }, link, words);
  if (whole.length > LONGEST_TEXT)
    wrong.push({
      message: `With its link it has ${whole.length} characters; a text message bears ${LONGEST_TEXT}.`,
      fix: `Take out ${whole.length - LONGEST_TEXT}.`,
    });
  return wrong;
}

function ofAuthorization({ noAuthorization = [] }: ConfigurationContent): ConfigurationFault[] {
  return noAuthorization.flatMap(({ payer, specialty }): ConfigurationFault[] => {
    const field = `noAuthorization.${payer}.${specialty ?? 'all'}`;
    if (payer.length < 2 || payer.length > LONGEST.payer || UNPRINTED.test(payer))
      return [{ field, message: 'This is no name of a payer.', fix: `Give 2 to ${LONGEST.payer} characters, as the coverage names it.` }];
    if (specialty !== null && !SPECIALTIES.some(({ id }) => id === specialty))
      return [{ field, message: 'There is no such specialty.', fix: 'Choose one of the list, or all.' }];
    return [];
  });
}

/** In the order of the page. @param content as `inOrder` leaves it */
export function faultsIn(content: ConfigurationContent, about: FaultsAbout): ConfigurationFault[] {
  return [
    ...ofPractice(content.practice),
    ...ofAuthorization(content),
    ...ofStatuses(content),
    ...content.templates
      .toSorted((left, right) => TEMPLATES.indexOf(left.template) - TEMPLATES.indexOf(right.template))
      .flatMap((each) =>
        ofTemplate(each, content, about).map((wrong) => ({ field: `templates.${each.template}.${each.language}`, ...wrong })),
      ),
  ];
}
