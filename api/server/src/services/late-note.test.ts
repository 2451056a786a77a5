/** An office that saw the patient before the practice asked another, over HTTP on PostgreSQL: its link asks for its note, and takes it. */
import { blocksOf } from '@refloop/domain/patient-match/blocks';
import { comparedIdentity } from '@refloop/domain/patient-match/identity';
import { identity } from '@refloop/domain/patient-match/test-identity';
import { ANOTHER } from '@refloop/domain/referral/test-care';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HeldList } from '../client/inbound.ts';
import type { OfficeOver, OfficeView } from '../client/office.ts';
import type { Thread } from '../client/thread.ts';
import type { MyWork } from '../client/work.ts';
import { pdfNote } from '../inbound/test-notes.ts';
import { asksAnother, PATIENT, putInForce } from './engine/test-in-force.ts';
import { openReferralApi, type ReferralApi } from './test-referral-api.ts';

const AT = '2026-11-20T15:00:00.000Z';
const VISIT = '2026-11-20T15:01:00.000Z';
const LATER = '2026-11-23T15:00:00.000Z';
/** Of the performer of test-in-force. */
const NPI = '1234567893';
const FIRST = 'Ana Rivera, MD';
const PDF = Buffer.from('%PDF-1.7 a note');

let api: ReferralApi;
let coordinator: string;
let id = '';
let count = 0;
let presses = 0;

beforeAll(async () => {
  api = await openReferralApi();
  await api.store.transaction(api.scope, (unit) =>
    unit.patientIdentities.put({ patientId: 'p1', identity: identity(), replacedBy: null }, blocksOf(comparedIdentity(identity()))),
  );
});
afterAll(() => api.close());
beforeEach(async () => {
  await at(AT);
  id = `late-${(count += 1)}`;
  await putInForce(api.store, api.scope, id, AT);
  await at(VISIT);
});

async function at(moment: string): Promise<void> {
  api.clock.now = new Date(moment);
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
}

const key = (): string => `press-${(presses += 1)}-01234`;
const post = (path: string, body: unknown, token = '') => api.call('POST', path, token, body);
const thread = async (): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
const owed = async (): Promise<string[]> => (await thread()).obligations.map(({ kind }) => kind);
const makeLink = async (): Promise<string> =>
  String((await post(`/worklist/referrals/${id}/link`, { sequence: (await thread()).sequence }, coordinator)).body['link']);
const open = async (link: string, npi = NPI) => (await post('/office/open', { link, npi })).body;
const act = (opened: string, what: object) => post('/office/acts', { opened, key: key(), what });
const note = (opened: string, form: 'final' | 'interim' = 'final', press = key(), bytes: Uint8Array<ArrayBuffer> = PDF) =>
  api.upload(`/office/notes?form=${form}&key=${press}`, opened, bytes);
/** Of somebody else: where a note may come, it is held. */
const wrongNote = () => pdfNote([['Consultation', 'Patient: Lund, Per', 'DOB: 12/30/1941', 'Impression: well']]);
const held = async () => ((await api.call('GET', '/inbound/documents', coordinator)).body as HeldList).documents;

/** Seen by the first where that is said; then the coordinator calls it off there, and another is asked. @returns the first one's link */
async function passOver(before: object[]): Promise<string> {
  const link = await makeLink();
  const { opened } = (await open(link)) as OfficeView;
  for (const what of before) expect((await act(opened, what)).status).toBe(200);
  await at(LATER);
  const asked = { act: 'cancel-requested', reason: 'Too slow', at: LATER };
  const called = await post(
    `/worklist/referrals/${id}/acts`,
    { key: key(), sequence: (await thread()).sequence, what: asked },
    coordinator,
  );
  expect(called.status, JSON.stringify(called.body)).toBe(200);
  await api.store.transaction(api.scope, (unit) => asksAnother(unit, id, LATER, ANOTHER, 'no-answer'));
  return link;
}
const SEEN = [{ act: 'accept' }, { act: 'seen', at: VISIT }];
const over = async (link: string): Promise<OfficeOver> => (await open(link)) as OfficeOver;

