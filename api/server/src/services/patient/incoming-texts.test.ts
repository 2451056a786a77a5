/** Whoever writes, and whatever became of their referral: what is told to them is so. On the store in memory. */
import { createHmac } from 'node:crypto';
import { EMERGENCY_WORDS } from '@refloop/domain/patient/messages';
import { decideCare } from '@refloop/domain/referral/care-command';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../client/session.ts';
import type { Session } from '../../sessions/session.ts';
import { type Site, sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import type { Store, Unit } from '../../store/store.ts';
import { keepFirstPolicy } from '../engine/policy-in-force.ts';
import { CLINICIAN, happens } from '../engine/test-in-force.ts';
import { createExceptionService } from '../exception-queue.ts';
import { raiseNoneInNetwork } from '../exceptions.ts';
import { applyDecision, readReferral } from '../referral-log.ts';
import { createIncomingTextService } from './incoming-texts.ts';
import { changeConsent } from './patient-consent.ts';
import { acceptedWith, approvedFor } from './test-patient.ts';

const AT = '2026-11-20T15:00:00.000Z';
const LATER = '2026-11-20T17:00:00.000Z';
const NUMBER = '+15552100100';
const STRANGER = '+15559990000';
const SECRET = 'a secret of more than thirty-two characters';
const GATEWAY = { url: 'http://127.0.0.1:1/x', from: '+15552100199', key: 'k', secret: SECRET };
const site: Site = { ...sandboxSite(4010), phone: '(555) 210-0199', textMessages: GATEWAY };
const scope = scopeOf(site);
const EMERGENCY = 'I cant breathe';
const BOTH = `${EMERGENCY_WORDS.en} ${EMERGENCY_WORDS.es}`;

let store: Store;
const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => store.transaction(scope, work);

beforeEach(async () => {
  let count = 0;
  store = openMemoryStore({ newId: () => `id-${(count += 1)}` });
  await store.enrol(scope);
  await keepFirstPolicy(store, scope, 'America/Chicago', new Date(AT));
  await approvedFor(store, scope, 'r', AT);
});

let messages = 0;
function says(text: string, { from = NUMBER, id = `m${(messages += 1)}` } = {}) {
  const body = JSON.stringify({ id, from, text });
  const seconds = Date.parse(LATER) / 1000;
  const signature = `t=${seconds},v1=${createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex')}`;
  return createIncomingTextService({ store, sites: [site] }).receive(signature, new TextEncoder().encode(body), new Date(LATER));
}

/** As somebody who gets our texts. */
const reachedByText = (referralId = 'r') =>
  inScope(async (unit) => {
    const patientId = (await unit.referrals.get(referralId))?.patientId ?? '';
    const text = { to: NUMBER, consent: { status: 'given' as const, at: AT, by: 'patient' as const } };
    const email = { to: null, consent: { status: 'unknown' as const } };
    await unit.patientContacts.put({ patientId, language: 'en', preferred: 'text', text, email, proxies: [], updatedAt: AT });
  });

async function close(): Promise<void> {
  await acceptedWith(store, scope, 'r', AT, []);
  await happens(store, scope, 'r', '2026-11-20T15:10:00.000Z', { type: 'mark-seen', appointmentId: null });
  const note = { type: 'give-outcome', reportId: 'n1', document: { type: 'Document', id: 'd' }, fromNpi: null } as const;
  await happens(store, scope, 'r', '2026-11-20T15:11:00.000Z', note);
  const at = '2026-11-20T16:00:00.000Z';
  await inScope((unit) =>
    applyDecision(unit, 'r', CLINICIAN, at, (referral) => decideCare(referral, { type: 'review-report', reportId: 'n1' }, at)),
  );
}

const owed = async (): Promise<string[]> => (await inScope((unit) => unit.obligations.openOf('r'))).map(({ kind }) => kind);
const unknown = () => inScope((unit) => unit.obligations.list({ status: 'open', kind: 'unknown-number' }));

describe('an emergency reaches somebody here (R78)', () => {
  test('of a patient whose number stands in the chart alone', async () => {
    expect(await says(EMERGENCY)).toEqual({ reply: EMERGENCY_WORDS.es });
    expect(await owed()).toContain('check-on-patient');
  });

  test.each(['text', 'chart alone'])('after the loop has closed (%s)', async (how) => {
    if (how === 'text') await reachedByText();
    await close();
    await says(EMERGENCY);
    expect(await owed()).toEqual(['check-on-patient']);
  });

  test('of nobody here: a lead by name, once, with a quarter of an hour', async () => {
    const granted = { fhirUser: 'Practitioner/l', grantedBy: 'a', grantedAt: AT, reason: 'of the test' };
    await inScope((unit) => unit.grants.put({ ...granted, subject: 'lead-1', name: 'Lee', roles: ['lead'] }));
    for (const id of ['same', 'same']) expect(await says(EMERGENCY, { from: STRANGER, id })).toEqual({ reply: BOTH });
    expect(await unknown()).toMatchObject([{ owner: 'lead-1', dueAt: '2026-11-20T17:15:00.000Z' }]);
    expect(JSON.stringify(await unknown())).toContain(STRANGER);
    expect(await owed()).not.toContain('check-on-patient');
  });

  test('which the lead finds at once among the exceptions, and settles', async () => {
    await says(EMERGENCY, { from: STRANGER });
    const exceptions = createExceptionService({ store });
    const times = { startedAt: AT, lastActivity: AT, expiresAt: '2026-11-20T23:00:00.000Z' };
    const who = { subject: 'lead-1', fhirUser: 'Practitioner/l', name: 'Lee', patientId: null, sessionId: 'x' };
    const lead: Session = { scope, roles: ['lead'], ...who, ...times };
    const now = new Date(LATER);
    const [row] = await exceptions.list(lead, now);
    expect(row).toMatchObject({
      kind: 'unknown-number',
      owner: 'Practitioner/admin',
      detail: expect.stringContaining('was told to call 911'),
    });
    await exceptions.settle(lead, row?.id ?? '', { what: 'done', note: 'Called: they are at the hospital.' }, now);
    expect(await exceptions.list(lead, now)).toEqual([]);
  });
});

describe('an unknown number’s emergency is somebody’s by name, whoever there is', () => {
  const grant = (subject: string, ...roles: Role[]) =>
    inScope((unit) =>
      unit.grants.put({ subject, fhirUser: `Practitioner/${subject}`, name: subject, roles, grantedBy: 'a', grantedAt: AT, reason: 'r' }),
    );
  const at = new Date(LATER);
  const session = (subject: string, ...roles: Role[]): Session => {
    const times = { startedAt: AT, lastActivity: AT, expiresAt: '2026-11-20T23:00:00.000Z' };
    return { scope, roles, subject, fhirUser: `Practitioner/${subject}`, name: subject, patientId: null, sessionId: 'x', ...times };
  };

  test.each<[string, [string, ...Role[]][], string]>([
    [
      'a lead',
      [
        ['admin-1', 'admin'],
        ['co', 'coordinator'],
        ['le', 'lead', 'clinician'],
      ],
      'le',
    ],
    [
      'a coordinator',
      [
        ['admin-1', 'admin'],
        ['co', 'coordinator'],
        ['doc', 'clinician'],
      ],
      'co',
    ],
    ['an administrator', [['admin-1', 'admin'], ['doc', 'clinician'], ['gone']], 'admin-1'],
    ['the first administrator of the site entry', [['doc', 'clinician']], 'Practitioner/admin'],
  ])('%s', async (_who, granted, owner) => {
    for (const [subject, ...roles] of granted) await grant(subject, ...roles);
    await says(EMERGENCY, { from: STRANGER });
    expect(await unknown()).toMatchObject([{ owner, dueAt: '2026-11-20T17:15:00.000Z' }]);
  });

  test('an administrator whose it is finds and settles it, and sees nothing else of the list', async () => {
    await says(EMERGENCY, { from: STRANGER });
    const about = {
      referralId: 'r',
      specialtyName: 'Cardiology',
      patientName: 'Rosa Example',
      urgency: 'routine' as const,
      withinMiles: 50,
    };
    await inScope((unit) => raiseNoneInNetwork(unit, { id: 'none', ...about, raisedBy: 'doc', now: at }));
    const exceptions = createExceptionService({ store });
    const rows = await exceptions.list(session('admin', 'admin'), at);
    expect(rows.map(({ kind }) => kind)).toEqual(['unknown-number']);
    expect(await exceptions.list(session('other', 'admin'), at)).toEqual([]);
    const said = { what: 'done', note: 'Called them.' } as const;
    for (const [who, id] of [
      ['other', rows[0]?.id],
      ['admin', 'none'],
    ] as const)
      expect(await exceptions.settle(session(who, 'admin'), id ?? '', said, at)).toMatchObject({ refused: 'not-found' });
    expect(await exceptions.settle(session('admin', 'admin'), rows[0]?.id ?? '', said, at)).toMatchObject({ status: 'done' });
  });
});

const consentOfPatient = () =>
  inScope(async (unit) => (await unit.patientContacts.get((await unit.referrals.get('r'))?.patientId ?? ''))?.text.consent.status);

const consentOfReferral = () => inScope(async (unit) => (await readReferral(unit, 'r'))?.consents.text);

describe('any other words', () => {
  test('are owed an answer where it is told that somebody reads them, also of a number in the chart alone and after closing', async () => {
    const asks = 'My wound smells and I have a fever';
    expect(await says(asks)).toMatchObject({ reply: expect.stringMatching(/Lo leeremos/) });
    expect(await owed()).toContain('answer-patient');
    await close();
    await says(asks);
    expect(await owed()).toEqual(['answer-patient']);
  });

  test('of an unknown number are kept nowhere, and that is what it is told, in both languages', async () => {
    const answered = await says('Can I come on Monday', { from: STRANGER });
    expect(answered).toEqual({ reply: expect.stringMatching(/no one will read this text.*nadie leerá este mensaje/) });
    expect(await says('START', { from: STRANGER })).toEqual(answered);
    expect(await unknown()).toEqual([]);
  });

  test('STOP and START of a number in the chart alone are put on record', async () => {
    await says('STOP');
    expect(await consentOfPatient()).toBe('withdrawn');
    await says('START');
    expect(await consentOfPatient()).toBe('given');
  });

  test('a START that changed nothing begins nothing when it comes a second time, after STOP', async () => {
    await reachedByText();
    await says('START', { id: 'first' });
    await says('STOP');
    expect(await says('START', { id: 'first' })).toMatchObject({ reply: expect.stringMatching(/no more texts|no recibirá más/i) });
    expect(await consentOfPatient()).toBe('withdrawn');
  });

  test('a STOP that comes a second time, after START, is answered by what is so', async () => {
    await reachedByText();
    await says('STOP', { id: 'first' });
    await says('START');
    expect(await says('STOP', { id: 'first' })).toMatchObject({ reply: expect.stringMatching(/reply STOP/i) });
    expect(await consentOfPatient()).toBe('given');
  });

  test.each(['r', 's'])(
    'of two who share a number, a STOP that comes a second time is answered by what still leaves (%s)',
    async (again) => {
      await approvedFor(store, scope, 's', AT, {}, 'sibling');
      await reachedByText('r');
      await reachedByText('s');
      await says('STOP', { id: 'first' });
      // One of them says yes on their own page before the gateway hands the word over once more.
      await inScope(async (unit) => {
        const contact = await unit.patientContacts.get((await unit.referrals.get(again))?.patientId ?? '');
        const word = { channel: 'text', given: true, by: 'patient', actor: CLINICIAN, now: LATER, key: 'press' } as const;
        await changeConsent(unit, contact!, word);
      });
      expect(await says('STOP', { id: 'first' })).toMatchObject({ reply: expect.stringMatching(/reply STOP/i) });
    },
  );

  test('of two words in one moment neither is written over by what the other had read before', async () => {
    await reachedByText();
    const word = { channel: 'text', by: 'patient', actor: { kind: 'software', name: 'text-gateway', version: '1' }, now: LATER } as const;
    const asRead = await inScope((unit) => unit.patientContacts.byNumber(NUMBER));
    const heed = (given: boolean, key: string) => inScope((unit) => changeConsent(unit, asRead[0]!, { ...word, given, key }));
    await heed(false, 'stop');
    expect([await consentOfPatient(), await consentOfReferral()]).toEqual(['withdrawn', 'withdrawn']);
    const after = await heed(true, 'start');
    expect(after.heeded).toEqual(['stop', 'start']);
    expect([await consentOfPatient(), await consentOfReferral()]).toEqual(['given', 'given']);
  });
});
