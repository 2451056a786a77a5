/** Refloop's own sign-in at an EHR, against one that each test bends. */
import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { createDiscovery } from '../sessions/discovery.ts';
import { testEhr } from '../sessions/test-ehr.ts';
import { LOOKING_SCOPES, type Site, TRACKING_SCOPES } from '../sites.ts';
import { publicJwk, readSystemKey, type SystemKey } from './system-key.ts';
import { createSystemTokens } from './system-token.ts';

const NOW = new Date('2026-11-28T10:00:00.000Z');
const ISSUER = 'https://login.example.org';
const TOKEN_URL = `${ISSUER}/token`;

function keyOf(kind: 'ec' | 'rsa'): SystemKey {
  const pair = kind === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-384' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const read = readSystemKey('env:KEY', { KEY: JSON.stringify({ ...pair.privateKey.export({ format: 'jwk' }), kid: `key-${kind}` }) });
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

const siteWith = (key: SystemKey): Site => ({
  tenant: 'north',
  name: 'North clinic',
  iss: 'https://ehr.example.org/fhir',
  clientId: 'refloop',
  scopes: 'launch',
  issuer: undefined,
  jwks: undefined,
  embed: [],
  admins: [],
  system: { clientId: 'refloop-back', key, scopes: LOOKING_SCOPES, completes: false, tracks: false },
});

let now: Date;
beforeEach(() => {
  now = NOW;
});

function opened(key: SystemKey) {
  const site = siteWith(key);
  const ehr = testEhr(site, ISSUER, []);
  const assertions: string[] = [];
  let count = 0;
  ehr.answers.set(TOKEN_URL, (body: string) => {
    assertions.push(new URLSearchParams(body).get('client_assertion') ?? '');
    count += 1;
    return { access_token: `token-${count}`, token_type: 'Bearer', expires_in: 300, scope: 'system/Task.rs' };
  });
  const discovery = createDiscovery({ fetch: ehr.fetch, now: () => now, sites: [site], production: true });
  return { site, ehr, assertions, tokens: createSystemTokens({ fetch: ehr.fetch, discovery, now: () => now }) };
}

describe.each(['ec', 'rsa'] as const)('with a key of type %s', (kind) => {
  test('it signs an assertion that the EHR can verify by the published key and by nothing more', async () => {
    const key = keyOf(kind);
    const { site, ehr, assertions, tokens } = opened(key);
    expect(await tokens(site)).toEqual({ ok: true, value: { accessToken: 'token-1', scopes: ['system/Task.rs'] } });
    const keys = createLocalJWKSet({ keys: [publicJwk(key)] });
    const { payload, protectedHeader } = await jwtVerify(assertions[0] ?? '', keys, { audience: TOKEN_URL, currentDate: NOW });
    expect(payload).toMatchObject({ iss: 'refloop-back', sub: 'refloop-back', jti: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(300);
    expect(protectedHeader).toMatchObject({ typ: 'JWT', kid: `key-${kind}`, alg: kind === 'ec' ? 'ES384' : 'RS384' });
    expect(Object.keys(publicJwk(key))).not.toContain('d');
    const form = new URLSearchParams(ehr.sent.find(({ url }) => url === TOKEN_URL)?.body);
    expect([form.get('grant_type'), form.get('scope')]).toEqual(['client_credentials', LOOKING_SCOPES]);
  });
});

describe('a token', () => {
  test('is kept until a minute before it ends, asked for once by those who ask together, and never with the same jti', async () => {
    const { site, assertions, tokens } = opened(keyOf('ec'));
    const together = await Promise.all([tokens(site), tokens(site), tokens(site)]);
    expect(new Set(together.map((each) => each.ok && each.value.accessToken))).toEqual(new Set(['token-1']));
    now = new Date(NOW.getTime() + 239_000);
    expect(await tokens(site)).toMatchObject({ value: { accessToken: 'token-1' } });
    now = new Date(NOW.getTime() + 241_000);
    expect(await tokens(site)).toMatchObject({ value: { accessToken: 'token-2' } });
    const ids = assertions.map(
      (each) => (JSON.parse(Buffer.from(each.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti,
    );
    expect(new Set(ids).size).toBe(2);
  });

  test.each([
    ['a refusal', 401, 'it refused Refloop’s own sign-in (401)'],
    ['a broken connection', new Error('down'), 'the connection failed'],
    ['an answer without a token', { token_type: 'Bearer' }, 'it refused Refloop’s own sign-in (200)'],
  ])('is not there after %s, which is asked once and not kept', async (_what, answer, why) => {
    const { site, ehr, tokens } = opened(keyOf('ec'));
    ehr.answers.set(TOKEN_URL, answer);
    expect(await tokens(site)).toEqual({ ok: false, why });
    expect(ehr.asked.filter((line) => line.endsWith(TOKEN_URL))).toHaveLength(1);
    ehr.answers.set(TOKEN_URL, { access_token: 'later' });
    expect(await tokens(site)).toMatchObject({ ok: true, value: { accessToken: 'later', scopes: LOOKING_SCOPES.split(' ') } });
  });

  test('an EHR that knows the client by the scopes of before gives it all the same, without what is new, and is asked once more at most', async () => {
    const { site, ehr, tokens } = opened(keyOf('ec'));
    const tracking = { ...site, system: site.system && { ...site.system, scopes: TRACKING_SCOPES } };
    const asked: string[] = [];
    const refuses = (refused: string) => (body: string) => {
      const scope = new URLSearchParams(body).get('scope') ?? '';
      asked.push(scope);
      return scope.includes(refused) ? Response.json({ error: 'invalid_scope' }, { status: 400 }) : { access_token: 'given' };
    };
    ehr.answers.set(TOKEN_URL, refuses('system/Task'));
    expect(await tokens(tracking)).toMatchObject({ ok: false, why: 'it refused Refloop’s own sign-in (400)' });
    expect(asked).toHaveLength(2);
    ehr.answers.set(TOKEN_URL, refuses('system/DocumentReference.crus'));
    const before = TRACKING_SCOPES.replace('DocumentReference.crus', 'DocumentReference.crs');
    expect(await tokens(tracking)).toEqual({ ok: true, value: { accessToken: 'given', scopes: before.split(' ') } });
    asked.length = 0;
    ehr.answers.set(TOKEN_URL, refuses('system/'));
    expect(await tokens({ ...site, iss: site.iss })).toMatchObject({ ok: true });
    now = new Date(NOW.getTime() + 3_600_000);
    expect([(await tokens(site)).ok, asked.length], 'nothing to leave out: not asked again').toEqual([false, 1]);
  });

  test('is not asked for where the site gives Refloop no access of its own', async () => {
    const { site, ehr, tokens } = opened(keyOf('ec'));
    expect(await tokens({ ...site, system: undefined })).toMatchObject({ ok: false });
    expect(ehr.asked).toEqual([]);
  });
});
