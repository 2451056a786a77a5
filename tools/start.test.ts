import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const START = fileURLToPath(new URL('./start.ts', import.meta.url));

test.each([
  [['--only', 'kitchen'], '"kitchen" is none of api, worker, gateway'],
  [['--only'], 'argument missing'],
  [['--data', '/nonexistent'], '/nonexistent is not a folder'],
  [['--port', '80'], "Unknown option '--port'"],
])('npm start -- %j is wrong use: exit 2, the reason, and how it is used', (args, reason) => {
  const ended = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', START, ...args], { encoding: 'utf8' });
  expect({ status: ended.status, stdout: ended.stdout }).toEqual({ status: 2, stdout: '' });
  expect(ended.stderr).toContain(reason);
  expect(ended.stderr).toContain('Usage: npm start');
});
