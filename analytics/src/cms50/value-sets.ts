/**
 * The value sets of the measure, as the site supplies them: none comes with Refloop, since the terms of VSAC, CPT, LOINC and SNOMED CT apply to
 * them. Codes are compared by system and code, both as they are written.
 */
import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, type JsonObject, listIn, objectIn, textIn } from './json.ts';
import type { Measure, ValueSetRole } from './measure.ts';

export type ValueSetCode = { role: ValueSetRole; system: string; code: string };
export type ValueSetUsed = { oid: string; name: string; version: string | null; codes: number };

/** What is wrong with the value sets, each with what to do. */
export class ValueSetsUnusable extends Error {
  readonly faults: string[];
  constructor(faults: string[]) {
    super(`The value sets cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}\n${VSAC}`);
    this.faults = faults;
  }
}

type Code = { system: string; code: string };
type Found = { oid: string; version: string | null; codes: Code[] | string; file: string };

const VSAC =
  'Get each expansion from VSAC by its OID (vsac.nlm.nih.gov, with a free UMLS licence; in FHIR https://cts.nlm.nih.gov/fhir/ValueSet/OID/$expand) ' +
  'and add it to --valuesets.';

const oidIn = (text: string | null): string | null => /(?:^|[/:])(\d+(?:\.\d+){5,})(?:\|.*)?$/.exec(text ?? '')?.[1] ?? null;

const codeOf = (system: unknown, code: unknown): Code[] => {
  const [from, named] = [textIn(system), textIn(code)];
  return from === null || named === null ? [] : [{ system: from, code: named }];
};

/** Headings are no codes, but what stands under them is. */
function* contained(entries: unknown[]): Iterable<Code> {
  for (const entry of entries.filter(isObject)) {
    if (entry['abstract'] !== true) yield* codeOf(entry['system'], entry['code']);
    yield* contained(listIn(entry['contains']));
  }
}

const count = (entries: unknown[]): number => entries.filter(isObject).reduce((sum, { contains }) => sum + 1 + count(listIn(contains)), 0);

function expanded({ contains, total, offset }: JsonObject): Code[] | string {
  const entries = listIn(contains);
  const whole = typeof total === 'number' ? total : count(entries);
  if ((typeof offset === 'number' && offset > 0) || count(entries) < whole)
    return `its expansion is only a part (${count(entries)} of ${whole} codes); all pages of it are needed`;
  return [...contained(entries)];
}

/** A compose that lists its codes one by one says as much as an expansion. */
function composed({ include, exclude }: JsonObject): Code[] | string {
  const parts = [...listIn(include), ...listIn(exclude)].map(objectIn);
  if (parts.some((part) => part['filter'] !== undefined || part['valueSet'] !== undefined || !Array.isArray(part['concept'])))
    return 'it has no expansion, and its compose does not list its codes one by one';
  const listed = (each: unknown): Code[] => {
    const { system, concept } = objectIn(each);
    return listIn(concept).flatMap((one) => codeOf(system, objectIn(one)['code']));
  };
  const without = new Set(listIn(exclude).flatMap(listed).map(keyOf));
  return listIn(include)
    .flatMap(listed)
    .filter((code) => !without.has(keyOf(code)));
}

const keyOf = ({ system, code }: Code): string => JSON.stringify([system, code]);

function valueSetOf(resource: JsonObject, file: string): Found | null {
  const names = [resource['url'], resource['id'], ...listIn(resource['identifier']).map((each) => objectIn(each)['value'])];
  const oid = names.map((name) => oidIn(textIn(name))).find((each) => each !== null);
  if (oid === undefined || oid === null) return null;
  const { expansion, compose } = resource;
  const codes = isObject(expansion) ? expanded(expansion) : isObject(compose) ? composed(compose) : 'it has neither expansion nor compose';
  return { oid, version: textIn(resource['version']), codes, file };
}

function* valueSetsIn(value: unknown, file: string): Iterable<Found> {
  const resource = objectIn(value);
  if (resource['resourceType'] === 'ValueSet') {
    const found = valueSetOf(resource, file);
    if (found) yield found;
  } else for (const entry of listIn(resource['entry'])) yield* valueSetsIn(objectIn(entry)['resource'], file);
}

async function filesOf(path: string): Promise<string[]> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found)
    throw new ValueSetsUnusable([`There is no ${path}. Name a FHIR Bundle of expanded ValueSets, or a folder of ValueSet files in JSON.`]);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return names
    .filter((name) => /\.json$/i.test(name))
    .sort()
    .map((name) => join(path, name));
}

const sortedCodes = (codes: Code[]): string[] => [...new Set(codes.map(keyOf))].sort();

/**
 * Reads a Bundle of ValueSets, one ValueSet, or a folder of either. Throws `ValueSetsUnusable`, which names every value set that is
 * missing by its OID.
 */
export async function readValueSets(path: string, measure: Measure): Promise<{ codes: ValueSetCode[]; used: ValueSetUsed[] }> {
  const faults: string[] = [];
  const given = new Map<string, Found>();
  for (const file of await filesOf(path)) {
    let value: unknown;
    try {
      value = JSON.parse(await readFile(file, 'utf8'));
    } catch {
      faults.push(`${file} is not JSON.`);
      continue;
    }
    for (const found of valueSetsIn(value, file)) {
      const before = given.get(found.oid);
      if (before && Array.isArray(before.codes) && Array.isArray(found.codes)) {
        if (sortedCodes(before.codes).join() !== sortedCodes(found.codes).join())
          faults.push(`${found.oid} is given twice with different codes, in ${before.file} and ${found.file}. Keep the one of the period.`);
      } else if (!before || !Array.isArray(before.codes)) given.set(found.oid, found);
    }
  }
  const codes: ValueSetCode[] = measure.codes.flatMap(({ role, system, code }) => code.map((one) => ({ role, system, code: one })));
  const used: ValueSetUsed[] = [];
  for (const { role, oid, name } of measure.valueSets) {
    const found = given.get(oid);
    if (!found) faults.push(`${oid} (${name}) is missing.`);
    else if (typeof found.codes === 'string') faults.push(`${oid} (${name}) in ${found.file}: ${found.codes}.`);
    else if (found.codes.length === 0) faults.push(`${oid} (${name}) in ${found.file} holds no code.`);
    else {
      const own = found.codes;
      codes.push(...own.map((code) => ({ role, ...code })));
      used.push({ oid, name, version: found.version, codes: sortedCodes(own).length });
    }
  }
  if (faults.length > 0) throw new ValueSetsUnusable(faults);
  return { codes, used };
}
