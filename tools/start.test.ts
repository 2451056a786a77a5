import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const START = fileURLToPath(new URL('./start.ts', import.meta.url));

const start = (args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', START, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

test.each([
  [['--only', 'kitchen'], '"kitchen" is none of api, worker, gateway'],
  [['--only'], 'argument missing'],
  [['--data', '/nonexistent'], '/nonexistent is not a folder'],
  [['--port', '80'], "Unknown option '--port'"],
])('npm start -- %j is wrong use: exit 2, the reason, and how it is used', (args, reason) => {
  const ended = start(args);
  expect({ status: ended.status, stdout: ended.stdout }).toEqual({ status: 2, stdout: '' });
  expect(ended.stderr).toContain(reason);
  expect(ended.stderr).toContain('Usage: npm start');
});

test('the simulated practice is not mixed with patients of one’s own, and is never in production', () => {
  const mixed = start(['--data', import.meta.dirname], { REFLOOP_HISTORY: '500' });
  expect(mixed.status).toBe(2);
  expect(mixed.stderr).toContain('REFLOOP_HISTORY: the simulated practice is not mixed with patients given by --data.');
  const production = start([], { REFLOOP_ENV: 'production', REFLOOP_HISTORY: '500' });
  expect(production.status).toBe(2);
  expect(production.stderr).toContain('REFLOOP_HISTORY: A simulated practice in production.');
});
