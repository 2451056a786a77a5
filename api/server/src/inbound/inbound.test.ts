/** From the gateway or the office's link to the clinician who reviews it, over HTTP on PostgreSQL, with the documents read for real. */
import { blocksOf } from '@refloop/domain/patient-match/blocks';
import { comparedIdentity, type Identity } from '@refloop/domain/patient-match/identity';
import { identity } from '@refloop/domain/patient-match/test-identity';
import { decideCare } from '@refloop/domain/referral/care-command';
import { observe } from '@refloop/domain/referral/observe';
import { ok } from '@refloop/domain/result';
import { type CryptoKey, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FoundPatients, HeldDocument, HeldList, NoteReading } from '../client/inbound.ts';
import type { OfficeView } from '../client/office.ts';
import type { Thread } from '../client/thread.ts';
import type { MyWork } from '../client/work.ts';
import { putInForce } from '../services/engine/test-in-force.ts';
import { applyDecision } from '../services/referral-log.ts';
import { openReferralApi, type ReferralApi } from '../services/test-referral-api.ts';
import { keepNote } from './keep-note.ts';
import { unreadable } from './read-document.ts';
import { createInbound } from './take-in.ts';
import { gatewayToken, TEST_GATEWAY } from './test-gateway.ts';
import { CARDIOLOGY_NOTE, HL7_CONSULTATION, pdfNote } from './test-notes.ts';

const AT = '2026-11-20T15:00:00.000Z';
const NPI = '1234567893';

let api: ReferralApi;
let stranger: CryptoKey;
let coordinator: string;
let clinician: string;
let inbound: { run: () => Promise<number> };

beforeAll(async () => {
  stranger = (await generateKeyPair('ES384')).privateKey;
  api = await openReferralApi({ gateways: [TEST_GATEWAY] });
  await api.store.enrol(api.scope);
  api.clock.now = new Date(AT);
  const failed = (error: unknown): void => {
    throw error;
  };
  inbound = createInbound({ store: api.store, read: api.read, version: 'test', now: () => api.clock.now, failed });
  await putInForce(api.store, api.scope, 'r1', AT);
  await knows('p1', { recordNumbers: ['SYN-100200'] });
  api.clock.now = new Date('2026-11-21T15:00:00.000Z');
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
  clinician = await api.session({ patientId: null, subject: 's' });
});
afterAll(() => api.close());

const knows = (patientId: string, more: Partial<Identity>): Promise<void> =>
  api.store.transaction(api.scope, (unit) =>
    unit.patientIdentities.put({ patientId, identity: identity(more), replacedBy: null }, blocksOf(comparedIdentity(identity(more)))),
  );

const hand = async (bytes: Uint8Array<ArrayBuffer>, more: Parameters<typeof gatewayToken>[3] = {}) =>
  api.upload('/inbound/documents', await gatewayToken(api.scope.issuer, bytes, api.clock.now, more), bytes, 'application/octet-stream');
const note = (change: (line: string) => string = (line) => line) => pdfNote(CARDIOLOGY_NOTE.map((page) => page.map(change)));
const held = async (): Promise<HeldDocument[]> => ((await api.call('GET', '/inbound/documents', coordinator)).body as HeldList).documents;
const thread = async (): Promise<Thread> => (await api.call('GET', '/worklist/referrals/r1', coordinator)).body as Thread;
const toReview = async () => ((await api.call('GET', '/work', clinician)).body as MyWork).toReview;

describe('a gateway', () => {
  test('is admitted by its own key alone, for this very file', async () => {
    const bytes = await note();
    expect((await hand(bytes, { by: stranger })).status).toBe(401);
    expect((await hand(bytes, { aud: '/sessions' })).status).toBe(401);
    expect((await hand(bytes, { sha256: 'f'.repeat(64) })).status).toBe(400);
    expect((await api.upload('/inbound/documents', 'nonsense', bytes, 'application/octet-stream')).status).toBe(401);
    expect(await inbound.run()).toBe(0);
  });
});

