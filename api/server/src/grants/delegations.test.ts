/** Naming who stands in for whom: over HTTP, on PostgreSQL. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openReferralApi, type ReferralApi } from '../services/test-referral-api.ts';
import { type Body, problemType } from '../services/test-referral-input.ts';

let api: ReferralApi;
let admin: string;
/** Each test has people of its own. */
let number = 0;
let nurse: string;
let nurseToken: string;
let clinician: string;

beforeAll(async () => {
  api = await openReferralApi();
  admin = await api.session({ subject: 'admin', patientId: null, roles: ['admin'] });
});
afterAll(() => api.close());
beforeEach(async () => {
  number += 1;
  [nurse, clinician] = [`nurse-${number}`, `lee-${number}`];
  nurseToken = await api.session({ subject: nurse, patientId: null, roles: ['preparer'] });
});

const person = (subject: string, name = `Name of ${subject}`): Body => ({ subject, fhirUser: `Practitioner/${subject}`, name });
const give = (more: Body = {}) =>
  api.call('POST', '/delegations', admin, {
    kind: 'prepares-for',
    delegate: person(nurse),
    clinician: person(clinician),
    reason: 'Works in this clinician’s team',
    until: null,
    ...more,
  });
const end = (id: unknown, reason = 'Moved to another team') => api.call('POST', `/delegations/${String(id)}/end`, admin, { reason });
const signers = async (): Promise<unknown> => (await api.call('GET', '/signers', nurseToken)).body['signers'];
const listed = async (id: unknown): Promise<Body | undefined> =>
  ((await api.call('GET', '/delegations', admin)).body['delegations'] as Body[]).find((each) => each['id'] === id);
const fieldsOf = (body: Body): string[] => ((body['errors'] ?? []) as { field: string }[]).map(({ field }) => field);

describe('a person who prepares', () => {
  test('may send to those they were named for from the next request on, and no more once it is taken away', async () => {
    expect(await signers()).toEqual([]);
    const given = await give();
    expect(given.status, JSON.stringify(given.body)).toBe(201);
    expect(given.body).toMatchObject({ state: 'in-force', givenBy: 'admin', reason: 'Works in this clinician’s team', ended: null });
    expect(await signers()).toEqual([{ subject: clinician, name: `Name of ${clinician}` }]);
    const ended = await end(given.body['id']);
    expect(ended.body).toMatchObject({ state: 'taken-away', ended: { by: 'admin', reason: 'Moved to another team' } });
    expect(await signers()).toEqual([]);
    expect(await listed(given.body['id'])).toMatchObject({ state: 'taken-away' });
    const again = await end(given.body['id']);
    expect([again.status, problemType(again.body)]).toEqual([409, 'conflict']);
    expect((await give()).status, 'and may be given anew').toBe(201);
  });

  test('may not once its end has come; it is then shown as run out', async () => {
    const given = await give({ until: '2026-11-20T18:00:00-08:00' });
    expect(given.body).toMatchObject({ until: '2026-11-21T02:00:00.000Z' });
    const before = api.clock.now;
    try {
      api.clock.now = new Date('2026-11-21T01:59:59.999Z');
      admin = await api.session({ subject: 'admin', patientId: null, roles: ['admin'] });
      nurseToken = await api.session({ subject: nurse, patientId: null });
      expect(await signers()).toHaveLength(1);
      api.clock.now = new Date('2026-11-21T02:00:00.000Z');
      expect(await signers()).toEqual([]);
      expect(await listed(given.body['id'])).toMatchObject({ state: 'run-out', ended: null });
    } finally {
      api.clock.now = before;
      admin = await api.session({ subject: 'admin', patientId: null, roles: ['admin'] });
    }
  });

  test('is not offered a clinician whose access was taken away', async () => {
    await give();
    await api.call('PUT', `/grants/${clinician}`, admin, { fhirUser: `Practitioner/${clinician}`, roles: [], reason: 'Left the practice' });
    expect(await signers()).toEqual([]);
  });

  test('the same twice is refused while it is in force', async () => {
    await give();
    const again = await give();
    expect([again.status, problemType(again.body)]).toEqual([409, 'conflict']);
  });
});

