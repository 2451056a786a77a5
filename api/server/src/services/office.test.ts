/** A specialist's office without an account, over HTTP on PostgreSQL: what a link opens, what it does, and what it keeps to itself. */
import { decideCare } from '@refloop/domain/referral/care-command';
import { ANOTHER } from '@refloop/domain/referral/test-care';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OfficeOver, OfficeView } from '../client/office.ts';
import type { Thread } from '../client/thread.ts';
import type { MyWork } from '../client/work.ts';
import type { WorklistAnswer } from '../client/worklist.ts';
import { asksAnother, CLINICIAN, PATIENT, putInForce } from './engine/test-in-force.ts';
import { applyDecision } from './referral-log.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';

const AT = '2026-11-20T15:00:00.000Z';
/** Of the performer of test-in-force. */
const NPI = '1234567893';
/** Of the referral of test-in-force. */
const ofPatient = 'p1';
const PDF = Buffer.from('%PDF-1.7 a note');

let api: ReferralApi;
let coordinator: string;
let superuser: pg.Client;
let id = '';
let count = 0;

beforeAll(async () => {
  api = await openReferralApi();
  superuser = new pg.Client({ connectionString: api.url });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await api.close();
});
beforeEach(async () => {
  await at(AT);
  id = `r${(count += 1)}`;
  await putInForce(api.store, api.scope, id, AT);
  await at(new Date(Date.parse(AT) + 60_000).toISOString());
});

async function at(moment: string): Promise<void> {
  api.clock.now = new Date(moment);
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
}

const post = (path: string, body: unknown, token = '') => api.call('POST', path, token, body);
const thread = async (): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
const makeLink = async (): Promise<string> => {
  const made = await post(`/worklist/referrals/${id}/link`, { sequence: (await thread()).sequence }, coordinator);
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return String(made.body['link']);
};
const open = (link: string, npi = NPI) => post('/office/open', { link, npi });

let presses = 0;
async function act(opened: string, what: object, key = `press-${(presses += 1)}-01234`) {
  return post('/office/acts', { opened, key, what });
}
const note = (opened: string, form = 'final', key = `press-${(presses += 1)}-01234`, bytes: NonNullable<RequestInit['body']> = PDF) =>
  api.upload(`/office/notes?form=${form}&key=${key}`, opened, bytes);
const openedView = async (): Promise<OfficeView> => (await open(await makeLink())).body as OfficeView;

const practice = () => ({ practice: api.scope.site, phone: '510-555-0150', accent: null });

