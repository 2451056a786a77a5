/** The patient chooses another of whom the clinician approved: whoever was asked hears of it, and the packet goes to the other as usual. */
import { describe, expect, test } from 'vitest';
import type { OfficeView } from '../../client/office.ts';
import type { PatientView } from '../../client/patient.ts';
import type { StoredEffect } from '../../store/outbox.ts';
import { fullChart, NPI, packetDesk, patient } from '../test-packet-desk.ts';
import { testDirectory } from '../test-referral-api.ts';
import { makeInput } from '../test-referral-input.ts';
import { writtenReferral } from '../test-written-referral.ts';

const desk = packetDesk();
const BORN = '1968-03-02';
const post = (path: string, body: unknown, token = '') => desk.api.call('POST', path, token, body);
let presses = 0;
const press = (): string => {
  presses += 1;
  return `press-of-choosing-${presses}`;
};
const view = async (id: string, born = BORN): Promise<PatientView> => {
  const { link } = (await post(`/worklist/referrals/${id}/patient-link`, undefined, desk.coordinator)).body;
  return (await post('/patient/open', { link, born, as: 'patient' })).body as PatientView;
};
const choose = (opened: string, entryId: string, key = press()) => post('/patient/acts', { opened, key, what: { act: 'choose', entryId } });
const shown = ({ specialists }: PatientView) => specialists.map(({ entryId, asked }) => [entryId, asked]);
const kinds = async (id: string): Promise<string[]> => (await desk.threadOf(id)).obligations.map(({ kind }) => kind);

test('who was approved is shown in plain words, and one is chosen in one step: the other hears of it, and it is to be sent again', async () => {
  const id = await desk.written(fullChart(), ['entry-2', 'entry-3']);
  await desk.send(id, 'mail');
  await desk.carryOut();
  const asked = desk.mailedLink();
  desk.mail.received.splice(0);
  const page = await view(id);
  expect(shown(page)).toEqual([
    ['entry-1', true],
    ['entry-2', false],
    ['entry-3', false],
  ]);
  expect(page.specialists[1]).toMatchObject({ name: 'Ana Family2, MD', what: { en: 'heart doctor' }, phone: expect.any(String) });
  expect(page.acts).toContain('choose');
  const key = press();
  const chosen = await choose(page.opened, 'entry-3', key);
  expect(chosen.body, JSON.stringify(chosen.body)).toMatchObject({ officeToldBy: 'refloop', stage: 'to-ask' });
  // Pressed again where no answer came, it is still once.
  expect((await choose(page.opened, 'entry-3', key)).status).toBe(200);
  expect(shown(chosen.body as PatientView)).toEqual([
    ['entry-3', true],
    ['entry-2', false],
  ]);
  await desk.carryOut();
  expect(desk.mail.received).toHaveLength(1);
  const office = (await post('/office/open', { link: asked, npi: NPI })).body as OfficeView;
  expect(office).toMatchObject({ standing: 'over', how: 'asked-another', toCancel: { appointment: null } });

  const thread = await desk.threadOf(id);
  expect(thread.performer?.name).toBe('Ana Family3, MD');
  // Whoever was asked has still to say that they let go.
  expect(thread.obligations.map(({ kind }) => kind)).toEqual(['confirm-cancellation', 'send']);
  expect(thread.entries.find(({ title }) => title === 'Approved')?.detail).toBe(
    'Ana Family1, MD. May be asked too: Ana Family2, MD; Ana Family3, MD.',
  );
  expect(thread.entries.filter(({ party }) => party === 'patient').map(({ title, detail }) => [title, detail])).toEqual([
    ['Asked to cancel', 'The patient chose another specialist.'],
    ['Another specialist asked', 'Ana Family3, MD'],
  ]);
  expect((await desk.send(id, 'link')).status).toBe(200);
  expect((await kinds(id)).toSorted()).toEqual(['answer', 'confirm-cancellation']);
  expect((await view(id)).stage).toBe('asking');
});

test('nothing was sent yet: nobody has anything to hear', async () => {
  const id = await desk.written(fullChart(), ['entry-2']);
  const page = await view(id);
  const chosen = await choose(page.opened, 'entry-2');
  expect(chosen.body).toMatchObject({ officeToldBy: null });
  await desk.carryOut();
  expect(desk.mail.received).toEqual([]);
  expect(await kinds(id)).toEqual(['send']);
  expect((await desk.threadOf(id)).entries.map(({ title }) => title)).toContain('Not asked after all');
});

test.each([
  ['asked', 'authorization'],
  ['out-of-network', 'authorization-denied'],
] as const)('what the payer was asked of one (%s) is said anew of the other before it is sent', async (answer, hold) => {
  const id = await writtenReferral(desk.api, desk.clinician, makeInput({ chart: fullChart() }), ['entry-2']);
  await desk.authorize(id, answer);
  expect(await desk.holdsOf(id)).toEqual([hold]);
  expect((await choose((await view(id)).opened, 'entry-2')).status).toBe(200);
  expect([await desk.holdsOf(id), await kinds(id)]).toEqual([['authorization-open'], ['send']]);
  expect((await desk.send(id, 'link')).status).toBe(409);
  expect((await desk.send(id, 'link', { authorization: { answer: 'approved', number: 'B-1' } })).status).toBe(200);
});