describe('for a clinician whose access was taken away', () => {
  const leaves = () =>
    api.call('PUT', `/grants/${clinician}`, admin, { fhirUser: `Practitioner/${clinician}`, roles: [], reason: 'Left the practice' });
  const colleague = () => person(`colleague-${number}`);

  test('a colleague may cover, since what waits for them would be nobody’s to answer', async () => {
    await leaves();
    const given = await give({ kind: 'covers', delegate: colleague() });
    expect([given.status, given.body['state']]).toEqual([201, 'in-force']);
  });

  test('nobody prepares', async () => {
    await leaves();
    expect(fieldsOf((await give()).body)).toEqual(['clinician.subject']);
  });

  test('who has another role than clinician is not covered: their work on the worklist would go to a clinician', async () => {
    const roles = { fhirUser: `Practitioner/${clinician}`, roles: ['coordinator'], reason: 'Coordinates from now on' };
    await api.call('PUT', `/grants/${clinician}`, admin, roles);
    expect(fieldsOf((await give({ kind: 'covers', delegate: colleague() })).body)).toEqual(['clinician.subject']);
  });
});

describe('nobody is named who cannot stand there', () => {
  test.each<[string, () => Body, string[]]>([
    ['a delegate without the role', () => ({ delegate: person('stranger') }), ['delegate.subject']],
    ['a preparer as the clinician', () => ({ clinician: person(nurse) }), ['clinician.subject', 'delegate.subject']],
    ['a preparer who would cover', () => ({ kind: 'covers' }), ['delegate.subject']],
    ['no reference', () => ({ clinician: { ...person(clinician), fhirUser: 'Patient/1' } }), ['clinician.fhirUser']],
    ['somebody else’s subject', () => ({ delegate: { ...person(nurse), fhirUser: 'Practitioner/other' } }), ['delegate.fhirUser']],
    ['an end in the past', () => ({ until: '2026-11-20T10:00:00.000Z' }), ['until']],
  ])('%s', async (_what, more, fields) => {
    const refused = await give(more());
    expect([refused.status, problemType(refused.body), fieldsOf(refused.body)]).toEqual([422, 'unprocessable', fields]);
  });

  test.each([
    ['no reason', { reason: ' ' }],
    ['no name', { clinician: { subject: 'x', fhirUser: 'Practitioner/x', name: '' } }],
    ['an unknown kind', { kind: 'replaces' }],
    ['no moment', { until: 'tomorrow' }],
  ])('%s', async (_what, more) => {
    expect((await give(more)).status).toBe(400);
  });

  test('nothing is taken away that is not there', async () => {
    expect((await end('none')).status).toBe(404);
    expect((await end('none', '')).status).toBe(400);
  });
});

test('giving and taking away are in the audit', async () => {
  await api.store.auditTrail.sequence(api.clock.now.toISOString());
  const actions = async (): Promise<string[]> =>
    api.store.auditTrail.view(async (view) => {
      const found: string[] = [];
      for await (const row of view.rows()) found.push(row.stored?.entry.action ?? '');
      return found;
    });
  const before = (await actions()).length;
  const given = await give();
  await give();
  await end(given.body['id']);
  await end(given.body['id']);
  await api.store.auditTrail.sequence(api.clock.now.toISOString());
  const added = (await actions()).slice(before);
  expect(added, 'what was refused changed nothing').toEqual(['delegation.given', 'delegation.ended']);
});

test('nobody but an administrator names anybody', async () => {
  const others = [nurseToken, await api.session({ subject: 'lead-of-team', patientId: null, roles: ['clinician', 'lead'] })];
  for (const token of others) {
    const refused = await api.call('POST', '/delegations', token, { kind: 'covers' });
    expect([refused.status, problemType(refused.body)]).toEqual([403, 'not-allowed']);
  }
});
