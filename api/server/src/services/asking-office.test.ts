/** What the practice has to say to an office that was asked by mail leaves by itself: receipt, the note, and that a message waits. */
import { referenceText } from '@refloop/domain/fhir/reference';
import { decideCare } from '@refloop/domain/referral/care-command';
import { observe } from '@refloop/domain/referral/observe';
import { ANOTHER } from '@refloop/domain/referral/test-care';
import { ok } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import type { OfficeView } from '../client/office.ts';
import { createDueReferrals } from './engine/due-referrals.ts';
import { asksAnother, CLINICIAN } from './engine/test-in-force.ts';
import { applyDecision } from './referral-log.ts';
import { ADDRESS, NPI, packetDesk } from './test-packet-desk.ts';

const desk = packetDesk();
const DAY = 24 * 60;
const post = (path: string, body: unknown, token = '') => desk.api.call('POST', path, token, body);

let presses = 0;
const press = (): string => {
  presses += 1;
  return `press-of-asking-${presses}`;
};
const openOffice = async (link = desk.mailedLink()): Promise<OfficeView> =>
  (await post('/office/open', { link, npi: NPI })).body as OfficeView;
async function officeDoes(link: string | undefined, ...acts: object[]): Promise<void> {
  const { opened } = await openOffice(link);
  for (const what of acts) {
    const done = await post('/office/acts', { opened, key: press(), what });
    expect(done.status, JSON.stringify(done.body)).toBe(200);
  }
}
/** Time passes, and what is due then is raised. */
async function pass(days: number): Promise<void> {
  await desk.later(days * DAY);
  await createDueReferrals({
    store: desk.api.store,
    now: () => desk.api.clock.now,
    failed: (error) => expect(error).toBeUndefined(),
  }).run();
}
async function sent(way: 'mail' | 'link'): Promise<{ id: string; link: string | undefined }> {
  const id = await desk.written();
  const answer = await desk.send(id, way);
  await desk.carryOut();
  const link = way === 'mail' ? desk.mailedLink() : String(answer.body['link']);
  desk.mail.received.splice(0);
  return { id, link };
}
const steps = async (id: string, wanted: string) =>
  (await desk.threadOf(id)).entries.flatMap(({ detail, rule }) => (rule === wanted ? [detail] : []));
const details = async (id: string, kind: string) =>
  (await desk.threadOf(id)).obligations.filter((each) => each.kind === kind).map(({ detail }) => detail);
const left = (): (string | undefined)[] => desk.mail.received.map(({ mail }) => mail.text?.split('\n')[0]);

test('whether it arrived is asked by one letter, with nothing of the patient in it, and of nobody here', async () => {
  const { id } = await sent('mail');
  for (let looks = 0; looks < 20 && (await steps(id, 'R117')).length === 0; looks += 1) await pass(0.25);
  // As long as the mail server does not take it, the step is the person’s.
  for (const away of [false, true]) {
    if (away) desk.mail.refuseNext(451);
    if (away) await desk.carryOut();
    expect(await details(id, 'answer')).toEqual([
      expect.stringMatching(/^Ask whether it arrived.* A letter to the office is on its way\.$/),
    ]);
    expect(await steps(id, 'R117')).toEqual([expect.stringMatching(/^Ask whether it arrived.* Told: /)]);
  }
  await desk.later(5);
  await desk.carryOut();
  expect(await details(id, 'answer')).toEqual(['Receipt was asked for, by mail.']);
  const [letter, ...others] = desk.mail.received;
  expect([letter?.to, others]).toEqual([[ADDRESS], []]);
  expect(left()).toEqual([expect.stringContaining('asks whether you have it')]);
  for (const told of ['Quillfeather', 'Rosalind', '1968', 'alpitation', 'pat-1', id]) expect(letter?.raw, told).not.toContain(told);
  expect(await steps(id, 'R117')).toEqual(['Receipt was asked for, by mail.']);
  // Its link opens, with the packet as it was sent, beside the one of before.
  expect((await openOffice()).acts).toContain('accept');
  expect(await desk.readAtOffice()).toContain('Potassium: 4.2 mmol/L');

  // What comes later is a person's still, and nothing leaves twice.
  await pass(4);
  await desk.carryOut();
  expect(await steps(id, 'R118')).toEqual([expect.stringContaining('Call the office.')]);
  expect(desk.mail.received).toHaveLength(1);
});

