/** A clinician who covers for another: signs what was prepared for that one, and finishes what that one approved. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readReferral } from './referral-log.ts';
import { approveInput, type Body, type Made, makeInput, problemType } from './test-referral-input.ts';
import { HOLDER, handOver, openTeam, sign, type Team } from './test-team.ts';

let team: Team;
beforeAll(async () => {
  team = await openTeam();
});
afterAll(() => team.close());

const call = (...given: Parameters<Team['api']['call']>) => team.api.call(...given);
const refusal = async (answer: Promise<{ status: number; body: Body }>): Promise<[number, string]> => {
  const { status, body } = await answer;
  return [status, problemType(body)];
};
const STEPS = ['DocumentReference', 'ServiceRequest', 'Task', 'Provenance'] as const;

/** Approved by the clinician of the team, whose window then went away. */
async function approved(): Promise<{ plan: Body; made: Made; order: string }> {
  const input = makeInput();
  const made = (await call('POST', '/recommendations', team.lee, input)).body as Made;
  const plan = await call('POST', '/approvals', team.lee, approveInput(made, input));
  expect(plan.status, JSON.stringify(plan.body)).toBe(201);
  return { plan: plan.body, made, order: `ServiceRequest/${String((input['order'] as Body)['id'])}` };
}
const at = (plan: Body, path = ''): string => `/plans/${String(plan['id'])}${path}`;
const plansOf = async (token: string) => (await call('GET', '/open-work', token)).body['plans'] as Body[];
const done = (reference: string) => ({ holder: HOLDER, outcome: { status: 'done', reference, versionId: '4' } });

test('what was prepared for the one they cover for is signed in their own name, and told so', async () => {
  const handed = await handOver(team);
  const plan = await sign(team, handed, team.covering);
  expect(plan.status, JSON.stringify(plan.body)).toBe(201);
  expect(plan.body['decision']).toMatchObject({ by: 'Dr. covering', coveringFor: 'Dr. Lee' });
  const order = (plan.body['steps'] as { name: string; resource: Body }[]).find(({ name }) => name === 'ServiceRequest');
  expect(order?.resource['requester']).toMatchObject({ reference: 'Practitioner/covering' });
  const record = await call('GET', `/audit/recommendations/${handed.made.id}`, team.admin);
  expect(record.body['decision']).toMatchObject({ by: 'Dr. covering', coveringFor: 'Dr. Lee' });
  const settled = (await call('GET', '/work', team.lee)).body['settledByOthers'] as Body[];
  expect(settled.find(({ id }) => id === handed.made.id)).toMatchObject({ ended: { what: 'signed', by: { name: 'Dr. covering' } } });
  const sent = (await call('GET', '/work', team.nurse)).body['sent'] as Body[];
  expect(sent.find(({ id }) => id === handed.made.id)).toMatchObject({ forName: 'Dr. Lee', inPlace: true });
});

