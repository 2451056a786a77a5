import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ASSERTION_TYPE } from '../auth/client-assertion.ts';
import type { RegisteredClient } from '../auth/clients.ts';
import { askAsService, type Backend, fhir, makeBackend, serviceToken } from './test-backend.ts';
import { EHR, openTestEhr, postForm, SERVER_APP_SECRET, type TestEhr } from './test-ehr.ts';

let ehr: TestEhr;
let backend: Backend;
let byUri: Backend;
let keyServer: Server;
let served = '';
let asked = 0;
let keysAt = '';

beforeAll(async () => {
  backend = await makeBackend('ES384');
  const second = await makeBackend('RS384', 'backend-by-uri');
  served = JSON.stringify({ keys: [second.publicJwk] });
  keyServer = createServer((_request, response) => {
    asked += 1;
    response.setHeader('Content-Type', 'application/json').end(served);
  });
  await new Promise<void>((done) => keyServer.listen(0, '127.0.0.1', done));
  keysAt = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/jwks.json`;
  const client: RegisteredClient = {
    ...second.client,
    authentication: { kind: 'asymmetric', keys: { kind: 'uri', uri: keysAt } },
    scopes: 'system/Patient.rs system/ServiceRequest.rs',
  };
  byUri = { ...second, client };
  ehr = await openTestEhr(undefined, [backend.client, client]);
});
afterAll(async () => {
  keyServer.close();
  await ehr.close();
});

const answerOf = async (response: Response): Promise<Record<string, unknown>> => (await response.json()) as Record<string, unknown>;

describe('a backend service', () => {
  test('gets a token for five minutes, without refresh, for system scopes alone', async () => {
    const response = await askAsService(ehr, backend, { scope: 'openid patient/Patient.r system/Patient.read system/Task.crs' });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await answerOf(response)).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'system/Patient.rs system/Task.crs',
    });
  });

  test('reads without a patient in context, until the token ends, and is nobody', async () => {
    const token = await serviceToken(ehr, backend, 'full');
    expect((await fhir(ehr, 'full', token, 'GET', 'Patient/pat-a')).status).toBe(200);
    expect((await fhir(ehr, 'full', token, 'GET', 'Patient/pat-b')).status).toBe(200);
    const introspection = await answerOf(await postForm(ehr, '/auth/introspect', { token }, { Authorization: `Bearer ${token}` }));
    expect(introspection).toMatchObject({ active: true, client_id: 'backend', sub: 'backend', scope: 'system/*.cruds' });
    expect(introspection['fhirUser']).toBeUndefined();
    ehr.pass(300);
    expect((await fhir(ehr, 'full', token, 'GET', 'Patient/pat-a')).status).toBe(401);
  });

  test('signs RS384 too, with keys read from its JWKS URL, and gets what it is registered for', async () => {
    const before = asked;
    const response = await askAsService(ehr, byUri, {
      scope: 'system/Patient.cruds system/Task.rs',
      assertion: await byUri.assertion(ehr, { header: { jku: keysAt } }),
    });
    expect([response.status, (await answerOf(response))['scope']]).toEqual([200, 'system/Patient.rs']);
    expect(asked).toBe(before + 1);
  });

  test('whose JWKS URL answers nonsense is refused, and taken again when it answers', async () => {
    const good = served;
    served = '{"keys":[]}';
    expect((await askAsService(ehr, byUri, { scope: 'system/Patient.rs' })).status).toBe(401);
    served = good;
    expect((await askAsService(ehr, byUri, { scope: 'system/Patient.rs' })).status).toBe(200);
  });

  test('may revoke its token', async () => {
    const token = await serviceToken(ehr, backend, 'full');
    const proof = { client_assertion_type: ASSERTION_TYPE, client_assertion: await backend.assertion(ehr) };
    expect((await postForm(ehr, '/auth/revoke', { token, ...proof })).status).toBe(200);
    expect((await fhir(ehr, 'full', token, 'GET', 'Patient/pat-a')).status).toBe(401);
  });

  test('is advertised where one is registered', async () => {
    const found = await answerOf(await ehr.app.request(`${EHR}/fhir/.well-known/smart-configuration`));
    expect(found['grant_types_supported']).toEqual(['authorization_code', 'refresh_token', 'client_credentials']);
    expect(found['token_endpoint_auth_methods_supported']).toContain('private_key_jwt');
    expect(found['token_endpoint_auth_signing_alg_values_supported']).toEqual(['RS384', 'ES384']);
    expect(found['capabilities']).toContain('client-confidential-asymmetric');
  });
});

describe('an assertion is refused', () => {
  const seconds = () => Math.floor(ehr.now().getTime() / 1000);
  test.each<[string, () => Parameters<Backend['assertion']>[1], RegExp]>([
    ['of no registered client', () => ({ claims: { iss: 'nobody', sub: 'nobody' } }), /iss/],
    ['of a client without keys', () => ({ claims: { iss: 'refloop', sub: 'refloop' } }), /without keys/],
    ['whose sub is not iss', () => ({ claims: { sub: 'refloop' } }), /sub/],
    ['for another audience', () => ({ claims: { aud: `${EHR}/fhir` } }), /aud/],
    ['for the endpoint of another mode', () => ({ claims: { aud: `${EHR}/epic-like/auth/token` } }), /aud/],
    ['that has expired', () => ({ claims: { exp: seconds() - 10 } }), /expired/],
    ['that lives longer than five minutes', () => ({ claims: { exp: seconds() + 400 } }), /five minutes/],
    ['without exp', () => ({ claims: { exp: undefined } }), /exp/],
    ['without jti', () => ({ claims: { jti: undefined } }), /jti/],
    ['of another typ', () => ({ header: { typ: 'at+jwt' } }), /typ/],
    ['without kid', () => ({ header: { kid: undefined } }), /kid/],
    ['of an unknown key', () => ({ header: { kid: 'key-2' } }), /kid/],
    ['naming a key set that was not registered', () => ({ header: { jku: 'https://evil.example/jwks' } }), /jku/],
  ])('%s', async (_, change, description) => {
    const response = await askAsService(ehr, backend, { assertion: await backend.assertion(ehr, change()) });
    const answer = await answerOf(response);
    expect([response.status, answer['error']]).toEqual([401, 'invalid_client']);
    expect(answer['error_description']).toMatch(description);
  });

  test('signed by a key that is not the client’s', async () => {
    const { privateKey } = await generateKeyPair('ES384');
    expect((await askAsService(ehr, backend, { assertion: await backend.assertion(ehr, { key: privateKey }) })).status).toBe(401);
  });

  test('signed with another algorithm, or with none', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const weak = await backend.assertion(ehr, { header: { alg: 'ES256' }, key: privateKey });
    const [, payload] = (await backend.assertion(ehr)).split('.');
    const none = `${Buffer.from('{"alg":"none","typ":"JWT","kid":"key-1"}').toString('base64url')}.${payload}.`;
    for (const assertion of [weak, none, 'no.jwt.atall', 'nothing']) {
      expect((await askAsService(ehr, backend, { assertion })).status).toBe(401);
    }
  });

  test('presented twice, one after the other or at once', async () => {
    const assertion = await backend.assertion(ehr);
    expect((await askAsService(ehr, backend, { assertion })).status).toBe(200);
    const replay = await askAsService(ehr, backend, { assertion });
    expect([replay.status, (await answerOf(replay))['error_description']]).toEqual([401, expect.stringContaining('jti')]);
    const other = await backend.assertion(ehr);
    const both = await Promise.all([askAsService(ehr, backend, { assertion: other }), askAsService(ehr, backend, { assertion: other })]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
  });

  test('while its jti is another client’s, it is not', async () => {
    const claims = { jti: 'shared' };
    expect((await askAsService(ehr, backend, { assertion: await backend.assertion(ehr, { claims }) })).status).toBe(200);
    const assertion = await byUri.assertion(ehr, { claims });
    expect((await askAsService(ehr, byUri, { scope: 'system/Patient.rs', assertion })).status).toBe(200);
  });
});

describe('the request for it is refused', () => {
  const ask = async (change: Record<string, string>, headers: Record<string, string> = {}): Promise<[number, unknown]> => {
    const form = {
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await backend.assertion(ehr),
      ...change,
    };
    const response = await postForm(ehr, '/auth/token', form, headers);
    return [response.status, (await answerOf(response))['error']];
  };
  const basic = `Basic ${Buffer.from(`server-app:${SERVER_APP_SECRET}`).toString('base64')}`;

  test.each<[string, Record<string, string>, Record<string, string>, number, string]>([
    ['without scope', { scope: '' }, {}, 400, 'invalid_scope'],
    ['for no system scope', { scope: 'patient/Patient.r openid' }, {}, 400, 'invalid_scope'],
    ['for another client_assertion_type', { client_assertion_type: 'jwt' }, {}, 401, 'invalid_client'],
    ['without client_assertion', { client_assertion: '' }, {}, 401, 'invalid_client'],
    ['in the name of another client', { client_id: 'refloop' }, {}, 401, 'invalid_client'],
    ['with two proofs', {}, { Authorization: basic }, 401, 'invalid_client'],
    [
      'of a client with a secret',
      { client_assertion: '', client_assertion_type: '' },
      { Authorization: basic },
      400,
      'unauthorized_client',
    ],
    ['of a public client', { client_assertion: '', client_assertion_type: '', client_id: 'refloop' }, {}, 400, 'unauthorized_client'],
    ['that only names the client', { client_assertion: '', client_assertion_type: '', client_id: 'backend' }, {}, 401, 'invalid_client'],
  ])('%s', async (_, change, headers, status, error) => {
    expect(await ask(change, headers)).toEqual([status, error]);
  });
});