test('what came before the letter left is not asked for', async () => {
  const { id, link } = await sent('mail');
  await pass(4);
  await officeDoes(link, { act: 'accept' });
  await desk.carryOut();
  expect(desk.mail.received).toEqual([]);
  expect(await steps(id, 'R117')).toEqual([expect.stringContaining('Ask whether it arrived')]);
  expect(await details(id, 'not-sent')).toEqual([]);
});

test('the note is asked for once the patient was seen, and again before it is due, until it has come', async () => {
  const { id, link } = await sent('mail');
  const today = desk.api.clock.now.toISOString();
  await officeDoes(link, { act: 'accept' }, { act: 'seen', at: today });
  await desk.carryOut();
  expect(left()).toEqual([expect.stringContaining('asks for your note')]);
  expect(await details(id, 'note')).toEqual(['The consult note was asked for, by mail.']);
  await pass(6);
  await desk.carryOut();
  expect(left()).toEqual([expect.stringContaining('asks for your note'), expect.stringContaining('still waits for your note')]);
  expect(await steps(id, 'R149')).toEqual(['The office was reminded of the consult note, by mail.']);
  await pass(6);
  await desk.carryOut();
  expect(left()).toHaveLength(2);
});

test('a note that is late is asked for by a letter though the follow-up was missed: the page takes it', async () => {
  const { id, link } = await sent('mail');
  const visit = new Date(desk.api.clock.now.getTime() + DAY * 60_000).toISOString();
  await officeDoes(link, { act: 'accept' }, { act: 'seen', at: desk.api.clock.now.toISOString() }, { act: 'book', startsAt: visit });
  await desk.carryOut();
  expect(left()).toEqual([expect.stringContaining('asks for your note')]);
  await pass(1.1);
  await officeDoes(link, { act: 'no-show', at: visit });
  expect(await openOffice(link)).toMatchObject({ acts: expect.arrayContaining(['note', 'book']), noteForms: ['final', 'interim'] });
  await pass(6);
  await desk.carryOut();
  expect(left()).toHaveLength(2);
  expect(await steps(id, 'R149')).toEqual([expect.stringContaining('by mail')]);
});

test('a note that its page does not take is asked for by no letter: the step is a person’s', async () => {
  const { id, link } = await sent('mail');
  await officeDoes(link, { act: 'accept' }, { act: 'seen', at: desk.api.clock.now.toISOString() });
  await desk.carryOut();
  expect(left()).toHaveLength(1);
  // The clinician put the order on hold in the EHR.
  await desk.api.store.transaction(desk.api.scope, async (unit) => {
    const now = desk.api.clock.now.toISOString();
    await applyDecision(unit, id, CLINICIAN, now, (referral) => {
      const { order } = referral;
      if (!('reference' in order) || order.reference === null) throw new Error('There is no order in the chart.');
      const read = { kind: 'order-read', reference: referenceText(order.reference), status: 'on-hold', versionId: '9', at: now } as const;
      return ok(observe(referral, read, now));
    });
  });
  expect(await openOffice(link)).toMatchObject({ standing: 'over', how: 'on-hold' });
  await pass(9);
  await desk.carryOut();
  expect(left()).toHaveLength(1);
  expect(await steps(id, 'R149')).toEqual([expect.not.stringContaining('by mail')]);
});

test('a letter for the note that waits when another office is asked leaves all the same: the page it opens asks for that note alone', async () => {
  const { id, link } = await sent('mail');
  await officeDoes(link, { act: 'accept' }, { act: 'seen', at: desk.api.clock.now.toISOString() });
  await desk.api.store.transaction(desk.api.scope, async (unit) => {
    const now = desk.api.clock.now.toISOString();
    const asked = { type: 'request-cancellation', attempt: 1, at: now, reason: 'Moved away' } as const;
    await applyDecision(unit, id, CLINICIAN, now, (referral) => decideCare(referral, asked, now));
    await asksAnother(unit, id, now, ANOTHER, 'cancelled');
  });
  await desk.carryOut();
  expect(left()).toEqual([expect.stringContaining('asks for your note')]);
  expect(await details(id, 'note')).toEqual(['The consult note was asked for, by mail.']);
  expect(await openOffice()).toMatchObject({ standing: 'over', toCancel: null, toWrite: { noteForms: ['final', 'interim'] } });
});