describe('a note that names patient, specialist and a day after the order', () => {
  test('is placed by itself, once; its extracts are spans of it; and the clinician who reads it closes the loop', async () => {
    const bytes = await note();
    const [first, again] = [await hand(bytes, { jti: 'one' }), await hand(bytes, { jti: 'one' })];
    expect([first.status, again.body['id']]).toEqual([201, first.body['id']]);
    expect((await hand(await note((line) => line.replace('Palpitations', 'Dizziness')), { jti: 'one' })).status).toBe(409);
    expect(await inbound.run()).toBe(1);
    expect(await inbound.run()).toBe(0);
    expect(await held()).toEqual([]);
    expect((await thread()).status).toBe('reported');
    const [row] = await toReview();
    expect(row).toMatchObject({ reportId: `inbound/${String(first.body['id'])}`, documentId: first.body['id'] });
    const reading = (await api.call('GET', `/work/documents/${row?.documentId}/reading`, clinician)).body as NoteReading;
    expect(reading.extracts.map(({ topic }) => topic)).toEqual(['assessment', 'plan', 'plan']);
    for (const { part, from, to, text } of reading.extracts) expect(reading.parts[part]?.text.slice(from, to)).toBe(text);
    const file = await api.download(`/work/documents/${row?.documentId}`, clinician);
    expect(Buffer.from(file.bytes).equals(Buffer.from(bytes))).toBe(true);
    expect([file.headers.get('content-type'), reading.fileName]).toEqual(['application/octet-stream', 'note.pdf']);
    const other = await api.session({ patientId: null, subject: 'moss' });
    expect((await api.call('GET', `/work/documents/${row?.documentId}/reading`, other)).status).toBe(404);
    await api.call('POST', '/work/reviews', clinician, { referralId: 'r1', reportId: row?.reportId });
    expect((await thread()).status).toBe('closed');
  });
});

describe('a note that is not certain', () => {
  beforeAll(() => putInForce(api.store, api.scope, 'r2', AT));

  test('of a twin is held, seen by nobody but the queue, shown side by side, and put right there', async () => {
    const bytes = await note((line) => line.replace('Marisol A', 'Rocio').replace('SYN-100200', 'none given'));
    await hand(bytes);
    await inbound.run();
    const [document] = await held();
    expect(document).toMatchObject({ why: 'patient-uncertain', title: 'Bay Heart Cardiology Consultation', isPdf: true });
    const [patient] = document?.patients ?? [];
    expect(patient).toMatchObject({ name: 'Delgado, Marisol', against: expect.arrayContaining([expect.stringContaining('twin')]) });
    expect(patient?.fields.map(({ field, agrees }) => [field, agrees])).toEqual([
      ['name', 'no'],
      ['born', 'yes'],
      ['sex', 'yes'],
      ['address', 'not said'],
      ['phone', 'not said'],
      ['record number', 'not said'],
    ]);
    expect(patient?.referrals.map(({ referralId, writtenBy }) => [referralId, writtenBy])).toContainEqual(['r2', 'same']);
    const seen = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: 'r2' }));
    expect(seen.at(-1)).toMatchObject({ action: 'inbound.shown', payload: { documents: [document?.id] } });
    expect((await api.call('GET', '/inbound/documents', clinician)).status).toBe(403);
    expect((await api.download(`/inbound/documents/${document?.id}/file`, clinician)).status).toBe(403);
    expect((await api.download(`/inbound/documents/${document?.id}/file`, coordinator)).bytes.byteLength).toBe(bytes.byteLength);
    expect(await toReview()).toEqual([]);
    const path = `/inbound/documents/${document?.id}/placing`;
    expect((await api.call('POST', path, coordinator, { referralId: 'none', attempt: 1, form: 'final' })).status).toBe(404);
    const reason = 'Called Rocio at home';
    expect((await api.call('POST', path, coordinator, { referralId: 'r2', attempt: 7, form: 'final', reason })).status).toBe(404);
    const interim = { referralId: 'r2', attempt: 1, form: 'interim' };
    expect(patient?.doubts).toEqual(['name']);
    expect(await api.call('POST', path, coordinator, interim), 'it says somebody else').toMatchObject({
      status: 422,
      body: { errors: [{ field: 'reason', fix: expect.any(String) }] },
    });
    expect((await api.call('POST', path, coordinator, { ...interim, reason: 'x' })).status).toBe(400);
    expect([(await held()).length, await toReview()]).toEqual([1, []]);
    expect((await api.call('POST', path, coordinator, { ...interim, reason })).status).toBe(200);
    expect((await api.call('POST', path, coordinator, { ...interim, reason })).status).toBe(404);
    expect(await held()).toEqual([]);
    const audit = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: 'r2' }));
    expect(audit.findLast(({ action }) => action === 'inbound.placed')).toMatchObject({ payload: { doubts: ['name'] } });
    expect(JSON.stringify(audit), 'what names somebody is not in the audit').not.toContain('Rocio');
    const read = await api.call('GET', `/work/documents/${document?.id}/reading`, clinician);
    expect(read.body, 'who reviews it is told').toMatchObject({ although: { doubts: ['name'], reason, by: expect.any(String) } });
  });

  test.each<[string, () => Promise<Uint8Array<ArrayBuffer>>, string, string]>([
    ['that cannot be read', () => pdfNote([[]]), 'unreadable', 'note.pdf'],
    ['that is a picture', async () => new Uint8Array(Buffer.from('II*\0 of a fax')), 'unreadable', 'note.tif'],
    ['that names nobody', () => pdfNote([['Impression: well']]), 'names-nobody', 'note.pdf'],
    ['about somebody unknown', async () => new Uint8Array(Buffer.from(HL7_CONSULTATION)), 'patient-unknown', 'note.xml'],
    ['that somebody else wrote', () => note((line) => line.replace(NPI, '1538271645')), 'referral-uncertain', 'note.pdf'],
    ['from before the order', () => note((line) => line.replace('11/19/2026', '01/19/2026')), 'referral-uncertain', 'note.pdf'],
  ])('%s is held, and set aside with a reason', async (_, bytes, why, name) => {
    await hand(await bytes());
    await inbound.run();
    const [document] = await held();
    expect(document?.why).toBe(why);
    const file = await api.download(`/inbound/documents/${document?.id}/file`, coordinator);
    const told = ['content-type', 'content-disposition', 'x-content-type-options'].map((name) => file.headers.get(name));
    expect([...told, document?.fileName]).toEqual(['application/octet-stream', 'attachment; filename="note"', 'nosniff', name]);
    const path = `/inbound/documents/${document?.id}/setting-aside`;
    expect((await api.call('POST', path, coordinator, { reason: '' })).status).toBe(400);
    expect((await api.call('POST', path, coordinator, { reason: 'Sent to us by mistake' })).status).toBe(200);
    expect(await held()).toEqual([]);
  });
});

