/** The chart as a CDS client: what it asks when an order is opened, how it signs, what it shows, and where a card may lead. */
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  authorizeParameters,
  authorizeUrl,
  type Called,
  CHART,
  EHR,
  exchange,
  FHIR_BASE,
  locationOf,
  openTestEhr,
  pkcePair,
  postForm,
  REFLOOP,
  signIn,
  type TestEhr,
} from './test-ehr.ts';

type Asked = { url: string; authorization: string; body: Record<string, unknown> };

const COVERAGE = {
  resourceType: 'Coverage' as const,
  id: 'cov-a',
  status: 'active' as const,
  beneficiary: { reference: 'Patient/pat-a' },
  payor: [{ display: 'Payer A' }],
};
const SERVICE = {
  id: 'advice',
  hook: 'order-select',
  description: 'For the test',
  prefetch: {
    patient: 'Patient/{{context.patientId}}',
    coverage: 'Coverage?patient={{context.patientId}}&status=active',
    nothing: 'Immunization?patient={{context.patientId}}',
    unknown: 'Nonsense?patient={{context.patientId}}',
    unsearchable: 'Coverage?nonsense=1',
    elsewhere: '{{context.task}}',
  },
};
const card = (more: Record<string, unknown> = {}) => ({
  uuid: '4e0a3a1e-3283-4575-ab82-028d55fe2719',
  summary: 'Ana <b>Rivera</b>, MD leads 3 matches.',
  detail: '1. **Ana Rivera, MD**, Bay \\*Heart\\*\n2. **Bo Lund, DO**\n\nDirectory as of **today',
  indicator: 'info',
  source: { label: 'Refloop' },
  overrideReasons: [{ system: 'urn:x', code: 'not-fitting', display: 'None of these fits' }],
  links: [
    { label: 'Refer with Refloop', url: `${REFLOOP}/launch`, type: 'smart', appContext: '{"order":"ServiceRequest/order-a"}' },
    { label: 'Go elsewhere', url: 'https://evil.example.org/launch', type: 'smart' },
    { label: 'Read more', url: 'https://evil.example.org', type: 'absolute' },
  ],
  ...more,
});

let ehr: TestEhr;
let cookie: string;
let asked: Asked[];
/** What the service answers; undefined: nothing ever comes. */
let answer: unknown;

beforeAll(async () => {
  const services: Called['services'] = async (url, init) => {
    if (url === `${REFLOOP}/cds-services`)
      return Response.json({ services: [SERVICE, { ...SERVICE, id: 'for-signing', hook: 'order-sign' }] });
    const body = JSON.parse(init.body as string) as Record<string, unknown>;
    asked.push({ url, authorization: new Headers(init.headers).get('authorization') ?? '', body });
    if (answer === undefined)
      return new Promise((_done, fail) => init.signal?.addEventListener('abort', () => fail(new Error('too late'))));
    return answer instanceof Response ? answer : Response.json(answer);
  };
  ehr = await openTestEhr([...CHART, COVERAGE], [], { services });
  cookie = await signIn(ehr);
});
afterAll(() => ehr.close());
beforeEach(() => {
  asked = [];
  answer = { cards: [card()] };
});

const ORDER = '/patients/pat-a/orders/order-a';
const get = async (path: string) => {
  const response = await ehr.app.request(`${EHR}${path}`, { headers: { Cookie: cookie } });
  return { status: response.status, text: await response.text() };
};

test('an order that is opened while a draft is asked about, with what the service wants of the chart and nothing else', async () => {
  const { status } = await get(ORDER);
  expect(status).toBe(200);
  expect(asked.map(({ url }) => url)).toEqual([`${REFLOOP}/cds-services/advice`]);
  expect(asked[0]?.body).toMatchObject({
    hook: 'order-select',
    fhirServer: FHIR_BASE,
    context: {
      userId: 'Practitioner/clinician',
      patientId: 'pat-a',
      encounterId: 'enc-a',
      selections: ['ServiceRequest/order-a'],
      draftOrders: { entry: [{ resource: { id: 'order-a', status: 'draft' } }] },
    },
  });
  const { prefetch } = asked[0]?.body ?? {};
  expect(prefetch).toEqual({
    patient: expect.objectContaining({ resourceType: 'Patient', id: 'pat-a' }),
    coverage: expect.objectContaining({ type: 'searchset', entry: [{ resource: expect.objectContaining({ id: 'cov-a' }) }] }),
    nothing: null,
  });
});

