/** Opening, using and ending a session over HTTP, on PostgreSQL, against an EHR that each test bends. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../app.ts';
import { captureLog } from '../logging/test-log.ts';
import { grantRoutes } from '../routes/grants.ts';
import { patientRoute } from '../routes/route.ts';
import { sessionRoutes } from '../routes/sessions.ts';
import type { Site } from '../sites.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { createDiscovery } from './discovery.ts';
import { newSigner, type Signer, type TestEhr, testEhr } from './test-ehr.ts';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
const ACCESS_TOKEN = 'planted-access-token';

let opened: TestStore;
let signer: Signer;
let stranger: Signer;

beforeAll(async () => {
  opened = await openTestStore();
  signer = await newSigner('key-1');
  stranger = await newSigner('key-1');
});
afterAll(() => opened.close());

let site: Site;
let issuer: string;
let ehr: TestEhr;
let now: Date;
/** How far the clock of the practice is ahead of it. */
let ahead: number;
let log: ReturnType<typeof captureLog>;
let app: ReturnType<typeof createApp>;
let siteNumber = 0;

const baseSite = (iss: string): Site => ({
  tenant: 'north',
  name: 'North clinic',
  iss,
  clientId: 'refloop',
  scopes: 'launch',
  issuer: undefined,
  jwks: undefined,
  embed: [],
  admins: ['Practitioner/first-admin'],
  system: undefined,
});

function start(): void {
  ehr = testEhr(site, issuer, [signer.jwk]);
  now = NOW;
  ahead = 0;
  log = captureLog();
  const deps = {
    store: opened.store,
    sites: [site],
    discovery: createDiscovery({ fetch: ehr.fetch, now: () => now, sites: [site], production: false }),
    fetch: ehr.fetch,
    idleSeconds: 900,
    warnSeconds: 60,
  };
  app = createApp({
    ...deps,
    machineTime: () => now,
    now: () => new Date(now.getTime() + ahead),
    production: false,
    tokenOrigins: () => [],
    beforePage: async () => undefined,
    log: log.log,
    notReady: () => undefined,
    builtApp: undefined,
    routes: [
      ...sessionRoutes(deps),
      ...grantRoutes(deps),
      patientRoute({
        method: 'get',
        path: '/chart-page',
        summary: 'A page of the chart.',
        roles: ['clinician'],
        handle: async () => undefined,
      }),
    ],
  });
}

beforeEach(() => {
  siteNumber += 1;
  site = baseSite(`https://ehr-${siteNumber}.example.org/fhir`);
  issuer = `https://login-${siteNumber}.example.org`;
  start();
});

const claims = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  iss: issuer,
  aud: 'refloop',
  sub: 'dr-lee',
  iat: seconds(now),
  exp: seconds(now) + 300,
  fhirUser: 'Practitioner/dr-lee',
  jti: randomUUID(),
  ...more,
});

type Answer = { status: number; body: Record<string, unknown> };

