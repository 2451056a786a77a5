/** An office of which nothing more is wanted, over HTTP on PostgreSQL: who has to hear that it let go, until when, and what settles it. */
import { decideCare } from '@refloop/domain/referral/care-command';
import { ANOTHER } from '@refloop/domain/referral/test-care';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OfficeOver, OfficeView } from '../client/office.ts';
import type { Thread } from '../client/thread.ts';
import type { WorklistAnswer } from '../client/worklist.ts';
import { createDueReferrals } from './engine/due-referrals.ts';
import { LAPSED, type ObligationContent } from './engine/obligation-content.ts';
import { asksAnother, CLINICIAN, putInForce } from './engine/test-in-force.ts';
import { applyDecision } from './referral-log.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';

/** A Friday. The clinic of these tests is open from 8:00 to 17:00 UTC. */
const AT = '2026-11-20T15:00:00.000Z';
/** Of the performer of test-in-force. */
const NPI = '1234567893';
const FIRST = 'Ana Rivera, MD';

let api: ReferralApi;
let coordinator: string;
let id = '';
let count = 0;
let presses = 0;

beforeAll(async () => {
  api = await openReferralApi();
  await api.store.enrol(api.scope);
});
afterAll(() => api.close());
beforeEach(async () => {
  await at(AT);
  id = `letting-go-${(count += 1)}`;
  await putInForce(api.store, api.scope, id, AT);
});

async function at(moment: string): Promise<void> {
  api.clock.now = new Date(moment);
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
}

const post = (path: string, body: unknown, token = '') => api.call('POST', path, token, body);
const thread = async (): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
const kinds = async (): Promise<string[]> => (await thread()).obligations.map(({ kind }) => kind);
const rows = async (): Promise<Extract<WorklistAnswer, { kind: 'whole' }>['rows']> => {
  const { body } = await api.call('GET', '/worklist', coordinator);
  return (body as Extract<WorklistAnswer, { kind: 'whole' }>).rows.filter(({ referralId }) => referralId === id);
};

const howSettled = async (): Promise<unknown[]> => {
  const done = await api.store.transaction(api.scope, (unit) =>
    unit.obligations.list({ status: 'done', referralId: id, kind: 'confirm-cancellation' }),
  );
  return done.map(({ content }) => (content as Partial<ObligationContent>).note);
};

const press = async (what: object) =>
  post(
    `/worklist/referrals/${id}/acts`,
    { key: `press-${(presses += 1)}-01234`, sequence: (await thread()).sequence, what: { at: api.clock.now.toISOString(), ...what } },
    coordinator,
  );
async function act(what: object): Promise<void> {
  const done = await press(what);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
}

/** Looks at whatever is to be looked at by now. */
async function clock(): Promise<void> {
  const failed = (error: unknown): void => {
    throw error;
  };
  await createDueReferrals({ store: api.store, now: () => api.clock.now, failed }).run();
}

const makeLink = async (): Promise<string> =>
  String((await post(`/worklist/referrals/${id}/link`, { sequence: (await thread()).sequence }, coordinator)).body['link']);
const open = async (link: string) => (await post('/office/open', { link, npi: NPI })).body;
const confirm = (opened: string) =>
  post('/office/acts', { opened, key: `press-${(presses += 1)}-01234`, what: { act: 'confirm-cancellation' } });

/** The first is asked to stop, and another is asked before they have said that they did. */
async function passOver(): Promise<string> {
  const link = await makeLink();
  await act({ act: 'cancel-requested', reason: 'No answer' });
  await api.store.transaction(api.scope, (unit) => asksAnother(unit, id, api.clock.now.toISOString(), ANOTHER, 'no-answer'));
  await act({ act: 'sent', channel: 'fax' });
  return link;
}

