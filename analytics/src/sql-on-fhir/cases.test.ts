import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDuckDb } from '../duckdb.ts';
import { FHIRPATH_MACROS } from './compile-fhirpath.ts';
import { compileView } from './compile-view.ts';
import { type CaseFile, runCases } from './run-cases.ts';
import { readViewDefinition } from './view-definition.ts';

const HOME = new URL('./cases/', import.meta.url);
const files = readdirSync(HOME).map((name) => JSON.parse(readFileSync(new URL(name, HOME), 'utf8')) as CaseFile);

test('every case of a view gives the rows or the error that it names', async () => {
  const outcomes = await runCases(files);
  expect(outcomes.length).toBeGreaterThan(60);
  expect(outcomes.filter(({ failure }) => failure !== null)).toEqual([]);
});

test('a case that expects something else fails', async () => {
  const view = { resource: 'Patient', select: [{ column: [{ name: 'id', path: 'id', type: 'id' }] }] };
  const resources = [{ resourceType: 'Patient', id: 'a' }];
  const tests = [
    { title: 'other rows', view, expect: [{ id: 'b' }] },
    { title: 'no rows', view, expect: [] },
    { title: 'an error', view, expectError: true },
    { title: 'other columns', view, expect: [{ id: 'a' }], expectColumns: ['x'] },
  ];
  const outcomes = await runCases([{ title: 'wrong', resources, tests }]);
  expect(outcomes.map(({ failure }) => failure !== null)).toEqual([true, true, true, true]);
});

const sizeOf = (path: string): number =>
  compileView(readViewDefinition({ resource: 'Patient', select: [{ column: [{ name: 'a', path }] }] }), 'resources').length;

// Each step written out twice would make SQL of 2^n.
test.each([
  ['.first().where(b.exists())', 'a', ''],
  [' = 1', '1', ''],
  [').not()', 'a', '('],
])('the SQL of a path grows as the path does: %s', (step, start, before) => {
  const path = (steps: number): string => `${before.repeat(steps)}${start}${step.repeat(steps)}`;
  expect(sizeOf(path(20)) / sizeOf(path(10))).toBeLessThan(2.5);
});

test.each([
  ['conditions within conditions', `${'a.where('.repeat(13)}b${')'.repeat(13)}`],
  ['brackets within brackets', `${'('.repeat(60)}a${')'.repeat(60)}`],
  ['a path without end', `a${'.b'.repeat(2000)}`],
])('what is built to exhaust is refused: %s', (_what, path) => {
  expect(() => sizeOf(path)).toThrow(/deep|longer/);
});

test('the deepest path that is taken is planned in time', async () => {
  const session = await openDuckDb({ folders: [], spillFolder: null, memoryMegabytes: 512, threads: 1, seconds: 20 });
  try {
    const query = await session.connect();
    for (const macro of FHIRPATH_MACROS) await query.run(macro);
    await query.run(`create table resources as select '{"resourceType":"Patient","a":[]}'::json as resource`);
    const path = `${'a.where('.repeat(12)}b${')'.repeat(12)}.exists()`;
    const view = readViewDefinition({ resource: 'Patient', select: [{ column: [{ name: 'a', path, type: 'boolean' }] }] });
    expect(await query.run(compileView(view, 'resources'))).toEqual([{ a: false }]);
  } finally {
    session.close();
  }
}, 5000);
