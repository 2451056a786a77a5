/** The CDS services over HTTP and PostgreSQL, as an EHR calls them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { HOME, testDirectory } from '../services/test-referral-api.ts';
import { order } from '../services/test-referral-input.ts';
import type { Store } from '../store/store.ts';
import { openWholeApp, type WholeApp } from '../test-whole-app.ts';
import { selectCall } from './test-client.ts';

type Body = Record<string, unknown>;
type CardTold = {
  uuid: string;
  summary: string;
  detail: string;
  indicator: string;
  links: { label: string; url: string; type: string; appContext: string }[];
  selectionBehavior?: string;
  suggestions?: { label: string; uuid: string; isRecommended?: boolean; actions: { type: string; resource: Body }[] }[];
};

const FAMILY = 'Quillfeather';
const OUTSIDE = '1234567819';
const NPI = 'http://hl7.org/fhir/sid/us-npi';

const patient = (): Body => ({
  resourceType: 'Patient',
  id: 'pat-1',
  name: [{ family: FAMILY, given: ['Rosalind'] }],
  birthDate: '1968-03-02',
  address: [
    {
      use: 'home',
      extension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/geolocation',
          extension: [
            { url: 'latitude', valueDecimal: HOME.latitude },
            { url: 'longitude', valueDecimal: HOME.longitude },
          ],
        },
      ],
    },
  ],
});
const coverage = (): Body => ({
  resourceType: 'Coverage',
  id: 'cov-1',
  status: 'active',
  beneficiary: { reference: 'Patient/pat-1' },
  payor: [{ display: 'Payer A', identifier: { value: 'payer-a' } }],
  class: [{ type: { coding: [{ code: 'plan' }] }, value: 'PLAN-A', name: 'Plan A' }],
});
/** To a cardiologist, as the test’s order is. */
const referral = (more: Body = {}): Body => order(more);

let whole: WholeApp;
/** What the EHR answers by address; without an entry nothing ever comes. */
const ehr = new Map<string, unknown>();
const asked: { url: string; authorization: string | null }[] = [];

/** As the import makes ids: NPI, location and specialty. Family2 is out of network at a second place, Family9 at both. */
function directory() {
  const made = testDirectory();
  const entries = made.entries.map((entry) => ({ ...entry, id: `${entry.npi}~one~cardiology` }));
  const elsewhere = entries
    .filter(({ npi }) => npi === '1234567812' || npi === OUTSIDE)
    .map((entry) => ({ ...entry, id: `${entry.npi}~two~cardiology`, networks: [] }));
  return { ...made, entries: [...entries, ...elsewhere] };
}

beforeAll(async () => {
  whole = await openWholeApp({
    directory: directory(),
    ehr: (url, init) => {
      asked.push({ url, authorization: new Headers(init.headers).get('authorization') });
      if (ehr.has(url)) return Promise.resolve(Response.json(ehr.get(url)));
      return new Promise((_done, fail) => {
        init.signal?.addEventListener('abort', () => fail(new DOMException('too late', 'TimeoutError')));
      });
    },
  });
});
afterAll(() => whole.close());
beforeEach(() => {
  ehr.clear();
  asked.length = 0;
});

async function send(path: string, body: Body, token?: string): Promise<{ status: number; body: Body; cards: CardTold[]; ms: number }> {
  const started = performance.now();
  const authorization = `Bearer ${token ?? (await whole.cds.token(path))}`;
  const response = await whole.app.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Body;
  return { status: response.status, body: answer, cards: (answer['cards'] ?? []) as CardTold[], ms: performance.now() - started };
}
const call = (body: Body, hook = 'order-select', token?: string) => send(`/cds-services/refloop-${hook}`, body, token);
const select = (on: Body, chart: Body[] = [patient(), coverage()]): Body => selectCall(whole.site.iss, on, chart);
const without = (body: Body, key: 'prefetch' | 'fhirServer'): Body =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));
const withToken = (body: Body): Body => ({
  ...without(body, 'prefetch'),
  fhirAuthorization: { access_token: 'ehr-token', token_type: 'Bearer', expires_in: 60, scope: 'patient/*.rs', subject: 'refloop' },
});

