/** What a patient does on their page reaches the specialist's office: by one more letter, by its Task, or by a person who has it on the worklist. */
import { referenceText } from '@refloop/domain/fhir/reference';
import { expect, test } from 'vitest';
import type { OfficeView } from '../../client/office.ts';
import type { PatientView } from '../../client/patient.ts';
import { applyDecision } from '../referral-log.ts';
import { ADDRESS, NPI, packetDesk } from '../test-packet-desk.ts';

const desk = packetDesk();
const BORN = '1968-03-02';
const DAY_MS = 86_400_000;
const post = (path: string, body: unknown, token = '') => desk.api.call('POST', path, token, body);
const ahead = (days: number): string => new Date(desk.api.clock.now.getTime() + days * DAY_MS).toISOString();

let presses = 0;
const press = (): string => {
  presses += 1;
  return `press-of-telling-${presses}`;
};
const openOffice = async (link = desk.mailedLink()): Promise<OfficeView> =>
  (await post('/office/open', { link, npi: NPI })).body as OfficeView;
const openPatient = async (id: string): Promise<string> => {
  const { link } = (await post(`/worklist/referrals/${id}/patient-link`, undefined, desk.coordinator)).body;
  return ((await post('/patient/open', { link, born: BORN, as: 'patient' })).body as PatientView).opened;
};
const act = async (opened: string, what: object, key = press()): Promise<PatientView> =>
  (await post('/patient/acts', { opened, key, what })).body as PatientView;
const notSent = async (id: string) => (await desk.threadOf(id)).obligations.filter(({ kind }) => kind === 'not-sent');

/** Asked in this way, and the office offered two dates on its page. */
async function offered(way: 'mail' | 'link' = 'mail') {
  const id = await desk.written();
  const sent = await desk.send(id, way);
  await desk.carryOut();
  const link = way === 'mail' ? desk.mailedLink() : (sent.body['link'] as string);
  const { opened } = await openOffice(link);
  const dates = [ahead(10), ahead(11)];
  for (const what of [{ act: 'accept' }, { act: 'offer-dates', dates }])
    expect((await post('/office/acts', { opened, key: press(), what })).status).toBe(200);
  desk.mail.received.splice(0);
  return { id, link, officePage: opened, page: await openPatient(id), dates };
}

test('asked by mail, the office gets one letter of each booking and each cancellation, with nothing of the patient in it', async () => {
  const { id, link, officePage, page, dates } = await offered();
  const key = press();
  const book = { act: 'book', startsAt: dates[0] };
  expect((await act(page, book, key)).officeToldBy).toBe('refloop');
  expect((await act(page, book, key)).officeToldBy).toBe('refloop');
  await desk.carryOut();
  const [letter, ...others] = desk.mail.received;
  expect([letter?.to, letter?.mail.subject, others]).toEqual([[ADDRESS], 'Something new about a referral you were sent', []]);
  for (const told of ['Quillfeather', 'Rosalind', '1968', 'alpitation', 'pat-1', 'book', id, ...dates])
    expect(letter?.raw, told).not.toContain(told);
  // It opens with the NPI, shows the date and the packet as it was sent; the link from before opens too, and a page that is open stays so.
  const fresh = desk.mailedLink();
  expect(fresh).not.toBe(link);
  const opened = await openOffice(fresh);
  expect(opened.appointment).toEqual({ startsAt: dates[0] });
  expect(await desk.readAtOffice()).toContain('Potassium: 4.2 mmol/L');
  expect((await post('/office/view', { opened: officePage })).status).toBe(200);
  expect((await post('/patient/view', { opened: page })).body).toMatchObject({ officeToldBy: null });

  expect((await act(page, { act: 'cancel' })).officeToldBy).toBe('refloop');
  await desk.carryOut();
  expect(desk.mail.received).toHaveLength(2);
  expect((await openOffice()).appointment).toBeNull();
  expect(await notSent(id)).toEqual([]);
});

