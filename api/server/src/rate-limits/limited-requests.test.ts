/** The limits as callers meet them: what is counted for whom, and that a hospital at work meets none of them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createApp } from '../app.ts';
import { captureLog } from '../logging/test-log.ts';
import { problem } from '../problem.ts';
import { healthRoutes } from '../routes/health.ts';
import { publicRoute, sessionRoute } from '../routes/route.ts';
import { siteRoutes } from '../routes/sites.ts';
import { digest, newToken } from '../sessions/token.ts';
import { sandboxSite, scopeOf } from '../sites.ts';
import { openMemoryStore } from '../store/memory/store.ts';
import type { Store } from '../store/store.ts';
import { LIMITS } from './limits.ts';
import { createRateLimits } from './rate-limits.ts';

const site = sandboxSite(4010);
const HOSPITAL = '203.0.113.7';

let at: number;
let store: Store;
let log: ReturnType<typeof captureLog>;
let app: ReturnType<typeof createApp>;
let ehrIsUp: boolean;

beforeEach(() => {
  at = Date.parse('2026-11-20T10:00:00.000Z');
  ehrIsUp = true;
  let counter = 0;
  store = openMemoryStore({ newId: () => `id-${(counter += 1)}` });
  log = captureLog();
  const now = (): Date => new Date(at);
  app = createApp({
    store,
    sites: [site],
    idleSeconds: 900,
    now,
    production: false,
    tokenOrigins: () => [],
    beforePage: async () => undefined,
    log: log.log,
    notReady: () => undefined,
    builtApp: undefined,
    limits: createRateLimits(now),
    trustedProxies: 1,
    routes: [
      ...healthRoutes({ notReady: () => undefined }),
      ...siteRoutes({ sites: [site] }),
      publicRoute({
        method: 'post',
        path: '/sessions',
        summary: 'Refuses everybody, or says that the EHR does not answer.',
        limit: 'sign-in',
        body: z.object({ good: z.boolean() }),
        answer: z.object({ ok: z.boolean() }),
        status: 201,
        handle: async ({ body }) => {
          if (!ehrIsUp) return problem('ehr-unreachable', 'It does not answer.');
          return body.good ? { ok: true } : problem('id-token-refused', 'No.');
        },
      }),
      sessionRoute({
        method: 'get',
        path: '/work',
        summary: 'Work.',
        roles: ['clinician'],
        answer: z.object({}),
        handle: async () => ({}),
      }),
      sessionRoute({
        method: 'get',
        path: '/rule',
        summary: 'For others.',
        roles: ['admin'],
        answer: z.object({}),
        handle: async () => ({}),
      }),
    ],
  });
});

async function signIn(subject: string): Promise<string> {
  const token = newToken();
  const moment = new Date(at).toISOString();
  await store.transaction(scopeOf(site), (unit) =>
    unit.sessions.insert({
      tokenHash: digest(token),
      subject,
      fhirUser: `Practitioner/${subject}`,
      name: subject,
      patientId: null,
      startedAt: moment,
      lastActivity: moment,
      expiresAt: new Date(at + 3_600_000).toISOString(),
    }),
  );
  return token;
}

const get = (path: string, token?: string, address = HOSPITAL) =>
  app.request(path, { headers: { 'x-forwarded-for': address, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) } });
const post = (good: boolean, address = HOSPITAL) =>
  app.request('/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ good }),
  });

/** How often each status came. */
async function counted(requests: (Promise<Response> | Response)[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const request of requests) {
    const { status } = await request;
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}
const times = <Value>(count: number, make: (number: number) => Value): Value[] =>
  Array.from({ length: count }, (_, number) => make(number));

describe('one person', () => {
  test('is told how long to wait, and everybody else behind the same address works on', async () => {
    const [busy, colleague] = [await signIn('busy'), await signIn('colleague')];
    const { burst } = LIMITS.user;
    expect(await counted(times(burst, () => get('/work', busy)))).toEqual({ 200: burst });
    const refused = await get('/work', busy);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await refused.json()).toMatchObject({
      type: '/problems/too-many-requests',
      detail: expect.stringContaining('Try again in 1 second.'),
    });
    expect((await get('/work', colleague)).status).toBe(200);
    at += 1000;
    expect((await get('/work', busy)).status).toBe(200);
  });

  test('is counted in all windows together', async () => {
    const windows = [await signIn('busy'), await signIn('busy')];
    const { burst } = LIMITS.user;
    expect(await counted(times(burst + 10, (turn) => get('/work', windows[turn % 2])))).toEqual({ 200: burst, 429: 10 });
  });

  test('who asks for what a rule refuses does not fill the audit without end', async () => {
    const token = await signIn('curious');
    const { burst } = LIMITS.user;
    expect(await counted(times(burst + 50, () => get('/rule', token)))).toEqual({ 403: burst, 429: 50 });
  });
});

