import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryFile, writeSyntheticDirectory } from './generate.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-generate-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'generate.ts'), ...args], { encoding: 'utf8', timeout: 240_000 });

test('two processes write the same bytes, one file for each type, as many lines as they say', async () => {
  const options = { seed: 'files', size: 150, asOf: '2026-11-20' };
  const here = await writeSyntheticDirectory(join(folder, 'here'), options);
  const command = run('--out', join(folder, 'there'), '--seed', 'files', '--size', '150', '--as-of', '2026-11-20');
  expect(command.status).toBe(0);
  const there = JSON.parse(command.stdout) as { files: DirectoryFile[] };
  expect(there.files).toEqual(here);
  expect(readdirSync(join(folder, 'there')).sort()).toEqual(here.map((file) => file.file));
  for (const { file, resources } of here) {
    const bytes = readFileSync(join(folder, 'there', file));
    expect(bytes.equals(readFileSync(join(folder, 'here', file)))).toBe(true);
    const lines = gunzipSync(bytes).toString('utf8').trimEnd().split('\n');
    const types = new Set(lines.map((line) => (JSON.parse(line) as { resourceType: string }).resourceType));
    expect([lines.length, [...types]]).toEqual([resources, [file.replace('.ndjson.gz', '')]]);
  }
});

test.each([[[]], [['--out', 'x', '--size', 'many']], [['--out', 'x', '--as-of', 'today']], [['--out', 'x', '--colour', 'red']]])(
  'called with %j it says how to call it and exits with 2',
  (args) => {
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage');
  },
);