async function call(method: string, path: string, options: { token?: string; body?: unknown } = {}): Promise<Answer> {
  const response = await app.request(path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

const open = async (
  more: { claims?: Record<string, unknown>; signer?: Signer; patient?: string | null; iss?: string; idToken?: string } = {},
) =>
  call('POST', '/sessions', {
    body: {
      iss: more.iss ?? site.iss,
      idToken: more.idToken ?? (await (more.signer ?? signer).sign(claims(more.claims))),
      accessToken: ACCESS_TOKEN,
      ...(more.patient === null ? {} : { patient: more.patient ?? 'pat-1' }),
    },
  });

const tokenOf = async (more: Parameters<typeof open>[0] = {}): Promise<string> => {
  const answer = await open(more);
  expect(answer.status).toBe(201);
  return answer.body['token'] as string;
};

const later = (secondsLater: number): void => {
  now = new Date(NOW.getTime() + secondsLater * 1000);
};

describe('opening', () => {
  test('a session knows the person, the roles, the patient and its ends', async () => {
    const answer = await open();
    expect(answer).toEqual({
      status: 201,
      body: {
        token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        expiresAt: '2026-11-20T18:00:00.000Z',
        idleSeconds: 900,
        warnSeconds: 60,
        user: { fhirUser: 'Practitioner/dr-lee', subject: 'dr-lee', name: 'Robin Lee MD' },
        roles: ['clinician'],
        site: 'North clinic',
        patient: 'pat-1',
      },
    });
    const token = answer.body['token'] as string;
    const { token: _token, ...rest } = answer.body;
    expect(await call('GET', '/sessions/current', { token })).toEqual({ status: 200, body: rest });
    expect((await call('GET', '/chart-page', { token })).status).toBe(204);
  });

  test('an unregistered iss is refused before anything is asked of anybody', async () => {
    for (const iss of ['https://evil.example.org/fhir', `${site.iss}/`, site.iss.toUpperCase(), site.iss.replace('https', 'http')]) {
      expect(await open({ iss })).toMatchObject({ status: 403, body: { type: '/problems/unknown-issuer', errors: [{ field: 'iss' }] } });
    }
    expect(ehr.asked).toEqual([]);
  });

  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['of another issuer', { iss: 'https://evil.example.org' }, /\(iss\)/],
    ['for another app', { aud: 'another' }, /\(aud\)/],
    ['for several apps, issued to another', { aud: ['refloop', 'another'], azp: 'another' }, /\(azp\)/],
    ['that has expired', { iat: seconds(NOW) - 200, exp: seconds(NOW) - 60 }, /expired/],
    ['older than five minutes', { iat: seconds(NOW) - 301, exp: seconds(NOW) + 3000 }, /five minutes/],
    ['from the future', { iat: seconds(NOW) + 120 }, /future/],
    ['without an end', { exp: undefined }, /\(exp\)/],
    ['without a time', { iat: undefined }, /\(iat\)/],
    ['without a subject', { sub: undefined }, /\(sub\)/],
    ['with a blank subject', { sub: '  ' }, /\(sub\)/],
    ['with an endless subject', { sub: 'x'.repeat(256) }, /\(sub\)/],
  ];
  test.each(wrong)('an id_token %s is refused', async (_name, change, why) => {
    expect(await open({ claims: change })).toMatchObject({
      status: 401,
      body: { type: '/problems/id-token-refused', detail: expect.stringMatching(why), errors: [{ field: 'idToken' }] },
    });
  });

  test('an id_token signed by somebody else, by nobody, or changed after signing is refused', async () => {
    const [header, payload, signature] = (await signer.sign(claims())).split('.');
    const altered = Buffer.from(JSON.stringify(claims({ sub: 'another' }))).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const shared = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'key-1' })).toString('base64url');
    const idTokens = [
      await stranger.sign(claims()),
      `${header}.${altered}.${signature}`,
      `${none}.${payload}.`,
      `${shared}.${payload}.${signature}`,
      'not a token',
    ];
    for (const idToken of idTokens)
      expect(await open({ idToken })).toMatchObject({ status: 401, body: { type: '/problems/id-token-refused' } });
  });

  test('an id_token opens one session, also when it is sent twice at once', async () => {
    const idToken = await signer.sign(claims());
    const together = await Promise.all([open({ idToken }), open({ idToken }), open({ idToken })]);
    expect(together.map(({ status }) => status).sort((left, right) => left - right)).toEqual([201, 401, 401]);
    expect(await open({ idToken })).toMatchObject({ status: 401, body: { detail: expect.stringContaining('used before') } });
  });

  test('spelling the signature another way does not make it a new sign-in', async () => {
    const idToken = await signer.sign(claims());
    expect((await open({ idToken })).status).toBe(201);
    // The last of 342 base64url characters holds two bits; the four others may say anything.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(idToken.slice(-1));
    const again = `${idToken.slice(0, -1)}${alphabet[last ^ 1] ?? ''}`;
    expect(await open({ idToken: again })).toMatchObject({ status: 401, body: { type: '/problems/id-token-refused' } });
  });

  test('a failed try does not use the id_token up', async () => {
    const idToken = await signer.sign(claims());
    ehr.answers.set(`${site.iss}/Patient/pat-1`, 404);
    expect((await open({ idToken })).status).toBe(403);
    ehr.answers.set(`${site.iss}/Patient/pat-1`, { resourceType: 'Patient', id: 'pat-1' });
    expect((await open({ idToken })).status).toBe(201);
  });

  test.each(['Practitioner/dr-lee', 'PractitionerRole/role-7'])('%s may open a session, relative or absolute', async (fhirUser) => {
    expect((await open({ claims: { fhirUser } })).body).toMatchObject({ user: { fhirUser } });
    expect((await open({ claims: { fhirUser: `${site.iss}/${fhirUser}` } })).body).toMatchObject({ user: { fhirUser } });
  });

  test.each([
    'Patient/pat-1',
    'RelatedPerson/1',
    'Person/1',
    'https://other.example.org/fhir/Practitioner/dr-lee',
    'Practitioner/../Patient/1',
    'Practitioner/',
    7,
    undefined,
  ])('fhirUser %s may not', async (fhirUser) => {
    expect(await open({ claims: { fhirUser } })).toMatchObject({ status: 403, body: { type: '/problems/not-allowed' } });
  });

  test('the name falls back to the subject where the EHR does not tell it', async () => {
    ehr.answers.set(`${site.iss}/Practitioner/dr-lee`, 403);
    expect((await open()).body).toMatchObject({ user: { name: 'dr-lee' } });
  });
});

