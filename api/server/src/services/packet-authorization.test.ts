/** Whether the payer has to authorize what a packet asks for, and what it said, over HTTP on PostgreSQL. */
import { describe, expect, test } from 'vitest';
import type { MyWork } from '../client/work.ts';
import type { NextPerformers } from '../client/worklist.ts';
import type { Session } from '../sessions/session.ts';
import { sendAnew } from './packet-anew.ts';
import { applyDecision } from './referral-log.ts';
import { fullChart, PLANTED, packetDesk, patient, secret } from './test-packet-desk.ts';
import { answerProposal } from './test-proposal.ts';
import { type Body, chart, makeInput, order } from './test-referral-input.ts';
import { writtenReferral } from './test-written-referral.ts';

const desk = packetDesk();
const { authorize, written, packetOf, prepare, send, carryOut, later, threadOf, titles, unsaid, holdsOf, standing, readAtOffice } = desk;

describe('R104: whether the payer has to authorize it', () => {
  const decided = async (id: string): Promise<(string | null)[]> =>
    (await threadOf(id)).entries.filter(({ title }) => title === 'Authorization decided').map(({ detail }) => detail);

  test('unsaid, nothing leaves by any way nor by a link; the refusal says what to say, and nothing of the press is kept', async () => {
    const id = await unsaid();
    expect([await holdsOf(id), await standing(id)]).toEqual([['authorization-open'], 'not checked']);
    expect((await packetOf(id)).requirements.find(({ id: each }) => each === 'authorization')?.standing).toBe('missing');
    for (const way of ['mail', 'fax', 'link'] as const) {
      const refused = await send(id, way);
      expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining('authorize')]);
    }
    const { sequence } = await threadOf(id);
    expect((await desk.api.call('POST', `/worklist/referrals/${id}/link`, desk.coordinator, { sequence })).status).toBe(409);
    await carryOut();
    expect([desk.mail.received.length, (await threadOf(id)).status]).toEqual([0, 'in-chart']);
  });

  test('it is nothing that is asked of the clinician', async () => {
    const id = await unsaid();
    const { missing } = (await desk.api.call('GET', '/work', desk.clinician)).body as MyWork;
    expect(missing.filter(({ referralId }) => referralId === id)).toEqual([]);
  });

  test.each([
    [{ answer: 'not-needed' }, 'not needed: put on record by kim, 20 Nov 2026', 'not needed'],
    [{ answer: 'approved', number: 'A-1704' }, 'approved, number A-1704: put on record by kim, 20 Nov 2026', 'approved, number A-1704'],
  ] as const)('said with the press that sends: %j', async (authorization, words, detail) => {
    const id = await unsaid();
    expect((await send(id, 'mail', { authorization })).status).toBe(200);
    expect([await standing(id), await decided(id)]).toEqual([words, [detail]]);
    await carryOut();
    expect(await readAtOffice()).toContain(words);
    expect((await send(id, 'link')).status, 'said once, it is said').toBe(200);
  });

  test('the same press twice says it once', async () => {
    const id = await unsaid();
    const { sequence, revision } = await packetOf(id);
    const body = { key: `said-once-${id}`.slice(0, 60), sequence, revision, way: 'link', authorization: { answer: 'not-needed' } };
    for (let times = 0; times < 2; times += 1)
      expect((await desk.api.call('POST', `/worklist/referrals/${id}/packet/transmissions`, desk.coordinator, body)).status).toBe(200);
    expect((await decided(id)).length).toBe(1);
  });

  test('it goes without, for a reason, which stays with us; and only where nothing is said', async () => {
    const id = await unsaid();
    const authorization = { answer: 'goes-without', reason: `Has to be seen today ${PLANTED}` } as const;
    expect((await send(id, 'mail', { authorization: { ...authorization, reason: ' ' } })).status).toBe(400);
    expect((await send(id, 'mail', { authorization })).status).toBe(200);
    expect(await standing(id)).toBe('not checked; sent without it by kim, 20 Nov 2026');
    await carryOut();
    const pages = await readAtOffice();
    expect(pages).toContain('sent without it by kim');
    expect(pages).not.toContain(PLANTED);
    const said = await written();
    expect((await send(said, 'link', { authorization })).status).toBe(409);
  });

  test('what another thing holds keeps nothing of the answer', async () => {
    const id = await writtenReferral(desk.api, desk.clinician, makeInput({ chart: [patient, ...chart().slice(1)] }));
    expect(await holdsOf(id)).toEqual(['authorization-open', 'incomplete']);
    expect((await send(id, 'link', { authorization: { answer: 'not-needed' } })).status).toBe(409);
    expect([await holdsOf(id), await decided(id)]).toEqual([['authorization-open', 'incomplete'], []]);
    expect((await prepare(id, { change: 'override', reason: 'They do their own tests' })).status).toBe(200);
    expect(await holdsOf(id), 'a reason for the rest is none for this').toEqual(['authorization-open']);
  });

  test('R112: while the payer was asked nothing goes without; that it approved may come with the sending', async () => {
    const id = await unsaid();
    await authorize(id, 'asked');
    expect((await send(id, 'link', { authorization: { answer: 'goes-without', reason: 'In a hurry' } })).status).toBe(409);
    expect((await send(id, 'link', { authorization: { answer: 'approved', number: 'B-2' } })).status).toBe(200);
    expect(await decided(id)).toEqual(['approved, number B-2']);
  });

  test.each([
    ['what the payer denied is not made another thing by the press that sends', 'denied', 'authorization-denied', 'Authorization'],
    ['while the payer was asked, nobody says that it does not ask', 'asked', 'authorization', 'approved'],
  ] as const)('%s', async (_, answer, hold, words) => {
    const id = await unsaid();
    await authorize(id, answer === 'denied' ? 'not-medically-necessary' : answer);
    expect(await holdsOf(id)).toEqual([hold]);
    const answers: Body[] = [{ answer: 'not-needed' }, ...(answer === 'denied' ? [{ answer: 'approved', number: 'B-3' }] : [])];
    for (const authorization of answers) {
      const refused = await send(id, 'link', { authorization });
      expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining(words)]);
    }
    expect([await holdsOf(id), (await decided(id)).length]).toEqual([[hold], answer === 'denied' ? 1 : 0]);
  });

  test.each([{ answer: 'not-needed' }, { answer: 'approved', number: 'B-4' }])(
    'what is said already is not said again: %j',
    async (answer) => {
      const id = await written();
      const refused = await send(id, 'link', { authorization: answer });
      expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining('without an answer')]);
      expect((await send(id, 'link')).status).toBe(200);
    },
  );

  test('a packet from before it was asked does not leave anew while nobody has said it', async () => {
    const id = await unsaid();
    expect((await send(id, 'mail', { authorization: { answer: 'goes-without', reason: 'Has to be seen today' } })).status).toBe(200);
    const anew = () =>
      desk.api.store.transaction(desk.api.scope, async (unit) => {
        const [effect] = await unit.outbox.ofReferral(id);
        if (!effect) throw new Error('Nothing was sent');
        const session = {
          scope: desk.api.scope,
          subject: 'kim',
          fhirUser: 'Practitioner/kim',
          name: 'kim',
          sessionId: 'x',
          roles: ['coordinator'],
        };
        const at = desk.api.clock.now.toISOString();
        await sendAnew(unit, session as unknown as Session, effect, { transmissionId: `anew-${id}-${at}`, publicUrl: '', at });
      });
    await later(1);
    const before = await desk.api.store.transaction(desk.api.scope, (unit) => unit.packetPreparations.get(id, 1));
    if (!before) throw new Error('Nothing was prepared');
    const { withoutAuthorization: _, ...content } = before.content;
    const kept = { referralId: id, attempt: 1, revision: before.revision + 1, content, updatedAt: desk.api.clock.now.toISOString() };
    await desk.api.store.transaction(desk.api.scope, (unit) => unit.packetPreparations.put(kept));
    const many = (await titles(id)).length;
    await expect(anew()).rejects.toMatchObject({ refusal: { detail: expect.stringContaining('Nobody has said whether the payer') } });
    expect((await titles(id)).length).toBe(many);
    await authorize(id, 'not-needed');
    await anew();
    expect((await titles(id)).filter((title) => title === 'Sent').length).toBe(2);
  });

  test('looked through before, it is not another packet by what the payer says', async () => {
    const id = await writtenReferral(desk.api, desk.clinician, makeInput({ chart: [...fullChart(), secret] }));
    expect((await prepare(id, { change: 'check' })).status).toBe(200);
    expect((await send(id, 'link', { authorization: { answer: 'not-needed' } })).status).toBe(200);
  });

  test('a rule of the site answers for a payer and a specialty, in words with its version, and is put on record by nobody of the practice', async () => {
    const id = await unsaid();
    const payer = (await packetOf(id)).payer ?? '';
    const { inForce, content } = (await desk.api.call('GET', '/configuration', desk.admin)).body as { inForce: number; content: Body };
    const put = (base: number, noAuthorization: Body[]) =>
      desk.api.call('POST', '/configuration', desk.admin, {
        base,
        content: { ...content, noAuthorization },
        reason: 'Their list of November',
      });
    expect((await put(inForce, [{ payer, specialty: 'urology' }])).status).toBe(200);
    expect(await holdsOf(id)).toEqual(['authorization-open']);
    expect((await put(inForce + 1, [{ payer, specialty: 'cardiology' }])).status).toBe(200);
    const { noAuthorization: _, ...unaware } = content;
    const renamed = { ...unaware, statuses: [{ status: 'sent', name: 'gone out' }] };
    const other = { base: inForce + 2, content: renamed, reason: 'Another word' };
    expect((await desk.api.call('POST', '/configuration', desk.admin, other)).status, 'who does not know of it takes it not away').toBe(
      200,
    );
    expect(await holdsOf(id)).toEqual([]);
    const words = `by rule of the practice for ${payer}, Cardiology, version ${inForce + 3} of 20 Nov 2026`;
    expect(await standing(id)).toBe(`not needed: ${words}`);
    expect((await send(id, 'mail')).status).toBe(200);
    await carryOut();
    expect(await readAtOffice()).toContain(words);
    expect((await put(inForce + 3, [])).status).toBe(200);
    expect([await standing(id), await decided(id)], 'it stays as it was when it left').toEqual([
      `not needed: ${words}`,
      [`not needed: ${words}`],
    ]);
  });

  test('what the payer has put on the order is its word', async () => {
    const information = [
      { url: 'covered', valueCode: 'covered' },
      { url: 'pa-needed', valueCode: 'satisfied' },
      { url: 'satisfied-pa-id', valueString: 'Q8U119' },
      { url: 'date', valueDate: '2026-11-18' },
    ];
    const url = 'http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information';
    const id = await unsaid({ order: { ...order(), extension: [{ url, extension: information }] } });
    expect(await holdsOf(id)).toEqual([]);
    expect(await standing(id)).toBe('approved, number Q8U119: the payer says so on the order, 18 Nov 2026');
  });
});