test('each call is signed for its address by the key that is published for this', async () => {
  await get(ORDER);
  await get(ORDER);
  const response = await ehr.app.request(`${EHR}/cds/jwks`);
  const keys = createLocalJWKSet((await response.json()) as JSONWebKeySet);
  const names = new Set<unknown>();
  for (const { authorization, url } of asked) {
    const { payload, protectedHeader } = await jwtVerify(authorization.replace('Bearer ', ''), keys, {
      audience: url,
      issuer: EHR,
      typ: 'JWT',
    });
    names.add(payload.jti);
    expect(protectedHeader).toMatchObject({ alg: 'ES384', jku: `${EHR}/cds/jwks` });
  }
  expect(names.size).toBe(2);
  const signIns = (await (await ehr.app.request(`${EHR}/auth/jwks`)).json()) as JSONWebKeySet;
  expect(signIns.keys.map(({ alg }) => alg)).toEqual(['RS256']);
});

test('a card is shown as text, its list as a list, and of its links only the one to the registered app', async () => {
  const { text } = await get(ORDER);
  expect(text).toContain('Ana &lt;b&gt;Rivera&lt;/b&gt;, MD leads 3 matches.');
  expect(text).toContain('<ol><li><strong>Ana Rivera, MD</strong>, Bay *Heart*</li><li><strong>Bo Lund, DO</strong></li></ol>');
  expect(text).toContain('<p>Directory as of **today</p>');
  expect(text).not.toContain('evil.example.org');
});

test.each([
  ['does not answer', () => undefined],
  ['fails', () => new Response('no', { status: 500 })],
  ['answers what is no card', () => ({ cards: [{ summary: 1 }] })],
])('the page is there without a card where the service %s', async (_what, given) => {
  answer = given();
  const { status, text } = await get(ORDER);
  expect(status).toBe(200);
  expect(text).toContain('Decision support did not answer in time.');
  expect(text).toContain('Refer: Referral to cardiologist');
});

test('an order that is neither chosen nor to be signed is asked about nowhere, nor is one of another patient', async () => {
  await ehr.repository.loadResources([{ ...CHART[3], id: 'order-active', status: 'active' } as (typeof CHART)[number]]);
  expect((await get('/patients/pat-a/orders/order-active')).status).toBe(200);
  expect((await get('/patients/pat-b/orders/order-a')).status).toBe(404);
  expect(asked).toEqual([]);
});