describe('a link', () => {
  test('is sending it: the answer is waited for from then on', async () => {
    await makeLink();
    const { rows } = (await api.call('GET', '/worklist', coordinator)).body as Extract<WorklistAnswer, { kind: 'whole' }>;
    expect(rows.find(({ referralId }) => referralId === id)).toMatchObject({ kind: 'answer', channel: 'link', waitingOn: 'specialist' });
  });

  test('shows nothing without the NPI, is closed after five wrong ones, and says the same of a link that there is not', async () => {
    const link = await makeLink();
    const answers = [];
    for (let tries = 0; tries < 6; tries += 1) answers.push(await open(link, '1538271645'));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(403));
    expect(answers.map(({ body }) => String(body['detail'])).slice(3)).toEqual([
      expect.stringContaining('One try is left'),
      expect.stringContaining('closed now'),
      expect.stringContaining('closed after five wrong tries'),
    ]);
    expect((await open(link)).status).toBe(403);
    expect(JSON.stringify(answers)).not.toContain(PATIENT);
    const locked = await thread();
    expect([locked.linked, locked.reach.office?.locked], 'nobody waits for an office that cannot open it').toEqual([false, true]);
    await makeLink();
    const anew = await thread();
    expect([anew.linked, anew.reach.office?.locked]).toEqual([true, false]);
    const { status, body } = await open('x'.repeat(43));
    expect([status, body['title']]).toEqual([404, 'Not found']);
  });

  test('opens for an hour; opened anew, the page before is closed; after sixty days it opens nothing', async () => {
    const link = await makeLink();
    const first = (await open(link)).body as OfficeView;
    expect((await post('/office/view', { opened: first.opened })).status).toBe(200);
    const second = (await open(link)).body as OfficeView;
    const elsewhere = await post('/office/view', { opened: first.opened });
    expect([elsewhere.status, elsewhere.body['type']]).toEqual([401, '/problems/session-ended']);
    expect(elsewhere.body['detail']).toMatch(/Open the link again/);
    await at('2026-11-20T16:02:00.000Z');
    expect((await post('/office/view', { opened: second.opened })).status).toBe(401);
    // What was opened is no link.
    expect((await open(second.opened)).status).toBe(404);
    await at('2027-01-20T16:00:00.000Z');
    expect((await open(link)).status).toBe(404);
  });

  test('is taken back: by a newer one of the same attempt, and by the coordinator, also while it is open', async () => {
    expect((await thread()).linked).toBe(false);
    const first = await makeLink();
    const page = (await open(first)).body as OfficeView;
    const second = await makeLink();
    expect((await thread()).linked).toBe(true);
    expect([(await open(first)).status, (await post('/office/view', { opened: page.opened })).status]).toEqual([404, 404]);
    const { opened } = (await open(second)).body as OfficeView;
    const closed = await post(`/worklist/referrals/${id}/link/close`, undefined, coordinator);
    expect([closed.status, closed.body['linked']]).toEqual([200, false]);
    expect([(await open(second)).status, (await post('/office/view', { opened })).status]).toEqual([404, 404]);
    expect((await act(opened, { act: 'accept' })).status).toBe(404);
    expect((await note(opened)).status).toBe(404);
    expect((await post('/worklist/referrals/none/link/close', undefined, coordinator)).status).toBe(404);
    const audit = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: id }));
    expect(audit.filter(({ action }) => action === 'office-link.closed')).toHaveLength(1);
  });

  test('of what changed since it was shown none is made', async () => {
    const made = await post(`/worklist/referrals/${id}/link`, { sequence: 1 }, coordinator);
    expect([made.status, made.body['type']]).toEqual([409, '/problems/conflict']);
    expect((await thread()).status).toBe('in-chart');
  });
});

