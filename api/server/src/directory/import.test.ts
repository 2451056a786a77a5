import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { base, inNetwork, ndjson, role } from './test-export.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-import-command-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'import.ts'), ...args], {
    encoding: 'utf8',
    timeout: 240_000,
  });
  return { status, stdout, stderr };
};

test('exit 0 with a clean report, 1 when rows were refused or the folder is wrong, 2 when it was called wrongly', () => {
  const out = join(folder, 'directory.gz');
  writeFileSync(join(folder, 'export.ndjson'), ndjson([...base(), role('role-1', [inNetwork('standard')])]));
  const clean = run('--source', folder, '--out', out);
  expect(clean.status).toBe(0);
  const report = JSON.parse(clean.stdout) as { hash: string; counts: { entries: number } };
  expect(report.counts.entries).toBe(1);
  expect(createHash('sha256').update(readFileSync(out)).digest('hex')).toBe(report.hash);

  writeFileSync(join(folder, 'export.ndjson'), ndjson([...base(), role('role-1', [inNetwork('bronze')])]));
  const refused = run('--source', folder, '--out', out);
  expect(refused.status).toBe(1);
  expect((JSON.parse(refused.stdout) as { report: { refusedCount: number } }).report.refusedCount).toBe(1);

  const missing = run('--source', join(folder, 'nowhere'), '--out', out);
  expect([missing.status, missing.stdout]).toEqual([1, '']);
  expect(missing.stderr).toContain('is not a folder');

  const wrong = run('--source', folder);
  expect([wrong.status, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain('Usage');
});