describe('a late note of an order that is over', () => {
  test.each<[string, string, string, Parameters<typeof decideCare>[1] | 'revoked']>([
    ['ended', 'r-ended', 'SYN-300400', { type: 'end', how: 'expired', reason: 'No answer' }],
    ['revoked', 'r-revoked', 'SYN-500600', 'revoked'],
  ])('that was %s is held, and a person files it there', async (how, id, number, end) => {
    const patientId = `p-${how}`;
    await putInForce(api.store, api.scope, id, AT, 'routine', patientId);
    await knows(patientId, {
      family: `Late${how}`,
      given: ['Nora'],
      recordNumbers: [number],
      born: '1971-03-04',
      phone: '',
      line: '',
    });
    await api.store.transaction(api.scope, async (unit) => {
      const at = api.clock.now.toISOString();
      const reference = 'ServiceRequest/o1';
      await applyDecision(unit, id, { kind: 'software', name: 'refloop', version: 'test' }, at, (referral) =>
        end === 'revoked'
          ? ok(observe(referral, { kind: 'order-read', reference, status: 'revoked', versionId: '9' }, at))
          : decideCare(referral, end, at),
      );
    });
    const named = (line: string) =>
      line.replace('Delgado, Marisol A', `Late${how}, Nora`).replace('SYN-100200', number).replace('06/02/1984', '03/04/1971');
    await hand(await note(named));
    await inbound.run();
    const [document] = await held();
    expect(document?.why).toBe('no-open-referral');
    const [choice] = document?.patients.flatMap(({ referrals }) => referrals) ?? [];
    expect(choice).toMatchObject({ referralId: id, attempt: 1, writtenBy: 'same', isOver: true });
    const placed = await api.call('POST', `/inbound/documents/${document?.id}/placing`, coordinator, {
      referralId: id,
      attempt: 1,
      form: 'final',
    });
    expect(placed.status, JSON.stringify(placed.body)).toBe(200);
    expect(await held()).toEqual([]);
    const row = (await toReview()).find(({ referralId }) => referralId === id);
    expect(row?.documentId).toBe(document?.id);
    const reviewed = await api.call('POST', '/work/reviews', clinician, { referralId: id, reportId: row?.reportId });
    expect(reviewed.status, JSON.stringify(reviewed.body)).toBe(200);
    expect((await toReview()).filter(({ referralId }) => referralId === id)).toEqual([]);
  });
});

