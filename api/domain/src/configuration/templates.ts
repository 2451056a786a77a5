/**
 * The messages whose words a site may choose: what Refloop says unless it does, and what each has to keep. The answer to a possible emergency is none
 * of them: it is the same everywhere (R78). How texts are ended is said behind each text message, whatever its words are.
 */

import { ANSWERS, MESSAGE_TOPICS, TOPICS } from '../patient/messages.ts';
import { LANGUAGES, type Language } from '../patient/reading-grade.ts';

export const TEMPLATES = [...MESSAGE_TOPICS, 'stopped', 'started', 'help', 'not-read', 'not-kept', 'office-mail'] as const;
export type Template = (typeof TEMPLATES)[number];

/** A message in one language, in the words of a site. */
export type SiteWords = { template: Template; language: Language; words: string };

export type TemplateRule = {
  /** As a person who chooses words knows it. */
  name: string;
  /** Who reads it, and so in which languages it is written. */
  to: 'patient' | 'office';
  languages: readonly Language[];
  /** Each has to stand in it, and what is not named here or in `may` is no placeholder. */
  must: readonly string[];
  may: readonly string[];
  /** Words that have to stay as they are, by language. */
  keeps: Readonly<Partial<Record<Language, readonly string[]>>>;
};

const topic = (name: string): TemplateRule => ({
  name,
  to: 'patient',
  languages: LANGUAGES,
  must: ['practice', 'link'],
  may: ['phone'],
  keeps: {},
});
const answer = (name: string, must: readonly string[], keeps: TemplateRule['keeps']): TemplateRule => ({
  name,
  to: 'patient',
  languages: LANGUAGES,
  must: ['practice', ...must],
  may: ['phone'],
  keeps,
});

/** Words that carriers heed stay in the answer to them (patient/keywords.ts); where nobody reads at once, 911 stays. */
export const TEMPLATE_RULES: Readonly<Record<Template, TemplateRule>> = {
  book: topic('A visit can be booked'),
  remind: topic('No visit is booked yet'),
  'day-before': topic('The day before a visit'),
  missed: topic('A visit was missed'),
  'were-you-seen': topic('Asks whether the visit took place'),
  rate: topic('Asks how it went'),
  booked: topic('A date was set or moved, not by the patient'),
  'called-off': topic('A date was called off, not by the patient'),
  stopped: answer('Answer to STOP', [], { en: ['START'], es: ['START'] }),
  started: answer('Answer to START', [], { en: ['STOP'], es: ['ALTO'] }),
  help: answer('Answer to HELP', ['phone'], { en: ['STOP'], es: ['ALTO'] }),
  'not-read': answer('Answer to any other text', ['phone'], { en: ['911'], es: ['911'] }),
  'not-kept': answer('Answer to a number nobody knows', ['phone'], { en: ['911'], es: ['911'] }),
  'office-mail': {
    name: 'Mail to a specialist’s office',
    to: 'office',
    languages: ['en'],
    must: ['practice', 'link'],
    may: ['specialist', 'phone'],
    keeps: { en: ['NPI'] },
  },
};

const OFFICE_MAIL = [
  '{practice} sends a referral to {specialist}.',
  '',
  'Open it here. You will be asked for the NPI of the specialist; no account is needed.',
  '{link}',
  '',
  'On that page you can read the packet, accept, ask, offer dates, decline, and upload your note.',
  'The link is for your office alone. If it is not for you, delete this mail and tell the practice: {phone}.',
].join('\n');

const PRODUCT: Readonly<Record<Template, Readonly<Partial<Record<Language, string>>>>> = {
  ...TOPICS,
  ...ANSWERS,
  'office-mail': { en: OFFICE_MAIL },
};

/** What Refloop says unless a site has words of its own; empty in a language in which it is not written. */
export const productWords = (template: Template, language: Language): string => PRODUCT[template][language] ?? '';

/** The site’s own words; undefined where it says what Refloop does. */
export const ownWords = (own: readonly SiteWords[], template: Template, language: Language): string | undefined =>
  own.find((each) => each.template === template && each.language === language)?.words;