test('a packet that waits still does not leave, and neither does a letter that calls it off', async () => {
  const id = await desk.written(fullChart(), ['entry-2']);
  await desk.send(id, 'mail');
  const chosen = await choose((await view(id)).opened, 'entry-2');
  expect(chosen.body).toMatchObject({ officeToldBy: null });
  await desk.carryOut();
  expect(desk.mail.received).toEqual([]);
  expect(await kinds(id)).toEqual(['send']);
});

describe('a packet that is just being sent when the patient chooses another', () => {
  const until = (minutes: number): string => new Date(desk.api.clock.now.getTime() + minutes * 60_000).toISOString();
  const inScope: typeof desk.api.store.transaction<StoredEffect[]> = (...given) => desk.api.store.transaction(...given);
  const claim = (kind: string): Promise<StoredEffect[]> =>
    inScope(desk.api.scope, ({ outbox }) =>
      outbox.claim({ kinds: [kind], holder: 'another worker', now: until(0), until: until(5), limit: 8 }),
    );

  test.each(['left', 'did not'] as const)('and %s: the office hears of it only where it has it', async (how) => {
    const id = await desk.written(fullChart(), ['entry-2']);
    await desk.send(id, 'mail');
    const [packet] = await claim('office-mail');
    expect((await choose((await view(id)).opened, 'entry-2')).body).toMatchObject({ officeToldBy: 'refloop' });
    if (how === 'left')
      await desk.api.store.transaction(desk.api.scope, async ({ outbox }) => {
        await outbox.begin(packet?.id ?? '', 'another worker', until(0));
        const standing = { status: 'done', receipt: 'taken on' } as const;
        await outbox.settle(packet?.id ?? '', 'another worker', { standing, at: until(0), dueAt: null });
      });
    // Whoever took it up is gone, and another looks at it once its lease is over.
    else await desk.later(10);
    await desk.carryOut();
    await desk.carryOut();
    expect(desk.mail.received).toHaveLength(how === 'left' ? 1 : 0);
    expect(await kinds(id)).toEqual(how === 'left' ? ['confirm-cancellation', 'send'] : ['send']);
  });

  test('by fax: the pages have left while their receipt waits to be asked for, so the coordinator tells the office', async () => {
    const id = await desk.written(fullChart(), ['entry-2']);
    await desk.send(id, 'fax');
    const [pages] = await claim('fax');
    await desk.api.store.transaction(desk.api.scope, async ({ outbox }) => {
      await outbox.begin(pages?.id ?? '', 'another worker', until(0));
      const standing = { status: 'done', receipt: 'taken on' } as const;
      await outbox.settle(pages?.id ?? '', 'another worker', { standing, at: until(0), dueAt: null });
    });
    expect((await choose((await view(id)).opened, 'entry-2')).body).toMatchObject({ officeToldBy: 'clinic' });
  });

  test('nobody takes it up while it is being called off', async () => {
    const id = await desk.written(fullChart(), ['entry-2']);
    await desk.send(id, 'mail');
    const taken = await desk.api.store.transaction(desk.api.scope, async ({ outbox }) => {
      expect((await outbox.takeOfReferral(id)).map(({ kind }) => kind)).toContain('office-mail');
      return claim('office-mail');
    });
    expect(taken.filter(({ referralId }) => referralId === id)).toEqual([]);
  });
});

test('an office that gets no mail is the coordinator’s to tell', async () => {
  const id = await desk.written(fullChart(), ['entry-2']);
  await desk.send(id, 'link');
  const chosen = await choose((await view(id)).opened, 'entry-2');
  expect(chosen.body).toMatchObject({ officeToldBy: 'clinic' });
  await desk.carryOut();
  expect((await kinds(id)).toSorted()).toEqual(['confirm-cancellation', 'not-sent', 'send']);
});

test('whom nobody approved, and who left the network since, is not shown and not chosen; nothing changes', async () => {
  const id = await desk.written(fullChart(), ['entry-2']);
  const page = await view(id);
  expect((await choose(page.opened, 'entry-4')).status).toBe(409);
  const directory = testDirectory();
  const entries = directory.entries.map((each) => (each.id === 'entry-2' ? { ...each, networks: [] } : each));
  desk.api.useDirectory({ ...directory, entries }, 'directory-choosing');
  const later = await view(id);
  const refused = await choose(later.opened, 'entry-2');
  desk.api.useDirectory(directory, 'directory-1');
  expect([shown(later), later.acts.includes('choose'), refused.status]).toEqual([[['entry-1', true]], false, 409]);
  expect((await desk.threadOf(id)).performer?.name).toBe('Ana Family1, MD');
});

test('of an adolescent no page says who it may be, and none is chosen there', async () => {
  const TEEN = '2010-05-05';
  const [, ...others] = fullChart();
  const id = await desk.written([{ ...patient, birthDate: TEEN }, ...others], ['entry-2']);
  const page = await view(id, TEEN);
  expect([page.withheld, page.specialists, page.acts.includes('choose')]).toEqual([true, [], false]);
  expect((await choose(page.opened, 'entry-2')).status).toBe(409);
});