describe('an office that saw the patient, and another was asked since', () => {
  test('is asked for its note of that visit, and is shown nothing else of the patient', async () => {
    const page = await over(await passOver(SEEN));
    expect(page).toEqual({
      standing: 'over',
      how: 'asked-another',
      toCancel: null,
      toWrite: {
        opened: expect.any(String),
        until: expect.any(String),
        specialist: FIRST,
        patientName: PATIENT,
        visits: [VISIT],
        noteForms: ['final', 'interim'],
        noteHeld: false,
      },
      practice: api.scope.site,
      phone: '510-555-0150',
      accent: null,
    });
    expect((await post('/office/packet', { opened: page.toWrite?.opened })).status).toBe(409);
  });

  test('gives it: it is of its own attempt, waits for the clinician, and closes the loop; pressed again it is one note', async () => {
    const link = await passOver(SEEN);
    const { opened = '' } = (await over(link)).toWrite ?? {};
    expect(await owed()).toContain('note');
    for (let press = 0; press < 2; press += 1) {
      const given = await note(opened, 'final', 'the-late-note-of-it');
      expect([given.status, given.body['standing'], given.body['toWrite']]).toEqual([200, 'over', null]);
    }
    expect((await thread()).entries.filter(({ title }) => title === 'Note received')).toMatchObject([
      { party: 'office', by: 'The specialist’s office, by link' },
    ]);
    expect(await owed()).toContain('review');
    expect(await owed()).not.toContain('note');
    const clinician = await api.session({ patientId: null, subject: 's' });
    const { toReview } = (await api.call('GET', '/work', clinician)).body as MyWork;
    const row = toReview.find(({ referralId }) => referralId === id);
    const read = await api.download(`/work/documents/${row?.documentId}`, clinician);
    expect(Buffer.from(read.bytes)).toEqual(PDF);
    await post('/work/reviews', { referralId: id, reportId: row?.reportId }, clinician);
    expect((await thread()).status).toBe('closed');
    const second = await note(opened);
    expect([second.status, second.body['detail']]).toEqual([409, 'The practice has asked another specialist since. Nothing was changed.']);
  });

  test('says that more will follow: the note is still waited for, here and on its page', async () => {
    const link = await passOver(SEEN);
    const given = await note((await over(link)).toWrite?.opened ?? '', 'interim');
    expect([given.status, given.body['toWrite']]).toMatchObject([200, { visits: [VISIT], noteForms: ['final', 'interim'] }]);
    expect(await owed()).toEqual(expect.arrayContaining(['note', 'review']));
  });

  test('does nothing else by it, and nothing to the other office', async () => {
    const { opened = '' } = (await over(await passOver(SEEN))).toWrite ?? {};
    const { sequence } = await thread();
    for (const what of [
      { act: 'accept' },
      { act: 'ask', text: 'Shall we see them again?' },
      { act: 'seen', at: LATER },
      { act: 'book', startsAt: '2026-12-08T15:00:00Z' },
      { act: 'decline', reason: 'other' },
      { act: 'confirm-cancellation' },
    ])
      expect([what.act, (await act(opened, what)).status]).toEqual([what.act, 409]);
    expect((await thread()).sequence).toBe(sequence);
  });

  test('lets go of a further visit by the same page', async () => {
    const link = await passOver([...SEEN, { act: 'book', startsAt: '2026-12-08T15:00:00Z' }]);
    const page = await over(link);
    expect([page.toCancel?.appointment, page.toWrite?.visits]).toEqual([{ startsAt: '2026-12-08T15:00:00.000Z' }, [VISIT]]);
    const done = await act(page.toCancel?.opened ?? '', { act: 'confirm-cancellation' });
    expect([done.status, done.body]).toMatchObject([200, { how: 'cancelled', toCancel: null, toWrite: { visits: [VISIT] } }]);
    expect((await note(page.toWrite?.opened ?? '')).status).toBe(200);
  });

  test('what its page tells of the patient is accounted for', async () => {
    await over(await passOver(SEEN));
    const told = await api.store.transaction(api.scope, (unit) => unit.disclosures.ofPatient('p1'));
    expect(told.filter(({ referralId }) => referralId === id).at(-1)?.content).toMatchObject({
      what: ['name', 'the visit of which the note is waited for'],
    });
  });
});