describe('a note that was placed with the wrong referral', () => {
  const place = (id: string | undefined, referralId: string) =>
    api.call('POST', `/inbound/documents/${id}/placing`, coordinator, { referralId, attempt: 1, form: 'final' });
  const threadOf = async (id: string): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
  const rowOf = async (id: string) => (await toReview()).find(({ referralId }) => referralId === id);
  const placedAt = async (referralId: string): Promise<string | undefined> => {
    await hand(await pdfNote([[`Impression: well, of ${referralId}`]]), { jti: referralId });
    await inbound.run();
    const document = (await held()).find(({ why }) => why === 'names-nobody');
    expect((await place(document?.id, referralId)).status).toBe(200);
    return document?.id;
  };
  beforeAll(async () => {
    for (const id of ['r-wrong', 'r-right', 'r-seen']) await putInForce(api.store, api.scope, id, AT);
  });

  test('is taken off by a coordinator, reviewed or not: the loop is open again, the note is held again and placed where it belongs', async () => {
    const id = await placedAt('r-wrong');
    const row = await rowOf('r-wrong');
    await api.call('GET', `/work/documents/${row?.documentId}/reading`, clinician);
    await api.call('POST', '/work/reviews', clinician, { referralId: 'r-wrong', reportId: row?.reportId });
    const closed = await threadOf('r-wrong');
    expect([closed.status, closed.acts, closed.toLink.linked]).toEqual([
      'closed',
      ['unlink-report'],
      [{ reportId: row?.reportId, form: 'final', from: 'Ana Rivera, MD', at: expect.any(String), reviewed: true }],
    ]);
    const what = { act: 'unlink-report', reportId: row?.reportId, because: 'other-patient', reason: 'It is her sister’s' };
    const unlink = (key: string, sequence: number, more = {}) =>
      api.call('POST', '/worklist/referrals/r-wrong/acts', coordinator, { key, sequence, what: { ...what, ...more } });
    expect((await unlink('unlink-no-reason', closed.sequence, { reason: ' ' })).status).toBe(400);
    const off = await unlink('unlink-of-r-wrong', closed.sequence);
    expect(off.status, JSON.stringify(off.body)).toBe(200);
    expect((await unlink('unlink-of-r-wrong', closed.sequence)).status, 'the same press again').toBe(200);
    const open = off.body as Thread;
    expect([open.status, open.obligations.map(({ kind }) => kind)]).toEqual(['in-chart', ['send']]);
    expect((open.obligations[0]?.dueAt ?? '') > api.clock.now.toISOString(), 'with its whole time').toBe(true);
    expect(open.entries.find(({ title }) => title.startsWith('Note taken off'))).toMatchObject({
      by: 'kim',
      detail: 'It is of another patient. It is her sister’s',
    });
    const stages = open.entries.filter(({ title }) => title.endsWith(': no longer assumed'));
    expect(
      stages.map(({ title }) => title.split(':')[0]),
      'what only the note had shown',
    ).toEqual(['Sent', 'Accepted', 'Patient seen']);
    expect((await unlink('unlink-once-more', open.sequence)).status, 'there is none any more').toBe(409);

    const [again] = await held();
    expect(again).toMatchObject({ why: 'taken-off', isOverdue: false });
    expect(again?.id).not.toBe(id);
    expect((await api.download(`/inbound/documents/${again?.id}/file`, coordinator)).bytes.byteLength).toBeGreaterThan(0);
    expect((await api.call('GET', `/work/documents/${id}/reading`, clinician)).status, 'nobody reads it there any more').toBe(404);
    expect((await place(again?.id, 'r-right')).status).toBe(200);
    expect([(await held()).length, (await threadOf('r-right')).status]).toEqual([0, 'reported']);
    const right = await rowOf('r-right');
    expect((await api.call('GET', `/work/documents/${right?.documentId}/reading`, clinician)).status).toBe(200);
    await api.call('POST', '/work/reviews', clinician, { referralId: 'r-right', reportId: right?.reportId });
    const audit = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: 'r-wrong' }));
    expect(audit.map(({ action }) => action)).toEqual(expect.arrayContaining(['inbound.placed', 'document.reading-read', 'worklist.act']));
    expect(JSON.stringify(audit), 'what names another patient is not in the audit').not.toContain('her sister');
  });

  test('is taken off by the clinician who reads it, and by no other; it can come back to the very same referral', async () => {
    await placedAt('r-seen');
    const row = await rowOf('r-seen');
    const asked = { referralId: 'r-seen', reportId: row?.reportId, because: 'other-referral', reason: 'It answers the one of May' };
    const moss = await api.session({ patientId: null, subject: 'moss' });
    expect((await api.call('POST', '/work/reviews/unlinking', moss, asked)).status).toBe(404);
    expect((await api.call('POST', '/work/reviews/unlinking', coordinator, asked)).status).toBe(403);
    expect((await api.call('POST', '/work/reviews/unlinking', clinician, asked)).body).toEqual({ unlinked: true, note: 'held' });
    expect((await api.call('POST', '/work/reviews/unlinking', clinician, asked)).status).toBe(409);
    expect(await rowOf('r-seen')).toBeUndefined();
    const reviewed = await api.call('POST', '/work/reviews', clinician, { referralId: 'r-seen', reportId: row?.reportId });
    expect(reviewed.status, 'nor is it reviewed').toBe(409);
    const audit = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: 'r-seen' }));
    expect(audit.map(({ action }) => action)).toContain('report.unlinked');
    const [again] = await held();
    expect((await place(again?.id, 'r-seen')).status).toBe(200);
    const anew = await rowOf('r-seen');
    expect(anew?.reportId).not.toBe(row?.reportId);
    await api.call('POST', '/work/reviews', clinician, { referralId: 'r-seen', reportId: anew?.reportId });
    expect((await threadOf('r-seen')).status).toBe('closed');
  });
});

