/** One person prepares, another signs: over HTTP, on PostgreSQL. */

import { SEED_V1 } from '@refloop/domain/matching/policies';
import type { Actor } from '@refloop/domain/referral/event';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approve } from '../client/approval.ts';
import type { PatientSession } from '../sessions/session.ts';
import { createApprovalService } from './approvals.ts';
import { drafter } from './drafting.ts';
import { createMatchingService } from './matching.ts';
import { createPlanService } from './plans.ts';
import { createRecommendationService } from './recommendations.ts';
import { readReferral } from './referral-log.ts';
import { approveInput, type Body, type Made, makeInput, problemType } from './test-referral-input.ts';
import { type Handed, HOLDER, handOver, OWN_WORDS, openTeam, read, sign, type Team, withOwnWords } from './test-team.ts';

let team: Team;
beforeAll(async () => {
  team = await openTeam();
});
afterAll(() => team.close());

const call = (...given: Parameters<Team['api']['call']>) => team.api.call(...given);
const referralOf = ({ made }: Handed) =>
  team.api.store.transaction(team.api.scope, (unit) => readReferral(unit, String(made['referralId'])));
const obligationsOf = (referralId: unknown, status: 'open' | 'done') =>
  team.api.store.transaction(team.api.scope, (unit) => unit.obligations.list({ status, kind: 'to-sign', referralId: String(referralId) }));
const eventsOf = (referralId: unknown) => team.api.store.transaction(team.api.scope, (unit) => unit.events.read(String(referralId)));
const openWork = async (token: string) => (await call('GET', '/open-work', token)).body as Record<string, Body[]>;
const idsIn = (work: Record<string, Body[]>, list: string) => (work[list] ?? []).map(({ id }) => id);
const preparedIn = (made: Body) => made['prepared'] as { by: Body; sentences: Body[]; pend: Body | null } | null;
const refusal = async (answer: Promise<{ status: number; body: Body }>): Promise<[number, string]> => {
  const { status, body } = await answer;
  return [status, problemType(body)];
};

