import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { match } from '@refloop/domain/matching/match';
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { snapshotOf } from '@refloop/domain/matching/snapshot';
import { loadIndexInWorker } from '@refloop/server/matching/load-index';
import { buildIndex } from '@refloop/server/matching/match-index';
import { describe, expect, test } from 'vitest';
import { cityDirectory, cityRequests } from './city.ts';

const directory = cityDirectory();
const snapshot = snapshotOf(directory, 'city');
const plainly = cityRequests.map((request) => JSON.stringify(match(snapshot, request, SEED_V1)));
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('a crowded city', () => {
  test('is answered as the plain search answers it, cut-offs and all', () => {
    const index = buildIndex(directory, 'city');
    expect(cityRequests.map((request) => JSON.stringify(index.match(request, SEED_V1)))).toEqual(plainly);
    const answers = cityRequests.map((request) => index.match(request, SEED_V1));
    expect(Math.max(...answers.map(({ excluded }) => excluded.nearest.length))).toBe(50);
    expect(Math.max(...answers.map(({ eligible }) => eligible))).toBeGreaterThan(100);
    expect(answers.filter(({ ranked }) => ranked.length === 100).length).toBeGreaterThan(3);
    expect(answers.filter(({ outOfNetwork }) => outOfNetwork.count > 0).length).toBeGreaterThan(3);
  });

  test('gives the same bytes in other processes, whatever was asked before', async () => {
    const script = fileURLToPath(new URL('./print-answers.ts', import.meta.url));
    const run = promisify(execFile);
    const outputs = await Promise.all(
      ['forwards', 'backwards'].map((order) => run(process.execPath, [script, order], { maxBuffer: 64 << 20, timeout: 240_000 })),
    );
    for (const { stdout } of outputs) expect(stdout.split('\n')).toEqual(plainly);
  });

  test('an index built in a worker thread answers the same', async () => {
    const index = await loadIndexInWorker(bytesOf(directory), 'city');
    expect(index).toMatchObject({ hash: 'city', asOf: '2026-11-18', synthetic: true, size: 2400 });
    expect(cityRequests.map((request) => JSON.stringify(index.match(request, SEED_V1)))).toEqual(plainly);
    expect(index.entry('17~cardiology')).toEqual(directory.entries[17]);
    expect(index.entry('nobody')).toBeUndefined();
    // Ids begin with the NPI; 1 is no more of 17 than 170 is.
    expect(index.ofNpi('17')?.id.split('~')[0]).toBe('17');
    expect([index.ofNpi('1x'), index.ofNpi(''), index.ofNpi('99999')]).toEqual([undefined, undefined, undefined]);
  });
});

describe('loading in a worker', () => {
  test('refuses what it cannot read, by name', async () => {
    await expect(loadIndexInWorker(bytesOf({ ...directory, format: 'refloop-directory-9' }), 'x')).rejects.toThrow(/refloop-directory-9/);
    await expect(loadIndexInWorker(new TextEncoder().encode('{"format":'), 'x')).rejects.toThrow(/could not be built/);
    const twice = { ...directory, entries: [directory.entries[0], directory.entries[0]] };
    await expect(loadIndexInWorker(bytesOf(twice), 'x')).rejects.toThrow(/0~cardiology occurs twice/);
  });

  test('gives up after its time, and when it is called off', async () => {
    await expect(loadIndexInWorker(bytesOf(directory), 'x', { timeoutMs: 1 })).rejects.toThrow(/within 1 ms/);
    const off = AbortSignal.abort();
    await expect(loadIndexInWorker(bytesOf(directory), 'x', { signal: off })).rejects.toThrow(/cancelled/);
  });
});
