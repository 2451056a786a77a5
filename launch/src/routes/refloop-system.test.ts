/** Refloop's own backend service: registered by default, with keys that Refloop publishes, and in each mode what that mode offers. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refloopSystemClient, SYSTEM_SCOPES } from '../auth/clients.ts';
import type { ModeName } from '../modes/modes.ts';
import { askAsService, type Backend, baseOf, fhir, makeBackend } from './test-backend.ts';
import { openTestEhr, type TestEhr, type Tokens } from './test-ehr.ts';
import { EXAMPLES } from './test-resources.ts';

let ehr: TestEhr;
let refloop: Backend;
let keyServer: Server;
let publish: (response: ServerResponse, path: string) => void;

beforeAll(async () => {
  keyServer = createServer((request, response) => publish(response, request.url ?? ''));
  await new Promise<void>((done) => keyServer.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;
  const backend = await makeBackend('ES384', 'refloop-system');
  refloop = { ...backend, client: refloopSystemClient(origin) };
  ehr = await openTestEhr(undefined, [refloop.client]);
});
beforeEach(() => {
  publish = (response, path) => {
    if (path !== '/.well-known/jwks.json') response.writeHead(404).end();
    else response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [refloop.publicJwk] }));
  };
});
afterAll(async () => {
  keyServer.closeAllConnections();
  keyServer.close();
  await ehr.close();
});

const tokenIn = async (mode: ModeName): Promise<Tokens> => {
  const response = await askAsService(ehr, refloop, { mode, scope: SYSTEM_SCOPES });
  expect(response.status).toBe(200);
  return (await response.json()) as Tokens;
};

test.each<[ModeName, string]>([
  ['full', SYSTEM_SCOPES],
  [
    'epic-like',
    'system/Patient.rs system/ServiceRequest.crus system/DocumentReference.crus system/Task.rus system/Provenance.rs system/Practitioner.rs system/Binary.r system/Communication.c',
  ],
  [
    'oracle-like',
    'system/Patient.rs system/ServiceRequest.rs system/DocumentReference.crus system/Provenance.crs system/Practitioner.rs system/Binary.r system/Communication.crs',
  ],
  [
    'athena-like',
    'system/Patient.rs system/ServiceRequest.rs system/DocumentReference.rs system/Provenance.r system/Practitioner.rs system/Binary.r',
  ],
  [
    'messages-only',
    'system/Patient.rs system/ServiceRequest.rs system/DocumentReference.rs system/Provenance.crs system/Practitioner.rs system/Binary.r system/Communication.crs',
  ],
])('in %s it is granted %s', async (mode, scope) => {
  expect((await tokenIn(mode)).scope).toBe(scope);
  const discovery = (await (await ehr.app.request(`${baseOf(mode)}/.well-known/smart-configuration`)).json()) as Record<string, unknown>;
  expect(discovery['grant_types_supported']).toContain('client_credentials');
  expect(discovery['token_endpoint_auth_methods_supported']).toContain('private_key_jwt');
  expect(discovery['capabilities']).toContain('client-confidential-asymmetric');
});

test('it looks up and completes, for any patient, and does nothing else', async () => {
  const { access_token: token } = await tokenIn('full');
  for (const type of ['ServiceRequest', 'DocumentReference', 'Communication', 'Task', 'Provenance']) {
    expect((await fhir(ehr, 'full', token, 'POST', type, EXAMPLES[type])).status).toBe(201);
    expect((await fhir(ehr, 'full', token, 'GET', `${type}?patient=pat-a`)).status).toBe(200);
  }
  const order = await fhir(ehr, 'full', token, 'GET', 'ServiceRequest/order-b');
  expect((await fhir(ehr, 'full', token, 'PUT', 'ServiceRequest/order-b', { ...order.json, status: 'active' })).status).toBe(200);
  expect((await fhir(ehr, 'full', token, 'GET', 'Condition?patient=pat-a')).status).toBe(403);
  expect((await fhir(ehr, 'full', token, 'POST', 'Patient', EXAMPLES['Patient'])).status).toBe(403);
  expect((await fhir(ehr, 'full', token, 'DELETE', 'ServiceRequest/order-b')).status).toBe(403);
});

describe('keys that cannot be read refuse the token, and no more is read than keys take', () => {
  const LARGE = 'x'.repeat(16 * 1024);
  test.each<[string, typeof publish]>([
    ['none are published', (response) => response.writeHead(404).end('{}')],
    [
      'they are elsewhere',
      (response, path) => {
        if (path === '/elsewhere') response.end(JSON.stringify({ keys: [refloop.publicJwk] }));
        else response.writeHead(302, { Location: '/elsewhere' }).end();
      },
    ],
    [
      'an answer without end',
      (response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(LARGE));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
    ],
    ['an answer that says it is large', (response) => response.setHeader('Content-Length', 70_000).end(' '.repeat(70_000))],
  ])('%s', async (_, answer) => {
    publish = answer;
    const began = performance.now();
    expect((await askAsService(ehr, refloop, { scope: SYSTEM_SCOPES })).status).toBe(401);
    expect(performance.now() - began).toBeLessThan(2500);
  });

  test('an answer that never comes, or never ends, is waited for three seconds, twice', async () => {
    let asked = 0;
    publish = (response) => {
      asked += 1;
      response.write('{"keys":');
    };
    const began = performance.now();
    expect((await askAsService(ehr, refloop, { scope: SYSTEM_SCOPES })).status).toBe(401);
    expect(performance.now() - began).toBeGreaterThan(5500);
    expect(asked).toBe(2);
    expect(performance.now() - began).toBeLessThan(8000);
  });
});