test('what the payer approved for one office is asked anew once another is asked, and goes with its word on that one', async () => {
  const id = await unsaid();
  expect((await send(id, 'link', { authorization: { answer: 'approved', number: 'A-1' } })).status).toBe(200);
  const act = async (what: Body) => {
    const { sequence } = await threadOf(id);
    return desk.api.call('POST', `/worklist/referrals/${id}/acts`, desk.coordinator, { key: `another-${id}`, sequence, what });
  };
  expect((await act({ act: 'declined', reason: 'not-taking-patients', at: desk.api.clock.now.toISOString() })).status).toBe(200);
  const route = `/worklist/referrals/${id}/next-performers`;
  const { performers } = (await desk.api.call('GET', route, desk.coordinator)).body as NextPerformers;
  const { sequence } = await threadOf(id);
  const asked = { sequence, entryId: performers[0]?.entryId, because: 'declined' };
  expect((await desk.api.call('POST', route, desk.coordinator, asked)).status).toBe(200);
  expect((await answerProposal(desk.api, desk.clinician, id))?.status).toBe(200);
  expect([await holdsOf(id), await standing(id)]).toEqual([
    ['authorization-open'],
    'approved for who was asked before, not for this office',
  ]);
  expect((await send(id, 'link')).status).toBe(409);
  expect((await send(id, 'link', { authorization: { answer: 'approved', number: 'A-2' } })).status).toBe(200);
  expect([await holdsOf(id), await standing(id)]).toEqual([[], expect.stringContaining('number A-2')]);
});

