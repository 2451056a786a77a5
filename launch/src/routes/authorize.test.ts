import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  authorizeParameters,
  authorizeUrl,
  EHR,
  exchange,
  fetchCode,
  launchByApi,
  locationOf,
  openTestEhr,
  pkcePair,
  postForm,
  REFLOOP,
  REQUESTED_SCOPE,
  type TestEhr,
  type Tokens,
} from './test-ehr.ts';

let ehr: TestEhr;
beforeAll(async () => {
  ehr = await openTestEhr();
});
afterAll(() => ehr.close());

const { verifier, challenge } = pkcePair();

describe('an EHR launch', () => {
  test('goes straight back to the app with a code and its state', async () => {
    const { launch } = await launchByApi(ehr);
    const response = await ehr.app.request(authorizeUrl(authorizeParameters(challenge, launch)));
    expect(response.status).toBe(302);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const location = locationOf(response);
    expect(`${location.origin}${location.pathname}`).toBe(`${REFLOOP}/app`);
    expect([...location.searchParams.keys()].sort()).toEqual(['code', 'state']);
    expect(location.searchParams.get('state')).toBe('state-of-the-app');
  });

  test('works by POST too', async () => {
    const { launch } = await launchByApi(ehr);
    const response = await postForm(ehr, '/auth/authorize', authorizeParameters(challenge, launch), { Origin: REFLOOP });
    expect(response.status).toBe(303);
    const code = locationOf(response).searchParams.get('code') ?? '';
    expect((await exchange(ehr, code, verifier)).status).toBe(200);
  });

  test('a POST that is no form is refused', async () => {
    const response = await ehr.app.request(`${EHR}/auth/authorize`, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(400);
  });
});

describe('a redirect URI that cannot be trusted is never redirected to', () => {
  test.each<[string, Record<string, string>]>([
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: '' }],
    ['another address', { redirect_uri: 'https://evil.example/app' }],
    ['a longer path', { redirect_uri: `${REFLOOP}/app/extra` }],
    ['a trailing slash', { redirect_uri: `${REFLOOP}/app/` }],
    ['a query', { redirect_uri: `${REFLOOP}/app?x=1` }],
    ['another spelling of the host', { redirect_uri: 'http://localhost:4020/app' }],
    ["another app's address", { redirect_uri: 'https://other.example/second' }],
    ['no address', { redirect_uri: '' }],
  ])('%s', async (_, change) => {
    const { launch } = await launchByApi(ehr);
    const response = await ehr.app.request(authorizeUrl({ ...authorizeParameters(challenge, launch), ...change }));
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    // The handle is not used up by a request that named the wrong app.
    const again = await ehr.app.request(authorizeUrl(authorizeParameters(challenge, launch)));
    expect(locationOf(again).searchParams.get('code')).not.toBeNull();
  });

  test('two redirect URIs', async () => {
    const url = `${authorizeUrl(authorizeParameters(challenge))}&redirect_uri=${encodeURIComponent('https://evil.example')}`;
    const response = await ehr.app.request(url);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });
});

