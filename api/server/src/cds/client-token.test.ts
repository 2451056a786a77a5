/** Who is let in as a CDS client: each way in which a token is not good, and that no other change of a good one passes. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDiscovery } from '../sessions/discovery.ts';
import type { Fetch } from '../sessions/ehr-request.ts';
import { newSigner, testEhr } from '../sessions/test-ehr.ts';
import { sandboxSite } from '../sites.ts';
import { createClientKeys } from './client-keys.ts';
import { verifyClientToken } from './client-token.ts';
import { newTestClient, TEST_ADDRESS, type TestClient } from './test-client.ts';

const NOW = new Date('2026-11-20T10:00:00.000Z');
const SECONDS = NOW.getTime() / 1000;
const PATH = '/cds-services/refloop-order-select';
const ADDRESSES = [`${TEST_ADDRESS}${PATH}`];
const SITE = sandboxSite(4010);

let ehr: TestClient;
let other: TestClient;
let rsa: TestClient;
const discovery = createDiscovery({
  fetch: () => Promise.reject(new Error('nobody is asked')),
  now: () => NOW,
  sites: [],
  production: false,
});
const inlineKeys = createClientKeys({ fetch: () => Promise.reject(new Error('nobody is asked')), now: () => NOW, discovery, sites: [] });

beforeAll(async () => {
  ehr = await newTestClient('https://ehr.example.org', ['https://ehr.example.org/fhir']);
  other = await newTestClient('https://other.example.org', ['https://other.example.org/fhir']);
  rsa = await newTestClient('https://rsa.example.org', ['https://rsa.example.org/fhir'], 'RS384');
});

const verify = (token: string, addresses = ADDRESSES) =>
  verifyClientToken({ clients: [ehr.client, other.client, rsa.client], keys: inlineKeys }, token, addresses, NOW);
const good = (more: Parameters<TestClient['token']>[1] = {}): Promise<string> => ehr.token(PATH, { now: NOW, ...more });

describe('a good token', () => {
  test.each(['ES384', 'RS384'])('signed with %s says which client it is', async (alg) => {
    const client = alg === 'ES384' ? ehr : rsa;
    const answer = await verify(await client.token(PATH, { now: NOW, claims: { jti: 'one' } }));
    expect(answer).toEqual({ ok: true, value: { client: client.client, jti: 'one', usableUntil: new Date((SECONDS + 360) * 1000) } });
  });
  test('may name several addresses', async () => {
    expect(await verify(await good({ claims: { aud: ['https://elsewhere.example.org', ...ADDRESSES] } }))).toMatchObject({ ok: true });
  });
});

describe('is refused', () => {
  const claims: [string, Record<string, unknown>, RegExp][] = [
    ['for another address', { aud: `${TEST_ADDRESS}/cds-services/refloop-order-sign` }, /aud/],
    ['for the address without its path', { aud: TEST_ADDRESS }, /aud/],
    ['for the same path elsewhere', { aud: `https://other.example.org${PATH}` }, /aud/],
    ['for nobody', { aud: undefined }, /aud/],
    ['that has expired', { iat: SECONDS - 600, exp: SECONDS - 60 }, /expired/],
    ['without an end', { exp: undefined }, /exp/],
    ['without a beginning', { iat: undefined }, /iat/],
    ['of the future', { iat: SECONDS + 120, exp: SECONDS + 300 }, /future/],
    ['that lives for days', { exp: SECONDS + 86_400 }, /hour/],
    ['without a name of its own', { jti: undefined }, /jti/],
    ['with an empty name', { jti: '' }, /jti/],
    ['of an issuer nobody registered', { iss: 'https://nobody.example.org' }, /iss/],
    ['of an issuer with a slash more', { iss: 'https://ehr.example.org/' }, /iss/],
    ['without an issuer', { iss: undefined }, /cannot be read/],
    ['in the name of another client', { iss: 'https://other.example.org' }, /signature/],
    ['that is not yet good', { nbf: SECONDS + 600 }, /nbf/],
  ];
  test.each(claims)('one %s', async (_what, more, why) => {
    const answer = await verify(await good({ claims: more }));
    expect(answer).toMatchObject({ ok: false, refusal: { refused: 'client-refused', detail: expect.stringMatching(why) } });
  });

  const headers: [string, Record<string, unknown>, RegExp][] = [
    ['without a key id', { kid: undefined }, /kid/],
    ['with the id of no key', { kid: 'another key' }, /signature/],
    ['that is no JWT by its type', { typ: 'id_token' }, /typ/],
    ['that brings its own keys', { jku: 'https://evil.example.org/jwks' }, /jku/],
  ];
  test.each(headers)('one %s', async (_what, header, why) => {
    const answer = await verify(await good({ header }));
    expect(answer).toMatchObject({ ok: false, refusal: { refused: 'client-refused', detail: expect.stringMatching(why) } });
  });

  test('one that nobody signed', async () => {
    const unsigned = new UnsecuredJWT({ jti: 'x' })
      .setIssuer('https://ehr.example.org')
      .setAudience(ADDRESSES)
      .setIssuedAt(NOW)
      .setExpirationTime('5m')
      .encode();
    const withKid = `${Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT', kid: ehr.jwk.kid })).toString('base64url')}.${unsigned.split('.')[1]}.`;
    for (const token of [unsigned, withKid])
      expect(await verify(token)).toMatchObject({ ok: false, refusal: { refused: 'client-refused' } });
  });

  test('one signed with the public key as if it were a shared secret, or by a method that is not taken', async () => {
    const shared = new TextEncoder().encode(JSON.stringify(ehr.jwk));
    const claimed = { iss: ehr.client.iss, aud: ADDRESSES, iat: SECONDS, exp: SECONDS + 300, jti: randomUUID() };
    const hmac = await new SignJWT(claimed).setProtectedHeader({ alg: 'HS384', typ: 'JWT', kid: ehr.jwk.kid ?? '' }).sign(shared);
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const weak = await new SignJWT(claimed).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'weak' }).sign(privateKey);
    const keys = { of: async () => ({ keys: [{ ...(await exportJWK(publicKey)), kid: 'weak' } as JWK] }) };
    expect(await verify(hmac)).toMatchObject({ ok: false, refusal: { detail: expect.stringMatching(/method/) } });
    expect(await verifyClientToken({ clients: [ehr.client], keys }, weak, ADDRESSES, NOW)).toMatchObject({
      ok: false,
      refusal: { detail: expect.stringMatching(/method/) },
    });
  });

  test('one with any letter changed, cut off, or with a part of another', async () => {
    const [token, another] = [await good(), await good()];
    const changed = fc
      .record({ at: fc.nat(token.length - 1), letter: fc.constantFrom('A', 'Z', 'b', 'y', '0', '9', '-', '_', '.', '=') })
      .filter(({ at, letter }) => token[at] !== letter)
      .map(({ at, letter }) => token.slice(0, at) + letter + token.slice(at + 1));
    const cut = fc.nat(token.length - 1).map((at) => token.slice(0, at));
    const mixed = fc.constantFrom(1, 2).map((part) =>
      token
        .split('.')
        .map((each, at) => (at === part ? another.split('.')[at] : each))
        .join('.'),
    );
    const bytes = (text: string) => text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, cut, mixed), async (text) => {
        // Of base64url the last letter's spare bits say nothing: such a change leaves the very same token.
        fc.pre(bytes(text).join('.') !== bytes(token).join('.'));
        expect((await verify(text)).ok).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

describe('keys', () => {
  test('at a jku are fetched once, and again for a key id that is new, but not at once', async () => {
    const client = { ...ehr.client, jwks: undefined, jku: 'https://ehr.example.org/cds/jwks' };
    let [asked, at] = [0, NOW.getTime()];
    let published = [ehr.jwk];
    const fetch: Fetch = async () => {
      asked += 1;
      return Response.json({ keys: published });
    };
    const keys = createClientKeys({ fetch, now: () => new Date(at), discovery, sites: [] });
    const kids = async (kid: string) => (await keys.of(client, kid))?.keys.map((key) => key.kid);
    expect(await Promise.all([kids(ehr.jwk.kid ?? ''), kids(ehr.jwk.kid ?? '')])).toEqual([[ehr.jwk.kid], [ehr.jwk.kid]]);
    expect(await kids('new')).toEqual([ehr.jwk.kid]);
    expect(asked).toBe(1);
    published = [...published, { ...other.jwk, kid: 'new' }];
    at += 61_000;
    expect(await kids('new')).toEqual([ehr.jwk.kid, 'new']);
    expect(asked).toBe(2);
  });

  test('that cannot be had refuse as an EHR that is not reached, and what was good before stays good', async () => {
    const client = { ...ehr.client, jwks: undefined, jku: 'https://ehr.example.org/cds/jwks' };
    let [isUp, at] = [false, NOW.getTime()];
    const fetch: Fetch = async () => (isUp ? Response.json({ keys: [ehr.jwk] }) : new Response('', { status: 404 }));
    const keys = createClientKeys({ fetch, now: () => new Date(at), discovery, sites: [] });
    const ask = async () => (await verifyClientToken({ clients: [client], keys }, await good(), ADDRESSES, NOW)).ok;
    expect(await verifyClientToken({ clients: [client], keys }, await good(), ADDRESSES, NOW)).toMatchObject({
      refusal: { refused: 'ehr-unreachable' },
    });
    isUp = true;
    at += 6000;
    expect(await ask()).toBe(true);
    isUp = false;
    at += 25 * 60 * 60 * 1000;
    expect(await ask()).toBe(true);
  });

  test('are those of the EHR’s own sign-in where the entry names none', async () => {
    const signer = await newSigner('sign-in', 'ES384');
    const { fetch } = testEhr(SITE, SITE.iss.replace('/fhir', '/login'), [signer.jwk]);
    const now = () => NOW;
    const keys = createClientKeys({
      fetch,
      now,
      discovery: createDiscovery({ fetch, now, sites: [SITE], production: false }),
      sites: [SITE],
    });
    const found = await keys.of({ iss: SITE.iss, jku: undefined, jwks: undefined, sites: [SITE.iss] }, signer.jwk.kid ?? '');
    expect(found?.keys.map(({ kid }) => kid)).toEqual([signer.jwk.kid]);
  });
});