test('what the payer said is put on record: while it was asked the packet is held, and goes once it has approved', async () => {
  const id = await unsaid();
  expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['authorization-open']);
  await authorize(id, 'asked');
  expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['authorization']);
  expect((await send(id, 'link')).status).toBe(409);
  await authorize(id, 'approved', { number: ' A-88 ' });
  expect((await packetOf(id)).holds).toEqual([]);
  expect(await standing(id)).toBe('approved, number A-88: put on record by kim, 20 Nov 2026');
  expect(JSON.stringify((await threadOf(id)).entries)).toContain('number A-88');
});

test.each([{}, { number: ' ' }])('an approval is put on record with the number of the payer, and not without: %j', async (more) => {
  const id = await unsaid();
  const { sequence } = await threadOf(id);
  const what = { act: 'authorization', answer: 'approved', at: desk.api.clock.now.toISOString(), ...more };
  const press = { key: `payer-none-${id}`, sequence, what };
  const refused = await desk.api.call('POST', `/worklist/referrals/${id}/acts`, desk.coordinator, press);
  expect([refused.status, JSON.stringify(refused.body)]).toEqual([
    400,
    expect.stringContaining('"field":"what.number","message":"Give the number of the authorization"'),
  ]);
  expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['authorization-open']);
});

