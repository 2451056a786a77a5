/** What every answer of every route and page has in common, asked as a stranger would: headers, other origins, redirects, methods. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWholeApp, type WholeApp } from '../test-whole-app.ts';

const EVIL = 'https://evil.example.org';

let whole: WholeApp;
let token: string;

type Target = { method: string; path: string };
let targets: Target[];

beforeAll(async () => {
  whole = await openWholeApp({ production: true, site: { iss: 'https://fhir.example.org/r4', embed: ['https://ehr.example.org'] } });
  token = await whole.session(['clinician', 'preparer', 'coordinator', 'lead', 'admin']);
  targets = [
    ...whole.routes.map(({ method, path }) => ({ method: method.toUpperCase(), path: path.replaceAll(/:[A-Za-z]+/g, 'one') })),
    ...[...whole.pages, '/openapi.json', '/nowhere'].map((path) => ({ method: 'GET', path })),
  ];
});
afterAll(() => whole.close());

const ask = ({ method, path }: Target, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(
    whole.app.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'DELETE' ? {} : { body: '{}' }),
    }),
  );
/** As somebody signed in, except that nobody signs out. */
const askSignedIn = (target: Target, headers: Record<string, string> = {}) =>
  ask(
    target,
    target.method === 'DELETE' && target.path === '/sessions/current' ? headers : { authorization: `Bearer ${token}`, ...headers },
  );

const directives = (policy: string): Map<string, string> =>
  new Map(policy.split('; ').map((each) => [each.split(' ')[0] ?? '', each.split(' ').slice(1).join(' ')]));

