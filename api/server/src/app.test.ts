/** What every response has in common: headers, problems, limits, the built app, the log. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type AppDeps, createApp } from './app.ts';
import { captureLog } from './logging/test-log.ts';
import { problem, Refused } from './problem.ts';
import { healthRoutes } from './routes/health.ts';
import { publicRoute, type Route } from './routes/route.ts';
import { sandboxSite } from './sites.ts';
import { readBuiltApp } from './static.ts';
import { openMemoryStore } from './store/memory/store.ts';

const PLANTED = { name: 'Zebulon Plantedname', id: 'planted-4711', birthDate: '1931-02-03' };

const Patient = z.object({ name: z.string().max(30), id: z.string() });

const routes: Route[] = [
  publicRoute({
    method: 'post',
    path: '/echo',
    summary: 'Echo.',
    body: Patient,
    answer: Patient,
    bodyLimit: 1000,
    handle: async ({ body }) => body,
  }),
  publicRoute({
    method: 'get',
    path: '/breaks/:id',
    summary: 'Breaks.',
    params: z.object({ id: z.string() }),
    handle: async ({ params }) => {
      throw Object.assign(new Error(`duplicate key (name)=(${PLANTED.name}, ${params.id})`), { code: '23505', detail: PLANTED.name });
    },
  }),
  publicRoute({
    method: 'get',
    path: '/long',
    summary: 'A long answer.',
    answer: z.object({ words: z.string() }),
    compressed: true,
    handle: async () => ({ words: 'calm '.repeat(1000) }),
  }),
  publicRoute({
    method: 'get',
    path: '/rolls-back',
    summary: 'Refuses from within.',
    handle: async () => {
      throw new Refused(
        problem('conflict', 'Somebody saved in the meantime. Load it again.', [{ field: 'revision', message: 'Old', fix: 'Load again.' }]),
      );
    },
  }),
];

const site = { ...sandboxSite(4010), iss: 'https://fhir.example.org/r4', embed: ['https://ehr.example.org'] };

let folder: string;
let log: ReturnType<typeof captureLog>;

function start(more: Partial<AppDeps> = {}): ReturnType<typeof createApp> {
  log = captureLog();
  return createApp({
    store: openMemoryStore({ newId: () => 'id' }),
    sites: [site],
    idleSeconds: 900,
    now: () => new Date('2026-11-20T10:00:00.000Z'),
    production: false,
    tokenOrigins: () => ['https://login.example.org'],
    beforePage: async () => undefined,
    log: log.log,
    notReady: () => undefined,
    builtApp: readBuiltApp(folder),
    routes,
    ...more,
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refloop-app-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__"><script src="/assets/a-1.js"></script>');
  writeFileSync(join(folder, 'assets', 'a-1.js'), `console.log(${JSON.stringify('x'.repeat(5000))})`);
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'secret.txt'), 'not served');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const post = (app: ReturnType<typeof createApp>, body: string, headers: Record<string, string> = {}) =>
  app.request('/echo', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

describe('headers', () => {
  test('the policy names the EHRs that may frame the app and be talked to, and nothing inline', async () => {
    const response = await start().request('/app');
    const policy = response.headers.get('content-security-policy') ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self'",
      "font-src 'self'",
      "connect-src 'self' https://fhir.example.org https://login.example.org",
      'frame-ancestors https://ehr.example.org',
      "base-uri 'none'",
      "form-action 'self'",
    ]);
    expect(await response.text()).toContain(`content="${nonce}"`);
  });

  test('each response has a nonce of its own', async () => {
    const app = start();
    const policies = await Promise.all(
      ['/app', '/app', '/launch'].map(async (path) => (await app.request(path)).headers.get('content-security-policy')),
    );
    expect(new Set(policies).size).toBe(3);
  });

  test('on good answers, refusals, errors and what does not exist alike', async () => {
    const app = start({ production: true });
    for (const path of ['/app', '/breaks/1', '/rolls-back', '/nowhere', '/assets/a-1.js']) {
      const { headers } = await app.request(path);
      expect({
        path,
        policy: headers.get('content-security-policy')?.startsWith("default-src 'none'"),
        referrer: headers.get('referrer-policy'),
        sniff: headers.get('x-content-type-options'),
        tls: headers.get('strict-transport-security'),
        frame: headers.get('x-frame-options'),
        cors: headers.get('access-control-allow-origin'),
      }).toEqual({
        path,
        policy: true,
        referrer: 'no-referrer',
        sniff: 'nosniff',
        tls: 'max-age=63072000; includeSubDomains',
        frame: null,
        cors: null,
      });
    }
  });

  test('another origin gets no permission to read or to ask', async () => {
    const app = start();
    const origin = 'https://evil.example.org';
    const preflight = await app.request('/echo', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const answer = await post(app, JSON.stringify({ name: 'a', id: 'b' }), { origin });
    for (const { headers } of [preflight, answer]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });
});

describe('problems', () => {
  test('a field that is wrong is named, its value is not told', async () => {
    const response = await post(start(), JSON.stringify({ name: `${PLANTED.name} `.repeat(3) }));
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.parse(text)).toMatchObject({
      type: '/problems/invalid-request',
      status: 400,
      reference: expect.stringMatching(/^[0-9a-f]{12}$/),
      errors: [{ field: 'name' }, { field: 'id' }],
    });
    expect(text).not.toContain('Planted');
  });

  test('what is no JSON is refused', async () => {
    expect((await post(start(), '{"name": ')).status).toBe(400);
    expect((await post(start(), '')).status).toBe(400);
  });

  test('a body over its limit is refused, whether it says its length or not', async () => {
    const app = start();
    const body = JSON.stringify({ name: 'a', id: 'x'.repeat(1000) });
    expect((await post(app, body)).status).toBe(413);
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of body.match(/.{1,100}/g) ?? []) controller.enqueue(Buffer.from(chunk));
        controller.close();
      },
    });
    // Node's fetch asks for `duplex` with a stream; the DOM types do not know it.
    const streamed = new Request('http://refloop/echo', { method: 'POST', body: chunks, duplex: 'half' } as RequestInit);
    expect((await app.request(streamed)).status).toBe(413);
    expect((await post(app, JSON.stringify({ name: 'a', id: 'x'.repeat(900) }))).status).toBe(200);
  });

  test('a refusal thrown from within is the same problem', async () => {
    const response = await start().request('/rolls-back');
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ type: '/problems/conflict', errors: [{ field: 'revision', fix: 'Load again.' }] });
  });

  test('an error nobody expected tells nothing but a reference, which is in the log', async () => {
    const response = await start().request(`/breaks/${PLANTED.id}`);
    const body = (await response.json()) as { reference: string };
    expect(response.status).toBe(500);
    expect(JSON.stringify(body)).not.toMatch(/Planted|4711|duplicate/);
    const line = log.lines.map((text) => JSON.parse(text) as Record<string, unknown>).find(({ msg }) => msg === 'failure');
    expect(line).toMatchObject({ reference: body.reference, route: '/breaks/:id', error: 'Error', code: '23505', at: expect.any(Array) });
  });

  test('an answer is packed where its route says so and the caller takes it, and only then', async () => {
    const app = start();
    const packed = await app.request('/long', { headers: { 'accept-encoding': 'br, gzip' } });
    const plain = await app.request('/long');
    expect([packed.headers.get('content-encoding'), plain.headers.get('content-encoding')]).toEqual(['gzip', null]);
    expect(packed.headers.get('vary')).toMatch(/accept-encoding/i);
    const bytes = new Uint8Array(await packed.arrayBuffer());
    expect(bytes.length).toBeLessThan(500);
    expect(JSON.parse(gunzipSync(bytes).toString())).toEqual(await plain.json());
    const body = JSON.stringify({ name: 'x', id: 'y'.repeat(900) });
    const headers = { 'content-type': 'application/json', 'accept-encoding': 'gzip' };
    const other = await app.request('/echo', { method: 'POST', headers, body });
    expect([other.status, other.headers.get('content-encoding')]).toEqual([200, null]);
  });

  test('nothing is served before it can be, except what says so', async () => {
    const reason = 'The database is being prepared.';
    const app = start({ notReady: () => reason, routes: [...routes, ...healthRoutes({ notReady: () => reason })] });
    expect((await post(app, JSON.stringify({ name: 'a', id: 'b' }))).status).toBe(503);
    const health = await app.request('/health');
    expect(health.status).toBe(503);
    expect(health.headers.get('retry-after')).toBe('2');
    expect(await health.json()).toMatchObject({ detail: reason });
    // Which addresses there are is not known before: none of them is called unknown.
    const later = await app.request('/served-later', { method: 'POST' });
    expect([later.status, later.headers.get('retry-after')]).toEqual([503, '2']);
  });
});

test('the log names route, status, time and reference; never an address, a body or a header', async () => {
  const app = start();
  await post(app, JSON.stringify({ name: PLANTED.name, id: PLANTED.id }), { 'x-patient': PLANTED.id });
  await post(app, JSON.stringify({ name: PLANTED.name.repeat(9), id: PLANTED.birthDate }));
  await app.request(`/breaks/${PLANTED.id}?name=${encodeURIComponent(PLANTED.name)}`);
  await app.request(`/nowhere/${PLANTED.id}`);
  expect(log.lines).toHaveLength(5);
  expect(log.leaked(Object.values(PLANTED))).toEqual([]);
  const keys = new Set(log.lines.flatMap((line) => Object.keys(JSON.parse(line) as object)));
  expect([...keys].sort()).toEqual(['at', 'code', 'error', 'level', 'method', 'ms', 'msg', 'reference', 'route', 'status', 'time']);
});

describe('the built app', () => {
  test('its assets last, its pages do not, and only what a browser needs is served', async () => {
    const app = start();
    const asset = await app.request('/assets/a-1.js', { headers: { 'accept-encoding': 'gzip' } });
    expect(Object.fromEntries(asset.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'gzip',
      vary: 'accept-encoding',
    });
    expect((await asset.arrayBuffer()).byteLength).toBeLessThan(500);
    const again = await app.request('/assets/a-1.js', { headers: { 'if-none-match': asset.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect((await app.request('/icon.svg')).headers.get('cache-control')).toBe('public, max-age=300');
    expect((await app.request('/app')).headers.get('cache-control')).toBe('no-store');
    for (const path of ['/secret.txt', '/index.html', '/assets/../secret.txt', '/assets/%2e%2e/secret.txt']) {
      expect({ path, status: (await app.request(path)).status }).toEqual({ path, status: 404 });
    }
  });

  test('whoever opens the bare address is sent to the app, which says what to do', async () => {
    const response = await start().request('/');
    expect([response.status, response.headers.get('location')]).toEqual([302, '/app']);
  });

  test('a page waits for what its headers need', async () => {
    const origins: string[] = [];
    const app = start({ tokenOrigins: () => origins, beforePage: async () => void origins.push('https://token.example.org') });
    expect((await app.request('/launch')).headers.get('content-security-policy')).toContain('https://token.example.org');
  });
});
