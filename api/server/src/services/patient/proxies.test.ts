/** Who acts for a patient: put on record and taken off it, written to in the patient’s place, and heard when they answer. On the store in memory. */
import { beforeEach, describe, expect, test } from 'vitest';
import { anyHandler } from '../../channels/handler.ts';
import { textMessage } from '../../channels/text-message.ts';
import type { ChangeProxies, PatientContactView } from '../../client/patient-contact.ts';
import { createOutboxWorker } from '../../outbox/worker.ts';
import { isRefusal, type Refused } from '../../problem.ts';
import type { Session } from '../../sessions/session.ts';
import { type Site, sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import type { Store, Unit } from '../../store/store.ts';
import { keepFirstPolicy } from '../engine/policy-in-force.ts';
import { readReferral } from '../referral-log.ts';
import { changeConsentAt } from './patient-consent.ts';
import { createPatientContactService } from './patient-contact.ts';
import { createPatientLinkService } from './patient-links.ts';
import { peopleByNumber } from './people-by-number.ts';
import { acceptedWith, approvedFor } from './test-patient.ts';

const AT = '2026-11-20T15:00:00.000Z';
const LATER = '2026-11-20T15:20:00.000Z';
const [OWN, PARENTS] = ['+15552100100', '+15552100177'] as const;
const CHILD = '2018-05-05';
const textMessages = { url: 'http://127.0.0.1:1/x', from: '+15552100199', key: 'k', secret: 's'.repeat(32) };
const site: Site = { ...sandboxSite(4010), textMessages };
const scope = scopeOf(site);
const coordinator: Session = {
  scope,
  roles: ['coordinator'],
  subject: 'teo',
  fhirUser: 'Practitioner/teo',
  name: 'Teo',
  patientId: null,
  sessionId: 'x',
  startedAt: AT,
  lastActivity: AT,
  expiresAt: '2026-11-20T23:00:00.000Z',
};

let store: Store;
let presses = 0;
const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => store.transaction(scope, work);
const service = () => createPatientContactService({ store, siteOf: () => site });
async function read(): Promise<PatientContactView> {
  const answered = await service().read(coordinator, 'r', new Date(AT));
  if (isRefusal(answered)) throw new Error(answered.detail);
  return answered;
}
type Put = Extract<ChangeProxies['what'], { act: 'put' }>;
const ANA: Put = {
  act: 'put',
  side: 'parent',
  name: 'Ana Example',
  instead: false,
  preferred: 'text',
  language: 'es',
  text: { to: '(555) 210-0177', wanted: true },
  email: { to: '', wanted: null },
};
async function change(what: ChangeProxies['what'], more: Partial<ChangeProxies> = {}) {
  const { mark } = await read();
  return service()
    .changeProxies(coordinator, 'r', { key: `press-${(presses += 1)}`, mark, what, ...more }, new Date(Date.parse(AT) + presses))
    .catch((error: { refusal?: unknown }) => error.refusal);
}

/** What leaves of an office’s yes. */
async function sentTo(): Promise<{ to: string; text: string }[]> {
  await acceptedWith(store, scope, 'r', AT, []);
  return run();
}
async function run(at = LATER): Promise<{ to: string; text: string }[]> {
  const sent: { to: string; text: string }[] = [];
  const gateway = async (_: unknown, init?: RequestInit): Promise<Response> => {
    sent.push(JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as { to: string; text: string });
    return new Response('{"id":"1"}', { status: 201 });
  };
  await createOutboxWorker({
    store,
    handlers: [anyHandler(textMessage({ sites: [site], address: 'https://refloop.example.org', fetch: gateway }))],
    holder: `worker-${(presses += 1)}`,
    version: 'test',
    now: () => new Date(at),
    random: () => 0.5,
    pause: async () => undefined,
    failed: (error) => {
      throw error;
    },
  }).run();
  return sent;
}

async function begin(born?: string): Promise<void> {
  let count = 0;
  store = openMemoryStore({ newId: () => `id-${(count += 1)}` });
  await store.enrol(scope);
  await keepFirstPolicy(store, scope, 'America/Chicago', new Date(AT));
  await approvedFor(store, scope, 'r', AT, born === undefined ? {} : { born });
  await inScope((unit) =>
    unit.patientContacts.put({
      patientId: 'p1',
      language: 'en',
      preferred: 'text',
      text: { to: OWN, consent: { status: 'given', at: AT, by: 'patient' } },
      email: { to: null, consent: { status: 'unknown' } },
      proxies: [],
      updatedAt: AT,
    }),
  );
}
beforeEach(() => begin(CHILD));

describe('on record', () => {
  test('with who put them there and when, in the audit without name or number, and off it again', async () => {
    const view = await change(ANA);
    expect(view).toMatchObject({
      isUnderAge: true,
      leavesBy: 'text',
      proxies: [{ side: 'parent', name: 'Ana Example', acts: true, instead: true, reach: { text: { to: PARENTS } }, put: { by: 'teo' } }],
    });
    const [{ id } = { id: '' }] = (view as PatientContactView).proxies;
    expect(await change({ act: 'take-away', id })).toMatchObject({ proxies: [] });
    expect(await change({ act: 'take-away', id })).toMatchObject({ refused: 'conflict' });
    const audit = (await inScope((unit) => unit.audit.list({ referralId: 'r' }))).filter(({ action }) => action.includes('proxy'));
    expect(audit.map(({ action, actor }) => `${action} ${actor.subject}`).toSorted()).toEqual([
      'patient-contact.proxy-put teo',
      'patient-contact.proxy-taken-away teo',
    ]);
    expect(JSON.stringify(audit)).not.toMatch(/Ana|0177/);
  });

  test('the same press twice is one; what was read before another’s is refused, and so is what is wrong, with its field', async () => {
    const { mark } = await read();
    await change(ANA, { key: 'press-twice' });
    expect(await change(ANA, { key: 'press-twice' })).toMatchObject({ proxies: [{ name: 'Ana Example' }] });
    expect(await change(ANA, { mark })).toMatchObject({ refused: 'conflict' });
    expect(await change({ ...ANA, text: { to: '12', wanted: null } })).toMatchObject({ errors: [{ field: 'what.text.to' }] });
    await begin();
    expect(await change(ANA)).toMatchObject({ refused: 'conflict', errors: [{ field: 'what.side' }] });
  });

  test('not as parent or guardian where the chart gives no full date of birth: nobody knows when it would end', async () => {
    await begin('2018');
    for (const side of ['parent', 'guardian'] as const)
      expect(await change({ ...ANA, side }), side).toMatchObject({
        refused: 'conflict',
        errors: [{ field: 'what.side', message: expect.stringContaining('no full date of birth') }],
      });
    expect(await change({ ...ANA, side: 'proxy' })).toMatchObject({ proxies: [{ side: 'proxy', acts: true }] });
  });
});

describe('messages', () => {
  test('of a child go to who is on record, in their language; to the child’s own number where nobody is', async () => {
    await change(ANA);
    expect(await sentTo()).toMatchObject([{ to: PARENTS, text: expect.stringContaining('Ya puede') }]);
    await begin(CHILD);
    expect((await sentTo()).map(({ to }) => to)).toEqual([OWN]);
  });

  test('of an adolescent go to their own number by their own yes, also where a parent is on record, and else a person tells them', async () => {
    await begin('2010-05-05');
    expect(await change(ANA)).toMatchObject({ leavesBy: 'text', proxies: [{ acts: true, instead: false }] });
    expect((await sentTo()).map(({ to }) => to)).toEqual([OWN]);
    await begin('2010-05-05');
    await inScope(async (unit) => {
      const contact = await unit.patientContacts.take('p1');
      if (contact) await unit.patientContacts.put({ ...contact, text: { to: OWN, consent: { status: 'unknown' } } });
    });
    expect(await change(ANA)).toMatchObject({ leavesBy: null });
    expect(await sentTo()).toEqual([]);
  });

  test('need the yes of that number: the patient’s own is none', async () => {
    await change({ ...ANA, text: { to: PARENTS, wanted: null } });
    expect(await read()).toMatchObject({ leavesBy: null });
    expect(await sentTo()).toEqual([]);
  });

  test('leave to a number that is the child’s in the chart too, where no was told of it before and who acts for them says yes', async () => {
    const { mark } = await read();
    const told = { how: 'telephone', note: '', preferred: 'text', language: 'en', email: { to: '', wanted: null } } as const;
    const no = { ...told, key: 'press-no-texts', mark, text: { to: OWN, wanted: false } };
    expect(await service().tell(coordinator, 'r', no, new Date(AT))).toMatchObject({ leavesBy: null });
    expect(await change({ ...ANA, text: { to: OWN, wanted: true } })).toMatchObject({ leavesBy: 'text' });
    expect((await sentTo()).map(({ to }) => to)).toEqual([OWN]);
  });

  test('of a grown patient go to who acts instead of them, and else to the patient', async () => {
    await begin();
    await change({ ...ANA, side: 'proxy', instead: true });
    expect((await sentTo()).map(({ to }) => to)).toEqual([PARENTS]);
    await begin();
    await change({ ...ANA, side: 'proxy' });
    expect((await sentTo()).map(({ to }) => to)).toEqual([OWN]);
  });

  test('that wait do not leave to who was taken off the record, or said STOP meanwhile', async () => {
    const put = (await change(ANA)) as PatientContactView;
    await acceptedWith(store, scope, 'r', AT, []);
    await change({ act: 'take-away', id: put.proxies[0]?.id ?? '' });
    expect(await run()).toEqual([]);
    await begin(CHILD);
    await change(ANA);
    await acceptedWith(store, scope, 'r', AT, []);
    await says(false);
    expect(await run()).toEqual([]);
  });

  test('that wait do not leave to the number of who was the last to be taken off the record, also where it is the one in the chart', async () => {
    const put = (await change({ ...ANA, text: { to: OWN, wanted: true } })) as PatientContactView;
    await acceptedWith(store, scope, 'r', AT, []);
    await change({ act: 'take-away', id: put.proxies[0]?.id ?? '' });
    expect(await run()).toEqual([]);
  });

  test('that wait for a parent do not leave once the child is of the age of an adolescent, and the thread tells it', async () => {
    for (const [born, expected] of [
      ['2014-11-21', []],
      ['2014-11-22', [PARENTS]],
    ] as const) {
      await begin(born);
      await change(ANA);
      await acceptedWith(store, scope, 'r', AT, []);
      expect(
        (await run('2026-11-21T18:00:00.000Z')).map(({ to }) => to),
        born,
      ).toEqual(expected);
      const referral = await inScope((unit) => readReferral(unit, 'r'));
      expect(referral?.messaged.map(({ outcome }) => outcome)).toEqual([expected.length === 0 ? 'failed' : 'sent']);
    }
  });

  test('of a child whose last was taken off the record a person tells them: the number in the chart may be theirs', async () => {
    const put = (await change({ ...ANA, text: { to: OWN, wanted: true } })) as PatientContactView;
    expect(await change({ act: 'take-away', id: put.proxies[0]?.id ?? '' })).toMatchObject({ leavesBy: null });
    expect(await sentTo()).toEqual([]);
  });

  test('that wait for another on record leave with a link that still opens; every other link ends', async () => {
    await change({ ...ANA, side: 'guardian', name: 'Sam Example' });
    const put = (await change({ ...ANA, text: { to: '555 210 0188', wanted: true } })) as PatientContactView;
    await acceptedWith(store, scope, 'r', AT, []);
    await inScope((unit) =>
      unit.patientLinks.insert({ id: 'handed', tokenHash: 'h', referralId: 'r', madeBy: 'teo', madeAt: AT, expiresAt: LATER }),
    );
    await change({ act: 'take-away', id: put.proxies.find(({ side }) => side === 'parent')?.id ?? '' });
    const links = await inScope((unit) => unit.patientLinks.takeAll('r'));
    expect(links.map(({ madeBy, closedAt }) => `${madeBy} ${closedAt === null}`).toSorted()).toEqual(['refloop true', 'teo false']);
    expect((await run()).map(({ to }) => to)).toEqual([PARENTS]);
  });

  async function says(given: boolean): Promise<void> {
    await inScope(async (unit) => {
      const [person] = await peopleByNumber(unit, PARENTS, AT);
      if (!person?.contact) throw new Error('Nobody has that number.');
      const actor = { kind: 'patient', link: null, as: 'patient' } as const;
      await changeConsentAt(unit, person.contact, PARENTS, {
        channel: 'text',
        given,
        by: 'patient',
        actor,
        now: LATER,
        key: `word-${(presses += 1)}`,
      });
    });
  }

  test('STOP from their number is theirs alone, and only from there are they begun again', async () => {
    const put = (await change(ANA)) as PatientContactView;
    await says(false);
    const after = await read();
    expect(after.proxies[0]?.reach?.text.consent).toMatchObject({ status: 'withdrawn', by: 'patient' });
    expect(after.text.consent.status, 'the patient’s own').toBe('given');
    expect(await change({ ...ANA, name: 'Ana again' })).toMatchObject({ refused: 'conflict', errors: [{ field: 'what.text.wanted' }] });
    await says(true);
    expect((await read()).leavesBy).toBe('text');
    expect(put.proxies).toHaveLength(1);
  });
});

test('the link that is handed over says whom it is for, and is not made where nobody could open it', async () => {
  const make = async () => {
    const made = await createPatientLinkService({ store, newId: () => `link-${(presses += 1)}`, phoneOf: () => '' })
      .make(coordinator, 'r', new Date(AT))
      .catch((error: Refused) => error.refusal);
    return isRefusal(made) ? made.detail : [made.forProxies, made.language];
  };
  expect(await make()).toEqual([[], 'en']);
  await change(ANA);
  expect(await make()).toEqual([['Ana Example'], 'es']);
  const taken = async (): Promise<void> => {
    const { proxies } = await read();
    await change({ act: 'take-away', id: proxies[0]?.id ?? '' });
  };
  await taken();
  expect(await make()).toMatch(/nobody could open it/);
  await change({ ...ANA, text: { to: '', wanted: null } });
  expect(await make(), 'without a number').toMatch(/nobody could open it/);
  await change({ ...ANA, name: 'Sam' });
  expect(await make()).toEqual([['Ana Example', 'Sam'], 'es']);
  await begin('2010-05-05');
  await change(ANA);
  expect((await make())[0], 'an adolescent opens it too').toBeNull();
  await begin();
  expect((await make())[0]).toBeNull();
});
