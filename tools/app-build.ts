/** Builds the app in the chart when its sources changed since the last build. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, say } from './environment.ts';

const SOURCES = [
  'smart-app/src',
  'smart-app/public',
  'smart-app/index.html',
  'smart-app/office.html',
  'smart-app/patient.html',
  'smart-app/vite.config.ts',
  'smart-app/package.json',
  'api/domain/src',
  'api/server/src/client',
  'pnpm-lock.yaml',
];

function* files(path: string): Generator<string> {
  const entries = existsSync(path) ? readdirSync(path, { withFileTypes: true, recursive: true }) : [];
  for (const entry of entries) if (entry.isFile()) yield join(entry.parentPath, entry.name);
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(ROOT, source);
    const list = existsSync(path) && !path.includes('.', path.lastIndexOf('/')) ? [...files(path)].sort() : existsSync(path) ? [path] : [];
    for (const file of list) hash.update(`${file.slice(ROOT.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @param mode `pages`: the two that need no account (smart-app/vite.config.ts) */
function build(mode: string): Promise<number> {
  const vite = join(ROOT, 'smart-app', 'node_modules', 'vite', 'bin', 'vite.js');
  return new Promise((done, failed) => {
    const asked = [vite, 'build', '--mode', mode, '--logLevel', 'warn'];
    const child = spawn(process.execPath, asked, { cwd: join(ROOT, 'smart-app'), stdio: ['ignore', 2, 2] });
    child.once('error', failed);
    child.once('exit', (exit) => done(exit ?? 1));
  });
}

/** Builds into smart-app/dist, or does nothing when the sources are those of the last build. */
export async function buildApp(): Promise<void> {
  const stamp = join(ROOT, 'smart-app', 'dist', '.sources');
  const hash = sourcesHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  say('Building the app …');
  // The first empties the folder.
  for (const mode of ['production', 'pages']) {
    if ((await build(mode)) !== 0) throw new Error('Building the app failed; the lines above say why.');
  }
  writeFileSync(stamp, hash);
}
