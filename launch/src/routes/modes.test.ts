import type { CapabilityStatement, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RestInteraction } from '../fhir/habits.ts';
import type { ModeName } from '../modes/modes.ts';
import {
  authorizeIn,
  type Backend,
  baseOf,
  exchangeIn,
  type FhirAnswer,
  fhir,
  makeBackend,
  prefixOf,
  serviceToken,
  tokensIn,
} from './test-backend.ts';
import {
  authorizeParameters,
  authorizeUrl,
  EHR,
  FHIR_BASE,
  launchByApi,
  locationOf,
  openTestEhr,
  pkcePair,
  postForm,
  REFLOOP,
  type TestEhr,
} from './test-ehr.ts';
import { EXAMPLES } from './test-resources.ts';

let ehr: TestEhr;
let backend: Backend;
const service = new Map<ModeName, string>();
const MODE_NAMES: ModeName[] = ['full', 'epic-like', 'oracle-like', 'athena-like', 'messages-only'];

beforeAll(async () => {
  backend = await makeBackend();
  ehr = await openTestEhr(undefined, [backend.client]);
  for (const mode of MODE_NAMES) service.set(mode, await serviceToken(ehr, backend, mode));
});
afterAll(() => ehr.close());

const asService = (mode: ModeName, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<FhirAnswer> =>
  fhir(ehr, mode, service.get(mode) ?? '', method, path, body, headers);

const ALL = 'create read vread history-instance search-type update patch delete';
/** What each row of the vendors' CapabilityStatements allows; a dash where the type is absent. */
const OFFERED: Record<ModeName, Record<string, string>> = {
  full: Object.fromEntries(Object.keys(EXAMPLES).map((type) => [type, ALL])),
  'epic-like': {
    Patient: 'read search-type',
    Condition: 'read search-type',
    ServiceRequest: 'create read search-type update',
    Task: 'read search-type update',
    DocumentReference: 'create read search-type update',
    Appointment: 'read search-type',
    Communication: 'create',
    Provenance: 'read search-type',
    QuestionnaireResponse: 'read search-type',
    Group: '-',
  },
  'oracle-like': {
    Patient: 'read search-type',
    Condition: 'read search-type',
    ServiceRequest: 'read search-type',
    Task: '-',
    DocumentReference: 'create read search-type update',
    Appointment: 'create read search-type patch',
    Communication: 'create read search-type patch',
    Provenance: 'create read search-type',
    QuestionnaireResponse: 'read search-type',
    Group: '-',
  },
  'athena-like': {
    Patient: 'read search-type',
    Condition: 'read search-type',
    ServiceRequest: 'read search-type',
    Task: '-',
    DocumentReference: 'read search-type',
    Appointment: 'read search-type',
    Communication: '-',
    Provenance: 'read',
    QuestionnaireResponse: 'create read search-type',
    Group: '-',
  },
  'messages-only': {
    Patient: 'read search-type',
    Condition: 'read search-type',
    ServiceRequest: 'read search-type',
    Task: '-',
    DocumentReference: 'read search-type',
    Appointment: '-',
    Communication: 'create read search-type',
    Provenance: 'create read search-type',
    QuestionnaireResponse: 'read search-type',
    Group: '-',
  },
};

const statements = new Map<ModeName, CapabilityStatement>();
async function statementOf(mode: ModeName): Promise<CapabilityStatement> {
  const known = statements.get(mode);
  if (known) return known;
  const found = (await (await ehr.app.request(`${baseOf(mode)}/metadata`)).json()) as CapabilityStatement;
  statements.set(mode, found);
  return found;
}

/** The status a mode answers to an interaction with a resource made for it. */
async function statusOf(mode: ModeName, type: string, interaction: RestInteraction): Promise<number> {
  const example = EXAMPLES[type] as Resource;
  const stored = (await ehr.repository.create(example)).resource;
  const path = `${type}/${stored.id}`;
  const current = { 'If-Match': 'W/"1"' };
  switch (interaction) {
    case 'create':
      return (await asService(mode, 'POST', type, example)).status;
    case 'read':
      return (await asService(mode, 'GET', path)).status;
    case 'vread':
      return (await asService(mode, 'GET', `${path}/_history/1`)).status;
    case 'history-instance':
      return (await asService(mode, 'GET', `${path}/_history`)).status;
    case 'search-type':
      return (await asService(mode, 'GET', `${type}?_id=${stored.id}`)).status;
    case 'update':
      return (await asService(mode, 'PUT', path, stored, current)).status;
    case 'patch':
      return (await asService(mode, 'PATCH', path, [{ op: 'add', path: '/language', value: 'en' }], current)).status;
    case 'delete':
      return (await asService(mode, 'DELETE', path, undefined, current)).status;
  }
}

const DONE: Record<string, number> = { create: 201, delete: 204 };

describe.each(MODE_NAMES)('%s', (mode) => {
  test.each(Object.keys(EXAMPLES))('does with %s what its CapabilityStatement says, and nothing else', async (type) => {
    const expected = OFFERED[mode][type] ?? '';
    const entry = (await statementOf(mode)).rest?.[0]?.resource?.find((one) => one.type === type);
    expect((entry?.interaction ?? []).map(({ code }) => code).toSorted()).toEqual(expected === '-' ? [] : expected.split(' ').toSorted());
    for (const interaction of ALL.split(' ') as RestInteraction[]) {
      const refused = expected === '-' ? 404 : 405;
      const status = expected.split(' ').includes(interaction) ? (DONE[interaction] ?? 200) : refused;
      expect([interaction, await statusOf(mode, type, interaction)]).toEqual([interaction, status]);
    }
  });

  test('says of conditions, versions and bundles what it does', async () => {
    const rest = (await statementOf(mode)).rest?.[0];
    const order = rest?.resource?.find((one) => one.type === 'ServiceRequest');
    const document = rest?.resource?.find((one) => one.type === 'DocumentReference');
    expect(order?.conditionalCreate).toBe(mode === 'full');
    expect(document?.versioning).toBe(mode === 'oracle-like' ? 'versioned-update' : 'versioned');
    const bundles = (rest?.interaction ?? []).map(({ code }) => code);
    for (const type of ['batch', 'transaction'] as const) {
      const bundle = { resourceType: 'Bundle', type, entry: [{ request: { method: 'GET', url: 'Patient/pat-a' } }] };
      expect((await asService(mode, 'POST', '', bundle)).status).toBe(bundles.includes(type) ? 200 : 405);
    }
    expect(bundles).toEqual(mode === 'full' ? ['transaction', 'batch'] : mode === 'oracle-like' ? ['batch'] : []);
  });

  test('names its own endpoints, which work, and its own base', async () => {
    const found = (await (await ehr.app.request(`${baseOf(mode)}/.well-known/smart-configuration`)).json()) as Record<string, unknown>;
    expect(found).toMatchObject({
      issuer: EHR,
      authorization_endpoint: `${EHR}${prefixOf(mode)}/auth/authorize`,
      token_endpoint: `${EHR}${prefixOf(mode)}/auth/token`,
      introspection_endpoint: `${EHR}${prefixOf(mode)}/auth/introspect`,
      revocation_endpoint: `${EHR}${prefixOf(mode)}/auth/revoke`,
    });
    const statement = await statementOf(mode);
    expect(statement.implementation?.url).toBe(baseOf(mode));
    expect(JSON.stringify(statement.rest?.[0]?.security)).toContain(String(found['revocation_endpoint']));
    const tokens = await tokensIn(ehr, { mode });
    expect((await fhir(ehr, mode, tokens.access_token, 'GET', 'Patient/pat-a')).status).toBe(200);
    const payload = JSON.parse(Buffer.from(tokens.id_token?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    expect(payload).toMatchObject({ iss: EHR, fhirUser: `${baseOf(mode)}/Practitioner/clinician` });
    const introspection = await postForm(
      ehr,
      `${prefixOf(mode)}/auth/introspect`,
      { token: tokens.access_token },
      { Authorization: `Bearer ${tokens.access_token}` },
    );
    expect(await introspection.json()).toMatchObject({ active: true, aud: baseOf(mode) });
  });

  test('takes the tokens of no other mode', async () => {
    const { access_token: token } = await tokensIn(ehr, { mode });
    for (const other of MODE_NAMES) expect((await fhir(ehr, other, token, 'GET', 'Patient/pat-a')).status).toBe(other === mode ? 200 : 401);
  });
});

describe('a launch belongs to its mode', () => {
  test('its handle and its aud are refused elsewhere', async () => {
    const wrongAudience = await authorizeIn(ehr, { mode: 'epic-like', aud: FHIR_BASE });
    expect(locationOf(wrongAudience.response).searchParams.get('error')).toBe('invalid_request');
    const { launch } = await launchByApi(ehr, { user: 'clinician', patient: 'pat-a', mode: 'epic-like' });
    const { challenge } = pkcePair();
    const elsewhere = locationOf(await ehr.app.request(authorizeUrl(authorizeParameters(challenge, launch))));
    expect(elsewhere.searchParams.get('error_description')).toContain('launch');
    const own = new URLSearchParams({ ...authorizeParameters(challenge, launch), aud: baseOf('epic-like') });
    const response = await ehr.app.request(`${EHR}/epic-like/auth/authorize?${own.toString()}`);
    expect(locationOf(response).searchParams.get('code')).not.toBeNull();
  });

  test('its code and its refresh token are refused at the endpoint of another', async () => {
    const { response, verifier } = await authorizeIn(ehr, { mode: 'athena-like' });
    const code = locationOf(response).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: `${REFLOOP}/app`, code_verifier: verifier, client_id: 'refloop' };
    expect((await postForm(ehr, '/auth/token', form)).status).toBe(400);
    const tokens = await tokensIn(ehr, { mode: 'athena-like' });
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: 'refloop' };
    expect((await postForm(ehr, '/auth/token', refresh)).status).toBe(400);
    expect((await postForm(ehr, '/athena-like/auth/token', refresh)).status).toBe(200);
  });
});

describe('scopes as granted', () => {
  const ASKED =
    'launch openid fhirUser online_access offline_access patient/Patient.read patient/ServiceRequest.crus patient/Task.crus patient/Communication.c patient/Provenance.crs patient/DocumentReference.crus';
  test.each<[ModeName, string, boolean, number]>([
    [
      'full',
      'launch openid fhirUser online_access offline_access patient/Patient.r patient/ServiceRequest.crus patient/Task.crus patient/Communication.c patient/Provenance.crs patient/DocumentReference.crus',
      true,
      3600,
    ],
    // Read only Provenance, no Task to create, no online access, and offline access unnamed though granted.
    [
      'epic-like',
      'launch openid fhirUser patient/Patient.r patient/ServiceRequest.crus patient/Task.rus patient/Communication.c patient/Provenance.rs patient/DocumentReference.crus',
      true,
      3600,
    ],
    // The version 1 scope is gone without a word, and so is everything that would outlive ten minutes.
    [
      'oracle-like',
      'launch openid fhirUser patient/ServiceRequest.rs patient/Communication.c patient/Provenance.crs patient/DocumentReference.crus',
      false,
      600,
    ],
    [
      'athena-like',
      'launch openid fhirUser online_access offline_access patient/Patient.r patient/ServiceRequest.rs patient/Provenance.r patient/DocumentReference.rs',
      true,
      3600,
    ],
  ])('%s', async (mode, granted, refreshes, seconds) => {
    const tokens = await tokensIn(ehr, { mode, scope: ASKED });
    expect(tokens.scope).toBe(granted);
    expect(tokens.refresh_token !== undefined).toBe(refreshes);
    expect(tokens['expires_in']).toBe(seconds);
  });

  test('epic-like renews what it did not name, and online access alone renews nothing', async () => {
    const tokens = await tokensIn(ehr, { mode: 'epic-like', scope: 'launch offline_access patient/Patient.r' });
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: 'refloop' };
    const renewed = (await (await postForm(ehr, '/epic-like/auth/token', form)).json()) as Record<string, unknown>;
    expect(renewed['scope']).toBe('launch patient/Patient.r');
    expect((await tokensIn(ehr, { mode: 'epic-like', scope: 'launch online_access patient/Patient.r' })).refresh_token).toBeUndefined();
  });

  test('oracle-like has no refresh grant, and its tokens end after ten minutes', async () => {
    const tokens = await tokensIn(ehr, { mode: 'oracle-like' });
    const answer = await postForm(ehr, '/oracle-like/auth/token', {
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_id: 'refloop',
    });
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, 'unsupported_grant_type']);
    ehr.pass(599);
    expect((await fhir(ehr, 'oracle-like', tokens.access_token, 'GET', 'ServiceRequest/order-a')).status).toBe(200);
    ehr.pass(1);
    expect((await fhir(ehr, 'oracle-like', tokens.access_token, 'GET', 'ServiceRequest/order-a')).status).toBe(401);
    for (const mode of MODE_NAMES) service.set(mode, await serviceToken(ehr, backend, mode));
  });

  test.each<[ModeName, string[], string[], string[]]>([
    ['full', ['permission-offline', 'permission-online', 'permission-v1'], [], ['patient/Task.crus', 'offline_access']],
    ['epic-like', ['permission-offline', 'permission-v1'], ['permission-online'], []],
    ['oracle-like', [], ['permission-offline', 'permission-online', 'permission-v1'], ['patient/ServiceRequest.rs']],
    ['athena-like', ['permission-offline', 'permission-online'], [], ['patient/ServiceRequest.rs']],
  ])('%s advertises what it grants', async (mode, has, hasNot, scopes) => {
    const found = (await (await ehr.app.request(`${baseOf(mode)}/.well-known/smart-configuration`)).json()) as {
      capabilities: string[];
      scopes_supported: string[];
      grant_types_supported: string[];
    };
    expect(found.capabilities).toEqual(expect.arrayContaining(has));
    for (const capability of hasNot) expect(found.capabilities).not.toContain(capability);
    expect(found.scopes_supported).toEqual(expect.arrayContaining(scopes));
    expect(found.grant_types_supported.includes('refresh_token')).toBe(mode !== 'oracle-like');
    if (mode === 'epic-like') expect(found.scopes_supported).toEqual(['openid', 'fhirUser', 'launch']);
    if (mode !== 'full' && mode !== 'epic-like') expect(found.scopes_supported.join(' ')).not.toContain('Task');
  });
});