describe('an address', () => {
  test('that tries tokens is stopped, and the sessions behind it work on', async () => {
    const token = await signIn('clinician');
    expect((await get('/work', token)).status).toBe(200);
    const { burst, refusedWeighs } = LIMITS.address;
    const answers: Response[] = [];
    for (let turn = 0; turn < 400; turn += 1) answers.push(await get('/work', newToken()));
    const counts = await counted(answers);
    expect(counts[401]).toBe(burst / refusedWeighs);
    expect(counts[429]).toBe(400 - burst / refusedWeighs);
    expect((await get('/work', token)).status).toBe(200);
    expect((await get('/sites')).status).toBe(429);
    expect((await get('/sites', undefined, '198.51.100.9')).status).toBe(200);
  });

  test('that goes on with a session that has ended is stopped as one that tries tokens', async () => {
    const [ended, idle] = [await signIn('gone'), await signIn('asleep')];
    expect(await counted([get('/work', ended), get('/work', idle)])).toEqual({ 200: 2 });
    await store.transaction(scopeOf(site), (unit) => unit.sessions.end(digest(ended), new Date(at).toISOString()));
    const { burst, refusedWeighs } = LIMITS.address;
    for (const token of [ended, idle]) {
      const answers: Response[] = [];
      for (let turn = 0; turn < 400; turn += 1) answers.push(await get('/work', token));
      // The first finds out that it has ended.
      const found = 1 + burst / refusedWeighs;
      expect(await counted(answers)).toEqual({ 401: found, 429: 400 - found });
      at += 1_000_000;
    }
  });

  test('is asked for its health as often as anybody likes', async () => {
    for (let turn = 0; turn < 400; turn += 1) await get('/work', newToken());
    expect(await counted(times(200, () => get('/health')))).toEqual({ 200: 200 });
    expect(await counted(times(200, () => get('/health/live')))).toEqual({ 200: 200 });
  });
});

describe('sign-ins', () => {
  test('that are refused weigh ten', async () => {
    const answers: Response[] = [];
    for (let turn = 0; turn < 20; turn += 1) answers.push(await post(false));
    expect(await counted(answers)).toEqual({ 401: 10, 429: 10 });
    expect((await post(true)).status).toBe(429);
    expect((await post(true, '198.51.100.9')).status).toBe(201);
  });

  test('that fail because the EHR is down weigh no more than good ones', async () => {
    ehrIsUp = false;
    expect(await counted(times(100, () => post(true)))).toEqual({ 502: 100 });
  });
});

test('fifty clinicians behind one address, all opening a chart in the same second and typing on, are not hindered', async () => {
  const tokens = await Promise.all(times(50, (number) => signIn(`clinician-${number}`)));
  const launches = tokens.flatMap((token) => [...times(30, () => get('/sites')), post(true), ...times(12, () => get('/work', token))]);
  expect(await counted(launches)).toEqual({ 200: 50 * 42, 201: 50 });
  for (let second = 0; second < 60; second += 1) {
    at += 1000;
    expect(await counted(tokens.flatMap((token) => times(2, () => get('/work', token))))).toEqual({ 200: 100 });
  }
});

test('the log says that it was refused, and not whose address it was', async () => {
  for (let turn = 0; turn < 12; turn += 1) await post(false);
  expect(log.lines.filter((line) => line.includes('"status":429')).length).toBe(2);
  expect(log.leaked([HOSPITAL])).toEqual([]);
});