describe('what is handed over', () => {
  test('lies with the clinician, with who prepared it and what they wrote, and with a deadline; each step is audited', async () => {
    const handed = await handOver(team);
    const { id } = handed.made;
    const seen = await read(team, id);
    expect(preparedIn(seen)).toMatchObject({
      by: { subject: 'nurse', name: 'Dr. nurse' },
      pend: { for: { subject: 'lee', name: 'Dr. Lee' }, note: 'Please soon', since: '2026-11-20T10:00:00.000Z', ended: null },
    });
    expect(preparedIn(seen)?.sentences.at(-1)).toMatchObject({ text: OWN_WORDS });
    expect((await openWork(team.lee))['toSign']).toContainEqual(
      expect.objectContaining({ id, preparedBy: 'Dr. nurse', chosenName: 'Ana Family1', covering: false, note: 'Please soon' }),
    );
    expect((await openWork(team.covering))['toSign']).toContainEqual(expect.objectContaining({ id, forName: 'Dr. Lee', covering: true }));
    expect((await openWork(team.nurse))['sent']).toContainEqual(expect.objectContaining({ id, forName: 'Dr. Lee' }));
    for (const other of [team.moss, team.tran]) {
      const work = await openWork(other);
      expect([idsIn(work, 'toSign'), idsIn(work, 'sent'), work['others']]).toMatchObject([
        [],
        [],
        expect.arrayContaining([expect.objectContaining({ id, forName: 'Dr. Lee' })]),
      ]);
    }
    expect(await obligationsOf(handed.made['referralId'], 'open')).toMatchObject([
      {
        kind: 'to-sign',
        owner: 'lee',
        raisedBy: 'nurse',
        dueAt: '2026-11-24T10:00:00.000Z',
        content: { patientName: 'Rosalind Quillfeather' },
      },
    ]);
    expect((await eventsOf(handed.made['referralId'])).map(({ type }) => type)).toEqual([
      'referral-started',
      'recommendation-made',
      'recommendation-pended',
    ]);
    const audited = await team.api.store.transaction(team.api.scope, (unit) => unit.audit.list({ recommendationId: id }));
    expect(audited.map(({ action, actor }) => [action, actor.subject])).toContainEqual(['recommendation.pended', 'nurse']);
  });

  test.each([
    ['routine', '2026-11-24T10:00:00.000Z'],
    ['urgent', '2026-11-21T10:00:00.000Z'],
    ['emergency', '2026-11-20T14:00:00.000Z'],
  ])('%s is due %s', async (urgency, dueAt) => {
    const { made } = await handOver(team, makeInput({ match: { urgency } }));
    expect(await obligationsOf(made['referralId'], 'open')).toMatchObject([{ dueAt }]);
  });

  test('the same press twice is one hand-over', async () => {
    const { made } = await handOver(team);
    const again = await call('POST', `/recommendations/${made.id}/pend`, team.nurse, { for: 'lee', note: 'Please soon' });
    expect([again.status, again.body['revision']]).toEqual([200, made.revision]);
    expect(await obligationsOf(made['referralId'], 'open')).toHaveLength(1);
  });

  test('goes to nobody but the clinicians the preparer is named for, and only as the preparer’s own draft of this patient', async () => {
    const made = (await call('POST', '/recommendations', team.nurse, makeInput())).body as Made;
    const path = `/recommendations/${made.id}/pend`;
    expect(await refusal(call('POST', path, team.nurse, { for: 'moss' }))).toEqual([403, 'not-allowed']);
    expect(await refusal(call('POST', path, team.tran, { for: 'lee' }))).toEqual([403, 'not-allowed']);
    const elsewhere = await team.api.session({ subject: 'nurse', patientId: 'pat-2' });
    expect(await refusal(call('POST', path, elsewhere, { for: 'lee' }))).toEqual([404, 'not-found']);
    expect(await refusal(call('DELETE', path, elsewhere))).toEqual([404, 'not-found']);
    const own = (await call('POST', '/recommendations', team.lee, makeInput())).body as Made;
    expect(await refusal(call('POST', `/recommendations/${own.id}/pend`, team.nurse, { for: 'lee' }))).toEqual([403, 'not-allowed']);
  });
});