describe('a note about nobody whom it is like', () => {
  test('is somebody’s by a day; a coordinator finds the patient by birth date or record number, which is on record', async () => {
    await hand(new Uint8Array(Buffer.from(HL7_CONSULTATION)), { jti: 'unlike' });
    await inbound.run();
    const [document] = await held();
    expect(document).toMatchObject({
      why: 'patient-unknown',
      patients: [],
      owner: expect.any(String),
      isOverdue: false,
      escalatedTo: null,
    });
    const list = async () => (await api.call('GET', '/worklist', coordinator)).body as { heldNotes: unknown };
    expect((await list()).heldNotes).toEqual({ count: 1, isOverdue: false });

    const before = api.clock.now;
    api.clock.now = new Date(Date.parse(document?.dueAt ?? '') + 1);
    // A session does not last over a weekend.
    const later = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
    const overdue = (await api.call('GET', '/inbound/documents', later)).body as HeldList;
    expect(overdue.documents[0]).toMatchObject({ isOverdue: true });
    expect((await api.call('GET', '/worklist', later)).body).toMatchObject({ heldNotes: { count: 1, isOverdue: true } });
    api.clock.now = before;

    const path = `/inbound/documents/${document?.id}/candidates`;
    const find = (body: object, by = coordinator) => api.call('POST', path, by, body);
    expect((await find({ born: '', recordNumber: '' })).status).toBe(400);
    expect((await find({ born: '1950-01-01', recordNumber: '' })).body).toEqual({ patients: [], more: 0 });
    expect((await find({ born: '', recordNumber: 'SYN-100200' }, clinician)).status).toBe(403);
    const { patients } = (await find({ born: '', recordNumber: 'SYN-100200' })).body as FoundPatients;
    expect(patients.map(({ fields }) => fields.find(({ field }) => field === 'name')?.agrees)).toEqual(['no']);
    const [choice] = patients[0]?.referrals ?? [];
    const audit = await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: choice?.referralId ?? '' }));
    expect(audit.map(({ action }) => action)).toContain('inbound.searched');
    expect(JSON.stringify(audit)).not.toContain('SYN-100200');
    const aside = `/inbound/documents/${document?.id}/setting-aside`;
    expect((await api.call('POST', aside, coordinator, { reason: 'Sent to us by mistake' })).status).toBe(200);
    expect((await find({ born: '', recordNumber: 'SYN-100200' })).status).toBe(404);
  });
});

