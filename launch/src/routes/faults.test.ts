import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAULT_NAMES, type FaultName } from '../modes/faults.ts';
import { authorizeIn, exchangeIn, fhir, tokensIn } from './test-backend.ts';
import { FHIR_BASE, locationOf, openTestEhr, postForm, REFLOOP, type TestEhr } from './test-ehr.ts';
import { documentOf, faultyToken, keptCount, SCOPE } from './test-faults.ts';

let ehr: TestEhr;
beforeAll(async () => {
  ehr = await openTestEhr();
});
afterAll(() => ehr.close());

const tokenWith = (...faults: FaultName[]): Promise<string> => faultyToken(ehr, ...faults);
const read = (token: string) => fhir(ehr, 'full', token, 'GET', 'Patient/pat-a');
const write = (token: string, title = 'note') => fhir(ehr, 'full', token, 'POST', 'DocumentReference', documentOf(title));
/** A write whose answer may not be readable. */
const rawWrite = (token: string, title: string, at: { request: TestEhr['app']['request'] } = ehr.app): Promise<Response> =>
  Promise.resolve(
    at.request(`${FHIR_BASE}/DocumentReference`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/fhir+json', Origin: REFLOOP },
      body: JSON.stringify(documentOf(title)),
    }),
  );
const kept = (title: string): Promise<number> => keptCount(ehr, title);

describe('at the authorize endpoint', () => {
  test.each<[FaultName, RegExp]>([
    ['auth_invalid_client_id', /client_id must name one app/],
    ['auth_invalid_redirect_uri', /redirect_uri must be/],
  ])('%s is shown here, and the app hears nothing, each time', async (fault, message) => {
    for (const _ of [1, 2]) {
      const { response } = await authorizeIn(ehr, { faults: [fault] });
      expect(response.status).toBe(400);
      expect(await response.text()).toMatch(message);
    }
  });

  test('auth_invalid_scope goes back to the app', async () => {
    const { response } = await authorizeIn(ehr, { faults: ['auth_invalid_scope'] });
    const back = locationOf(response);
    expect([back.origin, back.searchParams.get('error'), back.searchParams.get('state')]).toEqual([
      REFLOOP,
      'invalid_scope',
      'state-of-the-app',
    ]);
  });
});

describe('at the token endpoint', () => {
  test.each<[FaultName, number, string]>([
    ['auth_invalid_client_secret', 401, 'invalid_client'],
    ['token_invalid_token', 401, 'invalid_client'],
    ['token_expired_registration_token', 401, 'invalid_client'],
    ['token_invalid_jti', 401, 'invalid_client'],
    ['token_invalid_scope', 400, 'invalid_scope'],
  ])('%s refuses the exchange of the code', async (fault, status, error) => {
    const response = await exchangeIn(ehr, { faults: [fault] });
    expect(response.headers.get('access-control-allow-origin')).toBe(REFLOOP);
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([status, error]);
  });

  test('token_expired_refresh_token refuses each refresh, and nothing before', async () => {
    const tokens = await tokensIn(ehr, { faults: ['token_expired_refresh_token'] });
    expect((await read(tokens.access_token)).status).toBe(200);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: 'refloop' };
    for (const _ of [1, 2]) {
      const response = await postForm(ehr, '/auth/token', form);
      expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    }
    expect((await read(tokens.access_token)).status).toBe(200);
  });
});

