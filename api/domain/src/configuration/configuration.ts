/**
 * What a site words and shows in its own way, as one versioned whole: the practice's name, number and colour, what staff call a status, what messages
 * say. Only what differs from Refloop's own stands in it, so that a word that Refloop mends reaches whoever did not choose another. Rules and calendars
 * are the service levels (sla/policy.ts), kept in versions of the same kind. No words of a patient stand in it.
 */
import type { NoAuthorization } from '../packet/authorization-word.ts';
import { LANGUAGES } from '../patient/reading-grade.ts';
import { STATUS_WORDS } from '../referral/status.ts';
import { productName, type StatusName } from './status-names.ts';
import { productWords, type SiteWords, TEMPLATES } from './templates.ts';

export type ConfigurationContent = {
  practice: {
    /** Null: the name of the site entry. */
    name: string | null;
    /** Where patients and offices call; null: the number of the site entry. */
    phone: string | null;
    /** `#rrggbb`, on the pages of offices and patients and in the packet; null: Refloop's. */
    accent: string | null;
  };
  statuses: readonly StatusName[];
  templates: readonly SiteWords[];
  /** Which payers ask for no authorization; absent in versions from before that was asked. */
  noAuthorization?: readonly NoAuthorization[] | undefined;
};

export type Configuration = ConfigurationContent & {
  /** 0: as Refloop comes. */
  version: number;
};

export const UNCONFIGURED: Configuration = {
  version: 0,
  practice: { name: null, phone: null, accent: null },
  statuses: [],
  templates: [],
  noAuthorization: [],
};

export const contentOf = ({ practice, statuses, templates, noAuthorization = [] }: Configuration): ConfigurationContent => ({
  practice,
  statuses,
  templates,
  noAuthorization,
});

const orNull = (words: string | null): string | null => (words === null || words.trim() === '' ? null : words.trim());

/** The same in one order, without what says what Refloop says anyway; of two for one thing the last holds. */
export function inOrder({ practice, statuses, templates, noAuthorization = [] }: ConfigurationContent): ConfigurationContent {
  const named = new Map(statuses.map(({ status, name }) => [status, name.trim()]));
  const ruled = new Map(
    noAuthorization.map(({ payer, specialty }) => [`${payer.trim().toLowerCase()} ${specialty ?? ''}`, { payer: payer.trim(), specialty }]),
  );
  const worded = new Map(templates.map((each) => [`${each.template} ${each.language}`, each.words.replaceAll('\r\n', '\n').trim()]));
  return {
    practice: {
      name: orNull(practice.name),
      phone: orNull(practice.phone),
      accent: orNull(practice.accent)?.toLowerCase() ?? null,
    },
    statuses: STATUS_WORDS.flatMap((status) => {
      const name = named.get(status) ?? '';
      return name === '' || name === productName(status) ? [] : [{ status, name }];
    }),
    templates: TEMPLATES.flatMap((template) =>
      LANGUAGES.flatMap((language) => {
        const words = worded.get(`${template} ${language}`) ?? '';
        return words === '' || words === productWords(template, language) ? [] : [{ template, language, words }];
      }),
    ),
    noAuthorization: [...ruled.keys()].toSorted().flatMap((each) => ruled.get(each) ?? []),
  };
}