describe('what another approved and left', () => {
  test('is offered to who covers, who looks, takes the lease and writes it; the record says who did what for whom', async () => {
    const { plan, made, order } = await approved();
    expect(await plansOf(team.covering)).toContainEqual(expect.objectContaining({ id: plan['id'], coveringFor: 'Dr. Lee' }));
    expect((await plansOf(team.lee)).find(({ id }) => id === plan['id'])).toMatchObject({ coveringFor: null });
    expect((await plansOf(team.moss)).map(({ id }) => id)).not.toContain(plan['id']);
    expect((await call('GET', at(plan), team.covering)).body['decision']).toMatchObject({ by: 'Dr. lee', coveringFor: null });
    expect((await call('POST', at(plan, '/lease'), team.covering, { holder: HOLDER })).body['writeBack']).toBe('writing');
    const references = ['DocumentReference/d', order, 'Task/t', 'Provenance/p'];
    for (const [index, step] of STEPS.entries()) {
      expect((await call('POST', at(plan, `/steps/${step}/attempt`), team.covering, { holder: HOLDER })).status).toBe(200);
      const reported = await call('POST', at(plan, `/steps/${step}`), team.covering, done(references[index] ?? ''));
      expect(reported.status, JSON.stringify(reported.body)).toBe(200);
    }
    expect((await call('GET', at(plan), team.lee)).body['writeBack']).toBe('done');
    const events = await team.api.store.transaction(team.api.scope, (unit) => unit.events.read(String(made['referralId'])));
    const writes = events.filter(({ type }) => type.startsWith('write-step'));
    expect(writes).toHaveLength(8);
    for (const { actor } of writes) expect(actor).toMatchObject({ kind: 'covering', subject: 'covering', coveringFor: 'lee' });
    const referral = await team.api.store.transaction(team.api.scope, (unit) => readReferral(unit, String(made['referralId'])));
    expect(referral?.order, 'the order stays that of who approved it').toMatchObject({
      status: 'active',
      approval: { by: 'Practitioner/lee' },
    });
    await team.api.store.auditTrail.sequence(team.api.clock.now.toISOString());
    const record = await call('GET', `/audit/recommendations/${made.id}`, team.admin);
    const proof = record.body['proof'] as { action: string; by: string; coveringFor: string | null }[];
    expect(proof.filter(({ action }) => action === 'write-back.done')).toEqual(
      STEPS.map(() => expect.objectContaining({ by: 'Dr. Ferrante', coveringFor: 'Dr. lee' })),
    );
  });

  test('is judged by who covers where the EHR may hold it already', async () => {
    const { plan } = await approved();
    await call('POST', at(plan, '/lease'), team.covering, { holder: HOLDER });
    await call('POST', at(plan, '/steps/DocumentReference/attempt'), team.covering, { holder: HOLDER });
    const candidates = [{ reference: 'DocumentReference/77', versionId: '1', filedAt: null, author: null }];
    await call('POST', at(plan, '/steps/DocumentReference'), team.covering, {
      holder: HOLDER,
      outcome: { status: 'unsure', detail: 'No mark', candidates },
    });
    const path = at(plan, '/steps/DocumentReference/judgement');
    const ours = { reference: 'DocumentReference/77', versionId: '1' };
    expect(await refusal(call('POST', path, team.moss, { ours }))).toEqual([404, 'not-found']);
    expect((await call('POST', path, team.covering, { ours })).status).toBe(200);
  });

  test('is withdrawn by who covers while nothing of the order is in the chart, and its packet taken', async () => {
    const { plan, made } = await approved();
    const packet = await team.api.download(at(plan, '/packet'), team.covering);
    expect([packet.status, packet.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    const withdrawn = await call('POST', at(plan, '/withdrawal'), team.covering, { reason: 'Placed by hand' });
    expect(withdrawn.body['writeBack']).toBe('withdrawn');
    const events = await team.api.store.transaction(team.api.scope, (unit) => unit.events.read(String(made['referralId'])));
    expect(events.at(-1)).toMatchObject({ type: 'approval-withdrawn', actor: { kind: 'covering', coveringFor: 'lee' } });
  });

  test('is nobody else’s: not another clinician’s, not a preparer’s, not another patient’s session of who covers', async () => {
    const { plan } = await approved();
    const elsewhere = await team.api.session({ subject: 'covering', patientId: 'pat-2' });
    for (const token of [team.moss, elsewhere]) {
      expect(await refusal(call('GET', at(plan), token))).toEqual([404, 'not-found']);
      expect(await refusal(call('POST', at(plan, '/lease'), token, { holder: HOLDER }))).toEqual([404, 'not-found']);
      expect(await refusal(call('POST', at(plan, '/withdrawal'), token, { reason: 'Not mine' }))).toEqual([404, 'not-found']);
      expect((await team.api.download(at(plan, '/packet'), token)).status).toBe(404);
    }
    expect(await refusal(call('POST', at(plan, '/lease'), team.nurse, { holder: HOLDER }))).toEqual([403, 'not-allowed']);
  });

  test('does not work the other way round: who is covered for does not finish what the other approved for themselves', async () => {
    const input = makeInput();
    const made = (await call('POST', '/recommendations', team.covering, input)).body as Made;
    const plan = (await call('POST', '/approvals', team.covering, approveInput(made, input))).body;
    expect(await refusal(call('POST', at(plan, '/lease'), team.lee, { holder: HOLDER }))).toEqual([404, 'not-found']);
  });
});

test('covering that is taken away ends with the next request, in the middle of writing too; who approved goes on', async () => {
  const { plan } = await approved();
  await call('POST', at(plan, '/lease'), team.covering, { holder: HOLDER });
  await call('POST', at(plan, '/steps/DocumentReference/attempt'), team.covering, { holder: HOLDER });
  const handed = await handOver(team);
  await call('POST', `/delegations/${team.delegations.covers}/end`, team.admin, { reason: 'Back from leave' });
  const late = call('POST', at(plan, '/steps/DocumentReference'), team.covering, done('DocumentReference/d'));
  expect(await refusal(late)).toEqual([404, 'not-found']);
  expect(await refusal(sign(team, handed, team.covering))).toEqual([409, 'pended']);
  expect((await plansOf(team.covering)).map(({ id }) => id)).not.toContain(plan['id']);
  const own = (await call('GET', '/work', team.covering)).body as Record<string, Body[]>;
  expect([own['toSign'], own['unfinished']?.filter(({ coveringFor }) => coveringFor !== null)]).toEqual([[], []]);
  // The step counts as perhaps written: the approver looks for it, once the other's lease has ended.
  team.api.clock.now = new Date(team.api.clock.now.getTime() + 61_000);
  const taken = await call('POST', at(plan, '/lease'), team.lee, { holder: 'window-two-5678' });
  expect(taken.status).toBe(200);
  const note = (taken.body['steps'] as { name: string; attemptedAt: string | null }[]).find(({ name }) => name === 'DocumentReference');
  expect(note?.attemptedAt).not.toBeNull();
});
