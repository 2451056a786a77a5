/** The browser of the end-to-end tests: the machine's own, else Playwright's, else Debian's; never skipped in silence. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { ROOT, say } from './environment.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function onPath(): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

const run = (command: string, args: string[], env: NodeJS.ProcessEnv = process.env): boolean =>
  spawnSync(command, args, { stdio: ['ignore', 2, 2], env }).status === 0;

/** The executable to launch, or undefined when Playwright's own download is in place. Throws when there is none. */
export function findChromium(): string | undefined {
  const found = onPath();
  if (found) {
    say(`Browser tests use ${found}`);
    return found;
  }
  say('No Chromium on this machine; trying Playwright’s own download …');
  const playwright = join(createRequire(join(ROOT, 'test', 'package.json')).resolve('@playwright/test/package.json'), '..', 'cli.js');
  if (run(process.execPath, [playwright, 'install', '--with-deps', '--only-shell', 'chromium'])) {
    say('Browser tests use the Chromium that Playwright installed');
    return undefined;
  }
  if (process.getuid?.() === 0) {
    say('That did not work; installing Debian’s chromium with apt-get …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if (run('apt-get', ['update', '-qq'], env) && run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], env)) {
      const installed = onPath();
      if (installed) return installed;
    }
  }
  throw new Error('The browser tests need Chromium. Install it (Debian: apt-get install chromium) and run npm test again.');
}