test('asked in a way that no machine can write to again it stays a person’s', async () => {
  const { id, link } = await sent('link');
  await pass(1.2);
  await pass(1.2);
  await officeDoes(link, { act: 'accept' }, { act: 'seen', at: desk.api.clock.now.toISOString() });
  await desk.carryOut();
  expect(desk.mail.received).toEqual([]);
  expect(await steps(id, 'R148')).toEqual([expect.stringContaining('Ask for the consult note. Told:')]);
  expect(await details(id, 'note')).toEqual(['Ask for the consult note.']);
});

test('a letter that the mail server refuses is somebody’s to see to, and the step is theirs again', async () => {
  const { id, link } = await sent('mail');
  desk.mail.refuseNext(550);
  await officeDoes(link, { act: 'accept' }, { act: 'seen', at: desk.api.clock.now.toISOString() });
  await desk.carryOut();
  expect(await details(id, 'not-sent')).toEqual([expect.stringContaining('asks the specialist’s office for its note was not sent')]);
  expect(await details(id, 'note')).toEqual(['Ask for the consult note.']);
  const [{ effectId, doubt } = { effectId: '', doubt: '' }] = (await desk.threadOf(id)).effects;
  await post(`/worklist/referrals/${id}/effects`, { effectId, doubt, decision: 'send-again' }, desk.coordinator);
  await desk.carryOut();
  expect(left()).toEqual([expect.stringContaining('asks for your note')]);
  expect((await openOffice()).acts).toContain('note');
});

const says = async (id: string, text: string) => {
  const { sequence } = await desk.threadOf(id);
  const said = await post(`/worklist/referrals/${id}/messages`, { key: press(), sequence, text }, desk.coordinator);
  expect(said.status, JSON.stringify(said.body)).toBe(200);
  return (await desk.threadOf(id)).entries.findLast(({ title }) => title === 'Message')?.detail;
};

test('that a message waits is told by a letter without a word of it', async () => {
  const { id, link } = await sent('mail');
  await officeDoes(link, { act: 'ask', text: 'Is there an ECG?' });
  expect(await says(id, 'It is in the packet of Rosalind.')).toBe(
    'It is in the packet of Rosalind. (A letter tells the office that it waits.)',
  );
  await desk.carryOut();
  expect(left()).toEqual([expect.stringContaining('wrote you a message')]);
  expect(desk.mail.received[0]?.raw).not.toMatch(/Rosalind|in the packet/);
  expect((await openOffice()).thread.at(-1)).toMatchObject({ from: 'practice', detail: 'It is in the packet of Rosalind.' });
});

test('where no letter goes the coordinator reads how the office comes to see it', async () => {
  const { id, link } = await sent('link');
  await officeDoes(link, { act: 'ask', text: 'Is there an ECG?' });
  expect(await says(id, 'It is.')).toBe('It is. (No letter tells the office: it sees this when it opens its link.)');
  await post(`/worklist/referrals/${id}/link/close`, undefined, desk.coordinator);
  const entry = (await desk.threadOf(id)).entries.findLast(({ title }) => title === 'Message');
  expect(entry?.detail).toBe('It is. (The office has no link that shows it: tell them yourself.)');
  await desk.carryOut();
  expect(desk.mail.received).toEqual([]);
});

test('an answer to an office for which it is over is the coordinator’s to tell: its page shows none', async () => {
  const { id, link } = await sent('mail');
  await officeDoes(link, { act: 'ask', text: 'Is there an ECG?' }, { act: 'decline', reason: 'other' });
  expect(await openOffice(link)).toMatchObject({ standing: 'over' });
  expect(await says(id, 'It is.')).toBe(
    'It is. (The office’s page shows no messages now: if they have not read this, tell them yourself.)',
  );
  await desk.carryOut();
  expect(desk.mail.received).toEqual([]);
});
