/** DATA-DICTIONARY.md, made of the fields and the registry of sources of truth. */
import { SOURCE_OF_TRUTH } from '@refloop/domain/referral/source-of-truth';
import { DATA_DICTIONARY, type DictionaryField, KEY_FIELDS, REFERRAL_COLUMNS } from './fields.ts';

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(headings),
  `|${headings.map(() => '---').join('|')}|`,
  ...rows.map(row),
];

const RULES: Readonly<Record<string, { master: string; element: string }>> = SOURCE_OF_TRUTH;

function truthWords({ truth }: DictionaryField): string {
  const rule = RULES[truth];
  return rule ? `${rule.master} (${rule.element})` : truth;
}

/** @returns the whole file, with its last line ended */
export function dictionaryPage(): string {
  return [
    '# Data dictionary',
    '',
    'The fields of a referral’s record: what each says, its type, who is right about it, and why it may be empty. Made of `api/server/src/data-dictionary/fields.ts`, where',
    'the types of the record hold it whole, by `npm test -- unit data-dictionary -u`; a test fails where this file is another. Measures have definitions of their own in `analytics/metrics`.',
    '',
    '## What is asked of a referral record, and where it is',
    '',
    ...table(
      ['asked for', 'here'],
      KEY_FIELDS.map(({ asked, said }) => [asked, said]),
    ),
    ...DATA_DICTIONARY.flatMap(({ title, lives, fields }) => [
      '',
      `## ${title}`,
      '',
      lives,
      '',
      ...table(
        ['field', 'says', 'type', 'source of truth', 'may be empty'],
        Object.entries(fields).map(([name, each]) => [`\`${name}\``, each.what, each.type, truthWords(each), each.empty ?? 'never']),
      ),
    ]),
    '',
    '## Columns of the table `referral`',
    '',
    'What of a record is in the clear. All else is sealed.',
    '',
    ...table(
      ['column', 'says'],
      Object.entries(REFERRAL_COLUMNS).map(([name, says]) => [`\`${name}\``, says]),
    ),
    '',
    '## Where two sides say something else',
    '',
    'What is done then: `take`, the EHR’s word becomes ours; `set-aside`, a person reconciles, and until then ours holds.',
    '',
    ...table(
      ['field', 'in FHIR R4', 'who is right', 'conflict', 'why'],
      Object.entries(SOURCE_OF_TRUTH).map(([name, { element, master, conflict, why }]) => [
        `\`${name}\``,
        element,
        master,
        `\`${conflict}\``,
        why,
      ]),
    ),
    '',
  ].join('\n');
}
