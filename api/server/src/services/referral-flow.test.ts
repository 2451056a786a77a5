/** From a recommendation to the written order, through the routes, on a real PostgreSQL. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readReferral } from './referral-log.ts';
import { OUT_OF_NETWORK, openReferralApi, type ReferralApi, testDirectory } from './test-referral-api.ts';
import { approveInput, type Body, chart, type Made, makeInput, match, order, problemType } from './test-referral-input.ts';

let api: ReferralApi;
let token: string;

beforeAll(async () => {
  api = await openReferralApi();
  token = await api.session();
});
afterAll(() => api.close());

async function recommend(input: Body = makeInput()): Promise<Made> {
  const made = await api.call('POST', '/recommendations', token, input);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return made.body as Made;
}

describe('the whole way', () => {
  test('recommend, approve, write, settle: the referral is in the chart, and every step is on record', async () => {
    const input = makeInput();
    const made = await recommend(input);
    expect(made).toMatchObject({ status: 'PENDING_REVIEW', orderVersion: '3', working: { chosen: 'entry-1' } });
    const ranked = (made['match'] as { ranked: { entryId: string; rank: number; score: number; factors: { contribution: number }[] }[] })
      .ranked;
    expect(ranked.map((card) => card.entryId)).toEqual(['entry-1', 'entry-2', 'entry-3', 'entry-4']);
    for (const card of ranked) expect(card.factors.reduce((sum, factor) => sum + factor.contribution, 0)).toBeCloseTo(card.score, 12);

    const approved = await api.call('POST', '/approvals', token, approveInput(made, input));
    expect(approved.status, JSON.stringify(approved.body)).toBe(201);
    const planId = String(approved.body['id']);
    expect(approved.body).toMatchObject({ writeBack: 'waiting', transport: 'not-sent', decision: { by: 'Dr. Lee' } });

    const holder = 'window-one-1234';
    expect((await api.call('POST', `/plans/${planId}/lease`, token, { holder })).body['writeBack']).toBe('writing');
    const steps: [string, string][] = [
      ['DocumentReference', 'DocumentReference/d1'],
      ['ServiceRequest', `ServiceRequest/${String((input['order'] as Body)['id'])}`],
      ['Task', 'Task/t1'],
      ['Provenance', 'Provenance/p1'],
    ];
    for (const [step, reference] of steps) {
      const reported = await api.call('POST', `/plans/${planId}/steps/${step}`, token, {
        holder,
        outcome: { status: 'done', reference, versionId: '4' },
      });
      expect(reported.status, JSON.stringify(reported.body)).toBe(200);
    }
    expect((await api.call('GET', `/plans/${planId}`, token)).body['writeBack']).toBe('done');

    const admin = await api.session({ subject: 'admin', patientId: null, roles: ['admin'] });
    const record = await api.call('GET', `/audit/recommendations/${made.id}`, admin);
    expect(record.body).toMatchObject({ decision: { chosenName: 'Ana Family1, MD', chosenRank: 1 }, plan: { writeBack: 'done' } });
    const row = await api.store.transaction(api.scope, async (unit) => readReferral(unit, String(made['referralId'])));
    expect(row?.order).toMatchObject({ status: 'active', approval: { by: 'Practitioner/clinician' } });
    // Nothing of the write-back is left; what is owed next is to send it.
    const owed = await api.store.transaction(api.scope, (unit) => unit.obligations.openOf(String(made['referralId'])));
    expect(owed.map(({ kind, owner }) => [kind, owner])).toEqual([['send', 'clinician']]);
  });

  test('the same press sent twice approves once; another press is told who approved', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const body = approveInput(made, input);
    const first = await api.call('POST', '/approvals', token, body);
    const again = await api.call('POST', '/approvals', token, body);
    expect(again.body['id']).toBe(first.body['id']);
    const other = await api.call('POST', '/approvals', token, approveInput({ ...made, revision: made.revision + 1 }, input));
    expect([other.status, problemType(other.body)]).toEqual([409, 'already-approved']);
  });
});

describe('what the server refuses, whatever the page says', () => {
  test('an order that changed since it was shown: read again, approve again', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const changed = { ...(input['order'] as Body), meta: { versionId: '4' } };
    const refused = await api.call('POST', '/approvals', token, approveInput(made, input, { order: changed }));
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'order-changed']);
    const again = await recommend({ ...input, order: changed, replaces: made.id } as Body);
    expect(again['referralId']).toBe(made['referralId']);
    expect((await api.call('POST', '/approvals', token, approveInput(again, { order: changed }))).status).toBe(201);
  });

  test('an out-of-network choice without a reason; with one it passes and is recorded', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const chosen = { ...made.working, chosen: OUT_OF_NETWORK };
    const refused = await api.call('POST', '/approvals', token, approveInput(made, input, { working: chosen }));
    expect([refused.status, problemType(refused.body)]).toEqual([422, 'override-reason-needed']);
    const passed = await api.call(
      'POST',
      '/approvals',
      token,
      approveInput(made, input, { working: { ...chosen, overrideReason: { code: 'patient-prefers', text: '' } } }),
    );
    expect(passed.status, JSON.stringify(passed.body)).toBe(201);
  });

  test('a sentence without a source that the composer is said to have written', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const planted = { id: 'x1', section: 'findings', text: 'Troponin is normal.', author: 'composer', sources: [] };
    const sentences = [...(made.working['sentences'] as Body[]), planted];
    const refused = await api.call('POST', '/approvals', token, approveInput(made, input, { working: { ...made.working, sentences } }));
    expect([refused.status, problemType(refused.body)]).toEqual([422, 'note-not-sourced']);
    const own = [...(made.working['sentences'] as Body[]), { ...planted, author: 'clinician' }];
    const passed = await api.call('POST', '/approvals', token, approveInput(made, input, { working: { ...made.working, sentences: own } }));
    expect(passed.status, JSON.stringify(passed.body)).toBe(201);
  });

  test('a red flag that nobody answered', async () => {
    const input = makeInput({ reasonText: 'Crushing chest pain since this morning' });
    const made = await recommend(input);
    expect((made['redFlags'] as unknown[]).length).toBeGreaterThan(0);
    const refused = await api.call('POST', '/approvals', token, approveInput(made, input));
    expect([refused.status, problemType(refused.body)]).toEqual([422, 'emergency-not-considered']);
  });

  test('no specialist, an unknown one, and one whose network changed meanwhile', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const none = await api.call('POST', '/approvals', token, approveInput(made, input, { working: { ...made.working, chosen: null } }));
    expect([none.status, problemType(none.body)]).toEqual([422, 'performer-missing']);
    const unknown = await api.call(
      'POST',
      '/approvals',
      token,
      approveInput(made, input, { working: { ...made.working, chosen: 'entry-77' } }),
    );
    expect([unknown.status, problemType(unknown.body)]).toEqual([409, 'conflict']);
    const directory = testDirectory();
    api.useDirectory(
      { ...directory, entries: directory.entries.map((each) => (each.id === 'entry-1' ? { ...each, networks: [] } : each)) },
      'directory-2',
    );
    const changed = await api.call('POST', '/approvals', token, approveInput(made, input));
    api.useDirectory(testDirectory(), 'directory-1');
    expect([changed.status, problemType(changed.body)]).toEqual([409, 'directory-changed']);
  });

  test('another patient: in the order, in the chart, or by id', async () => {
    const foreignOrder = await api.call(
      'POST',
      '/recommendations',
      token,
      makeInput({ order: order({ subject: { reference: 'Patient/pat-2' } }) }),
    );
    expect([foreignOrder.status, problemType(foreignOrder.body)]).toEqual([403, 'another-patient']);
    const foreign = { resourceType: 'Condition', id: 'c2', subject: { reference: 'Patient/pat-2' }, code: { text: 'Other' } };
    const foreignChart = await api.call('POST', '/recommendations', token, makeInput({ chart: [...chart(), foreign] }));
    expect([foreignChart.status, problemType(foreignChart.body)]).toEqual([403, 'another-patient']);
    const made = await recommend();
    const other = await api.session({ patientId: 'pat-2' });
    expect((await api.call('GET', `/recommendations/${made.id}`, other)).status).toBe(404);
    expect((await api.call('PUT', `/recommendations/${made.id}/working`, other, { revision: 1, working: made.working })).status).toBe(404);
    expect((await api.call('POST', '/approvals', other, approveInput(made, makeInput()))).status).toBe(404);
  });

  test('an order that is closed, or no order at all', async () => {
    const closed = await api.call('POST', '/recommendations', token, makeInput({ order: order({ status: 'revoked' }) }));
    expect([closed.status, problemType(closed.body)]).toEqual([409, 'order-not-open']);
    const wrong = await api.call('POST', '/recommendations', token, makeInput({ order: { resourceType: 'Observation', id: 'o' } }));
    expect([wrong.status, (wrong.body['errors'] as { field: string }[])[0]?.field]).toEqual([400, 'order.resourceType']);
  });

  test('an unknown specialty names the field', async () => {
    const wrong = await api.call('POST', '/match', token, match({ specialty: 'astrology' }));
    expect([wrong.status, (wrong.body['errors'] as { field: string }[])[0]?.field]).toEqual([400, 'specialty']);
  });
});

describe('two windows', () => {
  test('one writes; the other is told to wait, and its reports count for nothing', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const plan = (await api.call('POST', '/approvals', token, approveInput(made, input))).body;
    await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder: 'window-one-1234' });
    // Its lease ends by the machine's clock, however far the practice's is moved on.
    api.clock.ahead = 14 * 86_400_000;
    const second = await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder: 'window-two-1234' });
    api.clock.ahead = 0;
    expect([second.status, problemType(second.body)]).toEqual([409, 'lease-held']);
    const outcome = { status: 'done', reference: 'DocumentReference/d9', versionId: '1' };
    const report = await api.call('POST', `/plans/${String(plan['id'])}/steps/DocumentReference`, token, {
      holder: 'window-two-1234',
      outcome,
    });
    expect([report.status, problemType(report.body)]).toEqual([409, 'lease-lost']);
    const after = await api.call('GET', `/plans/${String(plan['id'])}`, token);
    expect((after.body['steps'] as { outcome: { status: string } }[])[0]?.outcome.status).toBe('waiting');
  });

  test('a draft saved elsewhere is not overwritten', async () => {
    const made = await recommend();
    expect(
      (await api.call('PUT', `/recommendations/${made.id}/working`, token, { revision: made.revision, working: made.working })).status,
    ).toBe(200);
    const late = await api.call('PUT', `/recommendations/${made.id}/working`, token, { revision: made.revision, working: made.working });
    expect([late.status, problemType(late.body)]).toEqual([409, 'conflict']);
  });
});

test('a stale order ends the plan, and the next approval replaces the note already filed', async () => {
  const input = makeInput();
  const made = await recommend(input);
  const plan = (await api.call('POST', '/approvals', token, approveInput(made, input))).body;
  const holder = 'window-one-1234';
  await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder });
  await api.call('POST', `/plans/${String(plan['id'])}/steps/DocumentReference`, token, {
    holder,
    outcome: { status: 'done', reference: 'DocumentReference/first', versionId: '1' },
  });
  const stale = await api.call('POST', `/plans/${String(plan['id'])}/steps/ServiceRequest`, token, {
    holder,
    outcome: { status: 'stale', detail: 'HTTP 412' },
  });
  expect(stale.body['writeBack']).toBe('stale');
  const offered = (await api.call('GET', '/open-work', token)).body['plans'] as { id: string }[];
  expect(offered.map(({ id }) => id)).not.toContain(plan['id']);
  const changed = { ...(input['order'] as Body), meta: { versionId: '4' } };
  const again = await recommend({ ...input, order: changed, replaces: made.id } as Body);
  const second = await api.call('POST', '/approvals', token, approveInput(again, { order: changed }));
  expect(second.status, JSON.stringify(second.body)).toBe(201);
  const steps = second.body['steps'] as { name: string; resource: Body }[];
  expect(steps.find((step) => step.name === 'DocumentReference')?.resource['relatesTo']).toEqual([
    { code: 'replaces', target: { reference: 'DocumentReference/first' } },
  ]);
  // What the lapsed plan's window says late counts neither for it nor for the new one.
  const late = await api.call('POST', `/plans/${String(plan['id'])}/steps/Task`, token, {
    holder,
    outcome: { status: 'done', reference: 'Task/t1', versionId: '1' },
  });
  expect([late.status, problemType(late.body)]).toEqual([409, 'lease-lost']);
  const now = await api.store.transaction(api.scope, (unit) => readReferral(unit, String(again['referralId'])));
  expect(now?.attempts).toMatchObject([{ number: 1, task: null }]);
});

describe('an approval that cannot be carried out', () => {
  test('is taken back, and the order is referred anew under the same referral', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const plan = (await api.call('POST', '/approvals', token, approveInput(made, input))).body;
    const holder = 'window-one-1234';
    await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder });
    const busy = await api.call('POST', `/plans/${String(plan['id'])}/withdrawal`, token, { reason: 'Placed by hand' });
    expect([busy.status, problemType(busy.body)]).toEqual([409, 'lease-held']);
    const outcome = { status: 'refused', httpStatus: 422, detail: 'Business rule' };
    await api.call('POST', `/plans/${String(plan['id'])}/steps/ServiceRequest`, token, { holder, outcome });
    const taken = await api.call('POST', `/plans/${String(plan['id'])}/withdrawal`, token, { reason: 'Placed by hand' });
    expect(taken.body['writeBack'], JSON.stringify(taken.body)).toBe('withdrawn');
    expect((await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder })).status).toBe(404);
    const again = await recommend(input);
    expect(again['referralId']).toBe(made['referralId']);
    expect((await api.call('POST', '/approvals', token, approveInput(again, input))).status).toBe(201);
  });

  test('cannot be taken back when the answer of the EHR was lost', async () => {
    const input = makeInput();
    const made = await recommend(input);
    const plan = (await api.call('POST', '/approvals', token, approveInput(made, input))).body;
    const holder = 'window-one-1234';
    await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder });
    await api.call('POST', `/plans/${String(plan['id'])}/steps/ServiceRequest`, token, {
      holder,
      outcome: { status: 'unknown', detail: 'No answer' },
    });
    const refused = await api.call('POST', `/plans/${String(plan['id'])}/withdrawal`, token, { reason: 'Placed by hand' });
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'conflict']);
  });
});

test('an order the EHR keeps unsigned is shown as awaiting signature, not as done', async () => {
  const input = makeInput();
  const made = await recommend(input);
  const plan = (await api.call('POST', '/approvals', token, approveInput(made, input))).body;
  const holder = 'window-one-1234';
  await api.call('POST', `/plans/${String(plan['id'])}/lease`, token, { holder });
  const order = `ServiceRequest/${String((input['order'] as Body)['id'])}`;
  for (const [step, reference] of [
    ['DocumentReference', 'DocumentReference/d'],
    ['ServiceRequest', order],
    ['Task', 'Task/t'],
    ['Provenance', 'Provenance/p'],
  ]) {
    const outcome = { status: 'done', reference, versionId: '4', ...(step === 'ServiceRequest' ? { orderStatus: 'draft' } : {}) };
    expect((await api.call('POST', `/plans/${String(plan['id'])}/steps/${String(step)}`, token, { holder, outcome })).status).toBe(200);
  }
  expect((await api.call('GET', `/plans/${String(plan['id'])}`, token)).body['writeBack']).toBe('awaiting-signature');
  const referral = await api.store.transaction(api.scope, async (unit) => readReferral(unit, String(made['referralId'])));
  expect(referral?.order.status).toBe('awaiting-signature');
});

test('a code that two specialties share is called by the one asked for', async () => {
  const directory = testDirectory();
  api.useDirectory({ ...directory, entries: directory.entries.map((each) => ({ ...each, nucc: '207V00000X' })) }, 'directory-3');
  const named = async (specialty: string) =>
    ((await api.call('POST', '/match', token, match({ specialty }))).body as { ranked: { specialtyName: string }[] }).ranked[0]
      ?.specialtyName;
  expect([await named('gynecology'), await named('obstetrics')]).toEqual(['Gynecology', 'Obstetrics']);
  api.useDirectory(testDirectory(), 'directory-1');
});

test('an order that was referred is not referred a second time', async () => {
  const input = makeInput();
  const made = await recommend(input);
  expect((await api.call('POST', '/approvals', token, approveInput(made, input))).status).toBe(201);
  const second = await api.call('POST', '/recommendations', token, input);
  expect([second.status, problemType(second.body)]).toEqual([409, 'already-approved']);
  // Which referral it is, for whoever may read how it stands.
  expect(second.body['referralId']).toBe(made['referralId']);
  const colleague = await api.call('POST', '/recommendations', await api.session({ subject: 'a-colleague' }), input);
  expect([colleague.status, problemType(colleague.body), colleague.body['referralId']]).toEqual([409, 'already-approved', undefined]);
});

test.each([
  ['not to be done', { doNotPerform: true }],
  ['a laboratory test', { category: [{ coding: [{ system: 'http://snomed.info/sct', code: '108252007' }] }] }],
  ['imaging', { category: [{ coding: [{ system: 'http://snomed.info/sct', code: '363679005' }] }] }],
])('an order for %s is not rewritten into a referral', async (_what, more) => {
  const refused = await api.call('POST', '/recommendations', token, makeInput({ order: order(more) }));
  expect([refused.status, problemType(refused.body)]).toEqual([409, 'order-not-open']);
});

test('nobody in network within 50 miles becomes an exception with an owner and a deadline', async () => {
  await api.session({ subject: 'coordinator', patientId: null, roles: ['coordinator'] });
  const made = await recommend(makeInput({ match: { place: { zip: '59301' } } }));
  expect((made['match'] as { exception: unknown }).exception).toMatchObject({ kind: 'none-in-network', withinMiles: 50 });
  const coordinator = await api.session({ subject: 'coordinator', patientId: null, roles: ['coordinator'] });
  const rows = (await api.call('GET', '/exceptions', coordinator)).body['rows'] as Body[];
  const row = rows.find((each) => each['kind'] === 'none-in-network');
  expect(row).toMatchObject({ owner: 'coordinator', status: 'open', patientName: 'Rosalind Quillfeather' });
  const done = await api.call('POST', `/exceptions/${String(row?.['id'])}`, coordinator, {
    what: 'done',
    note: 'Arranged a telehealth visit.',
  });
  expect(done.body['status']).toBe('done');
});

test('the draft of a decided recommendation is kept as it was decided', async () => {
  const input = makeInput();
  const made = await recommend(input);
  await api.call('POST', '/approvals', token, approveInput(made, input));
  const path = `/recommendations/${made.id}`;
  const { revision } = (await api.call('GET', path, token)).body as Made;
  const refused = await api.call('PUT', `${path}/working`, token, { revision, working: made.working });
  expect([refused.status, problemType(refused.body)]).toEqual([409, 'recommendation-closed']);
});

test('an exception ends when a later match of the same referral finds somebody', async () => {
  const input = makeInput({ match: { place: { zip: '59301' } } });
  const made = await recommend(input);
  const open = () =>
    api.store.transaction(api.scope, (unit) =>
      unit.obligations.list({ status: 'open', kind: 'none-in-network', referralId: String(made['referralId']) }),
    );
  expect(await open()).toHaveLength(1);
  await recommend({ ...makeInput({ order: input['order'] as Body }), replaces: made.id } as Body);
  expect(await open()).toHaveLength(0);
});

test('saved work is offered again; a draft only looked at and a dismissed recommendation are not', async () => {
  const patient = await api.session({ patientId: 'pat-9' });
  const input = makeInput({
    order: order({ subject: { reference: 'Patient/pat-9' } }),
    chart: [{ resourceType: 'Patient', id: 'pat-9', name: [{ family: 'Nine' }] }],
  });
  const made = (await api.call('POST', '/recommendations', patient, input)).body;
  const open = async () => ((await api.call('GET', '/open-work', patient)).body['recommendations'] as unknown[]).length;
  expect(await open(), 'a draft that was only looked at is no work').toBe(0);
  await api.call('PUT', `/recommendations/${String(made['id'])}/working`, patient, {
    revision: made['revision'],
    working: made['working'],
  });
  expect(await open()).toBe(1);
  await api.call('POST', `/recommendations/${String(made['id'])}/dismissal`, patient, { reason: 'Patient wants to wait' });
  expect(await open()).toBe(0);
});

test('no name, reason or identifier of the patient is in the log', () => {
  expect(api.log.lines.length).toBeGreaterThan(20);
  expect(api.log.leaked(['Quillfeather', 'Rosalind', 'palpitations', '1968-03-02', 'pat-1', 'ablation', 'chest pain'])).toEqual([]);
});
