/** The store's contract: policies, timers, and obligations that are revised. */
import type { Configuration } from '@refloop/domain/configuration/configuration';
import { defaultPolicy } from '@refloop/domain/sla/policy';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scope, Store, Unit } from '../store.ts';
import type { VersionMade, VersionStore } from '../versions.ts';
import { AT, after, implementations, newScope } from './test-contract.ts';

const policy = defaultPolicy({ timeZone: 'America/Chicago', opens: 8, closes: 17, holidays: ['2026-11-26'] });

const configuration: Configuration = {
  version: 1,
  practice: { name: 'Bay Family Clinic', phone: '510-555-0150', accent: '#1f56b3' },
  statuses: [{ status: 'no-show', name: 'did not come' }],
  templates: [{ template: 'rate', language: 'es', words: '{practice}: ¿Cómo le fue? {link}' }],
};

describe.each(implementations())('the store: $name', (implementation) => {
  let store: Store;
  let scope: Scope;

  beforeAll(async () => {
    store = await implementation.open();
  });
  afterAll(() => implementation.close());
  beforeEach(() => {
    scope = newScope();
  });

  /** What a store of versions answers, what it should, and what another place has. */
  async function versionsOf<Stored extends VersionMade>(of: (unit: Unit) => VersionStore<Stored>, version: (number: number) => Stored) {
    const found = await store.transaction(scope, async (unit) => [
      await of(unit).inForce(),
      await of(unit).add(version(1)),
      await of(unit).add(version(10)),
      await of(unit).add(version(9)),
      await of(unit).add({ ...version(10), reason: 'Another' }),
      await of(unit).inForce(),
      await of(unit).get(9),
      await of(unit).get(2),
      (await of(unit).versions()).map((each) => [each.version, each.reason, each.madeBy]),
    ]);
    const heads = [10, 9, 1].map((number) => [number, `Version ${number}`, 'lena']);
    const elsewhere = await store.transaction(newScope(), (unit) => of(unit).inForce());
    return { found, expected: [undefined, true, true, true, false, version(10), version(9), undefined, heads], elsewhere };
  }
  const made = (number: number): VersionMade => ({
    madeBy: 'lena',
    madeByName: number === 9 ? null : 'Lena Example',
    madeAt: AT,
    reason: `Version ${number}`,
  });

  test('policies: each version once, the highest in force, of its own place alone', async () => {
    const { found, expected, elsewhere } = await versionsOf(
      ({ slaPolicies }) => slaPolicies,
      (number) => ({ ...made(number), policy: { ...policy, version: number } }),
    );
    expect(found).toEqual(expected);
    expect(elsewhere).toBeUndefined();
  });

  test('configurations: the same', async () => {
    const { found, expected, elsewhere } = await versionsOf(
      ({ configurations }) => configurations,
      (number) => ({ ...made(number), configuration: { ...configuration, version: number } }),
    );
    expect(found).toEqual(expected);
    expect(elsewhere).toBeUndefined();
  });

  test('questions to clinicians: after a pause, about one referral, answered once, each person by themselves', async () => {
    const asked = (subject: string, referralId: string, minutes: number) => ({ subject, referralId, askedAt: after(minutes) });
    const found = await store.transaction(scope, async ({ workQuestions: questions }) => [
      await questions.answer({ subject: 'lee', referralId: 'r1' }, after(0)),
      await questions.ask(asked('lee', 'r1', 10), after(0)),
      await questions.ask(asked('lee', 'r2', 20), after(9)),
      await questions.ask(asked('moss', 'r2', 20), after(9)),
      await questions.answer({ subject: 'lee', referralId: 'r2' }, after(21)),
      await questions.answer({ subject: 'lee', referralId: 'r1' }, after(21)),
      await questions.answer({ subject: 'lee', referralId: 'r1' }, after(22)),
      await questions.ask(asked('lee', 'r3', 30), after(10)),
      await questions.answer({ subject: 'lee', referralId: 'r3' }, after(31)),
    ]);
    expect(found).toEqual([false, true, false, true, false, true, false, true, true]);
    expect(await store.transaction(newScope(), (unit) => unit.workQuestions.answer({ subject: 'moss', referralId: 'r2' }, after(40)))).toBe(
      false,
    );
  });

  test('timers: one a referral, those whose moment has come, earliest first', async () => {
    const found = await store.transaction(scope, async (unit) => {
      const { referralTimers: timers } = unit;
      await timers.set('late', after(20));
      await timers.set('moved', after(1));
      await timers.set('moved', after(9));
      await timers.set('soon', after(5));
      await timers.set('gone', after(2));
      await timers.set('gone', null);
      await timers.set('never', null);
      return [
        await timers.due({ now: after(4), limit: 9 }),
        await timers.due({ now: after(9), limit: 9 }),
        await timers.due({ now: after(99), limit: 1 }),
      ];
    });
    expect(found).toEqual([
      [],
      [
        { referralId: 'soon', lookAt: after(5) },
        { referralId: 'moved', lookAt: after(9) },
      ],
      [{ referralId: 'soon', lookAt: after(5) }],
    ]);
    expect(await store.transaction(newScope(), (unit) => unit.referralTimers.due({ now: after(99), limit: 9 }))).toEqual([]);
  });

  test('timers: all of one person are woken, none is put off, and nobody else’s', async () => {
    const owned = (id: string, owner: string) => ({
      id,
      referralId: id,
      kind: 'answer',
      raisedAt: AT,
      dueAt: after(9),
      owner,
      raisedBy: null,
      content: {},
    });
    let everybodys: string[] = [];
    const due = await store.transaction(scope, async ({ obligations, referralTimers }) => {
      for (const id of ['early', 'late', 'none', 'over']) await obligations.insert(owned(id, 'kim'));
      await obligations.insert(owned('another', 'noor'));
      await obligations.insert(owned('told', 'noor'));
      await obligations.settle('told', { what: 'revise', owner: 'noor', dueAt: after(9), escalatedTo: 'kim', content: {} });
      await obligations.settle('over', { what: 'done', at: AT });
      await referralTimers.set('early', after(2));
      await referralTimers.set('late', after(60));
      await referralTimers.wake({ subject: 'kim', at: after(5) });
      const ofKim = await referralTimers.due({ now: after(99), limit: 9 });
      await referralTimers.wake({ subject: null, at: after(6) });
      everybodys = (await referralTimers.due({ now: after(99), limit: 9 })).map(({ referralId }) => referralId);
      return ofKim;
    });
    expect(everybodys).toEqual(['early', 'late', 'none', 'told', 'another']);
    expect(due.map(({ referralId, lookAt }) => [referralId, lookAt])).toEqual([
      ['early', after(2)],
      ['late', after(5)],
      ['none', after(5)],
      ['told', after(5)],
    ]);
  });

  test('obligations: revised while they are open, found by whom they were escalated to and by their referral', async () => {
    const obligation = (id: string, referralId = 'r1') => ({
      id,
      referralId,
      kind: 'answer',
      raisedAt: AT,
      dueAt: after(9),
      owner: 'kim',
      raisedBy: null,
      content: { detail: id },
    });
    const revision = { what: 'revise', owner: 'noor', dueAt: after(7), escalatedTo: 'lena', content: { detail: 'called' } } as const;
    const found = await store.transaction(scope, async (unit) => {
      const { obligations } = unit;
      await obligations.insert(obligation('a'));
      await obligations.insert(obligation('b'));
      await obligations.insert(obligation('c', 'r2'));
      await obligations.settle('b', { what: 'done', at: after(1) });
      return [
        await obligations.settle('a', revision),
        await obligations.settle('b', revision),
        await obligations.list({ status: 'open', escalatedTo: 'lena' }),
        (await obligations.openOf('r1')).map(({ id }) => id),
        (await obligations.openOf('r2')).map(({ escalatedTo }) => escalatedTo),
      ];
    });
    const { what: _what, ...revised } = revision;
    expect(found).toEqual([true, false, [{ ...obligation('a'), ...revised, status: 'open', settledAt: null }], ['a'], [null]]);
  });

  test('office links: found by their digests before a scope is known, tries counted, opened anew in place of before', async () => {
    const link = (id: string) => ({
      id,
      tokenHash: `token-${scope.tenant}-${id}`,
      referralId: 'r1',
      attempt: 1,
      npi: '1234567893',
      madeBy: 'kim',
      madeAt: id === 'a' ? AT : after(5),
      expiresAt: after(99),
    });
    const opened = (hash: string) => ({ hash: `${hash}-${scope.tenant}`, until: after(30) });
    const found = await store.transaction(scope, async ({ officeLinks }) => {
      await officeLinks.insert(link('a'));
      await officeLinks.insert(link('b'));
      await officeLinks.countWrongTry('a');
      await officeLinks.countWrongTry('a');
      await officeLinks.open('a', opened('first'));
      await officeLinks.open('a', opened('second'));
      return [await officeLinks.take('a'), await officeLinks.take('none'), (await officeLinks.list('r1')).map(({ id }) => id)];
    });
    expect(found).toEqual([{ ...link('a'), wrongTries: 2, opened: opened('second'), closedAt: null }, undefined, ['b', 'a']]);
    const hashes = [link('a').tokenHash, opened('second').hash, opened('first').hash, 'none'];
    const looked = await Promise.all(hashes.map((hash) => store.findOfficeLink(hash)));
    expect(looked).toEqual([{ scope, id: 'a' }, { scope, id: 'a' }, undefined, undefined]);
    expect(await store.transaction(newScope(), ({ officeLinks }) => officeLinks.take('a'))).toBeUndefined();
  });

  test('office links: closed once, of one attempt or of the whole referral', async () => {
    const link = (id: string, attempt: number, referralId = 'r1') => ({
      id,
      tokenHash: `closed-${scope.tenant}-${id}`,
      referralId,
      attempt,
      npi: '1234567893',
      madeBy: 'kim',
      madeAt: AT,
      expiresAt: after(99),
    });
    const found = await store.transaction(scope, async ({ officeLinks }) => {
      for (const each of [link('a', 1), link('b', 1), link('c', 2), link('d', 1, 'r2')]) await officeLinks.insert(each);
      return [
        await officeLinks.close('r1', after(1), 1),
        await officeLinks.close('r1', after(2)),
        await officeLinks.close('r1', after(3)),
        (await officeLinks.list('r1')).map(({ closedAt }) => closedAt),
        (await officeLinks.take('d'))?.closedAt,
      ];
    });
    expect(found).toEqual([['a', 'b'], ['c'], [], [after(2), after(1), after(1)], null]);
    expect(await store.transaction(newScope(), ({ officeLinks }) => officeLinks.close('r2', after(4)))).toEqual([]);
  });

  test('patient links: found by their digests, tries counted, opened by whoever it is, all of a referral closed together', async () => {
    const link = (id: string, referralId = 'r1') => ({
      id,
      tokenHash: `patient-${scope.tenant}-${id}`,
      referralId,
      madeBy: 'kim',
      madeAt: id === 'b' ? after(1) : AT,
      expiresAt: after(99),
    });
    const opened = { hash: `opened-${scope.tenant}`, until: after(30), as: 'parent' as const };
    const found = await store.transaction(scope, async ({ patientLinks }) => {
      for (const each of [link('b'), link('a'), link('c', 'r2')]) await patientLinks.insert(each);
      await patientLinks.countWrongTry('a');
      await patientLinks.open('b', opened);
      return [
        await patientLinks.takeAll('r1'),
        await patientLinks.list('r1'),
        await patientLinks.close('r1', after(2), ['b', 'c']),
        await patientLinks.close('r1', after(2)),
        await patientLinks.close('r1', after(3)),
      ];
    });
    const all = [
      { ...link('a'), wrongTries: 1, opened: null, closedAt: null },
      { ...link('b'), wrongTries: 0, opened, closedAt: null },
    ];
    expect(found).toEqual([all, all, ['a'], ['b'], []]);
    const closed = await store.transaction(scope, ({ patientLinks }) => patientLinks.takeAll('r1'));
    expect(closed.map(({ closedAt }) => closedAt)).toEqual([after(2), after(2)]);
    const looked = await Promise.all([link('a').tokenHash, opened.hash, 'none'].map((hash) => store.findPatientLink(hash)));
    expect(looked).toEqual([{ scope, id: 'a', referralId: 'r1' }, { scope, id: 'b', referralId: 'r1' }, undefined]);
    expect(await store.transaction(newScope(), ({ patientLinks }) => patientLinks.takeAll('r2'))).toEqual([]);
  });

  test('how patients may be reached: replaced as a whole, found by the number that several share', async () => {
    const parents = {
      language: 'es' as const,
      preferred: 'text' as const,
      text: { to: '+15552100177', consent: { status: 'unknown' as const } },
      email: { to: null, consent: { status: 'unknown' as const } },
    };
    const contact = (patientId: string, to: string | null) => ({
      patientId,
      language: 'es' as const,
      preferred: 'text' as const,
      text: { to, consent: { status: 'given' as const, at: AT, by: 'patient' as const } },
      email: { to: null, consent: { status: 'unknown' as const } },
      proxies: [{ side: 'parent' as const, name: 'Ana', ...(patientId === 'p3' ? { reach: parents } : {}) }],
      updatedAt: AT,
    });
    const found = await store.transaction(scope, async ({ patientContacts }) => {
      for (const each of [contact('p2', '+15552100100'), contact('p1', '+15552100100'), contact('p3', '+15552100199')])
        await patientContacts.put(each);
      await patientContacts.put({ ...contact('p3', null), updatedAt: after(1) });
      return [
        (await patientContacts.byNumber('+15552100100')).map(({ patientId }) => patientId),
        await patientContacts.byNumber('+15552100199'),
        (await patientContacts.byNumber('+15552100177')).map(({ patientId }) => patientId),
        await patientContacts.get('p3'),
        await patientContacts.take('none'),
        (await patientContacts.all()).length,
      ];
    });
    expect(found).toEqual([['p1', 'p2'], [], ['p3'], { ...contact('p3', null), updatedAt: after(1) }, undefined, 3]);
    expect(await store.transaction(newScope(), ({ patientContacts }) => patientContacts.byNumber('+15552100100'))).toEqual([]);
  });

  test('documents: byte by byte as they came, kept once', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, at) => at % 256);
    const document = { id: 'd', referralId: 'r1', contentType: 'application/pdf', sha256: 'hash', receivedAt: AT, bytes };
    const found = await store.transaction(scope, async ({ documents }) => {
      await documents.insert(document);
      await documents.insert({ ...document, contentType: 'text/plain', bytes: new Uint8Array([1]) });
      return [await documents.get('d'), await documents.get('none'), await documents.ids()];
    });
    expect(found).toEqual([document, undefined, ['d']]);
    expect(await store.transaction(newScope(), ({ documents }) => documents.get('d'))).toBeUndefined();
  });
});