describe('keys and discovery', () => {
  const jwksAsked = (): number => ehr.asked.filter((line) => line === `GET ${issuer}/jwks`).length;

  test('keys are kept for a day, and fetched once more for each key id that is unknown', async () => {
    await tokenOf();
    await tokenOf();
    expect(jwksAsked()).toBe(1);
    const next = await newSigner('key-2');
    expect((await open({ signer: next })).status).toBe(401);
    expect((await open({ signer: next })).status).toBe(401);
    expect(jwksAsked()).toBe(2);
    later(24 * 3600 + 1);
    ehr.answers.set(`${issuer}/jwks`, { keys: [next.jwk] });
    await tokenOf({ signer: next });
    expect(jwksAsked()).toBe(3);
  });

  test('a key that the EHR has taken up since is found', async () => {
    await tokenOf();
    const next = await newSigner('key-2');
    ehr.answers.set(`${issuer}/jwks`, { keys: [signer.jwk, next.jwk] });
    await tokenOf({ signer: next });
    expect(jwksAsked()).toBe(2);
  });

  test('without SMART’s issuer, OpenID’s document below the FHIR base tells it', async () => {
    ehr.answers.set(`${site.iss}/.well-known/smart-configuration`, { token_endpoint: `${issuer}/token` });
    ehr.answers.set(`${site.iss}/.well-known/openid-configuration`, { issuer, jwks_uri: `${issuer}/jwks` });
    expect((await open()).status).toBe(201);
  });

  test('the site entry’s issuer comes first, and its keys need no asking', async () => {
    site = { ...site, issuer: 'https://entry.example.org', jwks: { keys: [signer.jwk] } };
    start();
    expect((await open()).status).toBe(401);
    await tokenOf({ claims: { iss: 'https://entry.example.org' } });
    expect(jwksAsked()).toBe(0);
  });

  test('the site entry’s issuer without keys: they are where that issuer says', async () => {
    site = { ...site, issuer: 'https://entry.example.org' };
    start();
    ehr.answers.set('https://entry.example.org/.well-known/openid-configuration', {
      issuer: 'https://entry.example.org',
      jwks_uri: 'https://entry.example.org/jwks',
    });
    ehr.answers.set('https://entry.example.org/jwks', { keys: [signer.jwk] });
    await tokenOf({ claims: { iss: 'https://entry.example.org' } });
    expect(jwksAsked()).toBe(0);
  });

  test('ES256 is taken too', async () => {
    const elliptic = await newSigner('key-3', 'ES256');
    ehr.answers.set(`${issuer}/jwks`, { keys: [elliptic.jwk] });
    expect((await open({ signer: elliptic })).status).toBe(201);
  });

  test('an EHR that is down is asked three times, then named, and asked again at the next launch', async () => {
    const down = new Error('fetch failed');
    const address = `${site.iss}/.well-known/smart-configuration`;
    const before = ehr.answers.get(address);
    ehr.answers.set(address, down);
    expect(await open()).toMatchObject({
      status: 502,
      body: { type: '/problems/ehr-unreachable', detail: expect.stringContaining('North clinic') },
    });
    expect(ehr.asked).toEqual([`GET ${address}`, `GET ${address}`, `GET ${address}`]);
    ehr.answers.set(address, before);
    await tokenOf();
  });

  test.each(['file:///etc/passwd', 'ftp://login.example.org/jwks', 'https://user:secret@login.example.org/jwks', 'nonsense'])(
    'keys at %s are not fetched',
    async (address) => {
      ehr.answers.set(`${site.iss}/.well-known/smart-configuration`, { issuer, jwks_uri: address });
      expect((await open()).status).toBe(502);
      expect(ehr.asked.some((line) => line.includes(address))).toBe(false);
    },
  );
});