test('a standalone launch in a mode brings tokens of that mode', async () => {
  const { verifier, challenge } = pkcePair();
  const scope = 'openid launch/patient patient/Patient.r patient/ServiceRequest.crus';
  const parameters = new URLSearchParams({ ...authorizeParameters(challenge), scope, aud: baseOf('oracle-like') });
  const page = await (await ehr.app.request(`${EHR}/oracle-like/auth/authorize?${parameters.toString()}`)).text();
  const interaction = /name="interaction" value="([^"]+)"/.exec(page)?.[1] ?? '';
  await postForm(ehr, '/auth/sign-in', { interaction, user: 'lead' });
  const code = locationOf(await postForm(ehr, '/auth/patient', { interaction, patient: 'pat-b' })).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', code, redirect_uri: `${REFLOOP}/app`, code_verifier: verifier, client_id: 'refloop' };
  const tokens = (await (await postForm(ehr, '/oracle-like/auth/token', form)).json()) as Record<string, unknown>;
  expect(tokens).toMatchObject({
    patient: 'pat-b',
    expires_in: 600,
    scope: 'openid launch/patient patient/Patient.r patient/ServiceRequest.rs',
  });
  expect((await fhir(ehr, 'oracle-like', String(tokens['access_token']), 'GET', 'Patient/pat-b')).status).toBe(200);
});

test('a page opened in a mode exchanges its code with CORS headers', async () => {
  const response = await exchangeIn(ehr, { mode: 'oracle-like' });
  expect(response.headers.get('access-control-allow-origin')).toBe(REFLOOP);
  expect(response.headers.get('cache-control')).toBe('no-store');
});