describe('another was asked before the first said that it let go', () => {
  test('a row says so, by the name of the first; by the button of the thread it is settled, and the other stays asked', async () => {
    await passOver();
    const twoDays = '2026-11-24T15:00:00.000Z';
    expect((await rows()).map(({ kind, performerName, dueAt }) => [kind, performerName, dueAt])).toEqual([
      ['answer', ANOTHER.display, twoDays],
      ['confirm-cancellation', FIRST, twoDays],
    ]);
    const { obligations, acts, offices } = await thread();
    expect(obligations.find(({ kind }) => kind === 'confirm-cancellation')).toMatchObject({
      next: 'Get the cancellation confirmed',
      waitingOn: 'specialist',
      owner: { subject: 'kim' },
      detail: 'Waits for the specialist’s office. Another was asked since, so this ends by itself two weeks after it began.',
    });
    expect(acts).toContain('cancel-confirmed');
    expect(offices).toContainEqual({ act: 'cancel-confirmed', attempts: [{ attempt: 1, name: FIRST }] });
    await act({ act: 'cancel-confirmed', attempt: 1 });
    expect(await howSettled()).toEqual([undefined]);
    const after = await thread();
    expect([after.obligations.map(({ kind }) => kind), after.status, after.performer?.name]).toEqual([['answer'], 'sent', ANOTHER.display]);
    expect([after.acts.includes('cancel-confirmed'), after.entries.at(-1)?.title]).toEqual([false, 'Cancellation confirmed']);
  });

  test('not named, it is the first that confirmed, and nothing ends what is asked of the other', async () => {
    await passOver();
    await act({ act: 'cancel-confirmed' });
    expect([await kinds(), (await thread()).status]).toEqual([['answer'], 'sent']);
  });

  test('not named where two were passed over, it is asked which of them, and nothing is settled', async () => {
    await passOver();
    await act({ act: 'cancel-requested', reason: 'No answer either' });
    const answered = await press({ act: 'cancel-confirmed' });
    expect([answered.status, JSON.stringify(answered.body)]).toEqual([400, expect.stringMatching(/Name the office.*1 or 2/)]);
    expect((await kinds()).filter((kind) => kind === 'confirm-cancellation')).toHaveLength(2);
    expect((await thread()).offices).toContainEqual({
      act: 'cancel-confirmed',
      attempts: [
        { attempt: 1, name: FIRST },
        { attempt: 2, name: ANOTHER.display },
      ],
    });
    await act({ act: 'cancel-confirmed', attempt: 2 });
    expect((await thread()).status).not.toBe('cancellation-requested');
  });

  test('its page asks it to let go, and what it confirms there settles it', async () => {
    const over = (await open(await passOver())) as OfficeOver;
    expect(over).toMatchObject({ standing: 'over', how: 'asked-another', toCancel: { specialist: FIRST, appointment: null } });
    expect((await confirm(over.toCancel?.opened ?? '')).body).toMatchObject({ standing: 'over', how: 'cancelled', toCancel: null });
    expect([await kinds(), (await thread()).status]).toEqual([['answer'], 'sent']);
  });

  test('after two weeks the clock takes it off the list, and a word that comes late is taken all the same', async () => {
    const link = await passOver();
    await at('2026-12-04T14:59:00.000Z');
    await clock();
    expect(await kinds()).toContain('confirm-cancellation');
    await at('2026-12-04T15:00:00.000Z');
    await clock();
    expect(await kinds()).toEqual(['answer']);
    expect(await howSettled(), 'not as if the office had answered').toEqual([LAPSED]);
    const { entries, acts } = await thread();
    expect(
      entries.filter(({ detail }) => detail?.includes('not confirmed that it is cancelled')),
      'no lead was told',
    ).toEqual([]);
    expect(acts).toContain('cancel-confirmed');
    expect((await confirm(((await open(link)) as OfficeOver).toCancel?.opened ?? '')).status).toBe(200);
    expect((await thread()).acts).not.toContain('cancel-confirmed');
  });

  test('with its visit booked it is somebody’s until it is told what became of the visit', async () => {
    const link = await makeLink();
    const { opened } = (await open(link)) as OfficeView;
    await post('/office/acts', { opened, key: 'press-accepts-01234', what: { act: 'accept' } });
    await post('/office/acts', { opened, key: 'press-books-012345', what: { act: 'book', startsAt: '2026-11-24T10:00:00Z' } });
    await act({ act: 'cancel-requested', reason: 'Too late' });
    await api.store.transaction(api.scope, (unit) => asksAnother(unit, id, api.clock.now.toISOString(), ANOTHER, 'patient-asked'));
    // Monday, when the clinic closes on the day before the visit: not Tuesday afternoon.
    expect((await rows()).find(({ kind }) => kind === 'confirm-cancellation')).toMatchObject({
      performerName: FIRST,
      dueAt: '2026-11-23T17:00:00.000Z',
    });
    await at('2026-12-20T15:00:00.000Z');
    await clock();
    expect(await kinds()).toContain('confirm-visit');
    await act({ act: 'missed', attempt: 1 });
    expect(await kinds()).toEqual(['send']);
  });
});

test('of an order that is over the office is called before the visit', async () => {
  const { opened } = (await open(await makeLink())) as OfficeView;
  await post('/office/acts', { opened, key: 'press-accepts-11234', what: { act: 'accept' } });
  await post('/office/acts', { opened, key: 'press-books-112345', what: { act: 'book', startsAt: '2026-11-23T10:00:00Z' } });
  const command = { type: 'end', how: 'patient-declined', reason: 'Moved to her sister in Ohio' } as const;
  const now = api.clock.now.toISOString();
  await api.store.transaction(api.scope, async (unit) => {
    await applyDecision(unit, id, CLINICIAN, now, (referral) => decideCare(referral, command, now));
  });
  expect((await rows()).map(({ kind, dueAt }) => [kind, dueAt])).toEqual([['confirm-cancellation', '2026-11-20T17:00:00.000Z']]);
});

test('an office declined, and its note came all the same: nobody is to ask another before the clinician has read it', async () => {
  await act({ act: 'sent', channel: 'fax' });
  await act({ act: 'declined', reason: 'other' });
  expect(await kinds()).toEqual(['reroute']);
  await act({ act: 'note', form: 'final', attempt: 1 });
  expect(await kinds()).toEqual(['review']);
  expect((await rows()).map(({ kind }) => kind)).not.toContain('reroute');
});