describe('the office', () => {
  test('sees what it needs and nothing of the inside of the practice', async () => {
    const view = await openedView();
    expect(view).toMatchObject({
      specialist: 'Ana Rivera, MD',
      patientName: PATIENT,
      specialtyName: 'Cardiology',
      status: 'sent',
      hasPacket: false,
      acts: ['accept', 'decline', 'ask'],
    });
    expect(view.thread.map(({ title }) => title)).toEqual(['Sent']);
    expect(JSON.stringify(view)).not.toMatch(/coordinator|kim|Escalated/);
  });

  test('goes the whole way, and the clinician who reads its note closes the loop', async () => {
    const link = await makeLink();
    const page = (await open(link)).body as OfficeView;
    for (const what of [
      { act: 'accept' },
      { act: 'offer-dates', dates: ['2026-12-08T09:00:00-06:00'] },
      { act: 'book', startsAt: '2026-12-08T09:00:00-06:00' },
    ]) {
      const done = await act(page.opened, what);
      expect(done.status, JSON.stringify(done.body)).toBe(200);
    }
    // Told by the page in the reader's own zone: the words name no time.
    const booked = (await post('/office/view', { opened: page.opened })).body as OfficeView;
    const appointment = ['2026-12-08T15:00:00.000Z'];
    expect(booked.thread.slice(-2)).toMatchObject([
      { title: 'Dates offered', detail: null, times: appointment },
      { title: 'Appointment booked', detail: 'For', times: appointment },
    ]);
    expect((await thread()).entries.find(({ title }) => title === 'Appointment booked')?.times).toEqual(appointment);
    await at('2026-12-09T15:00:00.000Z');
    const { opened } = (await open(link)).body as OfficeView;
    for (const [day, status] of [
      ['2026-12-07T09:00:00-06:00', 400],
      ['2026-12-10T09:00:00-06:00', 400],
      ['2026-12-08T09:00:00-06:00', 200],
    ] as const)
      expect([day, (await act(opened, { act: 'seen', at: day })).status]).toEqual([day, status]);
    expect((await thread()).entries.find(({ title }) => title === 'Patient seen')).toMatchObject({ at: '2026-12-08T15:00:00.000Z' });
    const noted = await note(opened);
    expect(noted.body).toMatchObject({ status: 'reported', acts: [] });
    const clinician = await api.session({ patientId: null, subject: 's' });
    const { toReview } = (await api.call('GET', '/work', clinician)).body as MyWork;
    const row = toReview.find(({ referralId }) => referralId === id);
    const read = await api.download(`/work/documents/${row?.documentId}`, clinician);
    expect(Buffer.from(read.bytes)).toEqual(PDF);
    const another = await api.session({ patientId: null, subject: 'another' });
    expect((await api.download(`/work/documents/${row?.documentId}`, another)).status).toBe(404);
    await post('/work/reviews', { referralId: id, reportId: row?.reportId }, clinician);
    expect((await thread()).status).toBe('closed');
    expect((await thread()).entries.filter(({ party }) => party === 'office').map(({ by }) => by)).toEqual(
      Array(5).fill('The specialist’s office, by link'),
    );
  });

  test('a note that is pressed again is kept once', async () => {
    const { opened } = await openedView();
    await act(opened, { act: 'accept' });
    for (let press = 0; press < 3; press += 1) expect((await note(opened, 'final', 'note-the-same')).status).toBe(200);
    const { rows } = await superuser.query('select id from document where referral_id = $1', [id]);
    expect(rows).toHaveLength(1);
    expect((await thread()).entries.filter(({ title }) => title === 'Note received')).toHaveLength(1);
  });

  test('of whoever opened nothing not a byte is read, and of others no more than a note may have', async () => {
    let read = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (stream) => {
          read += 1024 * 1024;
          stream.enqueue(new Uint8Array(1024 * 1024));
        },
      });
    expect((await note('x'.repeat(43), 'final', 'press-0123456', endless())).status).toBe(401);
    expect(read).toBeLessThanOrEqual(1024 * 1024);
    const { opened } = await openedView();
    await act(opened, { act: 'accept' });
    expect((await note(opened, 'final', 'press-0123456', endless())).status).toBe(413);
    expect(read).toBeLessThan(14 * 1024 * 1024);
    expect((await note(opened, 'final', 'press-0123456', Buffer.from('MZ'))).status).toBe(400);
    expect((await api.upload('/office/notes?form=final&key=press-0123456', opened, PDF, 'text/plain')).status).toBe(415);
    expect((await act(opened, { act: 'ask', text: 'x'.repeat(300 * 1024) })).status).toBe(413);
    expect((await thread()).status).toBe('accepted');
  });

  test('that opened its link is told of in the thread, with when it did last', async () => {
    const link = await makeLink();
    expect((await thread()).reach.office?.openedAt).toBeNull();
    await open(link, '1538271645');
    expect((await thread()).reach.office?.openedAt, 'not with the NPI of somebody else').toBeNull();
    await at('2026-11-23T16:00:00.000Z');
    await open(link);
    await at('2026-11-23T19:00:00.000Z');
    expect((await thread()).reach.office?.openedAt).toBe('2026-11-23T16:00:00.000Z');
  });

  test('reads nothing of a stage that only a note showed which was taken off; the practice reads what it is by now', async () => {
    const link = await makeLink();
    const record = async (what: object) => {
      const key = `record-${(presses += 1)}-01234`;
      const done = await post(`/worklist/referrals/${id}/acts`, { key, sequence: (await thread()).sequence, what }, coordinator);
      expect(done.status, JSON.stringify(done.body)).toBe(200);
    };
    const told = async (opened: string) =>
      ((await post('/office/view', { opened })).body as OfficeView).thread.map(({ title, detail }) => [title, detail].join(' · '));
    const onRecord = async () =>
      (await thread()).entries
        .map(({ title, detail }) => [title, detail].join(' · '))
        .filter((line) => /^(Sent|Accepted|Patient)/.test(line));
    const takeOff = async () =>
      record({
        act: 'unlink-report',
        reportId: (await thread()).toLink.linked[0]?.reportId,
        because: 'other-patient',
        reason: 'Of her sister',
      });
    await at('2026-11-23T15:00:00.000Z');
    const noteCame = { act: 'note', form: 'final', at: '2026-11-23T14:00:00.000Z', attempt: 1 };
    const [sent, gone] = ['Sent · By a secure link', 'no longer assumed · Only a note that was taken off had shown it.'];
    const stages = [sent, 'Accepted · ', 'Patient seen · '];
    const { opened } = (await open(link)).body as OfficeView;
    await record(noteCame);
    expect([await told(opened), await onRecord()]).toEqual([[...stages, 'Note received · Final'], stages]);
    await takeOff();
    const withdrawn = [`Accepted: ${gone}`, `Patient seen: ${gone}`];
    expect([await told(opened), await onRecord()]).toEqual([[sent], [sent, ...withdrawn]]);
    expect((await thread()).entries.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Note linked to this referral', 'Note taken off: it was linked by mistake']),
    );
    await record(noteCame);
    await record(noteCame);
    await takeOff();
    expect([await told(opened), await onRecord()], 'the other note still shows it').toEqual([
      [...stages, 'Note received · Final'],
      [sent, ...withdrawn, ...stages.slice(1)],
    ]);
  });

  test('cancels an appointment, and confirms that it is cancelled once it is asked to', async () => {
    const { opened } = await openedView();
    await act(opened, { act: 'accept' });
    await act(opened, { act: 'book', startsAt: '2026-12-08T09:00:00-06:00' });
    expect((await act(opened, { act: 'confirm-cancellation' })).status).toBe(409);
    expect((await act(opened, { act: 'cancel-appointment', by: 'nobody' })).status).toBe(400);
    const off = await act(opened, { act: 'cancel-appointment', by: 'specialist' });
    expect([off.status, off.body['appointment'], off.body['acts']]).toEqual([200, null, expect.arrayContaining(['book'])]);
    expect((await thread()).obligations.map(({ next }) => next)).toEqual(['Book again after a missed visit']);
    const what = { act: 'cancel-requested', reason: 'Moved away', at: api.clock.now.toISOString() };
    const asked = await post(
      `/worklist/referrals/${id}/acts`,
      { key: `ask-${id}-01234`, sequence: (await thread()).sequence, what },
      coordinator,
    );
    expect(asked.status, JSON.stringify(asked.body)).toBe(200);
    const view = (await post('/office/view', { opened })).body as OfficeView;
    expect([view.status, view.acts]).toEqual(['cancelling', ['ask', 'note', 'confirm-cancellation']]);
    const done = await act(opened, { act: 'confirm-cancellation' });
    expect([done.status, done.body]).toEqual([200, { standing: 'over', how: 'cancelled', toCancel: null, toWrite: null, ...practice() }]);
    expect((await thread()).obligations.map(({ next }) => next)).toEqual(['Ask another specialist']);
  });

  test('asks, is answered, and pressed twice it is done once', async () => {
    const { opened } = await openedView();
    for (let press = 0; press < 2; press += 1) await act(opened, { act: 'ask', text: 'Is there an ECG?' }, 'press-the-same');
    const asked = await thread();
    expect(asked.obligations.map(({ kind }) => kind).sort()).toEqual(['answer', 'reply']);
    expect(asked.entries.filter(({ detail }) => detail === 'Is there an ECG?')).toHaveLength(1);
    const reply = { key: 'answer-01234', sequence: asked.sequence, text: 'It is in the packet.' };
    expect((await post(`/worklist/referrals/${id}/messages`, { ...reply, sequence: 1 }, coordinator)).status).toBe(409);
    const answered = await post(`/worklist/referrals/${id}/messages`, reply, coordinator);
    expect((answered.body as Thread).obligations.map(({ kind }) => kind)).toEqual(['answer']);
    const view = (await post('/office/view', { opened })).body as OfficeView;
    expect(view.thread.slice(-2)).toMatchObject([
      { from: 'office', detail: 'Is there an ECG?' },
      { from: 'practice', detail: 'It is in the packet.' },
    ]);
  });

  test.each<[string, object, number, object?]>([
    ['a date that is past', { act: 'offer-dates', dates: ['2026-01-01T00:00:00Z'] }, 400, { act: 'accept' }],
    ['what does not follow', { act: 'seen', at: AT }, 409],
    ['a reason that there is not', { act: 'decline', reason: 'no mood' }, 400],
  ])('is refused %s, and nothing is kept', async (_what, what, status, before) => {
    const { opened } = await openedView();
    if (before) await act(opened, before);
    const { sequence } = await thread();
    expect((await act(opened, what)).status).toBe(status);
    expect((await thread()).sequence).toBe(sequence);
  });

  test('that declined is told that it is over and nothing more, and neither office reads what was said with the other', async () => {
    const link = await makeLink();
    const { opened } = (await open(link)).body as OfficeView;
    await act(opened, { act: 'ask', text: 'Is there an ECG?' });
    await post(
      `/worklist/referrals/${id}/messages`,
      { key: 'answer-first', sequence: (await thread()).sequence, text: 'The first answer.' },
      coordinator,
    );
    await act(opened, { act: 'ask', text: 'Still unanswered?' });
    const declined = await act(opened, { act: 'decline', reason: 'not-taking-patients' });
    expect(declined.body).toEqual({ standing: 'over', how: 'declined', toCancel: null, toWrite: null, ...practice() });

    await api.store.transaction(api.scope, (unit) => asksAnother(unit, id, api.clock.now.toISOString(), ANOTHER, 'declined'));
    // What was asked by the first is answered to the first.
    await post(
      `/worklist/referrals/${id}/messages`,
      { key: 'answer-late', sequence: (await thread()).sequence, text: 'For the first alone.' },
      coordinator,
    );
    const second = (await open(await makeLink(), ANOTHER.npi)).body as OfficeView;
    expect(second).toMatchObject({ specialist: ANOTHER.display, patientName: PATIENT });
    expect(second.thread.map(({ title }) => title)).toEqual(['Sent']);
    await act(second.opened, { act: 'ask', text: 'Asked by the second.' });
    await act(second.opened, { act: 'accept' });
    await note(second.opened, 'interim');
    const own = (await post('/office/view', { opened: second.opened })).body as OfficeView;
    expect(own.thread.map(({ title }) => title)).toEqual(['Sent', 'Message', 'Accepted', 'Note received']);

    expect((await post('/office/packet', { opened })).status).toBe(409);
    for (const { body } of [await post('/office/view', { opened }), await open(link)])
      expect(body).toEqual({ standing: 'over', how: 'declined', toCancel: null, toWrite: null, ...practice() });
  });

  const ends = (how: 'patient-declined' | 'expired') =>
    api.store.transaction(api.scope, async (unit) => {
      const now = api.clock.now.toISOString();
      const command = { type: 'end', how, reason: 'Moved to her sister in Ohio' } as const;
      await applyDecision(unit, id, CLINICIAN, now, (referral) => decideCare(referral, command, now));
    });

  test('reads that the patient declined, and confirms that what is booked is cancelled: that is asked for until it does', async () => {
    const link = await makeLink();
    const { opened } = (await open(link)).body as OfficeView;
    await act(opened, { act: 'accept' });
    await act(opened, { act: 'book', startsAt: '2026-12-08T09:00:00-06:00' });
    await ends('patient-declined');
    expect((await thread()).obligations.map(({ kind }) => kind)).toEqual(['confirm-cancellation']);
    const anew = await open(link);
    const { opened: reopened } = (anew.body as OfficeOver).toCancel ?? { opened: '' };
    const toCancel = {
      opened: reopened,
      until: expect.any(String),
      specialist: 'Ana Rivera, MD',
      patientName: PATIENT,
      appointment: { startsAt: '2026-12-08T15:00:00.000Z' },
    };
    expect(anew.body).toEqual({ standing: 'over', how: 'patient-declined', toCancel, toWrite: null, ...practice() });
    expect((await act(reopened, { act: 'ask', text: 'Why is that?' })).status).toBe(409);
    expect((await post('/office/packet', { opened: reopened })).status).toBe(409);
    for (let press = 0; press < 2; press += 1) {
      const confirmed = await act(reopened, { act: 'confirm-cancellation' }, 'press-confirms');
      expect(confirmed.body).toEqual({ standing: 'over', how: 'cancelled', toCancel: null, toWrite: null, ...practice() });
    }
    expect((await thread()).obligations).toEqual([]);
    expect((await thread()).entries.at(-1)).toMatchObject({ title: 'Cancellation confirmed', party: 'office' });
  });

  test('is shown no more than that it is over once the order has ended, and it has nothing to cancel', async () => {
    const { opened } = await openedView();
    await ends('expired');
    const over = (await post('/office/view', { opened })).body as OfficeOver;
    expect([over.how, over.toCancel?.appointment]).toEqual(['ended', null]);
    await act(opened, { act: 'confirm-cancellation' });
    expect((await post('/office/view', { opened })).body).toEqual({
      standing: 'over',
      how: 'cancelled',
      toCancel: null,
      toWrite: null,
      ...practice(),
    });
    expect((await act(opened, { act: 'ask', text: 'Why is that?' })).status).toBe(409);
  });

  test('every try and act is on record, without a name', async () => {
    const link = await makeLink();
    await open(link, '1538271645');
    const { opened } = (await open(link)).body as OfficeView;
    await act(opened, { act: 'decline', reason: 'not-taking-patients' });
    const entries = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: id }));
    expect(entries.map(({ action }) => action).filter((action) => action.startsWith('office-link'))).toEqual([
      'office-link.made',
      'office-link.wrong-npi',
      'office-link.opened',
      'office-link.act',
    ]);
    expect(JSON.stringify(entries)).not.toMatch(new RegExp(`${PATIENT}|${link}|${opened}`));
    expect((await thread()).obligations).toMatchObject([{ kind: 'reroute' }]);
  });

  test('whatever a link opened is on record under its patient, for the accounting of disclosures', async () => {
    const link = await makeLink();
    await open(link, '1538271645');
    const { opened } = (await open(link)).body as OfficeView;
    await post('/office/view', { opened });
    await act(opened, { act: 'accept' });
    const reference = { at: AT, actor: { subject: 's', fhirUser: null, sessionId: null }, action: 'office-link.of-the-test' } as const;
    await api.store.transaction(api.scope, (unit) =>
      unit.audit.append({ ...reference, purpose: 'TREAT', referralId: id, patientId: ofPatient }),
    );
    const { rows } = await superuser.query<{ entry: Buffer }>('select entry from audit_entry where referral_id = $1', [id]);
    const subjects = rows
      .map(({ entry }) => JSON.parse(entry.toString('utf8')) as { action: string; subjectRef: string | null })
      .filter(({ action }) => action.startsWith('office-link'))
      .map(({ subjectRef }) => subjectRef);
    expect(subjects).toHaveLength(6);
    expect(new Set(subjects).size).toBe(1);
    expect(subjects[0]).not.toBeNull();
  });
});