test('an approval that was put on record when no number was asked for is read as it is', async () => {
  const id = await unsaid();
  const fact = { type: 'authorization-decided', version: 1, decision: { status: 'approved' } } as const;
  const at = desk.api.clock.now.toISOString();
  const actor = { kind: 'person', subject: 'kim', fhirUser: 'Practitioner/kim', sessionId: 'x' } as const;
  await desk.api.store.transaction(desk.api.scope, (unit) =>
    applyDecision(unit, id, actor, at, () => ({ ok: true, value: [{ effectiveAt: at, factKey: null, fact }] })),
  );
  expect([await holdsOf(id), await standing(id)]).toEqual([[], 'approved: put on record by kim, 20 Nov 2026']);
});

describe('R112: while the payer was asked', () => {
  async function decided(id: string, fact: Parameters<typeof asked>[1]): Promise<void> {
    await asked(id, fact);
  }
  const asked = (
    id: string,
    fact: { type: 'authorization-asked'; version: 1 } | { type: 'authorization-decided'; version: 1; decision: { status: 'approved' } },
  ) =>
    desk.api.store.transaction(desk.api.scope, async (unit) => {
      const at = desk.api.clock.now.toISOString();
      const actor = { kind: 'person', subject: 'kim', fhirUser: 'Practitioner/kim', sessionId: 'x' } as const;
      await applyDecision(unit, id, actor, at, () => ({ ok: true, value: [{ effectiveAt: at, factKey: null, fact }] }));
    });

  test('nothing is sent by any way, nor put on record as sent; once it is approved it goes', async () => {
    const id = await written();
    await asked(id, { type: 'authorization-asked', version: 1 });
    expect((await packetOf(id)).holds.map(({ kind }) => kind)).toEqual(['authorization']);
    for (const way of ['mail', 'fax', 'link'] as const) expect((await send(id, way)).status).toBe(409);
    const { sequence } = await threadOf(id);
    expect((await desk.api.call('POST', `/worklist/referrals/${id}/link`, desk.coordinator, { sequence })).status).toBe(409);
    const what = { act: 'sent', channel: 'fax', at: desk.api.clock.now.toISOString() };
    expect(
      (await desk.api.call('POST', `/worklist/referrals/${id}/acts`, desk.coordinator, { key: 'press-by-hand', sequence, what })).status,
    ).toBe(409);
    await carryOut();
    expect([desk.mail.received.length, desk.gateway.faxes.length]).toEqual([0, 0]);
    await decided(id, { type: 'authorization-decided', version: 1, decision: { status: 'approved' } });
    expect((await send(id, 'link')).status).toBe(200);
  });

  test('what was asked for before does not leave either', async () => {
    const id = await written();
    expect((await send(id, 'mail')).status).toBe(200);
    await asked(id, { type: 'authorization-asked', version: 1 });
    await carryOut();
    expect(desk.mail.received.length).toBe(0);
    expect((await titles(id)).join()).toContain('Not delivered');
  });
});