describe('a request that is wrong goes back to the app with error and state', () => {
  test.each<[string, Record<string, string>, string]>([
    ['no response_type', { response_type: '' }, 'invalid_request'],
    ['response_type token', { response_type: 'token' }, 'unsupported_response_type'],
    ['response_mode fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['no aud', { aud: '' }, 'invalid_request'],
    ['another aud', { aud: 'https://ehr.example/fhir' }, 'invalid_request'],
    ['aud with a slash', { aud: `${EHR}/fhir/` }, 'invalid_request'],
    ['aud by number', { aud: 'http://127.0.0.1:4010/fhir' }, 'invalid_request'],
    ['no code_challenge', { code_challenge: '' }, 'invalid_request'],
    ['a short code_challenge', { code_challenge: 'abc' }, 'invalid_request'],
    ['method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['no method, which means plain', { code_challenge_method: '' }, 'invalid_request'],
    ['no scope', { scope: '' }, 'invalid_scope'],
    ['unregistered scopes alone', { scope: 'system/*.cruds patient/Group.rs' }, 'invalid_scope'],
    ['launch without its scope', { scope: 'openid fhirUser' }, 'invalid_scope'],
    ['the scope without launch', { launch: '' }, 'invalid_request'],
    ['a handle of nobody', { launch: 'made-up' }, 'invalid_request'],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    ['a request URI', { request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
    ['standalone without asking anybody', { launch: '', scope: 'openid launch/patient', prompt: 'none' }, 'interaction_required'],
  ])('%s', async (_, change, error) => {
    const { launch } = await launchByApi(ehr);
    const response = await ehr.app.request(authorizeUrl({ ...authorizeParameters(challenge, launch), ...change }));
    expect(response.status).toBe(302);
    const location = locationOf(response);
    expect(`${location.origin}${location.pathname}`).toBe(`${REFLOOP}/app`);
    expect(location.searchParams.get('error')).toBe(error);
    expect(location.searchParams.get('error_description')).not.toBe('');
    expect(location.searchParams.get('state')).toBe('state-of-the-app');
    expect(location.searchParams.get('code')).toBeNull();
  });

  test('no state', async () => {
    const { launch } = await launchByApi(ehr);
    const location = locationOf(await ehr.app.request(authorizeUrl({ ...authorizeParameters(challenge, launch), state: '' })));
    expect(location.searchParams.get('error')).toBe('invalid_request');
    expect(location.searchParams.has('state')).toBe(false);
  });

  test('a parameter given twice', async () => {
    const { launch } = await launchByApi(ehr);
    const response = await ehr.app.request(`${authorizeUrl(authorizeParameters(challenge, launch))}&scope=openid`);
    expect(locationOf(response).searchParams.get('error')).toBe('invalid_request');
  });
});

describe('a launch handle', () => {
  const useHandle = async (launch: string, change: Record<string, string> = {}) =>
    locationOf(await ehr.app.request(authorizeUrl({ ...authorizeParameters(challenge, launch), ...change }))).searchParams;

  test('works once', async () => {
    const { launch } = await launchByApi(ehr);
    expect((await useHandle(launch)).get('code')).not.toBeNull();
    const second = await useHandle(launch);
    expect(second.get('code')).toBeNull();
    expect(second.get('error')).toBe('invalid_request');
  });

  test('of two that come at once, one gets a code', async () => {
    const { launch } = await launchByApi(ehr);
    const outcomes = await Promise.all([1, 2, 3].map(() => useHandle(launch)));
    expect(outcomes.filter((outcome) => outcome.has('code'))).toHaveLength(1);
  });

  test('expires after five minutes', async () => {
    const { launch } = await launchByApi(ehr);
    ehr.pass(301);
    expect((await useHandle(launch)).get('error')).toBe('invalid_request');
  });

  test('works for the app it was made for, and stays unused by another', async () => {
    const { launch } = await launchByApi(ehr);
    const other = { client_id: 'other-app', redirect_uri: 'https://other.example/second' };
    expect((await useHandle(launch, other)).get('error')).toBe('invalid_request');
    expect((await useHandle(launch)).get('code')).not.toBeNull();
  });

  test('is bound to its user, patient, encounter and order, whatever the app asks for', async () => {
    const { code, verifier: mine } = await fetchCode(
      ehr,
      { user: 'coordinator', patient: 'pat-b' },
      { patient: 'pat-a', login_hint: 'admin' },
    );
    const tokens = (await (await exchange(ehr, code, mine)).json()) as Tokens;
    expect(tokens['patient']).toBe('pat-b');
    expect(tokens['encounter']).toBeUndefined();
    expect(tokens['fhirContext']).toBeUndefined();
  });
});

describe('a standalone launch', () => {
  const start = async (scope: string, change: Record<string, string> = {}): Promise<string> => {
    const response = await ehr.app.request(authorizeUrl({ ...authorizeParameters(challenge), scope, ...change }));
    expect(response.status).toBe(200);
    return /name="interaction" value="([^"]+)"/.exec(await response.text())?.[1] ?? '';
  };

  test('asks who signs in, then for a patient, and ends in the app', async () => {
    const interaction = await start('openid fhirUser launch/patient launch/encounter patient/Patient.r');
    const picker = await postForm(ehr, '/auth/sign-in', { interaction, user: 'clinician' });
    expect(await picker.text()).toContain('Achterberg, Nora');
    const found = await postForm(ehr, '/auth/patient-search', { interaction, q: 'bellw' });
    const list = await found.text();
    expect(list).toContain('Bellweather, Osei');
    expect(list).not.toContain('Achterberg');
    const response = await postForm(ehr, '/auth/patient', { interaction, patient: 'pat-b' });
    expect(response.status).toBe(303);
    const location = locationOf(response);
    expect(location.searchParams.get('state')).toBe('state-of-the-app');
    const tokens = (await (await exchange(ehr, location.searchParams.get('code') ?? '', verifier)).json()) as Tokens;
    expect(tokens).toMatchObject({ patient: 'pat-b', need_patient_banner: true });
    // No encounter was chosen, so the scope for one is not granted.
    expect(tokens.scope).toBe('openid fhirUser launch/patient patient/Patient.r');
  });

  test('without launch/patient no patient is asked for, and no patient scope is granted', async () => {
    const interaction = await start('openid fhirUser patient/Patient.r user/Practitioner.rs');
    const response = await postForm(ehr, '/auth/sign-in', { interaction, user: 'lead' });
    const tokens = (await (await exchange(ehr, locationOf(response).searchParams.get('code') ?? '', verifier)).json()) as Tokens;
    expect(tokens.scope).toBe('openid fhirUser user/Practitioner.rs');
    expect(tokens['patient']).toBeUndefined();
  });

  test('can be cancelled', async () => {
    const interaction = await start('openid launch/patient');
    await postForm(ehr, '/auth/sign-in', { interaction, user: 'clinician' });
    const location = locationOf(await postForm(ehr, '/auth/deny', { interaction }));
    expect(location.searchParams.get('error')).toBe('access_denied');
    expect(location.searchParams.get('state')).toBe('state-of-the-app');
  });

  test.each<[string, () => Promise<Response>]>([
    ['an interaction nobody began', () => postForm(ehr, '/auth/sign-in', { interaction: 'made-up', user: 'clinician' })],
    [
      'a user who does not exist',
      async () => postForm(ehr, '/auth/sign-in', { interaction: await start('openid launch/patient'), user: 'root' }),
    ],
    [
      'a patient before anybody signed in',
      async () => postForm(ehr, '/auth/patient', { interaction: await start('openid launch/patient'), patient: 'pat-a' }),
    ],
    [
      'a patient who does not exist',
      async () => {
        const interaction = await start('openid launch/patient');
        await postForm(ehr, '/auth/sign-in', { interaction, user: 'clinician' });
        return postForm(ehr, '/auth/patient', { interaction, patient: 'pat-z' });
      },
    ],
    [
      'an interaction that is finished',
      async () => {
        const interaction = await start('openid user/Practitioner.rs');
        await postForm(ehr, '/auth/sign-in', { interaction, user: 'clinician' });
        return postForm(ehr, '/auth/sign-in', { interaction, user: 'admin' });
      },
    ],
    [
      'an interaction that is too old',
      async () => {
        const interaction = await start('openid launch/patient');
        ehr.pass(601);
        return postForm(ehr, '/auth/sign-in', { interaction, user: 'clinician' });
      },
    ],
  ])('%s ends on a page here', async (_, attempt) => {
    const response = await attempt();
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  test("keeps the query of an app's own redirect URI", async () => {
    const interaction = await start('openid', { client_id: 'other-app', redirect_uri: 'https://other.example/callback?kept=1' });
    const location = locationOf(await postForm(ehr, '/auth/sign-in', { interaction, user: 'clinician' }));
    expect(location.searchParams.get('kept')).toBe('1');
    expect(location.searchParams.get('code')).not.toBeNull();
  });
});

test('what the app asked for and may have is what it gets', async () => {
  const { code, verifier: mine } = await fetchCode(ehr, undefined, {
    scope: `${REQUESTED_SCOPE} patient/ServiceRequest.d patient/Group.rs email`,
  });
  const tokens = (await (await exchange(ehr, code, mine)).json()) as Tokens;
  expect(tokens.scope).toBe(REQUESTED_SCOPE);
});
