import { describe, expect, test } from 'vitest';
import { type DataSource, decideLoad, type LoadedData } from './loaded-data.ts';

const builtIn: DataSource = { kind: 'built-in' };
const folder = (path: string, fingerprint: string): DataSource => ({ kind: 'folder', path, fingerprint });
const held = (source: DataSource, status: LoadedData['status'] = 'loaded'): LoadedData => ({ source, asOf: '2026-01-05', status });
const decide = (before: LoadedData | undefined, wanted: DataSource) => decideLoad(before, wanted, '2026-11-20', '/state');

test('a new state is loaded as of today', () => {
  expect(decide(undefined, builtIn)).toEqual({ kind: 'load', asOf: '2026-11-20' });
});

test('a loaded state is kept, whatever day it is', () => {
  expect(decide(held(builtIn), builtIn)).toEqual({ kind: 'keep' });
  expect(decide(held(folder('/a', 'f1')), folder('/a', 'f1'))).toEqual({ kind: 'keep' });
});

test('a copy of the folder elsewhere is the same data', () => {
  expect(decide(held(folder('/a', 'f1')), folder('/b', 'f1'))).toEqual({ kind: 'keep' });
});

test('a load cut short is done again, as of the day it was begun', () => {
  expect(decide(held(builtIn, 'loading'), builtIn)).toEqual({ kind: 'load', asOf: '2026-01-05' });
});

describe('other data is refused by name, with what to do', () => {
  test.each<[DataSource, DataSource, string[]]>([
    [builtIn, folder('/a', 'f1'), ['/state', 'the built-in patients', '/a', 'without --data', 'REFLOOP_STATE']],
    [folder('/a', 'f1'), builtIn, ['/state', '/a', '--data /a']],
    [folder('/a', 'f1'), folder('/b', 'f2'), ['/state', '/a', '/b', '--data /a']],
    [folder('/a', 'f1'), folder('/a', 'f2'), ['/state', '/a', 'changed']],
  ])('held %j, asked for %j', (before, wanted, named) => {
    const decision = decide(held(before), wanted);
    expect(decision.kind).toBe('refuse');
    if (decision.kind === 'refuse') for (const text of named) expect(decision.reason).toContain(text);
  });

  test('also while its load was cut short', () => {
    expect(decide(held(folder('/a', 'f1'), 'loading'), builtIn).kind).toBe('refuse');
  });
});