type Line = { action: string; actor: { subject: string; fhirUser: string | null }; subjectRef: string | null };
async function audited(): Promise<Line[]> {
  const rows = await whole.asOwner<{ line: Line }>(
    `select convert_from(entry, 'UTF8')::json as line from audit_entry where convert_from(entry, 'UTF8')::json ->> 'action' like 'cds.%' order by id`,
  );
  return rows.map(({ line }) => line);
}

test('discovery names three services with their hooks and what to send along, to anybody', async () => {
  const response = await whole.app.request('/cds-services');
  const { services } = (await response.json()) as { services: { id: string; hook: string; prefetch: Record<string, string> }[] };
  expect(services.map(({ id, hook }) => [id, hook])).toEqual([
    ['refloop-order-select', 'order-select'],
    ['refloop-order-sign', 'order-sign'],
    ['refloop-order-dispatch', 'order-dispatch'],
  ]);
  for (const { prefetch } of services) expect(prefetch['patient']).toBe('Patient/{{context.patientId}}');
});

describe('a referral that is chosen', () => {
  test('gets one card: the three best in network, why each leads, and a way into the app that names the order', async () => {
    const on = referral();
    const { status, cards } = await call(select(on));
    expect(status).toBe(200);
    expect(cards).toHaveLength(1);
    const [card] = cards;
    expect(card).toMatchObject({
      summary: 'In network for Plan A, cardiology: Ana Family1, MD leads 3 matches.',
      indicator: 'info',
      source: { label: 'Refloop' },
      links: [
        { type: 'smart', url: 'http://127.0.0.1:4020/launch', appContext: JSON.stringify({ order: `ServiceRequest/${String(on['id'])}` }) },
      ],
    });
    expect(card?.detail.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(
        /^1\. \*\*Ana Family1, MD\*\*, Bay Heart: In network for Plan A, verified 3 Nov 2026; 0\.7 miles away; Listed wait 11 days/,
      ),
      expect.stringMatching(/^2\. \*\*Ana Family2, MD/),
      expect.stringMatching(/^3\. \*\*Ana Family3, MD/),
    ]);
    expect(card?.detail).toMatch(/4 in network and open to this referral within 25 miles\. Directory as of 18 Nov 2026\./);
  });

  test('can be completed in the EHR by taking one of the three: the whole order comes back, its performer alone replaced', async () => {
    const on = referral({ status: 'draft', extension: [{ url: 'urn:ehr:of-its-own', valueString: 'kept' }] });
    const { transaction } = whole.store;
    const lines: unknown[] = [];
    // What a line says is sealed where it is kept, so it is read on its way there.
    const reading: Store['transaction'] = (scope, work) =>
      transaction(scope, (unit) =>
        work({ ...unit, audit: { ...unit.audit, append: (line) => (lines.push(line.payload), unit.audit.append(line)) } }),
      );
    const spy = vi.spyOn(whole.store, 'transaction').mockImplementation(reading);
    const { cards } = await call(select(on));
    const { suggestions = [], selectionBehavior } = cards[0] ?? {};
    expect(selectionBehavior).toBe('at-most-one');
    expect(suggestions.map(({ label }) => label)).toEqual(['Choose Ana Family1, MD', 'Choose Ana Family2, MD', 'Choose Ana Family3, MD']);
    expect(suggestions.some((each) => 'isRecommended' in each)).toBe(false);
    expect(suggestions[1]?.actions).toEqual([
      expect.objectContaining({
        type: 'update',
        resource: {
          ...on,
          performer: [{ type: 'PractitionerRole', identifier: { system: NPI, value: '1234567812' }, display: 'Ana Family2, MD' }],
        },
      }),
    ]);
    const accepted = { card: cards[0]?.uuid, outcome: 'accepted', outcomeTimestamp: '2026-11-20T10:01:00Z' };
    const feedback = [{ ...accepted, acceptedSuggestions: [{ id: suggestions[1]?.uuid }] }];
    expect(await send('/cds-services/refloop-order-select/feedback', { feedback })).toMatchObject({ status: 200 });
    spy.mockRestore();
    // Whom it named is told by the line of the call.
    const [called, told] = lines;
    expect(called).toMatchObject({ suggested: expect.arrayContaining([{ uuid: suggestions[1]?.uuid, npi: '1234567812' }]) });
    expect(told).toMatchObject({ outcome: 'accepted', suggestions: [suggestions[1]?.uuid] });
  });

  test('is not to be changed from a card once it is signed', async () => {
    const { cards } = await call(select(referral({ status: 'active' })));
    expect(cards).toHaveLength(1);
    expect(cards[0]).not.toHaveProperty('suggestions');
    expect(cards[0]).not.toHaveProperty('selectionBehavior');
  });

  test('leaves nothing behind but a line in the audit: no referral, no recommendation, no word of the patient in the log', async () => {
    const before = await audited();
    const { cards } = await call(select(referral()));
    const lines = (await audited()).slice(before.length);
    expect(lines).toEqual([
      expect.objectContaining({
        action: 'cds.called',
        actor: { subject: `cds-client ${whole.cds.client.iss}`, fhirUser: 'Practitioner/dr-lee', sessionId: null },
        subjectRef: expect.stringMatching(/.+/),
      }),
    ]);
    // The order that a suggestion gives back is the EHR's own, and says whose it is.
    const told = cards.map(({ suggestions: _orders, ...said }) => said);
    expect(JSON.stringify([lines, told])).not.toContain('pat-1');
    const rows = await whole.asOwner(
      'select 1 from referral union all select 1 from recommendation union all select 1 from referral_event',
    );
    expect(rows).toEqual([]);
    expect(whole.log.leaked([FAMILY, 'pat-1', 'PLAN-A', '1968-03-02'])).toEqual([]);
  });

  const silent: [string, () => Body][] = [
    ['asks a laboratory', () => referral({ category: [{ coding: [{ code: '108252007' }] }] })],
    [
      'asks for something else',
      () =>
        order({
          code: { text: 'Echocardiogram' },
          performerType: { coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207RC0000X' }] },
        }),
    ],
    ['names no specialty', () => order({ code: { text: 'Referral' } })],
    ['is about another patient', () => referral({ subject: { reference: 'Patient/pat-2' } })],
    ['is of another EHR', () => referral({ subject: { reference: 'https://other.example.org/fhir/Patient/pat-1' } })],
    ['is over', () => referral({ status: 'completed' })],
    ['asks for something not to be done', () => referral({ doNotPerform: true })],
    ['has nobody in network', () => referral({ code: { coding: [{ system: 'http://snomed.info/sct', code: '308472003' }] } })],
    ['has an id that leads elsewhere', () => referral({ id: '../Patient' })],
  ];
  test.each(silent)('gets no card where it %s', async (_what, on) => {
    expect(await call(select(on()))).toMatchObject({ status: 200, body: { cards: [] } });
  });

  test('gets no card where it was not the one that was selected', async () => {
    const body = select(referral());
    const context = { ...(body['context'] as Body), selections: ['ServiceRequest/another'] };
    expect(await call({ ...body, context })).toMatchObject({ status: 200, body: { cards: [] } });
  });

  test('gets no card where the chart has no coverage, since nobody is then known to be in network', async () => {
    const body = select(referral());
    expect(await call({ ...body, prefetch: { patient: patient(), coverage: null } })).toMatchObject({ status: 200, body: { cards: [] } });
  });

  test('a directory’s own text is no Markdown and no HTML of the card', async () => {
    const { matchesCard } = await import('./card.ts');
    const { specialtyById } = await import('@refloop/domain/clinical/specialty');
    const specialty = specialtyById('cardiology');
    if (!specialty) throw new Error('No cardiology');
    const input = {
      specialty: 'cardiology',
      urgency: 'routine',
      place: HOME,
      coverage: { active: true, planIdentifier: 'PLAN-A', payerId: 'payer-a' },
      patient: 'adult',
      languages: [],
    };
    const token = await whole.session(['clinician']);
    const response = await whole.app.request('/match', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    const match = (await response.json()) as Parameters<typeof matchesCard>[1];
    const bad = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) **bold** `code`';
    const [first] = match.ranked;
    if (!first) throw new Error('Nobody matches');
    const card = matchesCard(
      { uuid: randomUUID(), order: 'ServiceRequest/1', launchUrl: 'https://x.example.org/launch', specialty },
      { ...match, ranked: [{ ...first, organization: bad.repeat(3), name: 'N'.repeat(200) }] },
      [],
    );
    expect(card?.detail.replaceAll(/\\[\\`*_{}[\]()#+!|<>~&-]/g, '')).not.toMatch(/[<>[\]`]|\*\*bold/);
    expect(card?.summary.length).toBeLessThan(140);
  });
});

test('of the orders to be signed each referral gets its card', async () => {
  const [one, two] = [referral(), referral()];
  const body = select(one);
  const bundle = {
    resourceType: 'Bundle',
    entry: [one, order({ code: { text: 'Complete blood count' } }), two].map((resource) => ({ resource })),
  };
  const context = { userId: 'Practitioner/dr-lee', patientId: 'pat-1', draftOrders: bundle };
  const { status, cards } = await call({ ...body, hook: 'order-sign', context }, 'order-sign');
  expect(status).toBe(200);
  expect(cards.map((card) => card.links[0]?.appContext)).toEqual(
    [one, two].map(({ id }) => JSON.stringify({ order: `ServiceRequest/${String(id)}` })),
  );
});

describe('a referral that is sent to somebody', () => {
  const performer = (npi: string): Body => ({ resourceType: 'Practitioner', id: 'them', identifier: [{ system: NPI, value: npi }] });
  // Entries 1 to 4 of the test's directory are in network, 9 is not (services/test-referral-api.ts).
  const dispatch = (prefetch: Body, more: Body = {}): Body => {
    const on = { ...referral({ id: 'to-send', status: 'active' }) };
    return {
      ...select(on),
      hook: 'order-dispatch',
      context: { patientId: 'pat-1', order: 'ServiceRequest/to-send', performer: 'Practitioner/them', ...more },
      prefetch: { patient: patient(), coverage: coverage(), order: on, ...prefetch },
    };
  };

  test('outside the network is warned of, with who is within it', async () => {
    const { status, cards } = await call(dispatch({ performer: performer(OUTSIDE) }), 'order-dispatch');
    expect(status).toBe(200);
    expect(cards).toEqual([
      expect.objectContaining({
        indicator: 'warning',
        summary: 'Ana Family9, MD is out of network for Plan A.',
        detail: expect.stringMatching(/^In network instead:\n\n1\. \*\*Ana Family1, MD/),
      }),
    ]);
  });

  test.each([
    ['in network', '1234567811'],
    ['in network at one of two places', '1234567812'],
    ['whom the directory does not know', '1999999976'],
  ])('to somebody %s gets no card', async (_who, npi) => {
    expect(await call(dispatch({ performer: performer(npi) }), 'order-dispatch')).toMatchObject({ status: 200, body: { cards: [] } });
  });

  test('whose number nobody told gets no card, and nothing is asked without a token', async () => {
    expect(await call(dispatch({}), 'order-dispatch')).toMatchObject({ status: 200, body: { cards: [] } });
    expect(asked).toEqual([]);
  });

  test('as one of several orders (order-dispatch 1.1), by a role that names its person: what is missing is read with the EHR’s token', async () => {
    const role = { resourceType: 'PractitionerRole', id: 'role', practitioner: { reference: 'Practitioner/them' } };
    ehr.set(`${whole.site.iss}/ServiceRequest/to-send`, referral({ id: 'to-send', status: 'active' }));
    ehr.set(`${whole.site.iss}/PractitionerRole/role`, role);
    ehr.set(`${whole.site.iss}/Practitioner/them`, performer(OUTSIDE));
    const body = dispatch({}, { order: undefined, dispatchedOrders: ['ServiceRequest/to-send'], performer: 'PractitionerRole/role' });
    const { cards } = await call({ ...withToken(body), prefetch: { patient: patient(), coverage: coverage() } }, 'order-dispatch');
    expect(cards.map(({ indicator }) => indicator)).toEqual(['warning']);
    expect(asked.map(({ url }) => url.replace(whole.site.iss, ''))).toEqual([
      '/ServiceRequest/to-send',
      '/PractitionerRole/role',
      '/Practitioner/them',
    ]);
  });
});

describe('what was not sent along', () => {
  test('is read with the token of the call, from the registered FHIR base alone', async () => {
    ehr.set(`${whole.site.iss}/Patient/pat-1`, patient());
    ehr.set(`${whole.site.iss}/Coverage?patient=pat-1&status=active`, { resourceType: 'Bundle', entry: [{ resource: coverage() }] });
    const { cards } = await call(withToken(select(referral())));
    expect(cards).toHaveLength(1);
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer ehr-token', 'Bearer ehr-token']);
    expect(whole.log.leaked(['ehr-token'])).toEqual([]);
  });

  test('is 412 where there is no token, or it is not to be had', async () => {
    const field = (key: string) => ({ status: 412, body: { type: '/problems/data-missing', errors: [{ field: `prefetch.${key}` }] } });
    expect(await call(without(select(referral()), 'prefetch'))).toMatchObject(field('patient'));
    expect(await call({ ...select(referral()), prefetch: { patient: patient() } })).toMatchObject(field('coverage'));
    ehr.set(`${whole.site.iss}/Patient/pat-1`, { ...patient(), id: 'pat-2' });
    ehr.set(`${whole.site.iss}/Coverage?patient=pat-1&status=active`, { resourceType: 'Bundle', entry: [] });
    expect(await call(withToken(select(referral())))).toMatchObject(field('patient'));
  });

  test('is not waited for: the answer comes within half a second, without a card', async () => {
    whole.cdsBudget.ms = 450;
    const { status, body, ms } = await call(withToken(select(referral())));
    whole.cdsBudget.ms = 30_000;
    expect({ status, body }).toEqual({ status: 200, body: { cards: [] } });
    // Longer than the 450 ms by what a busy machine adds; the EHR of this test never answers.
    expect(ms).toBeLessThan(2000);
    expect(asked).toHaveLength(2);
  });

  test('and what took too long itself is not told either, and the audit says so', async () => {
    const before = await audited();
    whole.cdsBudget.ms = 0;
    const { status, body } = await call(select(referral()));
    whole.cdsBudget.ms = 30_000;
    expect({ status, body }).toEqual({ status: 200, body: { cards: [] } });
    // The card that was found, and that it was too late.
    await vi.waitFor(async () => expect((await audited()).length).toBe(before.length + 2));
  });

  test('of another patient is not taken for this one’s', async () => {
    const foreign = { ...coverage(), beneficiary: { reference: 'Patient/pat-2' } };
    expect(await call(select(referral(), [patient(), foreign]))).toMatchObject({ status: 200, body: { cards: [] } });
    expect(await call(select(referral(), [{ ...patient(), id: 'pat-2' }, coverage()]))).toMatchObject({ status: 412 });
  });
});

describe('who asks', () => {
  test('once with each token', async () => {
    const token = await whole.cds.token('/cds-services/refloop-order-select');
    expect(await call(select(referral()), 'order-select', token)).toMatchObject({ status: 200 });
    expect(await call(select(referral()), 'order-select', token)).toMatchObject({
      status: 401,
      body: { type: '/problems/client-refused' },
    });
  });

  test('at this service alone, not at another and not at its feedback', async () => {
    const token = await whole.cds.token('/cds-services/refloop-order-select');
    expect(await call(select(referral()), 'order-sign', token)).toMatchObject({ status: 401 });
    expect(await send('/cds-services/refloop-order-select/feedback', { feedback: [] }, token)).toMatchObject({ status: 401 });
  });

  test.each([
    ['an EHR that is not its own', 'https://other.example.org/fhir'],
    ['its own with a slash more', 'http://localhost:4010/fhir/'],
  ])('for %s is refused, and nothing is read there', async (_which, fhirServer) => {
    expect(await call({ ...withToken(select(referral())), fhirServer })).toMatchObject({
      status: 403,
      body: { type: '/problems/unknown-issuer' },
    });
    expect(asked).toEqual([]);
  });

  test('need not name its EHR where it has one', async () => {
    expect((await call(without(select(referral()), 'fhirServer'))).cards).toHaveLength(1);
  });

  test('for a hook or a service that there is not is told so', async () => {
    expect(await call({ ...select(referral()), hook: 'order-sign' })).toMatchObject({ status: 400, body: { errors: [{ field: 'hook' }] } });
    expect(await call(select(referral()), 'patient-view')).toMatchObject({ status: 404 });
    const body = select(referral());
    expect(await call({ ...body, context: { patientId: '../x' } })).toMatchObject({
      status: 400,
      body: {
        errors: expect.arrayContaining([
          expect.objectContaining({ field: 'context.patientId' }),
          expect.objectContaining({ field: 'context.draftOrders' }),
        ]),
      },
    });
  });
});

test('feedback is put on record without what was written with it', async () => {
  const before = await audited();
  const card = randomUUID();
  const given = {
    feedback: [
      {
        card,
        outcome: 'overridden',
        overrideReason: { reason: { system: 'urn:refloop:cds:override-reason', code: 'chosen-already' }, userComment: FAMILY },
        outcomeTimestamp: '2026-11-20T10:00:00Z',
      },
      { card, outcome: 'accepted', acceptedSuggestions: [{ id: randomUUID() }], outcomeTimestamp: '2026-11-20T10:01:00Z' },
    ],
  };
  expect(await send('/cds-services/refloop-order-select/feedback', given)).toMatchObject({ status: 200, body: {} });
  expect((await audited()).slice(before.length).map(({ action, subjectRef }) => ({ action, subjectRef }))).toEqual([
    { action: 'cds.feedback-given', subjectRef: null },
    { action: 'cds.feedback-given', subjectRef: null },
  ]);
  expect(whole.log.leaked([FAMILY])).toEqual([]);
});

describe('a page of an EHR', () => {
  const preflight = (origin: string, path: string) =>
    whole.app.request(path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, content-type' },
    });

  test('of the site file may ask and read, and no other', async () => {
    for (const path of ['/cds-services', '/cds-services/refloop-order-select', '/cds-services/refloop-order-select/feedback']) {
      const granted = await preflight('http://localhost:4010', path);
      expect([
        granted.status,
        granted.headers.get('access-control-allow-origin'),
        granted.headers.get('access-control-allow-headers'),
      ]).toEqual([204, 'http://localhost:4010', 'Authorization,Content-Type']);
      const refused = await preflight('https://evil.example.org', path);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([404, null]);
    }
    const origins = ['http://localhost:4010', 'https://evil.example.org'];
    const read = origins.map(async (origin) => whole.app.request('/cds-services', { headers: { origin } }));
    const allowed = (await Promise.all(read)).map(({ headers }) => [headers.get('access-control-allow-origin'), headers.get('vary')]);
    expect(allowed).toEqual([
      ['http://localhost:4010', 'Origin'],
      [null, 'Origin'],
    ]);
  });

  test('gets nothing of this kind for any other route', async () => {
    for (const path of ['/match', '/sessions', '/worklist']) expect((await preflight('http://localhost:4010', path)).status).toBe(404);
  });
});
