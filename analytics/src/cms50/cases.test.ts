/** Each side of each rule of CMS50: cms50/cases.json holds the resources, and why each patient is in or out. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { HOME } from '../models.ts';
import { rowOf } from './fhir-tables.ts';
import { isObject, type JsonObject } from './json.ts';
import { type Measure, readMeasure } from './measure.ts';
import type { Read } from './read-export.ts';
import { type PatientOutcome, type Reason, runCms50 } from './run-cms50.ts';
import { readValueSets } from './value-sets.ts';
import { reasonSentence } from './words.ts';

type Expected = { in: 'numerator' | 'denominator' | 'nothing'; reasons: string[] };
type Case = {
  title: string;
  timezone?: string;
  period?: number;
  change?: Record<string, JsonObject>;
  without?: string[];
  add?: JsonObject[];
  expect: Record<string, Expected>;
};

const folder = new URL('cms50/', HOME);
const { base, cases } = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as { base: JsonObject[]; cases: Case[] };

/** RFC 7396. */
function merged(target: JsonObject, patch: JsonObject): JsonObject {
  const result: JsonObject = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    const before = result[name];
    if (value === null) delete result[name];
    else result[name] = isObject(value) && isObject(before) ? merged(before, value) : value;
  }
  return result;
}

const nameOf = ({ resourceType, id }: JsonObject): string => `${String(resourceType)}/${String(id)}`;

function resourcesOf({ change = {}, without = [], add = [] }: Case): JsonObject[] {
  const kept = base.filter((resource) => !without.includes(nameOf(resource)));
  return [...kept.map((resource) => merged(resource, change[nameOf(resource)] ?? {})), ...add];
}

// All cases of one time zone and period are one input, told apart by a number before each id: each question of DuckDB costs milliseconds.
const apart = (resource: JsonObject, number: number): JsonObject =>
  JSON.parse(JSON.stringify(resource), (key: string, value: unknown) => {
    if (key === 'id' && typeof value === 'string') return `${number}.${value}`;
    if (key === 'reference' && typeof value === 'string') return value.replace(/(ServiceRequest|Patient|CarePlan)\//, `$1/${number}.`);
    return value;
  }) as JsonObject;

async function* rows(resources: JsonObject[]): AsyncIterable<Read> {
  for (const resource of resources) {
    const row = rowOf(resource);
    if (!('unreadable' in row) && row.table !== null) yield row;
  }
}

const key = ({ timezone = 'America/New_York', period = 2026 }: Case): string => `${period} ${timezone}`;
const shortReason = ({ rule, resource, value }: Reason): string =>
  [rule, resource?.replace(/\/\d+\./, '/'), value].filter((part) => part !== null && part !== undefined).join(' ');

let measure: Measure;
const outcomes = new Map<number, PatientOutcome[]>();

beforeAll(async () => {
  measure = readMeasure();
  const valueSets = await readValueSets(fileURLToPath(new URL('made-up-value-sets.json', folder)), measure);
  const numbered = cases.map((each, number) => ({ each, number }));
  for (const [name, group] of Map.groupBy(numbered, ({ each }) => key(each))) {
    const [year = '', timezone = ''] = name.split(' ');
    const resources = group.flatMap(({ each, number }) => resourcesOf(each).map((resource) => apart(resource, number)));
    const { patients } = await runCms50(rows(resources), { year: Number(year), timezone, valueSets });
    for (const { number } of group)
      outcomes.set(
        number,
        patients.filter(({ patient }) => patient.startsWith(`${number}.`)),
      );
  }
});

describe('CMS50', () => {
  test.each(cases.map((each, number) => ({ ...each, number })))('$title', ({ number, expect: expected }) => {
    const found = Object.fromEntries(
      (outcomes.get(number) ?? []).map(({ patient, initialPopulation, denominator, numerator, reasons }) => {
        expect(denominator, 'the denominator is the initial population').toBe(initialPopulation);
        return [
          patient.replace(/^\d+\./, ''),
          { in: numerator ? 'numerator' : denominator ? 'denominator' : 'nothing', reasons: reasons.map(shortReason) },
        ];
      }),
    );
    expect(found).toEqual(expected);
  });

  test('every reason has a sentence, every sentence a case, and each is printed whole', () => {
    const given = [...outcomes.values()].flat().flatMap(({ reasons }) => reasons);
    const sentences = given.map((reason) => reasonSentence(reason, measure));
    expect(sentences.filter((sentence) => /[{}]|null|undefined/.test(sentence))).toEqual([]);
    expect([...new Set(given.map(({ rule }) => rule))].sort()).toEqual(Object.keys(measure.reasons).sort());
  });
});