describe('signing', () => {
  test('is the clinician’s: the order is theirs, Provenance names the preparer as enterer, and the list is settled', async () => {
    const handed = await handOver(
      team,
      makeInput({ order: { ...(makeInput()['order'] as Body), requester: { reference: 'Practitioner/chief' } } }),
    );
    const plan = await sign(team, handed);
    expect(plan.status, JSON.stringify(plan.body)).toBe(201);
    expect(plan.body['decision']).toMatchObject({ by: 'Dr. lee', coveringFor: null });
    const steps = plan.body['steps'] as { name: string; resource: Body }[];
    expect(steps.find(({ name }) => name === 'ServiceRequest')?.resource['requester']).toMatchObject({ reference: 'Practitioner/lee' });
    const agents = steps.find(({ name }) => name === 'Provenance')?.resource['agent'] as {
      type: { coding: { code: string }[] };
      who: Body;
    }[];
    expect(agents.filter(({ who }) => who['reference'] === 'Practitioner/nurse').map(({ type }) => type.coding[0]?.code)).toEqual([
      'enterer',
    ]);
    expect(await obligationsOf(handed.made['referralId'], 'open')).toEqual([]);
    expect((await referralOf(handed))?.order).toMatchObject({ status: 'approved', approval: { by: 'Practitioner/lee' } });
    expect(idsIn(await openWork(team.lee), 'toSign')).not.toContain(handed.made.id);
    const record = await call('GET', `/audit/recommendations/${handed.made.id}`, team.admin);
    expect(record.body).toMatchObject({
      userName: 'Dr. nurse',
      recommendation: { prepared: { by: { name: 'Dr. nurse' }, pend: { ended: { what: 'signed', by: { name: 'Dr. lee' } } } } },
      decision: { by: 'Dr. lee', coveringFor: null },
    });
  });

  test('of an order that changed since it was prepared is read again first, and stays prepared by the same person', async () => {
    const handed = await handOver(team);
    const changed = { ...(handed.input['order'] as Body), meta: { versionId: '4' } };
    expect(await refusal(sign(team, { ...handed, input: { ...handed.input, order: changed } }))).toEqual([409, 'order-changed']);
    const again = await call('POST', '/recommendations', team.lee, { ...handed.input, order: changed, replaces: handed.made.id });
    expect(again.status, JSON.stringify(again.body)).toBe(201);
    expect(preparedIn(again.body)).toMatchObject({ by: { subject: 'nurse' }, pend: { for: { subject: 'lee' }, ended: null } });
    expect(preparedIn(again.body)?.sentences.at(-1), 'the preparer’s words are still told apart').toMatchObject({ text: OWN_WORDS });
    expect(idsIn(await openWork(team.lee), 'toSign'), 'closed without signing it is still on the list').toContain(again.body['id']);
    const plan = await sign(team, { input: { ...handed.input, order: changed }, made: again.body as Made });
    expect(plan.status, JSON.stringify(plan.body)).toBe(201);
    expect(JSON.stringify(plan.body['steps'])).toContain('"enterer"');
  });

  test('again after the write met a newer order: the enterer stands in the next Provenance too', async () => {
    const handed = await handOver(team);
    const plan = (await sign(team, handed)).body;
    const holder = 'window-one-1234';
    await call('POST', `/plans/${String(plan['id'])}/lease`, team.lee, { holder });
    await call('POST', `/plans/${String(plan['id'])}/steps/ServiceRequest`, team.lee, {
      holder,
      outcome: { status: 'stale', detail: '412' },
    });
    const changed = { ...(handed.input['order'] as Body), meta: { versionId: '4' } };
    const again = await call('POST', '/recommendations', team.lee, { ...handed.input, order: changed, replaces: handed.made.id });
    const second = await call('POST', '/approvals', team.lee, approveInput(again.body as Made, { order: changed }));
    expect(second.status, JSON.stringify(second.body)).toBe(201);
    expect(JSON.stringify(second.body['steps'])).toContain('Practitioner/nurse');
  });

  test('asks the clinician about the emergency department, whatever the preparer’s page sent', async () => {
    const input = makeInput({ reasonText: 'Crushing chest pain since this morning' });
    const made = (await call('POST', '/recommendations', team.nurse, input)).body as Made;
    const answered = { ...made.working, emergencyDepartmentConsidered: true };
    await call('PUT', `/recommendations/${made.id}/working`, team.nurse, { revision: made.revision, working: answered });
    await call('POST', `/recommendations/${made.id}/pend`, team.nurse, { for: 'lee' });
    const handed = await read(team, made.id);
    expect(handed.working['emergencyDepartmentConsidered']).toBe(false);
    await call('PUT', `/recommendations/${made.id}/working`, team.nurse, { revision: handed.revision, working: answered });
    expect((await read(team, made.id)).working['emergencyDepartmentConsidered'], 'nor afterwards').toBe(false);
    expect(await refusal(sign(team, { input, made }))).toEqual([422, 'emergency-not-considered']);
  });

  test('is not for what nobody handed over, nor for what was taken back', async () => {
    const input = makeInput();
    const made = (await call('POST', '/recommendations', team.nurse, input)).body as Made;
    expect(await refusal(sign(team, { input, made }))).toEqual([403, 'not-allowed']);
    await call('POST', `/recommendations/${made.id}/pend`, team.nurse, { for: 'lee' });
    await call('DELETE', `/recommendations/${made.id}/pend`, team.nurse);
    expect(await refusal(sign(team, { input, made }))).toEqual([403, 'not-allowed']);
    expect(idsIn(await openWork(team.lee), 'toSign')).not.toContain(made.id);
    expect(idsIn(await openWork(team.nurse), 'recommendations'), 'it is the preparer’s draft again').toContain(made.id);
  });
});

