/** Refloop as a process: opens its port at once, says why it is not ready, serves, ends cleanly, refuses wrong settings. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../tools/free-port.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/test-database.ts';
import { LIMITS } from './rate-limits/limits.ts';
import { processes, reasonOf, type Started, statusOf } from './test-process.ts';

let database: TestDatabase;
let started: ReturnType<typeof processes>;
let start: ReturnType<typeof processes>['start'];

beforeEach(async () => {
  database = await createTestDatabase();
  started = processes(database.url);
  start = started.start;
});
afterEach(async () => {
  await started.endAll();
  await database.drop();
});

const untilStatus = ({ url }: Started, wished: number): Promise<void> =>
  expect.poll(() => statusOf(`${url}/health`), { interval: 50 }).toBe(wished);

describe('a process', () => {
  test('serves once it is ready, ends on SIGTERM with 0, and finds everything again', async () => {
    const first = await start();
    await untilStatus(first, 200);
    const { sites } = (await (await fetch(`http://127.0.0.1:${first.port}/sites`)).json()) as {
      sites: { iss: string; clientId: string }[];
    };
    expect(sites.map(({ iss }) => new URL(iss).pathname)).toEqual([
      '/fhir',
      '/epic-like/fhir',
      '/oracle-like/fhir',
      '/athena-like/fhir',
      '/messages-only/fhir',
    ]);
    expect(new Set(sites.map(({ clientId }) => clientId))).toEqual(new Set(['refloop']));
    first.child.kill('SIGTERM');
    expect(await first.ended).toEqual([0, null]);
    const second = await start();
    await untilStatus(second, 200);
    second.child.kill('SIGINT');
    expect(await second.ended).toEqual([0, null]);
    expect(second.errors()).not.toContain('brought up');
  });

  test('says why it is not ready while the first directory is being made, and still ends at once', async () => {
    const refloop = await start({ REFLOOP_DIRECTORY_EXPECTED: 'yes' });
    await untilStatus(refloop, 503);
    await expect.poll(() => reasonOf(refloop)).toContain('directory of specialists');
    expect(await statusOf(`${refloop.url}/health/live`)).toBe(200);
    expect(await statusOf(`${refloop.url}/sites`)).toBe(200);
    expect(await statusOf(`${refloop.url}/sessions/current`)).toBe(503);
    refloop.child.kill('SIGTERM');
    expect(await refloop.ended).toEqual([0, null]);
  });

  test('waits for a PostgreSQL that is not there yet, with the reason', async () => {
    const refloop = await start({ DATABASE_URL: `postgresql://nobody@127.0.0.1:${await freePort()}/none` });
    await untilStatus(refloop, 503);
    await expect.poll(() => reasonOf(refloop)).toContain('PostgreSQL does not answer');
    expect(await statusOf(`${refloop.url}/health/live`)).toBe(200);
    // To a gateway or an office that asks now, that there is nothing here would say that nothing ever will be.
    for (const path of ['/inbound/documents', '/office/acts'])
      expect(await statusOf(`${refloop.url}${path}`, { method: 'POST' })).toBe(503);
    refloop.child.kill('SIGTERM');
    expect(await refloop.ended).toEqual([0, null]);
  });

  test('counts sign-ins by the address of the socket, whatever the caller says of himself', async () => {
    const refloop = await start();
    await untilStatus(refloop, 200);
    const tried: number[] = [];
    const began = performance.now();
    // Ten of them at once; one that is slow to be refused has been given half a second's worth meanwhile, so that it may take a few more.
    for (let turn = 0; turn < 100 && tried.at(-1) !== 429; turn += 1) {
      const body = JSON.stringify({ iss: 'https://nobody.example.org', idToken: 'token', accessToken: 'token' });
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': `198.51.100.${turn}` };
      tried.push(await statusOf(`${refloop.url}/sessions`, { method: 'POST', headers, body }));
    }
    const refused = tried.slice(0, -1);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    const { burst, perSecond, refusedWeighs } = LIMITS['sign-in'];
    const given = burst + ((performance.now() - began) / 1000) * perSecond;
    expect(refused.length, 'no more than the burst and what was given since').toBeLessThanOrEqual(Math.ceil(given / refusedWeighs));
    expect(new Set(refused)).toEqual(new Set([403]));
    expect(tried.at(-1)).toBe(429);
    expect(await statusOf(`${refloop.url}/sites`)).toBe(200);
  });

  test('in production starts once all is attested, and says in lines of JSON who it is and what it does', async () => {
    const refloop = await start({
      REFLOOP_ENV: 'production',
      REFLOOP_KEY: `2026-11:${randomBytes(32).toString('base64')}`,
      REFLOOP_TLS_AT_EDGE: 'yes',
      REFLOOP_STATE: '/srv/refloop',
      REFLOOP_STATE_ENCRYPTED: 'yes',
      REFLOOP_WAREHOUSE_ENCRYPTED: '/srv/refloop/warehouse',
      REFLOOP_TRUSTED_PROXIES: '1',
      REFLOOP_DRAIN_SECONDS: '0',
      REFLOOP_ONLY: 'api',
    });
    await untilStatus(refloop, 200);
    const answer = await fetch(`${refloop.url}/sites`);
    expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([200, 'max-age=63072000; includeSubDomains']);
    refloop.child.kill('SIGTERM');
    expect(await refloop.ended).toEqual([0, null]);
    const lines = refloop
      .errors()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(lines.map(({ role, replica }) => `${String(role)} ${String(replica)}`)).size).toBe(1);
    expect(lines[0]).toMatchObject({
      level: 'info',
      msg: 'started',
      role: 'api',
      replica: expect.stringMatching(/^[0-9a-f]{8}$/),
      environment: 'production',
      port: refloop.port,
      sites: 0,
      warehouseFolder: '/srv/refloop/warehouse',
    });
    expect(lines.find(({ route }) => route === '/sites')).toMatchObject({
      msg: 'request',
      method: 'GET',
      status: 200,
      ms: expect.any(Number),
      reference: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
  });

  test('with wrong settings ends with 2 and names them', async () => {
    const { ended, errors } = await start({ REFLOOP_ENV: 'production' });
    expect(await ended).toEqual([2, null]);
    expect(errors()).toMatch(/REFLOOP_KEY: Not set.*\n.*REFLOOP_TLS_AT_EDGE: Not attested/);
  });

  test('with a part that does not exist ends with 2 and names those that do', async () => {
    const { ended, errors } = await start({ REFLOOP_ONLY: 'kitchen' });
    expect(await ended).toEqual([2, null]);
    expect(errors()).toMatch(/REFLOOP_ONLY: None of api, worker, gateway\./);
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
    await untilStatus(first, 200);
    first.child.kill('SIGTERM');
    await first.ended;
    const second = await start({ REFLOOP_KEY: `other:${Buffer.alloc(32, 7).toString('base64')}` });
    expect(await second.ended).toEqual([1, null]);
    expect(second.errors()).toContain('The key named development-only is not in REFLOOP_KEY');
  });
});