describe('the patient is proven once', () => {
  const introspection = (): string => `${issuer}/introspect`;
  const offerIntrospection = (answer: unknown): void => {
    const address = `${site.iss}/.well-known/smart-configuration`;
    ehr.answers.set(address, { ...(ehr.answers.get(address) as object), introspection_endpoint: introspection() });
    ehr.answers.set(introspection(), answer);
  };
  const patientRead = (): boolean => ehr.asked.includes(`GET ${site.iss}/Patient/pat-1`);

  test('by introspection that names the patient', async () => {
    offerIntrospection({ active: true, client_id: 'refloop', sub: 'dr-lee', patient: 'pat-1' });
    await tokenOf();
    expect(patientRead()).toBe(false);
    expect(ehr.sent.find(({ url }) => url === introspection())).toMatchObject({ authorization: `Bearer ${ACCESS_TOKEN}` });
  });

  test.each([
    ['does not name the patient', { active: true, client_id: 'refloop' }],
    ['is not allowed to us', 401],
    ['says “inactive” to whom it does not answer (RFC 7662 §2.2)', { active: false }],
    ['is broken', { nonsense: true }],
  ])('by reading the patient where introspection %s', async (_name, answer) => {
    offerIntrospection(answer);
    await tokenOf();
    expect(patientRead()).toBe(true);
  });

  test.each([
    ['another patient', { active: true, patient: 'pat-2' }],
    ['another app', { active: true, client_id: 'another', patient: 'pat-1' }],
    ['another person', { active: true, sub: 'dr-who', patient: 'pat-1' }],
  ])('introspection that tells of %s refuses', async (_name, answer) => {
    offerIntrospection(answer);
    expect(await open()).toMatchObject({ status: 403, body: { type: '/problems/patient-not-proven' } });
  });

  test('an access that has ended does not read the patient, so it proves nothing', async () => {
    offerIntrospection({ active: false });
    ehr.answers.set(`${site.iss}/Patient/pat-1`, 401);
    expect(await open()).toMatchObject({ status: 403, body: { type: '/problems/patient-not-proven' } });
  });

  test.each([
    ['not allowed', 403],
    ['not found', 404],
    ['another patient', { resourceType: 'Patient', id: 'pat-2' }],
    ['no patient', { resourceType: 'OperationOutcome' }],
  ])('a read that answers: %s, refuses', async (_name, answer) => {
    ehr.answers.set(`${site.iss}/Patient/pat-1`, answer);
    expect(await open()).toMatchObject({ status: 403, body: { type: '/problems/patient-not-proven' } });
  });

  test('a redirect never carries the token on; where nothing secret goes along it is looked at first', async () => {
    offerIntrospection({ active: true });
    await tokenOf();
    const secret = ehr.sent.filter(({ authorization, body }) => authorization !== null || body !== '');
    expect(secret.map(({ redirect }) => redirect)).toEqual(['error', 'error', 'error']);
    expect(new Set(ehr.sent.filter((one) => !secret.includes(one)).map(({ redirect }) => redirect))).toEqual(new Set(['manual']));
  });

  test('an id that is none is never put into an address', async () => {
    expect((await open({ patient: '../Practitioner/dr-lee' })).status).toBe(403);
    expect(ehr.asked.some((line) => line.includes('..'))).toBe(false);
  });

  test('without a patient a session opens, and the chart stays closed to it', async () => {
    const token = await tokenOf({ patient: null });
    expect((await call('GET', '/sessions/current', { token })).body).toMatchObject({ patient: null });
    expect(await call('GET', '/chart-page', { token })).toMatchObject({ status: 403, body: { type: '/problems/no-patient' } });
  });
});