describe('a note by an office’s link', () => {
  const openLink = async (): Promise<string> => {
    const { link } = (
      await api.call('POST', '/worklist/referrals/r2/link', coordinator, {
        sequence: (await api.call('GET', '/worklist/referrals/r2', coordinator)).body['sequence'],
      })
    ).body;
    return ((await api.call('POST', '/office/open', '', { link, npi: NPI })).body as OfficeView).opened;
  };
  const give = (opened: string, bytes: Uint8Array<ArrayBuffer>, press: string) =>
    api.upload(`/office/notes?form=final&key=${press}`, opened, bytes);

  test.each<[string, () => Promise<Uint8Array<ArrayBuffer>>, string]>([
    [
      'with a second note in the same file',
      () => pdfNote([...CARDIOLOGY_NOTE, ['Patient: Lund, Per', 'DOB: 12/30/1941']]),
      'names-several',
    ],
    [
      'that is the referral itself',
      () => pdfNote([['Referral r2, approved 20 November 2026, 15:00 UTC', 'Name: Delgado']]),
      'own-referral',
    ],
    ['that says the patient did not come', () => note((line) => line.replace('Palpitations for 2 weeks', 'No-show')), 'not-seen'],
  ])('%s is held', async (_, bytes, why) => {
    const opened = await openLink();
    const answer = await give(opened, await bytes(), `press-${why}`);
    expect([answer.status, answer.body['became'], answer.body['noteHeld']]).toEqual([200, 'held', true]);
    const [document] = await held();
    expect(document?.why).toBe(why);
    await api.call('POST', `/inbound/documents/${document?.id}/setting-aside`, coordinator, { reason: 'No note' });
  });

  test('that names another patient is held, the office is told, and no report is on record', async () => {
    const opened = await openLink();
    const wrong = await note((line) => line.replace('Delgado, Marisol A', 'Lund, Per').replace('06/02/1984', '12/30/1941'));
    const answer = await give(opened, wrong, 'press-wrong-01');
    expect([answer.status, answer.body['noteHeld'], answer.body['status']]).toEqual([200, true, 'seen']);
    await give(opened, wrong, 'press-wrong-01');
    const [document, ...others] = await held();
    expect([document?.why, document?.source, others]).toEqual(['another-patient', 'portal', []]);
    expect(document?.patients).toMatchObject([{ linked: true, name: 'Delgado, Marisol' }]);
    expect(await toReview()).toHaveLength(1);
    const right = await give(opened, await note(), 'press-right-01');
    expect([right.status, right.body['became'], right.body['noteHeld'], right.body['status']]).toEqual([
      200,
      'on-record',
      true,
      'reported',
    ]);
    await api.call('POST', `/inbound/documents/${document?.id}/setting-aside`, coordinator, { reason: 'Not our patient' });
    expect((await api.call('POST', '/office/view', '', { opened })).body['noteHeld']).toBe(false);
  });
});

test('a note that was taken off does not come back by itself: the same file under another id is held', async () => {
  await putInForce(api.store, api.scope, 'r-back', AT);
  const bytes = new Uint8Array(await pdfNote([['Impression: well, and handed in twice']]));
  const keep = (id: string, more = bytes) =>
    api.store.transaction(api.scope, (unit) =>
      keepNote(unit, { id, referralId: 'r-back', attempt: 1, reading: unreadable('failed'), bytes: more, at: AT }),
    );
  expect(await keep('back-1')).toBe('kept');
  const report = { kind: 'report', attempt: 1, reportId: 'back', form: 'final', fromNpi: null, matched: true } as const;
  const by = { kind: 'software', name: 'test', version: '1' } as const;
  await api.store.transaction(api.scope, async (unit) => {
    await applyDecision(unit, 'r-back', by, AT, (referral) =>
      ok(observe(referral, { ...report, document: { type: 'Document', id: 'back-1' }, at: AT, key: 'back' }, AT)),
    );
    await applyDecision(unit, 'r-back', by, AT, (referral) =>
      decideCare(referral, { type: 'unlink-report', reportId: 'back', because: 'other-patient', reason: 'A namesake' }, AT),
    );
  });
  expect([await keep('back-2'), await keep('back-3', new Uint8Array(await pdfNote([['Another one']])))]).toEqual(['held', 'kept']);
});
