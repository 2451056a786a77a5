/** What must hold between the page's word and the chart: each case is one thing the server decides by itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReferralApi, type ReferralApi, testDirectory } from './test-referral-api.ts';
import { approveInput, type Body, chart, type Made, makeInput, order, problemType } from './test-referral-input.ts';
import { unfinishedText } from './unfinished-text.ts';

type Step = { name: string; resource: Body; outcome: { status: string } };

const HOLDER = 'window-one-1234';
let api: ReferralApi;
let token: string;

beforeAll(async () => {
  api = await openReferralApi();
  token = await api.session();
});
afterAll(() => api.close());

async function recommend(input: Body, as = token): Promise<Made> {
  const made = await api.call('POST', '/recommendations', as, input);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body as Made;
}

async function approve(made: Made, input: Body, more: Body = {}): Promise<Body> {
  const approved = await api.call('POST', '/approvals', token, approveInput(made, input, more));
  expect(approved.status, JSON.stringify(approved.body)).toBe(201);
  return approved.body;
}

const orderIn = (plan: Body): Body => (plan['steps'] as Step[]).find((step) => step.name === 'ServiceRequest')?.resource ?? {};
const report = (plan: Body, step: string, outcome: Body) =>
  api.call('POST', `/plans/${String(plan['id'])}/steps/${step}`, token, { holder: HOLDER, outcome });
const lease = (plan: Body, holder = HOLDER) => api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder });

describe('the order that is written', () => {
  test('rests on the order the clinician was shown, not on what is sent along with the approval', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const swapped = { ...(input['order'] as Body), note: [{ text: 'Slipped in' }] };
    expect(orderIn(await approve(made, input, { order: swapped }))['note']).toBeUndefined();
  });

  test.each(['Patient/pat-2', 'https://elsewhere.example.org/Practitioner/1', 'Practitioner/../Patient/1'])(
    'names no performer as %s',
    async (reference) => {
      const input = makeInput();
      const made = await recommend(input);
      const performerInEhr = { reference, display: 'Ana Family1' };
      const refused = await api.call('POST', '/approvals', token, approveInput(made, input, { performerInEhr }));
      expect([refused.status, (refused.body['errors'] as { field: string }[])[0]?.field]).toEqual([400, 'performerInEhr.reference']);
    },
  );

  test('names the coverage that was matched, of two that are active', async () => {
    const coverage = (id: string, plan: string, more: Body = {}): Body => ({
      resourceType: 'Coverage',
      id,
      status: 'active',
      beneficiary: { reference: 'Patient/pat-1' },
      payor: [{ reference: 'Organization/payer-a', display: 'Payer A' }],
      class: [{ type: { coding: [{ code: 'plan' }] }, value: plan, name: plan === 'PLAN-A' ? 'Plan A' : 'Plan B' }],
      ...more,
    });
    const [patient = {}, problem = {}] = chart();
    const both = [
      coverage('cov-b', 'PLAN-B'),
      coverage('cov-past', 'PLAN-A', { period: { end: '2025-12-31' } }),
      coverage('cov-a', 'PLAN-A'),
    ];
    const input = makeInput({ chart: [patient, problem, ...both] });
    const plan = await approve(await recommend(input), input);
    expect(orderIn(plan)['insurance']).toEqual([{ reference: 'Coverage/cov-a' }]);
  });
});

describe('what the page says the EHR can do', () => {
  const refusedField = async (input: Body) => {
    const refused = await api.call('POST', '/recommendations', token, input);
    return [refused.status, (refused.body['errors'] as { field: string }[])[0]?.field];
  };
  test('no order to update', async () => {
    const writeBack = { rung: 1, steps: ['ServiceRequest'], leftOut: [] };
    expect(await refusedField({ ...makeInput({ order: null }), writeBack })).toEqual([400, 'writeBack.rung']);
  });
  test('an order that is neither updated nor created', async () => {
    const writeBack = { rung: 2, steps: ['DocumentReference', 'Task'], leftOut: [] };
    expect(await refusedField({ ...makeInput(), writeBack })).toEqual([400, 'writeBack.steps']);
  });
  test('nothing at all: the decision stands, and somebody is told to enter the order by hand', async () => {
    const input = { ...makeInput(), writeBack: { rung: 6, steps: [], leftOut: [] } };
    const made = await recommend(input);
    await approve(made, input);
    const [open] = await api.store.transaction(api.scope, (unit) =>
      unit.obligations.list({ status: 'open', referralId: String(made['referralId']) }),
    );
    const plan = await api.store.transaction(api.scope, (unit) =>
      unit.plans.get((open?.content as { planId?: string } | undefined)?.planId ?? ''),
    );
    expect(plan && unfinishedText(plan)).toContain('by hand');
  });
});

describe('a specialist who changed since the list was shown', () => {
  test('no longer takes new patients: told, not approved', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const directory = testDirectory();
    const entries = directory.entries.map((each) =>
      each.id === 'entry-1' ? { ...each, networks: each.networks.map((row) => ({ ...row, accepting: 'nopt' as const })) } : each,
    );
    api.useDirectory({ ...directory, entries }, 'directory-3');
    const refused = await api.call('POST', '/approvals', token, approveInput(made, input));
    api.useDirectory(testDirectory(), 'directory-1');
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'directory-changed']);
  });
});

test('an emergency is referred only after the question whether the emergency department is the right place (C15)', async () => {
  const input = makeInput({ match: { urgency: 'emergency' } });
  const made = await recommend(input);
  const refused = await api.call('POST', '/approvals', token, approveInput(made, input));
  expect([refused.status, problemType(refused.body)]).toEqual([422, 'emergency-not-considered']);
  await approve(made, input, { working: { ...made.working, emergencyDepartmentConsidered: true } });
});

test('a replaced recommendation lends its referral only to the same order', async () => {
  const made = await recommend(makeInput());
  const other = await recommend({ ...makeInput({ order: order() }), replaces: made.id });
  expect(other['referralId']).not.toBe(made['referralId']);
});

describe('reports of what was written', () => {
  test.each([
    ['DocumentReference', 'Patient/p1'],
    ['DocumentReference', 'https://elsewhere.example.org/DocumentReference/d1'],
    ['ServiceRequest', 'ServiceRequest/another-order'],
  ])('a %s is not written as %s', async (step, reference) => {
    const input = makeInput();
    const plan = await approve(await recommend(input), input);
    await lease(plan);
    const refused = await report(plan, step, { status: 'done', reference, versionId: '1' });
    expect([refused.status, (refused.body['errors'] as { field: string }[])[0]?.field]).toEqual([400, 'outcome.reference']);
  });

  test('a plan whose approval lapsed is nobody’s to carry on', async () => {
    const input = makeInput();
    const plan = await approve(await recommend(input), input);
    await lease(plan);
    await report(plan, 'ServiceRequest', { status: 'stale', detail: 'HTTP 412' });
    expect((await lease(plan, 'window-two-1234')).status).toBe(404);
  });

  test('a write-back that stopped halfway is not said to be going on', async () => {
    const input = makeInput();
    const plan = await approve(await recommend(input), input);
    await lease(plan);
    const going = await report(plan, 'DocumentReference', { status: 'done', reference: 'DocumentReference/d1', versionId: '1' });
    expect(going.body['writeBack']).toBe('writing');
    const before = api.clock.now;
    api.clock.now = new Date(before.getTime() + 61_000);
    const after = await api.call('GET', `/plans/${String(plan['id'])}`, token);
    api.clock.now = before;
    expect(after.body['writeBack']).toBe('partial');
  });
});

describe('whose plan it is', () => {
  test.each([
    ['another clinician of the patient', { subject: 'second' }],
    ['the same clinician in another chart', { patientId: 'pat-2' }],
  ])('%s neither reads, takes nor reports it', async (_name, who) => {
    const input = makeInput();
    const path = `/plans/${String((await approve(await recommend(input), input))['id'])}`;
    const other = await api.session(who);
    const outcome = { status: 'unknown', detail: 'No answer' };
    expect((await api.call('GET', path, other)).status).toBe(404);
    expect((await api.call('POST', `${path}/lease`, other, { holder: HOLDER })).status).toBe(404);
    expect((await api.call('POST', `${path}/steps/Task`, other, { holder: HOLDER, outcome })).status).toBe(404);
  });

  test('a window that never took it reports nothing', async () => {
    const input = makeInput();
    const plan = await approve(await recommend(input), input);
    const refused = await report(plan, 'Task', { status: 'done', reference: 'Task/t1', versionId: '1' });
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'lease-lost']);
  });

  test('a step said to be written is not said to be written elsewhere afterwards', async () => {
    const input = makeInput();
    const plan = await approve(await recommend(input), input);
    await lease(plan);
    const done = (id: string) =>
      report(plan, 'DocumentReference', { status: 'done', reference: `DocumentReference/${id}`, versionId: '1' });
    expect((await done('d1')).status).toBe(200);
    const refused = await done('d2');
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'conflict']);
  });
});

describe('one press, one approval', () => {
  test('a draft changed in another window since is not approved', async () => {
    const input = makeInput();
    const made = await recommend(input);
    await api.call('PUT', `/recommendations/${made.id}/working`, token, { revision: made.revision, working: made.working });
    const refused = await api.call('POST', '/approvals', token, approveInput(made, input));
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'conflict']);
  });

  test('another order than the one recommended for', async () => {
    const made = await recommend(makeInput());
    const refused = await api.call('POST', '/approvals', token, approveInput(made, makeInput()));
    expect([refused.status, (refused.body['errors'] as { field: string }[])[0]?.field]).toEqual([400, 'order.id']);
  });

  test('a key that approved one recommendation approves no other, and no other clinician’s', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const body = approveInput(made, input);
    expect((await api.call('POST', '/approvals', token, body)).status).toBe(201);
    const second = await api.session({ subject: 'second' });
    expect((await api.call('POST', '/approvals', second, body)).status).toBe(409);
    const nextInput = makeInput();
    const next = await recommend(nextInput);
    const refused = await api.call('POST', '/approvals', token, {
      ...approveInput(next, nextInput),
      idempotencyKey: body['idempotencyKey'],
    });
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'conflict']);
    expect((await api.call('GET', `/recommendations/${next.id}`, token)).body['status']).toBe('PENDING_REVIEW');
  });
});

describe('two clinicians, one patient', () => {
  test('the record names who approved, not who asked', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const second = await api.session({ subject: 'second' });
    const approved = await api.call('POST', '/approvals', second, approveInput(made, input));
    expect(approved.status).toBe(201);
    const admin = await api.session({ subject: 'admin', patientId: null, roles: ['admin'] });
    const record = await api.call('GET', `/audit/recommendations/${made.id}`, admin);
    expect(record.body).toMatchObject({ userName: 'Dr. Lee', decision: { by: 'Dr. second' } });
  });

  test('a newer recommendation for the same order supersedes the other’s in the list too', async () => {
    const launched = order();
    const first = await recommend(makeInput({ order: launched }));
    const second = await api.session({ subject: 'second' });
    await recommend(makeInput({ order: launched }), second);
    expect((await api.call('GET', `/recommendations/${first.id}`, token)).body['status']).toBe('SUPERSEDED');
  });
});

test('a draft saved at the same moment does not keep a dismissed recommendation open', async () => {
  const made = await recommend(makeInput());
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const saving = api.store.transaction(api.scope, async (unit) => {
    await unit.recommendations.save(made.id, made.revision, { working: made.working as never });
    await held;
  });
  const dismissing = api.call('POST', `/recommendations/${made.id}/dismissal`, token, { reason: 'Patient wants to wait' });
  // Long enough for the dismissal to have read the row and to wait for its lock.
  await new Promise((resolve) => setTimeout(resolve, 300));
  release();
  await saving;
  expect((await dismissing).status).toBe(200);
  expect((await api.call('GET', `/recommendations/${made.id}`, token)).body['status']).toBe('DISMISSED');
});

test('every look at a patient’s referral is on record, with who, whom and why', async () => {
  const input = makeInput();
  const made = await recommend(input);
  await api.call('GET', `/recommendations/${made.id}`, token);
  await api.call('PUT', `/recommendations/${made.id}/working`, token, { revision: made.revision, working: made.working });
  const plan = await approve({ ...made, revision: made.revision + 1 }, input);
  await api.call('GET', `/plans/${String(plan['id'])}`, token);
  await lease(plan);
  const entries = await api.store.transaction(api.scope, (unit) => unit.audit.list({ recommendationId: made.id }));
  expect(entries.map((entry) => entry.action).sort()).toEqual([
    'recommendation.made',
    'recommendation.read',
    'recommendation.saved',
    'referral.approved',
    'write-back.read',
    'write-back.taken',
  ]);
  await api.call('GET', '/open-work', token);
  await api.call('POST', '/recommendations', token, makeInput({ order: order({ subject: { reference: 'Patient/pat-2' } }) }));
  await api.store.auditTrail.sequence(new Date().toISOString());
  const actions: string[] = [];
  await api.store.auditTrail.view(async (view) => {
    for await (const row of view.rows()) actions.push(row.stored?.entry.action ?? '');
  });
  expect(actions).toContain('open-work.listed');
  expect(actions).toContain('access.refused');
});

test.each([
  ['given names that are no list', { given: 0.1, family: 'Q' }],
  ['a family name that is no text', { family: { text: 'Q' } }],
  ['no name at all', null],
])('a chart whose patient has %s is read all the same', async (_what, name) => {
  const odd = chart().map((each) => (each['resourceType'] === 'Patient' ? { ...each, name: [name] } : each));
  const made = await api.call('POST', '/recommendations', token, makeInput({ chart: odd }));
  expect(made.status, JSON.stringify(made.body)).toBe(201);
});

describe('what the chart says of the patient’s record', () => {
  const chartOf = (more: Body): Body[] => chart().map((each) => (each['resourceType'] === 'Patient' ? { ...each, ...more } : each));

  test('one that was merged into another is no place to refer from', async () => {
    const link = [{ type: 'replaced-by', other: { reference: 'Patient/survivor' } }];
    const refused = await api.call('POST', '/recommendations', token, makeInput({ chart: chartOf({ active: false, link }) }));
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'patient-merged']);
    expect(JSON.stringify(refused.body)).not.toContain('survivor');
  });

  test('a patient who died is referred only after the question was answered, and the answer is on record', async () => {
    const input = makeInput({ chart: chartOf({ deceasedDateTime: '2026-11-07' }) });
    const made = await recommend(input);
    expect(made['deceased']).toEqual({ on: '2026-11-07' });
    const refused = await api.call('POST', '/approvals', token, approveInput(made, input));
    expect([refused.status, problemType(refused.body)]).toEqual([422, 'death-not-considered']);
    const working = { ...made.working, deathConsidered: true };
    expect((await approve(made, input, { working }))['writeBack']).toBe('waiting');
  });
});