test('that the patient does not want it leaves though the order is over by it', async () => {
  const { page } = await offered();
  expect((await post('/patient/acts', { opened: page, key: press(), what: { act: 'decline', reason: 'cost' } })).body['standing']).toBe(
    'over',
  );
  await desk.carryOut();
  expect(desk.mail.received.map(({ to }) => to)).toEqual([[ADDRESS]]);
  expect(await openOffice()).toMatchObject({ standing: 'over', how: 'patient-declined' });
});

test.each(['a link handed over', 'a link taken back', 'a letter that could not be delivered'])(
  '%s: the page says that the clinic tells them, and a coordinator owes it until they say that it is done',
  async (how) => {
    const { id, page, dates } = await offered(how === 'a link handed over' ? 'link' : 'mail');
    if (how === 'a link taken back') await post(`/worklist/referrals/${id}/link/close`, undefined, desk.coordinator);
    if (how === 'a letter that could not be delivered')
      await desk.api.store.transaction(desk.api.scope, async (unit) => {
        const [mailed] = (await unit.outbox.ofReferral(id)).filter(({ kind }) => kind === 'office-mail');
        await unit.outbox.comeBack(mailed?.id ?? '', { detail: 'It came back.', at: desk.api.clock.now.toISOString() });
      });
    expect((await act(page, { act: 'book', startsAt: dates[0] })).officeToldBy).toBe('clinic');
    await desk.carryOut();
    expect(desk.mail.received).toEqual([]);
    const [owed] = await notSent(id);
    expect(owed?.detail).toMatch(/that the patient picked a date was not sent.*Call the office/s);
    const { effects } = await desk.threadOf(id);
    expect(effects).toMatchObject([{ decisions: ['let-go'] }]);
    const [{ effectId, doubt } = { effectId: '', doubt: '' }] = effects;
    const done = await post(`/worklist/referrals/${id}/effects`, { effectId, doubt, decision: 'let-go' }, desk.coordinator);
    expect(done.status).toBe(200);
    expect(await notSent(id)).toEqual([]);
  },
);

test('a date picked before the EHR put the order on hold is a person’s to tell', async () => {
  const { id, page, dates } = await offered();
  await act(page, { act: 'book', startsAt: dates[0] });
  await desk.api.store.transaction(desk.api.scope, async (unit) => {
    const at = desk.api.clock.now.toISOString();
    const actor = { kind: 'software', name: 'capture', version: '1' } as const;
    await applyDecision(unit, id, actor, at, ({ order }) => {
      const reference = order.reference ? referenceText(order.reference) : '';
      const fact = { type: 'order-status-observed', version: 1, reference, status: 'on-hold', versionId: '9' } as const;
      return { ok: true, value: [{ effectiveAt: at, factKey: null, fact }] };
    });
  });
  await desk.carryOut();
  expect(desk.mail.received).toEqual([]);
  expect((await notSent(id)).map(({ detail }) => detail)).toEqual([expect.stringContaining('that the patient picked a date was not sent')]);
});

test('a letter that the mail server refuses is somebody’s to see to, and the packet stays sent', async () => {
  const { id, page, dates } = await offered();
  desk.mail.refuseNext(550);
  expect((await act(page, { act: 'book', startsAt: dates[0] })).officeToldBy).toBe('refloop');
  await desk.carryOut();
  expect((await notSent(id)).map(({ detail }) => detail)).toEqual([expect.stringContaining('that the patient picked a date was not sent')]);
  expect(await desk.titles(id)).not.toContain('Not sent');
  const { effects } = await desk.threadOf(id);
  const [{ effectId, doubt } = { effectId: '', doubt: '' }] = effects;
  await post(`/worklist/referrals/${id}/effects`, { effectId, doubt, decision: 'send-again' }, desk.coordinator);
  await desk.carryOut();
  expect(desk.mail.received).toHaveLength(1);
  expect((await openOffice()).appointment).toEqual({ startsAt: dates[0] });
});