test('the words of who signs are never told as those of who prepared, also when it is taken back and sent again', async () => {
  const handed = await handOver(team);
  const { id } = handed.made;
  const text = (made: Body) => preparedIn(made)?.sentences.map((sentence) => sentence['text']);
  const asPrepared = text(handed.made);
  const change = (made: Made, at: number, words: string): Body => ({
    ...made.working,
    sentences: (made.working['sentences'] as Body[]).map((each, index) =>
      index === at ? { ...each, text: words, author: 'clinician' } : each,
    ),
  });
  const path = `/recommendations/${id}`;
  const save = async (token: string, at: number, words: string) => {
    const made = await read(team, id, token);
    const saved = await call('PUT', `${path}/working`, token, { revision: made.revision, working: change(made, at, words) });
    expect(saved.status, JSON.stringify(saved.body)).toBe(200);
  };
  await save(team.lee, 0, 'The clinician’s own question.');
  expect(text(await read(team, id))).toEqual(asPrepared);
  await save(team.nurse, 1, 'What the preparer adds afterwards.');
  const expected = asPrepared?.map((words, index) => (index === 1 ? 'What the preparer adds afterwards.' : words));
  expect(text(await read(team, id))).toEqual(expected);
  await call('DELETE', `${path}/pend`, team.nurse);
  const again = await call('POST', `${path}/pend`, team.nurse, { for: 'lee' });
  expect(text(again.body)).toEqual(expected);
  expect((again.body as Made).working['sentences']).toContainEqual(expect.objectContaining({ text: 'The clinician’s own question.' }));
});

describe('closing without ordering', () => {
  test('is the clinician’s, and settles what lay with them', async () => {
    const handed = await handOver(team);
    const path = `/recommendations/${handed.made.id}/dismissal`;
    expect((await call('POST', path, team.nurse, { reason: 'Not needed' })).status).toBe(403);
    expect((await call('POST', path, team.lee, { reason: 'Seen last week' })).body).toEqual({ status: 'DISMISSED' });
    expect(await obligationsOf(handed.made['referralId'], 'done')).toMatchObject([
      { content: { ended: { what: 'dismissed', by: { name: 'Dr. lee' } } } },
    ]);
    expect(preparedIn(await read(team, handed.made.id, team.nurse))?.pend).toMatchObject({ ended: { what: 'dismissed' } });
  });
});

describe('taking back', () => {
  test('is the preparer’s alone while it is not signed, and it may be handed over again', async () => {
    const handed = await handOver(team);
    const path = `/recommendations/${handed.made.id}/pend`;
    expect(await refusal(call('DELETE', path, team.tran))).toEqual([403, 'not-allowed']);
    const back = await call('DELETE', path, team.nurse);
    expect([back.status, preparedIn(back.body)?.pend]).toEqual([200, null]);
    expect(await obligationsOf(handed.made['referralId'], 'open')).toEqual([]);
    expect((await call('POST', path, team.nurse, { for: 'lee' })).status).toBe(200);
    expect(await obligationsOf(handed.made['referralId'], 'open')).toHaveLength(1);
    expect((await sign(team, handed)).status).toBe(201);
    expect(await refusal(call('DELETE', path, team.nurse))).toEqual([409, 'already-approved']);
  });
});