describe('headers', () => {
  test('each answer says who may frame it and that nothing inline runs, with a nonce of its own', async () => {
    const nonces: string[] = [];
    for (const target of targets) {
      for (const response of [await ask(target), await askSignedIn(target)]) {
        const { headers, status } = response;
        const policy = directives(headers.get('content-security-policy') ?? '');
        const nonce = /'nonce-([A-Za-z0-9+/=]{24})'/.exec(policy.get('style-src') ?? '')?.[1] ?? '';
        nonces.push(nonce);
        expect({
          target,
          status,
          policy: Object.fromEntries(policy),
          framing: headers.get('x-frame-options'),
          referrer: headers.get('referrer-policy'),
          sniff: headers.get('x-content-type-options'),
          tls: headers.get('strict-transport-security'),
          permissions: headers.get('permissions-policy'),
        }).toEqual({
          target,
          status: expect.toSatisfy((found: number) => found < 500),
          policy: {
            'default-src': "'none'",
            'script-src': "'self'",
            'style-src': `'self' 'nonce-${nonce}'`,
            'img-src': "'self'",
            'font-src': "'self'",
            'connect-src': "'self' https://fhir.example.org",
            'frame-ancestors': 'https://ehr.example.org',
            'base-uri': "'none'",
            'form-action': "'self'",
          },
          framing: null,
          referrer: 'no-referrer',
          sniff: 'nosniff',
          tls: 'max-age=63072000; includeSubDomains',
          permissions: 'camera=(), geolocation=(), microphone=()',
        });
      }
    }
    expect(nonces).not.toContain('');
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  test('an answer of the API is kept by nobody', async () => {
    for (const { method, path } of targets.filter(({ path }) => !whole.pages.includes(path))) {
      expect({ path, cache: (await askSignedIn({ method, path })).headers.get('cache-control') }).toEqual({ path, cache: 'no-store' });
    }
  });
});

describe('a page of another origin', () => {
  const permissions = (headers: Headers): string[] => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

  test('may not ask: no preflight is granted', async () => {
    for (const { method, path } of targets) {
      const asked = {
        origin: EVIL,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization, content-type',
      };
      const response = await ask({ method: 'OPTIONS', path }, asked);
      expect({ path, status: response.status, allowed: permissions(response.headers) }).toEqual({ path, status: 404, allowed: [] });
    }
  });

  test('may not read: no answer is shared, with a session or without, but those of the CDS services with a registered EHR', async () => {
    const registered = ['https://fhir.example.org', 'https://ehr.example.org'];
    for (const target of targets) {
      for (const origin of [EVIL, 'null', ...registered]) {
        const isShared = target.path.startsWith('/cds-services') && registered.includes(origin);
        for (const response of [await ask(target, { origin }), await askSignedIn(target, { origin })]) {
          const expected = isShared ? ['access-control-allow-origin'] : [];
          expect({ target, origin, allowed: permissions(response.headers) }).toEqual({ target, origin, allowed: expected });
          expect(response.headers.get('access-control-allow-origin')).toBe(isShared ? origin : null);
        }
      }
    }
  });

  test('may not send what a browser sends without asking: only JSON is taken', async () => {
    // What an EHR did not sign is refused before its body is looked at; signed, in hostile-bodies.test.ts.
    for (const { method, path } of whole.routes.filter(({ body, access }) => body !== undefined && access.kind !== 'cds-client')) {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const target = { method: method.toUpperCase(), path: path.replaceAll(/:[A-Za-z]+/g, 'one') };
        expect({ target, type, status: (await askSignedIn(target, { 'content-type': type })).status }).toEqual({
          target,
          type,
          status: 415,
        });
      }
    }
  });

  test('no answer sets a cookie, so none is ever sent along', async () => {
    for (const target of targets)
      expect({ target, cookie: (await askSignedIn(target)).headers.get('set-cookie') }).toEqual({ target, cookie: null });
  });
});

test('nothing sends a browser elsewhere, whatever the address asks for', async () => {
  const names = ['next', 'url', 'redirect', 'redirect_uri', 'return_to', 'continue', 'iss', 'launch', 'target'];
  const lies = { host: 'evil.example.org', 'x-forwarded-host': 'evil.example.org' };
  for (const { path } of targets.filter(({ method }) => method === 'GET')) {
    for (const value of [EVIL, '//evil.example.org', String.raw`/\evil.example.org`, 'javascript:alert(1)']) {
      const query = new URLSearchParams(Object.fromEntries(names.map((name) => [name, value])));
      const { status, headers } = await ask({ method: 'GET', path: `${path}?${query.toString()}` }, lies);
      const moved = { redirects: status >= 300 && status < 400, location: headers.get('location'), refresh: headers.get('refresh') };
      const expected = path === '/' ? { redirects: true, location: '/app' } : { redirects: false, location: null };
      expect({ path, ...moved }).toEqual({ path, ...expected, refresh: null });
    }
  }
  for (const path of [
    '//evil.example.org',
    '//evil.example.org/%2e%2e',
    '/app//evil.example.org',
    '/app/',
    '/launch/',
    '/%2f%2fevil.example.org',
  ]) {
    const { status, headers } = await ask({ method: 'GET', path: `http://refloop${path}` });
    expect({ path, status, location: headers.get('location') }).toEqual({ path, status: 404, location: null });
  }
});

describe('methods', () => {
  test('that a path does not know are not found, and none is an error', async () => {
    for (const { path } of targets) {
      const known = new Set(targets.filter((other) => other.path === path).map(({ method }) => method));
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'BREW', 'QUERY']) {
        // A name in the place of an id is another route: /sessions/current and /sessions/one.
        if (known.has(method)) continue;
        expect({ path, method, status: (await askSignedIn({ method, path })).status }).toEqual({ path, method, status: 404 });
      }
    }
  });

  test('HEAD is answered as GET is, without a body', async () => {
    for (const { path } of targets.filter(({ method }) => method === 'GET')) {
      const [got, head] = [await askSignedIn({ method: 'GET', path }), await askSignedIn({ method: 'HEAD', path })];
      expect({ path, status: head.status, body: await head.text() }).toEqual({ path, status: got.status, body: '' });
    }
  });
});

