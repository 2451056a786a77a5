/** A person's own list across patients, and what a coordinator sees of it once it is overdue. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approveInput, type Body, type Made, makeInput, order, problemType, writeBackOf } from './test-referral-input.ts';
import { HOLDER, handOver, openTeam, sign, type Team } from './test-team.ts';

let team: Team;
beforeAll(async () => {
  team = await openTeam();
});
afterAll(() => team.close());

const call = (...given: Parameters<Team['api']['call']>) => team.api.call(...given);
const work = async (token: string) => (await call('GET', '/work', token)).body as Record<string, Body[]>;
const find = (rows: Body[] | undefined, id: unknown) => (rows ?? []).find((row) => row['id'] === id);
const later = async <Value>(minutes: number, then: () => Promise<Value>): Promise<Value> => {
  const before = team.api.clock.now;
  team.api.clock.now = new Date(before.getTime() + minutes * 60_000);
  try {
    return await then();
  } finally {
    team.api.clock.now = before;
  }
};

async function approve(input: Body, token = team.lee): Promise<Body> {
  const made = (await call('POST', '/recommendations', token, input)).body as Made;
  const plan = await call('POST', '/approvals', token, approveInput(made, input));
  expect(plan.status, JSON.stringify(plan.body)).toBe(201);
  return plan.body;
}

describe('what waits to be signed', () => {
  test('stands on the clinician’s list and on that of who covers, by name of the patient; on nobody else’s', async () => {
    const { made } = await handOver(team);
    const desk = await team.atDesk('lee');
    expect(find((await work(desk))['toSign'], made.id)).toEqual({
      id: made.id,
      patientName: 'Rosalind Quillfeather',
      specialtyName: 'Cardiology',
      urgency: 'routine',
      preparedBy: 'Dr. nurse',
      coveringFor: null,
      note: 'Please soon',
      since: '2026-11-20T10:00:00.000Z',
      dueAt: '2026-11-24T10:00:00.000Z',
    });
    expect(find((await work(await team.atDesk('covering')))['toSign'], made.id)).toMatchObject({ coveringFor: 'Dr. Lee' });
    for (const other of ['moss', 'nurse', 'tran']) expect((await work(await team.atDesk(other)))['toSign']).toEqual([]);
  });

  test('the overdue come first', async () => {
    await handOver(team);
    const { made } = await handOver(team, makeInput({ match: { urgency: 'emergency' } }));
    expect((await work(team.lee))['toSign']?.[0]).toMatchObject({ id: made.id, urgency: 'emergency' });
  });

  test('a coordinator sees it once it is overdue, and settles it by speaking to them', async () => {
    const { made } = await handOver(team, makeInput({ match: { urgency: 'emergency' } }));
    const rows = async () =>
      ((await call('GET', '/exceptions', team.coordinator)).body['rows'] as Body[]).filter(({ kind }) => kind === 'to-sign');
    expect(await rows()).toEqual([]);
    const overdue = await later(4 * 60, async () => {
      team.coordinator = await team.api.session({ subject: 'coordinator', patientId: null });
      return rows();
    });
    const row = overdue.find(({ detail }) => String(detail).includes('(emergency)'));
    expect(row).toMatchObject({ owner: 'Dr. Lee', patientName: 'Rosalind Quillfeather' });
    expect(row?.['detail']).toContain('Prepared by Dr. nurse for Dr. Lee to sign (emergency), waiting since 20 Nov 2026, 10:00 UTC.');
    for (const what of ['take', 'done']) {
      const refused = await call('POST', `/exceptions/${String(row?.['id'])}`, team.coordinator, { what, note: '' });
      expect([refused.status, problemType(refused.body)]).toEqual([409, 'conflict']);
    }
    expect((await work(team.lee))['toSign']?.some(({ id }) => id === made.id)).toBe(true);
  });
});

describe('what was approved and is not written', () => {
  test('stands there with its number and what is in the chart, until it is whole', async () => {
    const plan = await approve(makeInput());
    const row = find((await work(team.lee))['unfinished'], plan['id']);
    expect(row).toMatchObject({ reference: plan['reference'], performerName: 'Ana Family1, MD', byHand: false, coveringFor: null });
    expect(row?.['detail']).toBe('The note, the order, the task and the provenance are not written.');
    await call('POST', `/plans/${String(plan['id'])}/lease`, team.lee, { holder: HOLDER });
    await call('POST', `/plans/${String(plan['id'])}/steps/DocumentReference`, team.lee, {
      holder: HOLDER,
      outcome: { status: 'done', reference: 'DocumentReference/d', versionId: '1' },
    });
    expect(find((await work(team.lee))['unfinished'], plan['id'])?.['detail']).toMatch(/^The note is in the chart; the order/);
    expect(find((await work(await team.atDesk('covering')))['unfinished'], plan['id'])).toMatchObject({ coveringFor: 'Dr. Lee' });
    expect(find((await work(team.moss))['unfinished'], plan['id'])).toBeUndefined();
  });

  test('stays with who approved it, also when a coordinator has taken the exception', async () => {
    const plan = await approve(makeInput());
    await later(20, async () => {
      team.coordinator = await team.api.session({ subject: 'coordinator', patientId: null });
      const taken = await call('POST', `/exceptions/write-back-${String(plan['id'])}`, team.coordinator, { what: 'take', note: '' });
      expect(taken.body['owner']).toBe('coordinator');
    });
    expect(find((await work(team.lee))['unfinished'], plan['id'])).toBeDefined();
  });

  test('where the EHR takes no order it is done by hand, and settled by who approved it or covers, with a word', async () => {
    const input = { ...makeInput({ order: order() }), writeBack: writeBackOf([], 'with-version') };
    const plan = await approve(input);
    const path = `/work/${String(plan['id'])}/settlement`;
    expect(find((await work(team.lee))['unfinished'], plan['id'])).toMatchObject({ byHand: true, orderAtHand: true });
    expect((await call('POST', path, team.lee, { note: '' })).status).toBe(400);
    expect((await call('POST', path, team.moss, { note: 'Order placed by hand' })).status).toBe(404);
    expect((await call('POST', path, team.covering, { note: 'Order placed by hand' })).body).toEqual({ settled: true });
    expect(find((await work(team.lee))['unfinished'], plan['id'])).toBeUndefined();
    expect((await call('POST', path, team.lee, { note: 'Once more' })).status).toBe(409);
    const written = await approve(makeInput());
    const refused = await call('POST', `/work/${String(written['id'])}/settlement`, team.lee, { note: 'By hand' });
    expect([refused.status, problemType(refused.body)]).toEqual([409, 'conflict']);
  });
});

describe('an order that was placed by hand', () => {
  const byHand = async (launched = true): Promise<Body> => {
    const input = makeInput({ order: launched ? order() : null });
    return approve({ ...input, writeBack: writeBackOf([], launched ? 'with-version' : 'none') });
  };
  const openOf = (plan: Body) =>
    team.api.store.transaction(team.api.scope, async (unit) =>
      (await unit.obligations.openOf(String(plan['referralId']))).map(({ kind, owner }) => [kind, owner]),
    );
  const desk = () => team.api.session({ subject: 'coordinator', patientId: null, roles: ['coordinator'] });
  const threadOf = async (plan: Body) => (await call('GET', `/worklist/referrals/${String(plan['referralId'])}`, await desk())).body;

  test('is in force: somebody owes the sending, and puts on record that it was sent', async () => {
    const plan = await byHand();
    expect(await openOf(plan)).toEqual([['unfinished-write-back', 'lee']]);
    const path = `/work/${String(plan['id'])}/settlement`;
    expect((await call('POST', path, team.covering, { note: 'Signed as 4711', sameOrder: true })).body).toEqual({ settled: true });
    expect(await openOf(plan)).toEqual([['send', 'coordinator']]);
    const { status, sequence, entries } = (await threadOf(plan)) as Body & { entries: Body[] };
    expect(status).toBe('in-chart');
    expect(entries.map(({ detail }) => detail)).toContain('The order was placed by hand. Signed as 4711');
    const sent = { act: 'sent', channel: 'fax', at: team.api.clock.now.toISOString(), authorization: { answer: 'not-needed' } };
    const acted = await call('POST', `/worklist/referrals/${String(plan['referralId'])}/acts`, await desk(), {
      key: 'press-sent-by-hand-01',
      sequence,
      what: sent,
    });
    expect([acted.status, acted.body['status']]).toEqual([200, 'sent']);
    expect(await openOf(plan)).toEqual([['answer', 'coordinator']]);
  });

  test('which order it is cannot be said where Refloop was opened from none', async () => {
    const plan = await byHand(false);
    expect(find((await work(team.lee))['unfinished'], plan['id'])).toMatchObject({ orderAtHand: false });
    const path = `/work/${String(plan['id'])}/settlement`;
    const refused = await call('POST', path, team.lee, { note: 'Placed by hand', sameOrder: true });
    expect([refused.status, problemType(refused.body)]).toEqual([400, 'invalid-request']);
    expect(await openOf(plan)).toEqual([['unfinished-write-back', 'lee']]);
    expect((await call('POST', path, team.lee, { note: 'Placed by hand' })).status).toBe(200);
    expect(await openOf(plan)).toEqual([['send', 'coordinator']]);
  });

  test('one that was settled with a word before that put it in force asks again, with the word, and is put in force then', async () => {
    const plan = await byHand();
    await team.api.store.transaction(team.api.scope, async (unit) => {
      const row = await unit.obligations.get(`write-back-${String(plan['id'])}`);
      if (!row) throw new Error('It was not raised');
      const content = { ...(row.content as object), note: 'Entered on paper' };
      await unit.obligations.settle(row.id, { what: 'revise', owner: 'lee', dueAt: row.dueAt, escalatedTo: null, content });
    });
    const asked = expect.stringContaining('settled before with the words “Entered on paper”');
    expect(find((await work(team.lee))['unfinished'], plan['id'])).toMatchObject({ detail: asked });
    const rows = await later(20, async () => (await call('GET', '/exceptions', await desk())).body['rows'] as Body[]);
    expect(rows.find(({ id }) => id === `write-back-${String(plan['id'])}`)).toMatchObject({ detail: asked, settlesBy: 'order-placed' });
    expect((await call('POST', `/work/${String(plan['id'])}/settlement`, team.lee, { note: 'Placed as 4711' })).status).toBe(200);
    expect(await openOf(plan)).toEqual([['send', 'coordinator']]);
  });

  test('a coordinator says it too; what Refloop writes itself is not settled with a word', async () => {
    const [placed, written] = [await byHand(), await approve(makeInput())];
    await later(20, async () => {
      const token = await desk();
      const rows = (await call('GET', '/exceptions', token)).body['rows'] as Body[];
      const of = (plan: Body) => rows.find(({ id }) => id === `write-back-${String(plan['id'])}`);
      expect([of(placed)?.['settlesBy'], of(written)?.['settlesBy']]).toEqual(['order-placed', 'clinician']);
      const done = (plan: Body, note = 'By Dr. Lee') =>
        call('POST', `/exceptions/write-back-${String(plan['id'])}`, token, { what: 'done', note });
      expect((await done(placed, ' ')).body).toMatchObject({ errors: [{ field: 'note' }] });
      expect((await done(placed)).body).toMatchObject({ status: 'done' });
      const refused = await done(written);
      expect([refused.status, String(refused.body['detail'])]).toEqual([409, expect.stringContaining('Speak to them')]);
    });
    expect(await openOf(placed)).toEqual([['send', 'coordinator']]);
    expect(await openOf(written)).toEqual([['unfinished-write-back', 'lee']]);
  });
});

describe('what a preparer sent', () => {
  test('waits, is signed, or comes back, and says by whom', async () => {
    const [waits, signed, closed] = [await handOver(team), await handOver(team), await handOver(team)];
    await sign(team, signed);
    await call('POST', `/recommendations/${closed.made.id}/dismissal`, team.lee, { reason: 'Seen last week' });
    const { sent } = await work(await team.atDesk('nurse'));
    expect(find(sent, waits.made.id)).toMatchObject({ forName: 'Dr. Lee', ended: null, inPlace: false });
    expect(find(sent, signed.made.id)).toMatchObject({ ended: { what: 'signed', by: { name: 'Dr. lee' } }, inPlace: false });
    expect(find(sent, closed.made.id)).toMatchObject({ ended: { what: 'dismissed' } });
    expect((await work(team.tran))['sent']).toEqual([]);
  });

  test('a changed request stands there once', async () => {
    const { made, input } = await handOver(team);
    const again = await call('POST', '/recommendations', team.nurse, { ...input, replaces: made.id });
    const { sent } = await work(team.nurse);
    expect([find(sent, made.id), find(sent, again.body['id'])]).toMatchObject([undefined, { ended: null }]);
  });

  test('what is settled is told for a fortnight', async () => {
    const handed = await handOver(team);
    await sign(team, handed);
    const after = (days: number) =>
      later(days * 24 * 60, async () => find((await work(await team.atDesk('nurse')))['sent'], handed.made.id) !== undefined);
    expect([await after(13), await after(15)]).toEqual([true, false]);
  });
});
