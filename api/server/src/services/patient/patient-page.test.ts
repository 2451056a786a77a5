/** A patient without an account, over HTTP on PostgreSQL: what a link opens, what it does, and what it keeps to itself. */
import { EMERGENCY_WORDS } from '@refloop/domain/patient/messages';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PatientView } from '../../client/patient.ts';
import type { PatientContactView } from '../../client/patient-contact.ts';
import type { Thread } from '../../client/thread.ts';
import type { MyWork } from '../../client/work.ts';
import { PATIENT } from '../engine/test-in-force.ts';
import { openReferralApi, type ReferralApi } from '../test-referral-api.ts';
import { ageOn, dayOn } from './patient-facts.ts';
import { acceptedWith, approvedFor, BORN } from './test-patient.ts';

const AT = '2026-11-20T15:00:00.000Z';
const FIRST = '2026-12-01T15:00:00.000Z';
const SECOND = '2026-12-03T16:30:00.000Z';

let api: ReferralApi;
let coordinator: string;
let owner: pg.Client;
let id = '';
let count = 0;

beforeAll(async () => {
  api = await openReferralApi();
  owner = new pg.Client({ connectionString: api.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await api.close();
});

async function at(moment: string): Promise<void> {
  api.clock.now = new Date(moment);
  coordinator = await api.session({ patientId: null, subject: 'kim', roles: ['coordinator'] });
}

/** An order in force of this patient, accepted with two dates. */
async function begin(patient: Parameters<typeof approvedFor>[4] = {}, dates = [FIRST, SECOND]): Promise<void> {
  await at(AT);
  id = `r${(count += 1)}`;
  await approvedFor(api.store, api.scope, id, AT, patient);
  await acceptedWith(api.store, api.scope, id, AT, dates);
  await at('2026-11-20T15:01:00.000Z');
}
beforeEach(() => begin());

const post = (path: string, body: unknown, token = '') => api.call('POST', path, token, body);
const make = (token = coordinator) => post(`/worklist/referrals/${id}/patient-link`, undefined, token);
async function makeLink(): Promise<string> {
  const made = await make();
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return String(made.body['link']);
}
const open = (link: string, born = BORN, as = 'patient') => post('/patient/open', { link, born, as });
const openedView = async (as = 'patient', born = BORN): Promise<PatientView> =>
  (await open(await makeLink(), born, as)).body as PatientView;
let presses = 0;
const act = (opened: string, what: object, key = `press-${(presses += 1)}-01234`) => post('/patient/acts', { opened, key, what });
const thread = async (): Promise<Thread> => (await api.call('GET', `/worklist/referrals/${id}`, coordinator)).body as Thread;
type Row = { referralId: string; kind: string; status: string };
const rows = async (): Promise<Row[]> =>
  ((await api.call('GET', '/worklist', coordinator)).body as { rows: Row[] }).rows.filter((row) => row.referralId === id);

describe('a link', () => {
  test('is handed out in the name of the practice, with the number to call', async () => {
    expect((await make()).body).toMatchObject({ practice: api.scope.site, phone: '510-555-0150', withheld: false });
  });

  test('shows nothing without the date of birth, is locked after five wrong ones, and a new one opens', async () => {
    const link = await makeLink();
    const answers = [];
    for (let tries = 0; tries < 6; tries += 1) answers.push(await open(link, '1985-03-28'));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(403));
    expect(answers.map(({ body }) => String(body['detail'])).slice(3)).toEqual([
      expect.stringContaining('One try is left'),
      expect.stringContaining('closed now'),
      expect.stringContaining('closed after five wrong tries'),
    ]);
    const clinic = { name: api.scope.site, phone: '510-555-0150' };
    expect(answers.map(({ body }) => body['tries'])).toEqual([
      ...[4, 3, 2, 1].map((left) => ({ left, clinic: null })),
      { left: 0, clinic },
      { left: 0, clinic },
    ]);
    expect((await open(link)).status).toBe(403);
    expect((await thread()).reach.patient.locked, 'who is called about it hears so').toBe(true);
    for (const word of [PATIENT, 'Rivera', 'Cardiology', 'heart', BORN]) expect(JSON.stringify(answers)).not.toContain(word);
    expect((await open('x'.repeat(43))).body['detail']).toMatch(/does not open anything/);
    expect((await open(await makeLink())).status).toBe(200);
    expect((await thread()).reach.patient.locked).toBe(false);
    expect((await open(link)).status).toBe(404);
  });

  test('tries are counted over all links of a referral: a second message is no second chance', async () => {
    const link = await makeLink();
    const another = 'm'.repeat(43);
    await owner.query(
      `insert into patient_link (tenant, issuer, site, id, token_hash, referral_id, made_by, made_at, expires_at)
       select tenant, issuer, site, id || '-second', encode(sha256($1::bytea), 'hex'), referral_id, 'refloop', made_at, expires_at
       from patient_link where referral_id = $2`,
      [Buffer.from(another), id],
    );
    for (let tries = 0; tries < 3; tries += 1) await open(link, '1985-03-28');
    for (let tries = 0; tries < 2; tries += 1) await open(another, '1985-03-28');
    expect([(await open(link)).status, (await open(another)).status]).toEqual([403, 403]);
  });

  test('opens for an hour, and not when it has expired; what was opened is no link', async () => {
    const link = await makeLink();
    const { opened } = (await open(link)).body as PatientView;
    expect((await post('/patient/view', { opened })).status).toBe(200);
    expect((await open(opened)).status).toBe(404);
    await at('2026-11-20T16:02:00.000Z');
    expect((await post('/patient/view', { opened })).body['type']).toBe('/problems/session-ended');
    await at('2027-04-20T16:02:00.000Z');
    expect((await open(link)).status).toBe(404);
  });

  test('tells whom to see and why, and of the clinic’s own time; never the name of the patient', async () => {
    const view = await openedView();
    expect(view).toMatchObject({
      clinician: 'Dr. Lee',
      language: 'es',
      timeZone: 'UTC',
      reason: 'Palpitations',
      stage: 'to-book',
      dates: [FIRST, SECOND],
      acts: ['book', 'other-date', 'seen', 'decline'],
      texts: { number: '0100', wanted: false },
      emails: { address: null, wanted: false },
    });
    expect(view.specialists).toEqual([
      expect.objectContaining({ name: 'Ana Rivera, MD', what: { en: 'heart doctor', es: 'médico del corazón' } }),
    ]);
    for (const word of ['Rosa', BORN, 'MRN-1', '1 Elm St', '2100100']) expect(JSON.stringify(view)).not.toContain(word);
  });

  test('is made by whoever it is with or ordered it, not by another clinician, and not without a date of birth in the chart', async () => {
    const ordered = await api.session({ subject: 's' });
    expect((await make(ordered)).status).toBe(201);
    expect((await make(await api.session({ subject: 'another' }))).status).toBe(404);
    await begin({ born: '1985' });
    const made = await make();
    expect([made.status, made.body['detail']]).toEqual([409, expect.stringContaining('date of birth')]);
  });

  test('is kept as digests alone, and its uses stand in the audit under its patient', async () => {
    const link = await makeLink();
    const { opened } = (await open(link)).body as PatientView;
    const { rows: kept } = await owner.query('select row_to_json(patient_link)::text as row from patient_link where referral_id = $1', [
      id,
    ]);
    expect(JSON.stringify(kept)).not.toMatch(new RegExp(`${link}|${opened}`));
    const { rows: said } = await owner.query(
      `select convert_from(entry, 'UTF8')::json ->> 'action' as action from audit_entry where convert_from(entry, 'UTF8')::json ->> 'referralId' = $1 order by id`,
      [id],
    );
    expect(said.map(({ action }) => String(action)).filter((action) => action.startsWith('patient-link'))).toEqual([
      'patient-link.made',
      'patient-link.opened',
    ]);
  });
});

describe('a patient', () => {
  test('books a date: the worklist and the thread show it as the patient’s own doing, once', async () => {
    const { opened } = await openedView();
    const booked = await act(opened, { act: 'book', startsAt: FIRST }, 'press-of-booking');
    expect(booked.body).toMatchObject({ stage: 'booked', appointment: { startsAt: FIRST }, dates: [SECOND] });
    await act(opened, { act: 'book', startsAt: FIRST }, 'press-of-booking');
    expect((await rows()).map(({ kind, status }) => [kind, status])).toEqual([['visit', 'scheduled']]);
    const entries = (await thread()).entries.filter(({ title }) => title === 'Appointment booked');
    expect(entries).toMatchObject([{ party: 'patient', by: 'The patient, by link' }]);
    const gone = await act(opened, { act: 'book', startsAt: '2026-12-05T15:00:00.000Z' });
    expect([gone.status, gone.body['detail']]).toEqual([409, expect.stringContaining('not free')]);
  });

  test('gives it back and asks for another date: somebody answers by a deadline', async () => {
    const { opened } = await openedView();
    await act(opened, { act: 'book', startsAt: FIRST });
    expect((await act(opened, { act: 'cancel' })).body).toMatchObject({ stage: 'to-book', appointment: null });
    await act(opened, { act: 'other-date', text: 'Mornings after the tenth' });
    expect((await rows()).map(({ kind }) => kind).toSorted()).toEqual(['answer-patient', 'rebook']);
    const { sequence, acts } = await thread();
    expect(acts).toContain('patient-heard');
    const heard = await post(
      `/worklist/referrals/${id}/acts`,
      { key: `heard-of-${id}`, sequence, what: { act: 'patient-heard' } },
      coordinator,
    );
    expect(heard.status).toBe(200);
    expect((await rows()).map(({ kind }) => kind)).toEqual(['rebook']);
  });

  test('asked by the Task in the EHR, the office sees there that a date was picked; that another was picked in its place a person tells it', async () => {
    await at(AT);
    id = `r${(count += 1)}`;
    await approvedFor(api.store, api.scope, id, AT);
    await acceptedWith(api.store, api.scope, id, AT, [FIRST, SECOND], 'fhir');
    await at('2026-11-20T15:01:00.000Z');
    const { opened } = await openedView();
    const told = async (what: object, key?: string) => ((await act(opened, what, key)).body as PatientView).officeToldBy;
    expect(await told({ act: 'book', startsAt: FIRST }, 'press-of-the-first')).toBe('refloop');
    expect(await told({ act: 'book', startsAt: FIRST }, 'press-of-the-first')).toBe('refloop');
    expect(await told({ act: 'book', startsAt: SECOND })).toBe('clinic');
    expect(await told({ act: 'cancel' })).toBe('refloop');
    expect(await told({ act: 'other-date', text: 'Mornings' })).toBeNull();
    const asked = await api.store.transaction(api.scope, (unit) => unit.outbox.ofReferral(id));
    expect(asked.filter(({ kind }) => kind === 'office-mail').map(({ content }) => content)).toMatchObject([{ to: null, news: 'booked' }]);
  });

  test('declines: the page says that it is over and nothing else, and the clinician hears of it', async () => {
    const { opened } = await openedView();
    const declined = await act(opened, { act: 'decline', reason: 'too-far' });
    expect(declined.body).toEqual({
      standing: 'over',
      how: 'declined',
      practice: api.scope.site,
      phone: '510-555-0150',
      accent: null,
      language: 'es',
    });
    const open = await api.store.transaction(api.scope, (unit) => unit.obligations.openOf(id));
    expect(open.map(({ kind, owner: whose }) => [kind, whose])).toContainEqual(['hear-decline', 's']);
    // It stands in their work, and a coordinator cannot put it away (R144).
    const clinician = await api.session({ patientId: null, subject: 's' });
    const told = async () =>
      ((await api.call('GET', '/work', clinician)).body as MyWork).told.map(({ referralId, next }) => [referralId, next]);
    expect(await told()).toContainEqual([id, 'The patient declined']);
    const { sequence, acts } = await thread();
    expect(acts).not.toContain('patient-heard');
    const heard = (key: string, token: string) =>
      post(`/worklist/referrals/${id}/acts`, { key, sequence, what: { act: 'patient-heard' } }, token);
    expect((await heard('by-a-coordinator', coordinator)).status).toBe(409);
    // Whoever covers for them hears it in their place; any other clinician knows nothing of it.
    const standIn = await api.session({ patientId: null, subject: 'stand-in' });
    expect((await heard('by-any-clinician', standIn)).status).toBe(404);
    const person = (subject: string) => ({ subject, name: subject, fhirUser: `Practitioner/${subject}` });
    await api.store.transaction(api.scope, (unit) =>
      unit.delegations.insert({
        id: 'covers-s',
        kind: 'covers',
        delegate: person('stand-in'),
        clinician: person('s'),
        reason: 'Away',
        givenBy: 'sites',
        givenAt: AT,
        until: null,
      }),
    );
    expect(((await api.call('GET', `/worklist/referrals/${id}`, standIn)).body as Thread).acts).toContain('patient-heard');
    expect((await heard('by-who-covers', standIn)).status).toBe(200);
    expect(await told()).toEqual([]);
    expect((await act(opened, { act: 'seen', at: AT })).status).toBe(409);
  });

  test('was seen, and says how it was', async () => {
    const link = await makeLink();
    await act(((await open(link)).body as PatientView).opened, { act: 'book', startsAt: FIRST });
    await at('2026-12-02T15:00:00.000Z');
    const { opened, stage } = (await open(link)).body as PatientView;
    expect(stage).toBe('past');
    expect((await act(opened, { act: 'seen', at: FIRST })).body).toMatchObject({ stage: 'seen', acts: ['rate'] });
    expect((await act(opened, { act: 'rate', score: 5, words: '' })).body).toMatchObject({ acts: [] });
    expect((await act(opened, { act: 'rate', score: 6, words: null })).status).toBe(400);
    expect((await rows()).map(({ kind }) => kind)).toEqual(['note']);
  });

  test('wants text messages, and then no more of them: kept with the patient and in each referral', async () => {
    const { opened } = await openedView();
    expect((await act(opened, { act: 'texts', wanted: true })).body).toMatchObject({ texts: { wanted: true } });
    expect((await act(opened, { act: 'texts', wanted: false })).body).toMatchObject({ texts: { wanted: false } });
    expect((await thread()).entries.filter(({ title }) => title === 'Consent of the patient').map(({ detail }) => detail)).toEqual([
      'By text message. Messages are wanted.',
      'By text message. No more messages are wanted.',
    ]);
  });
});

describe('what a patient types that may be an emergency', () => {
  const SOONER = { act: 'other-date', text: 'My chest hurts, can I come sooner' };
  test('is answered with the fixed words at once, and somebody has a quarter of an hour; nothing else is done', async () => {
    const { opened } = await openedView();
    const told = { standing: 'emergency', words: EMERGENCY_WORDS, language: 'es' };
    expect((await act(opened, SOONER, 'press-of-sooner')).body).toEqual(told);
    expect((await act(opened, SOONER, 'press-of-sooner')).body).toEqual(told);
    expect((await rows()).map(({ kind }) => kind).toSorted()).toEqual(['book', 'check-on-patient']);
    expect((await thread()).entries.filter(({ title }) => title === 'The patient wrote')).toHaveLength(1);
    expect((await act(opened, { act: 'rate', score: 1, words: 'No puedo respirar' })).body).toEqual(told);
  });

  test('reaches somebody when the hour of the page is over; a link that was taken back is answered with the words', async () => {
    const { opened } = await openedView();
    await at('2026-11-20T16:30:00.000Z');
    expect((await act(opened, SOONER)).body).toMatchObject({ standing: 'emergency' });
    expect((await rows()).map(({ kind }) => kind)).toContain('check-on-patient');
    await makeLink();
    expect((await act(opened, SOONER)).body).toMatchObject({ standing: 'emergency', words: EMERGENCY_WORDS });
  });
});

describe('for a child', () => {
  const CHILD = '2015-05-05';
  test('a parent opens it, the child does not; whoever is on record goes before who says so', async () => {
    await begin({ born: CHILD });
    const link = await makeLink();
    expect((await open(link, CHILD)).body['detail']).toMatch(/parent or guardian/);
    const { opened } = (await open(link, CHILD, 'parent')).body as PatientView;
    await act(opened, { act: 'book', startsAt: FIRST });
    expect((await thread()).entries.find(({ title }) => title === 'Appointment booked')?.by).toBe('The patient’s parent, by link');
    await api.store.transaction(api.scope, async (unit) => {
      const referral = await unit.referrals.get(id);
      await unit.patientContacts.put({
        patientId: referral?.patientId ?? '',
        language: 'en',
        preferred: 'phone',
        text: { to: null, consent: { status: 'unknown' } },
        email: { to: null, consent: { status: 'unknown' } },
        proxies: [{ side: 'guardian', name: 'Sam' }],
        updatedAt: AT,
      });
    });
    expect([(await open(link, CHILD, 'parent')).status, (await open(link, CHILD, 'guardian')).status]).toEqual([403, 200]);
    // Of age on the clinic’s day: the guardian of the child does not act any more, and the patient does.
    await at('2038-09-09T15:00:00.000Z');
    const later = await makeLink();
    expect([(await open(later, CHILD, 'guardian')).status, (await open(later, CHILD, 'patient')).status]).toEqual([403, 200]);
    await owner.query('delete from patient_contact');
  });

  test('a parent who was taken off the record is shut out: open pages and links end, and saying so opens nothing any more', async () => {
    await begin({ born: CHILD });
    const link = await makeLink();
    const { opened } = (await open(link, CHILD, 'parent')).body as PatientView;
    const contact = async () =>
      (await api.call('GET', `/worklist/referrals/${id}/patient-contact`, coordinator)).body as unknown as PatientContactView;
    const change = async (what: object) => {
      const { mark } = await contact();
      const key = `press-${(presses += 1)}-proxies`;
      const changed = await post(`/worklist/referrals/${id}/patient-contact/proxies`, { key, mark, what }, coordinator);
      expect(changed.status, JSON.stringify(changed.body)).toBe(200);
      await at(new Date(api.clock.now.getTime() + 1000).toISOString());
    };
    const nowhere = { preferred: 'phone', language: 'en', text: { to: '', wanted: null }, email: { to: '', wanted: null }, instead: false };
    await change({ act: 'put', side: 'parent', name: 'Ana', ...nowhere });
    expect((await post('/patient/view', { opened })).status).toBe(200);
    await change({ act: 'take-away', id: (await contact()).proxies[0]?.id });
    expect([(await post('/patient/view', { opened })).status, (await open(link, CHILD, 'parent')).status]).toEqual([404, 404]);
    expect([(await make()).status, String((await make()).body['detail'])]).toEqual([409, expect.stringContaining('nobody could open it')]);
    const [audit] = (await api.store.transaction(api.scope, (unit) => unit.audit.list({ referralId: id }))).filter(
      ({ action }) => action === 'patient-contact.proxy-taken-away',
    );
    expect(audit?.payload).toMatchObject({ linksClosed: expect.arrayContaining([expect.any(String)]) });
    // Who is put on record instead opens it again, by a number that shows that it is they: whoever was taken off would say the same.
    const numbered = { ...nowhere, text: { to: '555 210 0188', wanted: null } };
    await change({ act: 'put', side: 'guardian', name: 'Sam', ...numbered });
    const another = await makeLink();
    expect((await open(another, CHILD, 'parent')).status).toBe(403);
    const openAs = (as: string, phone: string) => post('/patient/open', { link: another, born: CHILD, as, phone });
    expect((await open(another, CHILD, 'guardian')).body).toMatchObject({ errors: [{ field: 'phone' }] });
    expect((await openAs('guardian', '(555) 210-0188')).status).toBe(200);
    // Another parent on record lets nobody in who says “parent” without their number, and guesses are counted as those of the date of birth are.
    await change({ act: 'put', side: 'parent', name: 'Kim', ...nowhere, text: { to: '555 210 0199', wanted: null } });
    for (let tries = 0; tries < 5; tries += 1)
      expect((await openAs('parent', `555 210 010${tries}`)).body).toMatchObject({
        errors: [{ field: 'phone' }],
        tries: { left: 4 - tries },
      });
    expect((await openAs('parent', '555 210 0199')).body['detail']).toMatch(/closed after five wrong tries/);
    await owner.query('delete from patient_contact');
  });

  test('of an adolescent nobody is told whom they see nor why, they open it themselves, and do not end it by themselves', async () => {
    const TEEN = '2010-05-05';
    await begin({ born: TEEN });
    const link = await makeLink();
    for (const as of ['parent', 'patient']) {
      const view = (await open(link, TEEN, as)).body as PatientView;
      expect(view).toMatchObject({ withheld: true, specialists: [], reason: '', stage: 'to-book', dates: [FIRST, SECOND] });
      expect(JSON.stringify(view)).not.toMatch(/Rivera|Bay Heart|heart|corazón|ardiolog|Palpitations/);
      expect(view.acts.includes('decline')).toBe(as === 'parent');
      if (as === 'patient') expect((await act(view.opened, { act: 'decline', reason: 'cost' })).status).toBe(403);
    }
    // Nor does the paper with the link.
    expect((await make()).body['withheld']).toBe(true);
    expect((await open(await makeLink(), TEEN, 'proxy')).status).toBe(403);
  });

  test('nobody acts for a grown patient unless the clinic has them on record', async () => {
    const link = await makeLink();
    expect((await open(link, BORN, 'proxy')).status).toBe(403);
  });
});

test.each([
  ['2008-11-28', '2026-11-28T04:00:00.000Z', 17],
  ['2008-11-28', '2026-11-28T07:00:00.000Z', 18],
])('born %s, at %s a patient is %i on the clinic’s wall', (born, moment, years) => {
  expect(ageOn(born, dayOn(moment, 'America/Chicago'))).toBe(years);
});

test('the page bears the name, the number and the colour of the practice', async () => {
  const shown = { practice: 'Bay Family Clinic', phone: '510-555-0160', accent: '#1f56b3' };
  const { practice: name, ...rest } = shown;
  const made = { madeBy: 'ada', madeByName: 'Ada', madeAt: AT, reason: 'For the test' };
  expect(await openedView()).toMatchObject({ practice: api.scope.site, accent: null });
  await api.store.transaction(api.scope, (unit) =>
    unit.configurations.add({ configuration: { version: 1, practice: { name, ...rest }, statuses: [], templates: [] }, ...made }),
  );
  expect(await openedView()).toMatchObject(shown);
});
