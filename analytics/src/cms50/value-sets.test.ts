import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOME } from '../models.ts';
import type { JsonObject } from './json.ts';
import { readMeasure } from './measure.ts';
import { readValueSets, ValueSetsUnusable } from './value-sets.ts';

const MADE_UP = fileURLToPath(new URL('cms50/made-up-value-sets.json', HOME));
const REFERRAL = '2.16.840.1.113883.3.464.1003.101.12.1046';
const measure = readMeasure();

type Entry = { resource: JsonObject };
let folder: string;
let entries: Entry[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refloop-value-sets-'));
  entries = (JSON.parse(await readFile(MADE_UP, 'utf8')) as { entry: Entry[] }).entry;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (name: string, value: unknown): Promise<void> => writeFile(join(folder, name), JSON.stringify(value));
/** The made-up value sets, the one of referrals as given. */
async function read(referral: JsonObject | null): Promise<string[]> {
  const rest = entries.filter(({ resource }) => resource['id'] !== REFERRAL);
  await write('all.json', { resourceType: 'Bundle', entry: referral === null ? rest : [...rest, { resource: referral }] });
  const { codes } = await readValueSets(join(folder, 'all.json'), measure);
  return codes.filter(({ role }) => role === 'referral').map(({ system, code }) => `${system} ${code}`);
}
const faults = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ValueSetsUnusable)) throw new Error('It was taken.');
  return error.message;
};
const valueSet = (rest: JsonObject, id = REFERRAL): JsonObject => ({ resourceType: 'ValueSet', id, ...rest });
const expansion = (contains: JsonObject[], rest: JsonObject = {}): JsonObject => valueSet({ expansion: { contains, ...rest } });
const CODE = { system: 's', code: 'a' };

test('a Bundle and a folder of files, one a value set, are the same', async () => {
  for (const [at, { resource }] of entries.entries()) await write(`${at}.json`, resource);
  const [one, other] = [await readValueSets(MADE_UP, measure), await readValueSets(folder, measure)];
  const sorted = ({ codes }: typeof one) => codes.map((code) => JSON.stringify(code)).sort();
  expect(sorted(other)).toEqual(sorted(one));
  expect(other.used).toEqual(one.used);
  expect(one.used[0]).toEqual({ oid: REFERRAL, name: 'Referral', version: 'made-up', codes: 2 });
});

describe('a value set', () => {
  test.each<[string, JsonObject]>([
    ['by its url', { resourceType: 'ValueSet', url: `http://cts.nlm.nih.gov/fhir/ValueSet/${REFERRAL}`, expansion: { contains: [CODE] } }],
    ['by its url with a version', { resourceType: 'ValueSet', url: `http://x/ValueSet/${REFERRAL}|2026`, expansion: { contains: [CODE] } }],
    [
      'by an identifier',
      { resourceType: 'ValueSet', id: 'x', identifier: [{ value: `urn:oid:${REFERRAL}` }], expansion: { contains: [CODE] } },
    ],
    ['by its id', expansion([CODE])],
    ['under a heading, which is no code itself', expansion([{ system: 's', code: 'heading', abstract: true, contains: [CODE] }])],
    ['listed by a compose', valueSet({ compose: { include: [{ system: 's', concept: [{ code: 'a' }] }] } })],
    [
      'listed by a compose, without what it excludes',
      valueSet({
        compose: {
          include: [{ system: 's', concept: [{ code: 'a' }, { code: 'b' }] }],
          exclude: [{ system: 's', concept: [{ code: 'b' }] }],
        },
      }),
    ],
  ])('is known %s', async (_, referral) => {
    expect(await read(referral)).toEqual(['s a']);
  });

  test.each<[string, JsonObject | null, string]>([
    ['that is missing', null, `${REFERRAL} (Referral) is missing.`],
    ['of another OID', valueSet({ expansion: { contains: [CODE] } }, `${REFERRAL}.1`), `${REFERRAL} (Referral) is missing.`],
    ['without codes', expansion([]), 'holds no code.'],
    ['with codes that lack their system', expansion([{ code: 'a' }]), 'holds no code.'],
    ['of which a page is missing', expansion([CODE], { total: 209 }), 'its expansion is only a part (1 of 209 codes)'],
    ['that begins in the middle', expansion([CODE], { offset: 1000 }), 'its expansion is only a part'],
    ['that is only a rule', valueSet({ compose: { include: [{ system: 's', filter: [{}] }] } }), 'does not list its codes one by one'],
    ['that names others', valueSet({ compose: { include: [{ valueSet: ['x'] }] } }), 'does not list its codes one by one'],
    ['that is a whole code system', valueSet({ compose: { include: [{ system: 's' }] } }), 'does not list its codes one by one'],
    ['without anything', valueSet({}), 'it has neither expansion nor compose'],
  ])('%s is refused, and how to get it is said', async (_, referral, fault) => {
    const message = await faults(read(referral));
    expect(message).toContain(fault);
    expect(message).toContain('https://cts.nlm.nih.gov/fhir/ValueSet/OID/$expand');
  });
});

test('twice with the same codes is once; with different ones it is refused', async () => {
  await write('all.json', { resourceType: 'Bundle', entry: entries });
  await write(
    'more.json',
    expansion([
      { system: 'http://example.org/made-up', code: 'referral-b' },
      { system: 'http://example.org/made-up', code: 'referral-a' },
    ]),
  );
  expect((await readValueSets(folder, measure)).used).toHaveLength(10);
  await write('more.json', expansion([CODE]));
  expect(await faults(readValueSets(folder, measure))).toContain(`${REFERRAL} is given twice with different codes`);
});

test('a path where nothing is, and a file that is not JSON, are named', async () => {
  expect(await faults(readValueSets(join(folder, 'none'), measure))).toContain('There is no ');
  await writeFile(join(folder, 'broken.json'), '{');
  expect(await faults(readValueSets(folder, measure))).toContain('broken.json is not JSON.');
});
