/** Every route of Refloop with everybody who may not call it. A new route stands in this test by being mounted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES, type Role } from '../client/session.ts';
import { newToken } from '../sessions/token.ts';
import { openWholeApp, type WholeApp } from '../test-whole-app.ts';
import type { Route } from './route.ts';

let whole: WholeApp;
let routes: Route[];
/** The token of a session with exactly this role, in a chart and outside of one. */
const tokens = new Map<string, string>();

const key = (role: Role | 'nobody', inChart: boolean): string => `${role} ${inChart ? 'in a chart' : 'without a patient'}`;

beforeAll(async () => {
  whole = await openWholeApp();
  ({ routes } = whole);
  for (const role of [...ROLES, 'nobody' as const]) {
    const roles = role === 'nobody' ? [] : [role];
    for (const inChart of [true, false]) tokens.set(key(role, inChart), await whole.session(roles, inChart ? 'pat-1' : null));
  }
});
afterAll(() => whole.close());

const nameOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;

async function ask(route: Route, token: string | undefined): Promise<{ status: number; type: string }> {
  const response = await whole.app.request(route.path.replaceAll(/:[A-Za-z]+/g, 'one'), {
    method: route.method.toUpperCase(),
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(route.method === 'get' ? {} : { body: '{}' }),
  });
  const text = await response.text();
  return { status: response.status, type: text === '' ? '' : ((JSON.parse(text) as { type?: string }).type ?? '') };
}

describe('every route', () => {
  test('has a rule, and nothing is mounted beside the routes', () => {
    // What grants pages of registered EHRs the few routes that are theirs (ehr-pages.ts).
    const crossed = new Set(routes.filter(({ fromEhrPages }) => fromEhrPages).map(({ path }) => path));
    expect([...crossed]).toEqual(['/cds-services', '/cds-services/:id', '/cds-services/:id/feedback']);
    // And what packs the answers of those that say so.
    const packed = new Set(routes.filter(({ compressed }) => compressed).map(({ path }) => path));
    expect([...packed]).toEqual(['/worklist']);
    const around = new Set(['/*', ...crossed, ...packed]);
    const mounted = whole.app.routes.filter(({ method, path }) => method !== 'ALL' || !around.has(path));
    const declared = new Set([...routes.map(nameOf), 'get /openapi.json', ...whole.pages.map((page) => `get ${page}`)]);
    expect(mounted.map(({ method, path }) => `${method.toLowerCase()} ${path}`).filter((name) => !declared.has(name))).toEqual([]);
    for (const route of routes) {
      if (route.access.kind === 'session')
        expect({ name: nameOf(route), roles: route.access.roles.length }).not.toEqual({ name: nameOf(route), roles: 0 });
    }
  });

  test('that anybody may call is one of these', () => {
    const open = routes.filter(({ access }) => access.kind === 'public').map(nameOf);
    expect(open.sort()).toEqual([
      'get /.well-known/jwks.json',
      'get /cds-services',
      'get /health',
      'get /health/live',
      'get /sites',
      // Signed by a gateway of the site for the very file (inbound/gateway.ts).
      // What these answer is opened by a link and an NPI (services/office.ts).
      'post /ehr-notifications/:site',
      'post /inbound/documents',
      'post /office/acts',
      'post /office/notes',
      'post /office/open',
      'post /office/packet',
      'post /office/packet/ccda',
      'post /office/packet/fhir',
      'post /office/packet/file',
      'post /office/view',
      // And these by a link and a date of birth (services/patient/patient-page.ts).
      'post /patient/acts',
      // By what stands in the header of a mail, and it shows nothing (services/patient/mail-stops.ts).
      'post /patient/mail-stops/:stop',
      'post /patient/open',
      'post /patient/view',
      'post /sessions',
      // Signed by the gateway of a site (services/patient/incoming-texts.ts).
      'post /text-messages',
    ]);
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

  test('that is for EHRs refuses whoever signs no call, also with a session, and before it reads what was sent', async () => {
    const signed = routes.filter(({ access }) => access.kind === 'cds-client');
    expect(signed.map(nameOf)).toEqual(['post /cds-services/:id', 'post /cds-services/:id/feedback']);
    for (const route of signed) {
      for (const token of [undefined, newToken(), tokens.get(key('clinician', true)), 'a.b.c']) {
        expect({ route: nameOf(route), ...(await ask(route, token)) }).toEqual({
          route: nameOf(route),
          status: 401,
          type: '/problems/client-refused',
        });
      }
    }
  });

  test('refuses every role it does not name, in a chart and outside of one', async () => {
    let tried = 0;
    for (const route of routes) {
      if (route.access.kind !== 'session') continue;
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
      if (route.access.kind !== 'session' || nameOf(route) === 'delete /sessions/current') continue;
      for (const role of route.access.roles) {
        const { status, type } = await ask(route, tokens.get(key(role, true)));
        expect({ route: nameOf(route), role, refused: status === 401 || status === 403, type }).toMatchObject({ refused: false });
      }
    }
  });

  test('stands in the OpenAPI document with its bearer scheme, which needs no session', async () => {
    const response = await whole.app.request('/openapi.json');
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
      const security = { public: [], session: [{ session: [] }], 'cds-client': [{ cdsClient: [] }] }[route.access.kind];
      expect({ route: nameOf(route), security: described?.security }).toEqual({ route: nameOf(route), security });
    }
  });
});