describe('files', () => {
  test.each([
    '/secret.txt',
    '/.sources',
    '/index.html',
    '/assets',
    '/assets/',
    '/assets/../secret.txt',
    '/assets/..%2fsecret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/%2e%2e%2fsecret.txt',
    '/assets/%252e%252e%252fsecret.txt',
    '/assets/..%5csecret.txt',
    '/assets/....//secret.txt',
    '/assets/..;/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/%2e%2e/secret.txt',
    '/assets/a-1.js%00',
    '/assets/a-1.js%00.txt',
    '/assets/a-1.js/',
    '/assets%2fa-1.js',
    '/ASSETS/a-1.js',
    '/assets//a-1.js',
    '/assets/%c0%ae%c0%ae/secret.txt',
    '/file:///etc/passwd',
    '/proc/self/environ',
  ])('%s serves nothing', async (path) => {
    const response = await ask({ method: 'GET', path });
    expect({ path, status: response.status }).toEqual({ path, status: 404 });
    expect(await response.text()).not.toContain(whole.secret);
  });
});

describe('places in an address', () => {
  const withIds = () => targets.filter(({ path }) => path.includes('/one'));

  test.each([
    ['NUL', '%00'],
    ['NUL within', 'a%00b'],
  ])('%s is refused before PostgreSQL sees it', async (_name, id) => {
    for (const { method, path } of withIds().filter(({ path: each }) => !each.startsWith('/cds-services'))) {
      const response = await askSignedIn({ method, path: path.replace('/one', `/${id}`) });
      // What the body is refused for comes first; either way it is the caller's fault.
      expect({ method, path, status: response.status }).toEqual({ method, path, status: 400 });
    }
    for (const query of ['cursor', 'policy', 'specialty', 'patientPseudonym']) {
      const response = await askSignedIn({ method: 'GET', path: `/audit/recommendations?${query}=a%00b` });
      expect({ query, status: response.status }).toEqual({ query, status: 400 });
    }
  });

  test.each([
    ['an encoded slash', 'a%2Fb'],
    ['dots', '%2e%2e%2fgrants'],
    ['half an escape', '%E0%A4%A'],
    ['a percent sign', '%25'],
    ['SQL', "'%3B%20drop%20table%20plan%3B%20--"],
    ['line breaks', 'a%0D%0Aset-cookie:%20session=1%0D%0A'],
    ['wildcards', '%25_*'],
    ['more of a search', '1%3F_count=9%26patient=pat-2'],
    ['another alphabet', '%F0%9F%A6%8A'],
    ['half a pair', '%ED%A0%80'],
    ['something long', 'x'.repeat(4000)],
    ['__proto__', '__proto__'],
  ])('%s is no error of ours', async (_name, id) => {
    for (const { method, path } of withIds()) {
      const { status } = await askSignedIn({ method, path: path.replace('/one', `/${id}`) });
      expect({ method, path, status }).toMatchObject({ status: expect.toSatisfy((found: number) => found >= 400 && found < 500) });
    }
    for (const query of ['cursor', 'policy', 'specialty', 'patientPseudonym', 'limit', 'outcome', 'from', 'to', '__proto__']) {
      const { status } = await askSignedIn({ method: 'GET', path: `/audit/recommendations?${query}=${id}` });
      expect({ query, status }).toMatchObject({ status: expect.toSatisfy((found: number) => found < 500) });
    }
  });
});

test('none of all this was an error of ours, nor wrote an address into the log', () => {
  const lines = whole.log.lines.map((line) => JSON.parse(line) as { msg: string; status?: number });
  expect(lines.filter(({ msg, status }) => msg === 'failure' || (status ?? 0) >= 500)).toEqual([]);
  expect(whole.log.leaked(['evil.example.org', 'drop table', 'set-cookie', '_count', 'secret.txt', token])).toEqual([]);
});