describe('at the FHIR server', () => {
  test.each<FaultName>(['request_invalid_token', 'request_expired_token'])('%s refuses each request', async (fault) => {
    const token = await tokenWith(fault);
    for (const _ of [1, 2]) {
      const answer = await read(token);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, REFLOOP]);
      expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    }
  });

  test('latency holds each request back for three seconds', async () => {
    const token = await tokenWith('latency');
    ehr.waited.length = 0;
    expect((await read(token)).status).toBe(200);
    expect((await write(token)).status).toBe(201);
    expect(ehr.waited).toEqual([3000, 3000]);
  });

  test('rate_limited refuses three requests, then passes', async () => {
    const token = await tokenWith('rate_limited');
    const answers = [await read(token), await write(token, 'limited'), await read(token), await write(token, 'limited')];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 429, 201]);
    expect(answers[0]?.headers.get('retry-after')).toBe('1');
    expect(answers[0]?.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(answers[0]?.json['resourceType']).toBe('OperationOutcome');
    expect(await kept('limited')).toBe(1);
  });

  test('of requests that come together it refuses three as well', async () => {
    const token = await tokenWith('rate_limited');
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => read(token)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(3);
  });

  test('server_error fails each write and keeps nothing, while reading works', async () => {
    const token = await tokenWith('server_error');
    expect((await read(token)).status).toBe(200);
    expect((await fhir(ehr, 'full', token, 'GET', 'ServiceRequest?patient=pat-a')).status).toBe(200);
    for (const _ of [1, 2, 3]) expect((await write(token, 'failed')).status).toBe(500);
    expect(await kept('failed')).toBe(0);
  });

  test('unavailable refuses two writes and keeps nothing of them, then takes the next', async () => {
    const token = await tokenWith('unavailable');
    const answers = [await write(token, 'later'), await read(token), await write(token, 'later'), await write(token, 'later')];
    expect(answers.map(({ status }) => status)).toEqual([503, 200, 503, 201]);
    expect(answers[0]?.headers.get('retry-after')).toBe('1');
    expect(await kept('later')).toBe(1);
  });

  test('malformed_json cuts the answer to the first write that succeeds, which is kept', async () => {
    const token = await tokenWith('malformed_json');
    expect((await fhir(ehr, 'full', token, 'POST', 'DocumentReference', { resourceType: 'DocumentReference' })).status).toBe(400);
    const first = await rawWrite(token, 'cut');
    const text = await first.text();
    expect([first.status, first.headers.get('content-type')]).toEqual([201, 'application/fhir+json; charset=utf-8']);
    expect(text).toMatch(/^\{"resourceType":"DocumentReference"/);
    expect(() => JSON.parse(text) as unknown).toThrow('JSON');
    expect(await kept('cut')).toBe(1);
    expect((await write(token, 'cut')).status).toBe(201);
  });

  test('in one process without a connection the answer cannot be read either', async () => {
    const token = await tokenWith('dropped_after_write');
    const response = await rawWrite(token, 'unreadable');
    await expect(response.text()).rejects.toThrow('dropped');
    expect(await kept('unreadable')).toBe(1);
  });

  test('a fault that has fired stays fired after a restart, and one that has not still does', async () => {
    const token = await tokenWith('unavailable');
    expect((await rawWrite(token, 'restart')).status).toBe(503);
    const after = ehr.restarted();
    const statuses = [await rawWrite(token, 'restart', after), await rawWrite(token, 'restart', after)].map(({ status }) => status);
    expect(statuses).toEqual([503, 201]);
  });

  test('two faults at one step fire one after the other', async () => {
    const token = await tokenWith('malformed_json', 'dropped_after_write');
    expect((await rawWrite(token, 'both')).status).toBe(201);
    await expect((await rawWrite(token, 'both')).text()).rejects.toThrow('dropped');
    expect((await write(token, 'both')).status).toBe(201);
    expect(await kept('both')).toBe(3);
  });
});

describe('a fault belongs to its launch', () => {
  test.each(FAULT_NAMES)('%s disturbs no other launch', async (fault) => {
    await authorizeIn(ehr, { faults: [fault] });
    const token = await tokenWith();
    expect([(await read(token)).status, (await write(token)).status]).toEqual([200, 201]);
  });

  test('and goes on through a refresh', async () => {
    const tokens = await tokensIn(ehr, { faults: ['server_error'], scope: SCOPE });
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', client_id: 'refloop' };
    const renewed = (await (await postForm(ehr, '/auth/token', form)).json()) as { access_token: string };
    expect((await write(renewed.access_token)).status).toBe(500);
  });

  test('a mode and a fault go together', async () => {
    const { access_token: token } = await tokensIn(ehr, { mode: 'oracle-like', faults: ['rate_limited'], scope: SCOPE });
    const statuses: number[] = [];
    for (const _ of [1, 2, 3, 4]) statuses.push((await fhir(ehr, 'oracle-like', token, 'GET', 'ServiceRequest/order-a')).status);
    expect(statuses).toEqual([429, 429, 429, 200]);
  });
});