describe('a changed request', () => {
  test('of the preparer takes its place and stays with the clinician, since when it was first handed over', async () => {
    const handed = await handOver(team);
    const started = team.api.clock.now;
    try {
      team.api.clock.now = new Date(started.getTime() + 10 * 60_000);
      const urgent = { ...makeInput({ order: handed.input['order'] as Body, match: { urgency: 'urgent' } }), replaces: handed.made.id };
      const again = await call('POST', '/recommendations', team.nurse, urgent);
      expect(again.status, JSON.stringify(again.body)).toBe(201);
      const work = idsIn(await openWork(team.lee), 'toSign');
      expect([work.includes(again.body['id'] as string), work.includes(handed.made.id)]).toEqual([true, false]);
      expect(await obligationsOf(handed.made['referralId'], 'open')).toMatchObject([
        { raisedAt: started.toISOString(), dueAt: '2026-11-21T10:00:00.000Z' },
      ]);
      expect(await refusal(sign(team, handed))).toEqual([409, 'recommendation-closed']);
      // What the preparer writes afterwards is what lies there.
      const working = withOwnWords((again.body as Made).working);
      await call('PUT', `/recommendations/${String(again.body['id'])}/working`, team.nurse, { revision: again.body['revision'], working });
      expect(preparedIn(await read(team, String(again.body['id'])))?.sentences.at(-1)).toMatchObject({ text: OWN_WORDS });
    } finally {
      team.api.clock.now = started;
    }
  });

  test('of anybody else is refused, and what was prepared still lies there', async () => {
    const handed = await handOver(team);
    const changed = { ...handed.input, replaces: handed.made.id };
    expect(await refusal(call('POST', '/recommendations', team.moss, changed))).toEqual([409, 'pended']);
    expect(await refusal(call('POST', '/recommendations', team.tran, changed))).toEqual([409, 'pended']);
    expect(await refusal(call('POST', '/recommendations', team.lee, handed.input)), 'nor unseen by its clinician').toEqual([409, 'pended']);
    expect(idsIn(await openWork(team.lee), 'toSign')).toContain(handed.made.id);
  });
});

describe('a clinician it was not prepared for', () => {
  test('neither signs, nor changes, nor closes it', async () => {
    const handed = await handOver(team);
    const { made } = handed;
    const refused = await sign(team, handed, team.moss);
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'pended']);
    expect(refused.body['detail']).toContain('Dr. nurse prepared this referral for Dr. Lee to sign');
    expect(
      await refusal(call('PUT', `/recommendations/${made.id}/working`, team.moss, { revision: made.revision, working: made.working })),
    ).toEqual([409, 'pended']);
    expect(await refusal(call('POST', `/recommendations/${made.id}/dismissal`, team.moss, { reason: 'No need' }))).toEqual([409, 'pended']);
    expect((await referralOf(handed))?.order.status).toBe('draft');
  });

  test('makes a referral of their own from the order, knowingly; both who prepared and who was to sign are told by whom', async () => {
    const handed = await handOver(team);
    const own = await call('POST', '/recommendations', team.moss, { ...handed.input, insteadOf: handed.made.id });
    expect(own.status, JSON.stringify(own.body)).toBe(201);
    expect([own.body['referralId'], own.body['prepared']]).toEqual([handed.made['referralId'], null]);
    expect(await refusal(sign(team, handed))).toEqual([409, 'recommendation-closed']);
    const told = { what: 'superseded', by: { name: 'Dr. moss' } };
    expect(preparedIn(await read(team, handed.made.id, team.nurse))?.pend).toMatchObject({ ended: told });
    const [sent, settled] = [
      (await call('GET', '/work', team.nurse)).body['sent'] as Body[],
      (await call('GET', '/work', team.lee)).body['settledByOthers'] as Body[],
    ];
    expect(sent.find(({ id }) => id === handed.made.id)).toMatchObject({ ended: told });
    expect(settled.find(({ id }) => id === handed.made.id)).toMatchObject({ ended: told, preparedBy: 'Dr. nurse' });
    const plan = await call('POST', '/approvals', team.moss, approveInput(own.body as Made, handed.input));
    expect(plan.status, JSON.stringify(plan.body)).toBe(201);
    expect(JSON.stringify(plan.body['steps']), 'nobody prepared this one').not.toContain('enterer');
  });

  test('is told of a draft that is still being prepared, and sets it aside by beginning anew', async () => {
    const input = makeInput();
    const made = (await call('POST', '/recommendations', team.nurse, input)).body as Made;
    expect(idsIn(await openWork(team.moss), 'others'), 'looked at only').not.toContain(made.id);
    await call('PUT', `/recommendations/${made.id}/working`, team.nurse, { revision: made.revision, working: made.working });
    expect((await openWork(team.moss))['others']).toContainEqual(expect.objectContaining({ id: made.id, forName: null }));
    expect((await call('POST', '/recommendations', team.moss, input)).status).toBe(201);
  });
});

