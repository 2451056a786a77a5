/** Refloop as a process: opens its port at once, says why it is not ready, serves, ends cleanly, refuses wrong settings. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/test-database.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let database: TestDatabase;
let children: ChildProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  children = [];
});
afterEach(async () => {
  for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await database.drop();
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

type Started = { child: ChildProcess; port: number; errors: () => string; ended: Promise<[number | null, NodeJS.Signals | null]> };

async function start(environment: Record<string, string> = {}): Promise<Started> {
  const port = Number(environment['REFLOOP_PORT'] ?? (await freePort()));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], DATABASE_URL: database.url, REFLOOP_PORT: String(port), ...environment },
  });
  children.push(child);
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { child, port, errors: () => text, ended: once(child, 'exit') as Started['ended'] };
}

/** Asks until the answer is as wished; a port that is not open yet counts as status 0. */
const status = async (port: number, path: string): Promise<number> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  } catch {
    return 0;
  }
};

const untilStatus = (port: number, wished: number): Promise<void> =>
  expect.poll(() => status(port, '/health'), { timeout: 20_000, interval: 50 }).toBe(wished);

describe('a process', () => {
  test('serves once it is ready, ends on SIGTERM with 0, and finds everything again', async () => {
    const first = await start();
    await untilStatus(first.port, 200);
    const { sites } = (await (await fetch(`http://127.0.0.1:${first.port}/sites`)).json()) as {
      sites: { iss: string; clientId: string }[];
    };
    expect(sites.map(({ iss }) => new URL(iss).pathname)).toEqual(['/fhir', '/epic-like/fhir', '/oracle-like/fhir', '/athena-like/fhir']);
    expect(new Set(sites.map(({ clientId }) => clientId))).toEqual(new Set(['refloop']));
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual([0, null]);
    const second = await start();
    await untilStatus(second.port, 200);
    second.child.kill('SIGINT');
    expect(await second.ended).toEqual([0, null]);
    expect(second.errors()).not.toContain('brought up');
  });

  test('says why it is not ready while the first directory is being made, and still ends at once', async () => {
    const { child, port, ended } = await start({ REFLOOP_DIRECTORY_EXPECTED: 'yes' });
    await untilStatus(port, 503);
    const details = async (): Promise<string> =>
      ((await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as { detail: string }).detail;
    await expect.poll(details, { timeout: 10_000 }).toContain('directory of specialists');
    expect(await status(port, '/sites')).toBe(200);
    expect(await status(port, '/sessions/current')).toBe(503);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('waits for a PostgreSQL that is not there yet, with the reason', async () => {
    const { port, child, ended } = await start({ DATABASE_URL: `postgresql://nobody@127.0.0.1:${await freePort()}/none` });
    await untilStatus(port, 503);
    const details = async (): Promise<string> =>
      ((await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as { detail: string }).detail;
    await expect.poll(details).toContain('PostgreSQL does not answer');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('with wrong settings ends with 2 and names them', async () => {
    const { ended, errors } = await start({ REFLOOP_ENV: 'production' });
    expect(await ended).toEqual([2, null]);
    expect(errors()).toMatch(/REFLOOP_KEY: Not set.*\n.*REFLOOP_TLS_AT_EDGE: Not attested/);
  });

  test('with a port that is taken ends with 2 and says which', async () => {
    const other: Server = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    try {
      const { ended, errors } = await start({ REFLOOP_PORT: String(port) });
      expect(await ended).toEqual([2, null]);
      expect(errors()).toContain(`port ${port} is taken`);
    } finally {
      other.close();
    }
  });

  test('with keys that do not open what is stored ends with 1 and names the key', async () => {
    const first = await start();
    await untilStatus(first.port, 200);
    first.child.kill('SIGTERM');
    await first.ended;
    const second = await start({ REFLOOP_KEY: `other:${Buffer.alloc(32, 7).toString('base64')}` });
    expect(await second.ended).toEqual([1, null]);
    expect(second.errors()).toContain('The key named development-only is not in REFLOOP_KEY');
  });
});