test('a card opens the registered app alone, which is told what the card said with its token', async () => {
  const form = { url: `${REFLOOP}/launch`, appContext: '{"order":"ServiceRequest/order-a"}' };
  const elsewhere = await postForm(ehr, `${ORDER}/cards/launch`, { ...form, url: 'https://evil.example.org/launch' }, { Cookie: cookie });
  expect(elsewhere.status).toBe(404);
  const opened = await postForm(ehr, `${ORDER}/cards/launch`, form, { Cookie: cookie });
  expect(opened.status).toBe(303);
  const { text } = await get(opened.headers.get('location') ?? '');
  const launch = /launch=([^"&]+)/.exec(text.replaceAll('&amp;', '&').replace(/.*<iframe/s, ''))?.[1] ?? '';
  const { verifier, challenge } = pkcePair();
  const authorized = await ehr.app.request(authorizeUrl(authorizeParameters(challenge, decodeURIComponent(launch))));
  const code = locationOf(authorized).searchParams.get('code') ?? '';
  const tokens = (await (await exchange(ehr, code, verifier)).json()) as Record<string, unknown>;
  expect(tokens).toMatchObject({ patient: 'pat-a', appContext: form.appContext });
  expect(tokens['fhirContext']).toBeUndefined();
});

test('a card that is left aside is told to its service, with the reason', async () => {
  const form = { service: 'advice', card: '4e0a3a1e-3283-4575-ab82-028d55fe2719', reason: 'urn:x|not-fitting' };
  answer = {};
  const response = await postForm(ehr, `${ORDER}/cards/dismissal`, form, { Cookie: cookie });
  expect(response.headers.get('location')).toBe('/patients/pat-a#orders');
  expect(asked[0]?.url).toBe(`${REFLOOP}/cds-services/advice/feedback`);
  expect(decodeJwt(asked[0]?.authorization.replace('Bearer ', '') ?? '').aud).toBe(asked[0]?.url);
  expect(asked[0]?.body).toMatchObject({
    feedback: [{ card: form.card, outcome: 'overridden', overrideReason: { reason: { system: 'urn:x', code: 'not-fitting' } } }],
  });
});

describe('a suggestion that the clinician takes', () => {
  const performer = [
    { type: 'PractitionerRole', identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }, display: 'Ana Rivera, MD' },
  ];
  const given = { service: 'advice', card: '4e0a3a1e-3283-4575-ab82-028d55fe2719', suggestion: 'e56e1945-20b3-4393-8503-a1a20fd73152' };
  const orderNow = async (): Promise<Record<string, unknown>> => ({ ...(await ehr.repository.read('ServiceRequest', 'order-a')) });
  const take = (order: unknown, path = ORDER) =>
    postForm(ehr, `${path}/cards/suggestion`, { ...given, order: JSON.stringify(order) }, { Cookie: cookie });

  test('changes the draft by their hand, and its service is told', async () => {
    const before = await orderNow();
    const action = { type: 'update', description: 'Names her', resource: { ...before, performer } };
    const offered = { label: 'Name <Ana>', uuid: given.suggestion, actions: [action] };
    const more = { label: 'Two at once', actions: [action, action] };
    const other = { label: 'Make a new one', actions: [{ ...action, type: 'create' }] };
    answer = { cards: [card({ suggestions: [offered, more, other], selectionBehavior: 'at-most-one' })] };
    const { text } = await get(ORDER);
    expect(text).toContain('Name &lt;Ana&gt;');
    expect(text).not.toMatch(/Two at once|Make a new one/);
    asked = [];
    answer = {};
    const response = await take(action.resource);
    expect([response.status, response.headers.get('location')]).toEqual([303, ORDER]);
    expect(await orderNow()).toMatchObject({ status: 'draft', performer, subject: before['subject'] });
    expect(asked.map(({ url }) => url)).toEqual([`${REFLOOP}/cds-services/advice/feedback`]);
    expect(asked[0]?.body).toMatchObject({
      feedback: [{ card: given.card, outcome: 'accepted', acceptedSuggestions: [{ id: given.suggestion }] }],
    });
    // The same form again is about a version that is no more.
    expect((await take(action.resource)).status).toBe(409);
  });

  test.each<[string, (order: Record<string, unknown>) => unknown, number]>([
    ['signs the order', (order) => ({ ...order, status: 'active' }), 400],
    ['moves it to another patient', (order) => ({ ...order, subject: { reference: 'Patient/pat-b' } }), 400],
    ['is another order', (order) => ({ ...order, id: 'order-b' }), 400],
    ['is no order that is valid', (order) => ({ ...order, intent: 7 }), 400],
    ['is nothing', () => 'nothing', 400],
  ])('is refused where it %s', async (_what, change, status) => {
    const before = await orderNow();
    expect((await take(change(before))).status).toBe(status);
    expect(await orderNow()).toEqual(before);
    expect(asked).toEqual([]);
  });

  test('is refused in the chart of another patient, and to who may not sign', async () => {
    const before = await orderNow();
    expect((await take(before, '/patients/pat-b/orders/order-a')).status).toBe(404);
    const coordinator = await signIn(ehr, 'coordinator');
    const form = { ...given, order: JSON.stringify(before) };
    expect((await postForm(ehr, `${ORDER}/cards/suggestion`, form, { Cookie: coordinator })).status).toBe(403);
    expect(await orderNow()).toEqual(before);
  });
});