describe('who prepares decides nothing', () => {
  test('and does not take over what a clinician has begun, nor set aside what waits for one', async () => {
    const input = makeInput();
    const begun = (await call('POST', '/recommendations', team.lee, input)).body as Made;
    expect((await call('POST', '/recommendations', team.nurse, input)).status, 'a draft only looked at').toBe(201);
    const saved = (await call('POST', '/recommendations', team.lee, { ...input, replaces: begun.id })).body as Made;
    await call('PUT', `/recommendations/${saved.id}/working`, team.lee, { revision: saved.revision, working: saved.working });
    expect(await refusal(call('POST', '/recommendations', team.nurse, input))).toEqual([409, 'conflict']);
    expect(await refusal(call('PUT', `/recommendations/${saved.id}/working`, team.nurse, { revision: 2, working: saved.working }))).toEqual(
      [403, 'not-allowed'],
    );
    const handed = await handOver(team);
    expect(await refusal(call('POST', '/recommendations', team.tran, { ...handed.input, insteadOf: handed.made.id }))).toEqual([
      403,
      'not-allowed',
    ]);
  });

  test.each([
    ['POST', '/approvals'],
    ['GET', '/plans/p'],
    ['GET', '/plans/p/packet'],
    ['POST', '/plans/p/lease'],
    ['POST', '/plans/p/withdrawal'],
    ['POST', '/plans/p/steps/Task/attempt'],
    ['POST', '/plans/p/steps/Task/judgement'],
    ['POST', '/plans/p/steps/Task'],
    ['POST', '/recommendations/r/dismissal'],
    ['POST', '/work/p/settlement'],
  ])('%s %s is not for them', async (method, path) => {
    expect(await refusal(call(method, path, team.nurse, method === 'GET' ? undefined : {}))).toEqual([403, 'not-allowed']);
  });
});

test('the services refuse them too, whatever a route would let through', async () => {
  const { store, scope } = team.api;
  const input = makeInput();
  const made = (await call('POST', '/recommendations', team.lee, input)).body as Made;
  const approved = await call('POST', '/approvals', team.lee, approveInput(made, input));
  const preparer: PatientSession = {
    scope,
    subject: 'lee',
    fhirUser: 'Practitioner/lee',
    name: 'Dr. lee',
    roles: ['preparer'],
    patientId: 'pat-1',
    sessionId: 's',
    startedAt: '',
    lastActivity: '',
    expiresAt: '',
  };
  const { now } = team.api.clock;
  const matching = createMatchingService({ current: () => undefined, policy: SEED_V1 });
  const plans = createPlanService({ store });
  const approvals = createApprovalService({ store, matching, drafter, newId: () => 'x', version: 'test', phoneOf: () => '' });
  const recommendations = createRecommendationService({ store, matching, drafter, newId: () => 'x' });
  const plan = String(approved.body['id']);
  const handed = await handOver(team);
  const ownInput = makeInput();
  const ownDraft = (await call('POST', '/recommendations', team.nurse, ownInput)).body as Made;
  const nurse = { ...preparer, subject: 'nurse', fhirUser: 'Practitioner/nurse' };
  const asked = [
    await approvals.approve(nurse, approveInput(ownDraft, ownInput) as unknown as Approve, now),
    await recommendations.dismiss(nurse, ownDraft.id, 'Not needed', now),
    await approvals.approve(preparer, approveInput(handed.made, handed.input) as unknown as Approve, now),
    await recommendations.dismiss(preparer, handed.made.id, 'Not needed', now),
    await plans.get(preparer, plan, now),
    await plans.takeLease(preparer, plan, { holder: HOLDER }, now),
    await plans.withdraw(preparer, plan, { reason: 'Not needed' }, now),
    await plans.attempt(preparer, plan, 'Task', { holder: HOLDER }, now),
    await plans.judge(preparer, plan, 'Task', { ours: null }, now),
    await plans.packet(preparer, plan, now),
  ];
  expect(asked.map((answer) => ('refused' in answer ? answer.refused : 'let through'))).toEqual([
    'not-allowed',
    'not-allowed',
    'not-allowed',
    'not-allowed',
    ...Array.from({ length: 6 }, () => 'not-found'),
  ]);
});

