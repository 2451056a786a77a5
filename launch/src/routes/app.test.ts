import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateAuth } from '../auth/migrations.ts';
import { openSigningKey } from '../auth/signing-key.ts';
import { EHR, FHIR_BASE, fetchTokens, openTestEhr, REFLOOP, type TestEhr } from './test-ehr.ts';

let ehr: TestEhr;
beforeAll(async () => {
  ehr = await openTestEhr();
});
afterAll(() => ehr.close());

const getJson = async (path: string): Promise<Record<string, unknown>> =>
  (await (await ehr.app.request(`${EHR}${path}`)).json()) as Record<string, unknown>;

describe('discovery', () => {
  test('smart-configuration has what SMART requires, absolute and true', async () => {
    const found = await getJson('/fhir/.well-known/smart-configuration');
    expect(found).toMatchObject({
      issuer: EHR,
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      response_types_supported: ['code'],
    });
    expect(found['capabilities']).toEqual(
      expect.arrayContaining([
        'launch-ehr',
        'client-public',
        'context-ehr-patient',
        'context-ehr-encounter',
        'permission-user',
        'permission-patient',
      ]),
    );
    expect(found['revocation_endpoint']).toBe(`${EHR}/auth/revoke`);
    // No client of this test has a key, so that is not promised.
    expect(found['capabilities']).not.toContain('client-confidential-asymmetric');
    for (const [name, value] of Object.entries(found)) {
      if (/_endpoint$|_uri$/.test(name)) expect(String(value)).toMatch(/^http:\/\/localhost:4010\//);
    }
  });

  test.each(['/.well-known/openid-configuration', '/fhir/.well-known/openid-configuration'])(
    '%s has what OpenID Connect requires',
    async (path) => {
      expect(await getJson(path)).toMatchObject({
        issuer: EHR,
        authorization_endpoint: `${EHR}/auth/authorize`,
        token_endpoint: `${EHR}/auth/token`,
        jwks_uri: `${EHR}/auth/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    },
  );

  test('the style is where the token response says, for any origin', async () => {
    const { smart_style_url: url } = await fetchTokens(ehr);
    const response = await ehr.app.request(String(url), { headers: { Origin: REFLOOP } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(Object.keys((await response.json()) as object)).toContain('color_highlight');
  });

  test('the CapabilityStatement names the same endpoints as smart-configuration', async () => {
    const smart = await getJson('/fhir/.well-known/smart-configuration');
    const statement = JSON.stringify(await getJson('/fhir/metadata'));
    for (const name of ['authorization_endpoint', 'token_endpoint']) expect(statement).toContain(String(smart[name]));
  });
});

describe('tokens at the FHIR server', () => {
  const read = (path: string, token?: string) =>
    ehr.app.request(`${FHIR_BASE}/${path}`, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });

  test('open what was granted, for the patient in context, until they expire', async () => {
    const { access_token: token } = await fetchTokens(ehr);
    expect((await read('Patient/pat-a', token)).status).toBe(200);
    expect((await read('Practitioner/clinician', token)).status).toBe(200);
    expect([403, 404]).toContain((await read('Patient/pat-b', token)).status);
    expect((await read('Condition/cond-a', token)).status).toBe(403);
    expect((await read('Patient/pat-a')).status).toBe(401);
    expect((await read('Patient/pat-a', 'made-up')).status).toBe(401);
    ehr.pass(3600);
    expect((await read('Patient/pat-a', token)).status).toBe(401);
  });
});

describe('health', () => {
  test('says why it cannot serve, and nothing else is served meanwhile', async () => {
    ehr.setReadiness({ status: 'loading', reason: 'Patients are being loaded.' });
    const health = await ehr.app.request(`${EHR}/health`);
    const page = await ehr.app.request(`${EHR}/patients`, { headers: { Accept: 'text/html' } });
    const launches = await ehr.app.request(`${EHR}/launches`);
    ehr.setReadiness({ status: 'ready' });
    expect(health.status).toBe(503);
    expect(await health.json()).toEqual({ status: 'loading', reason: 'Patients are being loaded.' });
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('Patients are being loaded.');
    expect(launches.status).toBe(503);
    expect((await ehr.app.request(`${EHR}/health`)).status).toBe(200);
  });
});

test('every page carries a policy without inline script or style, and frames the app alone', async () => {
  const response = await ehr.app.request(`${EHR}/sign-in`);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(policy).toContain(`frame-src 'self' ${REFLOOP};`);
  expect(policy).toContain("frame-ancestors 'self'");
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.text()).not.toMatch(/ style="| on[a-z]+="|<style|<script>/);
});

test('the signing key is made once', async () => {
  const [first, second] = await Promise.all([openSigningKey(ehr.pool, new Date()), openSigningKey(ehr.pool, new Date())]);
  expect(first.kid).toBe(second.kid);
});

test('of processes that make the first key together, all use the same', async () => {
  await ehr.pool.query('delete from ehr_auth.signing_keys');
  const keys = await Promise.all([1, 2, 3].map(() => openSigningKey(ehr.pool, new Date())));
  expect(new Set(keys.map((key) => key.kid)).size).toBe(1);
});

test('migrating again changes nothing', async () => {
  await migrateAuth(ehr.pool);
  const steps = await ehr.pool.query('select step from ehr_auth.migrations');
  expect(steps.rowCount).toBe(5);
});