/** @returns what its page was opened to */
const opensAndDoes = async (acts: object[]): Promise<string> => {
  const { opened } = (await open(await makeLink())) as OfficeView;
  for (const what of acts) expect((await act(opened, what)).status).toBe(200);
  return opened;
};
const reviewed = async (): Promise<void> => {
  const clinician = await api.session({ patientId: null, subject: 's' });
  const { toReview } = (await api.call('GET', '/work', clinician)).body as MyWork;
  await post('/work/reviews', { referralId: id, reportId: toReview.find(({ referralId }) => referralId === id)?.reportId }, clinician);
  expect((await thread()).status).toBe('closed');
};

describe('no note is taken, not even to be held,', () => {
  test.each<[string, string, () => Promise<string>]>([
    [
      'of an office that saw nobody, and another was asked since',
      'The practice has asked another specialist since. Nothing was changed.',
      async () => {
        const page = await over(await passOver([{ act: 'accept' }]));
        expect([page.toCancel?.appointment, page.toWrite]).toEqual([null, null]);
        return page.toCancel?.opened ?? '';
      },
    ],
    [
      'of an office that declined',
      'That does not follow from where it stands, “declined”. Nothing was changed. Reload the page.',
      () => opensAndDoes([{ act: 'decline', reason: 'other' }]),
    ],
    [
      'of a loop that is closed',
      'The practice has closed this referral: your note was read. Nothing was changed.',
      async () => {
        const opened = await opensAndDoes(SEEN);
        expect((await note(opened)).body['became']).toBe('on-record');
        await reviewed();
        return opened;
      },
    ],
  ])('%s', async (_, why, openedTo) => {
    const opened = await openedTo();
    const { sequence } = await thread();
    for (const bytes of [PDF, await wrongNote()]) {
      const given = await note(opened, 'final', key(), bytes);
      expect([given.status, given.body['detail']]).toEqual([409, why]);
    }
    expect((await thread()).sequence).toBe(sequence);
    expect(await held()).toEqual([]);
  });
});

test('a wrong note is held; the right one is on record beside it; both presses answer as before once no note is taken any more', async () => {
  const opened = await opensAndDoes(SEEN);
  const [wrong, bytes] = ['the-wrong-note-of-it', await wrongNote()];
  const right = 'the-right-note-of-it';
  const first = await note(opened, 'final', wrong, bytes);
  expect([first.status, first.body['became'], first.body['noteHeld']]).toEqual([200, 'held', true]);
  const second = await note(opened, 'final', right);
  expect([second.status, second.body['became'], second.body['noteHeld']]).toEqual([200, 'on-record', true]);
  await reviewed();
  expect([(await note(opened, 'final', wrong, bytes)).body['became'], (await note(opened, 'final', right)).body['became']]).toEqual([
    'held',
    'on-record',
  ]);
  const [document, ...others] = await held();
  expect([document?.why, others]).toEqual(['another-patient', []]);
  await post(`/inbound/documents/${document?.id}/setting-aside`, { reason: 'Not our patient' }, coordinator);
});

test('a note that was held and that a person placed is on record: the same press again is no second note', async () => {
  const opened = await opensAndDoes(SEEN);
  const [press, bytes] = ['the-note-of-a-namesake', await wrongNote()];
  expect((await note(opened, 'final', press, bytes)).body['became']).toBe('held');
  const [document] = await held();
  const placed = await post(
    `/inbound/documents/${document?.id}/placing`,
    { referralId: id, attempt: 1, form: 'final', reason: 'Married name' },
    coordinator,
  );
  expect(placed.status, JSON.stringify(placed.body)).toBe(200);
  const again = await note(opened, 'final', press, bytes);
  expect([again.status, again.body['became'], again.body['noteHeld']]).toEqual([200, 'on-record', false]);
  expect((await thread()).entries.filter(({ title }) => title === 'Note received')).toHaveLength(1);
});