describe('a delegation that ends', () => {
  test('while something lies with the clinician: it can still be signed or taken back, but is changed no more', async () => {
    const handed = await handOver(team);
    const ended = await call('POST', `/delegations/${team.delegations.prepares}/end`, team.admin, { reason: 'Moved' });
    expect(ended.status).toBe(200);
    try {
      const current = await read(team, handed.made.id, team.nurse);
      const save = { revision: current.revision, working: current.working };
      expect(await refusal(call('PUT', `/recommendations/${handed.made.id}/working`, team.nurse, save))).toEqual([403, 'not-allowed']);
      expect(await refusal(call('POST', '/recommendations', team.nurse, { ...handed.input, replaces: handed.made.id }))).toEqual([
        403,
        'not-allowed',
      ]);
      expect((await call('GET', '/signers', team.nurse)).body['signers']).toEqual([]);
      const path = `/recommendations/${handed.made.id}/pend`;
      expect((await call('DELETE', path, team.nurse)).status).toBe(200);
      expect(await refusal(call('POST', path, team.nurse, { for: 'lee' }))).toEqual([403, 'not-allowed']);
    } finally {
      const person = (subject: string, name: string) => ({ subject, fhirUser: `Practitioner/${subject}`, name });
      const given = await call('POST', '/delegations', team.admin, {
        kind: 'prepares-for',
        delegate: person('nurse', 'Kim Ortiz, MA'),
        clinician: person('lee', 'Dr. Lee'),
        reason: 'Back again',
        until: null,
      });
      team.delegations.prepares = String(given.body['id']);
    }
  });

  test('and a role that is taken away, with the next request', async () => {
    const subject = 'nurse-who-leaves';
    const token = await team.api.session({ subject, roles: ['preparer'] });
    expect((await call('GET', '/signers', token)).status).toBe(200);
    await call('PUT', `/grants/${subject}`, team.admin, { fhirUser: `Practitioner/${subject}`, roles: [], reason: 'Left' });
    for (const [method, path] of [
      ['GET', '/signers'],
      ['POST', '/recommendations'],
      ['GET', '/work'],
    ] as const)
      expect((await call(method, path, token, method === 'GET' ? undefined : {})).status).toBe(403);
  });
});

test('the history says who did what', async () => {
  const handed = await handOver(team);
  await sign(team, handed, team.covering);
  const actors = (await eventsOf(handed.made['referralId'])).map(({ type, actor }) => {
    const { kind, subject, coveringFor } = actor as Actor & { subject?: string; coveringFor?: string };
    return [type, kind, subject, coveringFor ?? null];
  });
  expect(actors).toEqual([
    ['referral-started', 'person', 'nurse', null],
    ['recommendation-made', 'person', 'nurse', null],
    ['recommendation-pended', 'person', 'nurse', null],
    ['referral-approved', 'covering', 'covering', 'lee'],
    ['write-back-planned', 'covering', 'covering', 'lee'],
  ]);
});

test('no word of the patient or of a note is in the log', () => {
  expect(team.api.log.lines.length).toBeGreaterThan(50);
  expect(team.api.log.leaked(['Quillfeather', 'Rosalind', 'palpitations', 'pat-1', 'before her trip', 'Please soon'])).toEqual([]);
});
