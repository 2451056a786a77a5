import { readdirSync, readFileSync } from 'node:fs';
import { SOURCE_OF_TRUTH } from '@refloop/domain/referral/source-of-truth';
import { expect, test } from 'vitest';
import { DATA_DICTIONARY, KEY_FIELDS, REFERRAL_COLUMNS } from './fields.ts';
import { dictionaryPage } from './page.ts';

/** One history as the fold makes it (api/domain/src/referral/upcast.test.ts). */
const folded = JSON.parse(readFileSync(new URL('../../../domain/src/referral/golden-fold.json', import.meta.url), 'utf8')) as {
  referral: { attempts: object[] };
};

const fieldsOf = (title: string): string[] => Object.keys(DATA_DICTIONARY.find((part) => part.title === title)?.fields ?? {});

test('the page is the one that the fields make', async () => {
  await expect(dictionaryPage()).toMatchFileSnapshot('../../../../DATA-DICTIONARY.md');
});

test('a record as it is folded has no field that is not in it', () => {
  expect(Object.keys(folded.referral).filter((name) => !fieldsOf('The record').includes(name))).toEqual([]);
  const attempts = folded.referral.attempts.flatMap((attempt) => Object.keys(attempt));
  expect(attempts.filter((name) => !fieldsOf('Each attempt').includes(name))).toEqual([]);
});

test('every column of the table is in it, and none that there is not', () => {
  const folder = new URL('../migrations/', import.meta.url);
  const sql = readdirSync(folder)
    .filter((file) => /^\d{4}-.*\.sql$/.test(file))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
  const created = /create table referral \(([\s\S]*?)\n\);/.exec(sql)?.[1] ?? '';
  const columns = [...created.matchAll(/^ {2}(\w+) (?!key)/gm)].map(([, name = '']) => name);
  const added = [...sql.matchAll(/alter table referral add column (\w+)/g)].map(([, name = '']) => name);
  expect(Object.keys(REFERRAL_COLUMNS).toSorted()).toEqual([...columns, ...added].toSorted());
});

test('every field says what it is, and why it may be empty where it may', () => {
  for (const { title, fields } of DATA_DICTIONARY)
    for (const [name, { what, type, empty }] of Object.entries(fields)) {
      expect(
        [what, type].every((words) => words.length > 1),
        `${title}: ${name}`,
      ).toBe(true);
      expect(empty, `${title}: ${name}`).not.toBe('');
    }
});

test('what is asked for by name is said by fields that there are', () => {
  const all = new Set(DATA_DICTIONARY.flatMap(({ fields }) => Object.keys(fields)));
  const named = KEY_FIELDS.flatMap(({ said }) => [...said.matchAll(/`([a-zA-Z0-9]+)`/g)].map(([, name = '']) => name));
  expect(named.filter((name) => !all.has(name))).toEqual([]);
});

test('every rule of the registry is the truth of a field', () => {
  const truths = new Set<string>(DATA_DICTIONARY.flatMap(({ fields }) => Object.values(fields).map(({ truth }) => truth)));
  // The referral note is a write of ours and no field of the record.
  expect(Object.keys(SOURCE_OF_TRUTH).filter((rule) => !truths.has(rule))).toEqual(['note', 'message']);
});