describe('a running session', () => {
  test('ends after fifteen minutes without activity, however much is fetched', async () => {
    const token = await tokenOf();
    for (const at of [300, 600, 899]) {
      later(at);
      expect((await call('GET', '/sessions/current', { token })).status).toBe(200);
    }
    later(900);
    expect(await call('GET', '/sessions/current', { token })).toMatchObject({ status: 401, body: { type: '/problems/session-idle' } });
    expect((await call('POST', '/sessions/current/activity', { token })).status).toBe(401);
  });

  test('activity starts the idle time again, and never the longest life', async () => {
    const token = await tokenOf();
    for (let at = 800; at < 8 * 3600; at += 800) {
      later(at);
      expect((await call('POST', '/sessions/current/activity', { token })).status).toBe(204);
    }
    later(8 * 3600);
    expect(await call('GET', '/sessions/current', { token })).toMatchObject({ status: 401, body: { type: '/problems/session-ended' } });
  });

  test('goes by the machine’s clock: where the practice’s is moved on fourteen days nobody is signed out, and a sign-in is still proven', async () => {
    const token = await tokenOf();
    ahead = 14 * 86_400_000;
    expect((await call('GET', '/chart-page', { token })).status).toBe(204);
    expect((await call('POST', '/sessions/current/activity', { token })).status).toBe(204);
    const another = await open();
    expect(another).toMatchObject({ status: 201, body: { expiresAt: '2026-11-20T18:00:00.000Z' } });
    later(900);
    expect((await call('GET', '/chart-page', { token })).status).toBe(401);
  });

  test('ends when it is signed out', async () => {
    const token = await tokenOf();
    expect((await call('DELETE', '/sessions/current', { token })).status).toBe(204);
    expect(await call('GET', '/chart-page', { token })).toMatchObject({ status: 401, body: { type: '/problems/session-ended' } });
  });

  test('is opened by its own token alone', async () => {
    const token = await tokenOf();
    const reversed = token.split('').reverse().join('');
    for (const header of [undefined, `Basic ${token}`, `Bearer ${reversed}`, `Bearer ${token}x`, 'Bearer', token]) {
      const response = await app.request('/sessions/current', { headers: header === undefined ? {} : { authorization: header } });
      expect({ header, status: response.status, asks: response.headers.get('www-authenticate') }).toEqual({
        header,
        status: 401,
        asks: 'Bearer',
      });
    }
  });

  test('the token is stored as its digest alone, the access token and the id_token nowhere', async () => {
    const idToken = await signer.sign(claims());
    const token = await tokenOf({ idToken });
    for (const table of ['session', 'used_id_token', 'audit_entry', 'data_key']) {
      const rows = await opened.asOwner(`select * from ${table}`);
      const dump = JSON.stringify(rows, (_key, value: unknown) => (Buffer.isBuffer(value) ? value.toString('latin1') : value));
      for (const secret of [token, ACCESS_TOKEN, idToken]) expect(dump).not.toContain(secret);
    }
    expect(log.lines.length).toBeGreaterThan(0);
    expect(log.leaked([token, ACCESS_TOKEN, idToken, 'pat-1', 'dr-lee', 'Robin'])).toEqual([]);
  });
});

describe('grants', () => {
  const grant = (roles: string[], fhirUser = 'Practitioner/dr-lee') => ({ fhirUser, roles, reason: 'For the test' });
  const adminToken = () => tokenOf({ patient: null, claims: { sub: 'boss', fhirUser: 'Practitioner/first-admin' } });

  test('the first admin stands in the site entry, gives roles and takes them; both work with the next request', async () => {
    const token = await tokenOf();
    const admin = await adminToken();
    expect(await call('GET', '/grants', { token })).toMatchObject({ status: 403, body: { type: '/problems/not-allowed' } });
    expect((await call('PUT', '/grants/dr-lee', { token: admin, body: grant(['clinician', 'admin']) })).status).toBe(200);
    expect((await call('GET', '/grants', { token })).body).toMatchObject({
      grants: [{ subject: 'dr-lee', roles: ['clinician', 'admin'] }],
    });
    expect((await call('PUT', '/grants/dr-lee', { token: admin, body: grant([]) })).status).toBe(200);
    expect((await call('GET', '/chart-page', { token })).status).toBe(403);
    expect(await open()).toMatchObject({ status: 403, body: { detail: expect.stringContaining('taken away') } });
  });

  test('a coordinator is no clinician', async () => {
    const admin = await adminToken();
    await call('PUT', '/grants/dr-lee', { token: admin, body: grant(['coordinator']) });
    const token = await tokenOf();
    expect((await call('GET', '/chart-page', { token })).status).toBe(403);
  });

  test('an admin by grant cannot lock everybody out by mistake; a field that is wrong is named', async () => {
    const admin = await adminToken();
    await call('PUT', '/grants/dr-lee', { token: admin, body: grant(['admin']) });
    const token = await tokenOf();
    expect(await call('PUT', '/grants/dr-lee', { token, body: grant(['clinician']) })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'roles' }] },
    });
    expect(await call('PUT', '/grants/x', { token, body: grant(['lead'], 'Patient/1') })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'fhirUser', fix: expect.any(String) }] },
    });
    expect(await call('PUT', '/grants/x', { token, body: { roles: ['king'], reason: 'no' } })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'fhirUser' }, { field: 'roles.0' }, { field: 'reason' }] },
    });
  });

  test('sign-ins, refusals, grants and refused access are in the audit', async () => {
    await open({ claims: { aud: 'another' } });
    const token = await tokenOf();
    await call('GET', '/grants', { token });
    await call('PUT', '/grants/x', { token: await adminToken(), body: grant(['lead']) });
    await call('DELETE', '/sessions/current', { token });
    const entries = await opened.asOwner<{ entry: Buffer }>('select entry from audit_entry where issuer = $1 order by id', [site.iss]);
    const actions = entries.map(({ entry }) => (JSON.parse(entry.toString()) as { action: string }).action);
    expect(actions).toEqual(['session.refused', 'session.opened', 'access.refused', 'session.opened', 'grant.changed', 'session.closed']);
  });
});
