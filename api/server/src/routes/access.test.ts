/** Every route of Refloop with everybody who may not call it. A new route stands in this test by being mounted. */
import { SEED_V1 } from '@refloop/domain/matching/policies';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { ROLES, type Role } from '../client/session.ts';
import { captureLog } from '../logging/test-log.ts';
import { referralRoutes } from '../referral-routes.ts';
import { createDiscovery } from '../sessions/discovery.ts';
import { digest, newToken } from '../sessions/token.ts';
import { sandboxSite, scopeOf } from '../sites.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { auditRoutes } from './audit.ts';
import { delegationRoutes } from './delegations.ts';
import { grantRoutes } from './grants.ts';
import { healthRoutes } from './health.ts';
import type { Route } from './route.ts';
import { sessionRoutes } from './sessions.ts';
import { siteRoutes } from './sites.ts';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const site = sandboxSite(4010);
const scope = scopeOf(site);

let opened: TestStore;
let app: ReturnType<typeof createApp>;
let routes: Route[];
/** The token of a session with exactly this role, in a chart and outside of one. */
const tokens = new Map<string, string>();

const key = (role: Role | 'nobody', inChart: boolean): string => `${role} ${inChart ? 'in a chart' : 'without a patient'}`;

beforeAll(async () => {
  opened = await openTestStore();
  const { store } = opened;
  const fetch = (): Promise<Response> => Promise.reject(new Error('no EHR in this test'));
  const discovery = createDiscovery({ fetch, now: () => NOW, sites: [site], production: false });
  routes = [
    ...healthRoutes({ notReady: () => undefined }),
    ...siteRoutes({ sites: [site] }),
    ...sessionRoutes({ store, sites: [site], discovery, fetch, idleSeconds: 900, warnSeconds: 60 }),
    ...grantRoutes({ store, sites: [site] }),
    ...delegationRoutes({ store, sites: [site], newId: () => 'id' }),
    ...auditRoutes({ store }),
    ...referralRoutes({ store, index: () => undefined, policy: SEED_V1, newId: () => 'id', version: 'test' }),
  ];
  app = createApp({
    store,
    sites: [site],
    idleSeconds: 900,
    now: () => NOW,
    production: false,
    tokenOrigins: () => [],
    beforePage: async () => undefined,
    log: captureLog().log,
    notReady: () => undefined,
    builtApp: undefined,
    routes,
  });
  for (const role of [...ROLES, 'nobody' as const]) {
    for (const inChart of [true, false]) {
      const token = newToken();
      const at = NOW.toISOString();
      await store.transaction(scope, async (unit) => {
        const subject = `the ${role}`;
        const roles = role === 'nobody' ? [] : [role];
        await unit.grants.put({
          subject,
          fhirUser: `Practitioner/${role}-1`,
          name: null,
          roles,
          grantedBy: 'test',
          grantedAt: at,
          reason: 'test',
        });
        await unit.sessions.insert({
          tokenHash: digest(token),
          subject,
          fhirUser: `Practitioner/${role}-1`,
          name: role,
          patientId: inChart ? 'pat-1' : null,
          startedAt: at,
          lastActivity: at,
          expiresAt: new Date(NOW.getTime() + 3_600_000).toISOString(),
        });
      });
      tokens.set(key(role, inChart), token);
    }
  }
});
afterAll(() => opened.close());

const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

async function ask(route: Route, token: string | undefined): Promise<{ status: number; type: string }> {
  const response = await app.request(route.path.replaceAll(/:[A-Za-z]+/g, 'one'), {
    method: route.method.toUpperCase(),
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(route.method === 'get' ? {} : { body: '{}' }),
  });
  const text = await response.text();
  return { status: response.status, type: text === '' ? '' : ((JSON.parse(text) as { type?: string }).type ?? '') };
}

describe('every route', () => {
  test('has a rule, and nothing is mounted beside the routes', () => {
    const mounted = app.routes.filter(({ method, path }) => !(method === 'ALL' && path === '/*'));
    const declared = new Set([...routes.map(nameOf), 'get /openapi.json']);
    expect(mounted.map(({ method, path }) => `${method.toLowerCase()} ${path}`).filter((name) => !declared.has(name))).toEqual([]);
    for (const route of routes) {
      if (route.access.kind === 'session')
        expect({ name: nameOf(route), roles: route.access.roles.length }).not.toEqual({ name: nameOf(route), roles: 0 });
    }
  });

  test('that anybody may call is one of these', () => {
    const open = routes.filter(({ access }) => access.kind === 'public').map(nameOf);
    expect(open.sort()).toEqual(['get /health', 'get /health/live', 'get /sites', 'post /sessions']);
  });

  test('that needs a session refuses whoever has none, and before it reads what was sent', async () => {
    for (const route of routes.filter(({ access }) => access.kind === 'session')) {
      for (const token of [undefined, newToken()]) {
        expect({ route: nameOf(route), ...(await ask(route, token)) }).toEqual({
          route: nameOf(route),
          status: 401,
          type: '/problems/session-required',
        });
      }
    }
  });

  test('refuses every role it does not name, in a chart and outside of one', async () => {
    let tried = 0;
    for (const route of routes) {
      if (route.access.kind === 'public') continue;
      const { roles } = route.access;
      for (const role of [...ROLES, 'nobody' as const]) {
        if (role !== 'nobody' && roles.includes(role)) continue;
        for (const inChart of [true, false]) {
          tried += 1;
          const who = key(role, inChart);
          const answer = await ask(route, tokens.get(who));
          expect({ route: nameOf(route), who, ...answer }).toEqual({
            route: nameOf(route),
            who,
            status: 403,
            type: '/problems/not-allowed',
          });
        }
      }
    }
    expect(tried).toBeGreaterThan(60);
  });

  test('of a chart refuses the right role without a patient', async () => {
    const bound = routes.flatMap((route) =>
      route.access.kind === 'session' && route.access.patientBound ? [{ route, access: route.access }] : [],
    );
    expect(bound.length).toBeGreaterThan(5);
    for (const { route, access } of bound) {
      for (const role of access.roles) {
        const answer = await ask(route, tokens.get(key(role, false)));
        expect({ route: nameOf(route), role, ...answer }).toEqual({
          route: nameOf(route),
          role,
          status: 403,
          type: '/problems/no-patient',
        });
      }
    }
  });

  test('lets those in whom it names', async () => {
    for (const route of routes) {
      if (route.access.kind === 'public' || nameOf(route) === 'delete /sessions/current') continue;
      for (const role of route.access.roles) {
        const { status, type } = await ask(route, tokens.get(key(role, true)));
        expect({ route: nameOf(route), role, refused: status === 401 || status === 403, type }).toMatchObject({ refused: false });
      }
    }
  });

  test('stands in the OpenAPI document with its bearer scheme, which needs no session', async () => {
    const response = await app.request('/openapi.json');
    expect(response.status).toBe(200);
    const document = (await response.json()) as {
      openapi: string;
      paths: Record<string, Record<string, { security: object[]; description: string }>>;
      components: { securitySchemes: Record<string, { type: string; scheme: string }> };
    };
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.securitySchemes).toMatchObject({ session: { type: 'http', scheme: 'bearer' } });
    for (const route of routes) {
      const described = document.paths[route.path.replaceAll(/:([A-Za-z]+)/g, '{$1}')]?.[route.method];
      const security = route.access.kind === 'public' ? [] : [{ session: [] }];
      expect({ route: nameOf(route), security: described?.security }).toEqual({ route: nameOf(route), security });
    }
  });
});
