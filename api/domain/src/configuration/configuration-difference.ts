/** What is another in a newer configuration, by field and in words. */
import { specialtyById } from '../clinical/specialty.ts';
import { LANGUAGES, type Language } from '../patient/reading-grade.ts';
import { STATUS_WORDS } from '../referral/status.ts';
import type { ConfigurationContent } from './configuration.ts';
import { productName, statusNames } from './status-names.ts';
import { ownWords, productWords, TEMPLATE_RULES, TEMPLATES } from './templates.ts';

/** `before` and `after` null: the site's entry, or Refloop's own. */
export type ConfigurationDifference = { field: string; what: string; before: string | null; after: string | null };

const PRACTICE = { name: 'Name of the practice', phone: 'Number to call', accent: 'Colour' } as const;
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', es: 'Spanish' };

const ASKS_FOR_NONE = 'asks for no authorization';

function ruleNames(before: ConfigurationContent, after: ConfigurationContent) {
  const named = ({ noAuthorization = [] }: ConfigurationContent): Map<string, string> =>
    new Map(
      noAuthorization.map(({ payer, specialty }) => [
        `noAuthorization.${payer}.${specialty ?? 'all'}`,
        `${payer}, ${specialty === null ? 'every specialty' : (specialtyById(specialty)?.name ?? specialty)}`,
      ]),
    );
  const [were, are] = [named(before), named(after)];
  return [...new Map([...were, ...are])].map(([field, what]) => ({ field, what, was: were.has(field), is: are.has(field) }));
}

export function differences(before: ConfigurationContent, after: ConfigurationContent): ConfigurationDifference[] {
  const [were, are] = [statusNames(before.statuses), statusNames(after.statuses)];
  return [
    ...(['name', 'phone', 'accent'] as const).map((part) => ({
      field: `practice.${part}`,
      what: PRACTICE[part],
      before: before.practice[part],
      after: after.practice[part],
    })),
    ...ruleNames(before, after).map(({ field, what, was, is }) => ({
      field,
      what,
      before: was ? ASKS_FOR_NONE : null,
      after: is ? ASKS_FOR_NONE : null,
    })),
    ...STATUS_WORDS.map((status) => ({
      field: `statuses.${status}`,
      what: `Status “${productName(status)}”`,
      before: were[status],
      after: are[status],
    })),
    ...TEMPLATES.flatMap((template) =>
      LANGUAGES.map((language) => ({
        field: `templates.${template}.${language}`,
        what: `${TEMPLATE_RULES[template].name}, in ${LANGUAGE_NAMES[language]}`,
        before: ownWords(before.templates, template, language) ?? productWords(template, language),
        after: ownWords(after.templates, template, language) ?? productWords(template, language),
      })),
    ),
  ].filter((each) => each.before !== each.after);
}
