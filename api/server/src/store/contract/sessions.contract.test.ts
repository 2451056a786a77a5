/** The store's contract: sessions, and the grants and delegations they act by. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { NewDelegation } from '../delegations.ts';
import type { Scope, Store } from '../store.ts';
import { AT, after, delegation, implementations, newScope, session } from './test-contract.ts';

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

  test('delegations: those in force of one delegate, until their end or until they are taken away; none is forgotten', async () => {
    const outcome = await store.transaction(scope, async (unit) => {
      await unit.delegations.insert(delegation('a', { until: after(60) }));
      await unit.delegations.insert(
        delegation('b', { givenAt: after(1), clinician: { subject: 'other', fhirUser: 'Practitioner/other', name: 'Dr. Other' } }),
      );
      await unit.delegations.insert(delegation('c', { kind: 'prepares-for' }));
      await unit.delegations.insert(
        delegation('d', { delegate: { subject: 'someone', fhirUser: 'Practitioner/someone', name: 'Someone' } }),
      );
      await unit.delegations.insert(delegation('a', { reason: 'The same once more' }));
      const inForce = async (now: string, kind: NewDelegation['kind'] = 'covers') =>
        (await unit.delegations.inForce({ kind, delegate: 'covering', now })).map(({ id }) => id).join('');
      const before = [await inForce(AT), await inForce(after(59)), await inForce(after(60)), await inForce(AT, 'prepares-for')];
      const ended = { at: after(30), by: 'admin', reason: 'Back from leave' };
      const ends = [await unit.delegations.end('b', ended), await unit.delegations.end('b', ended), await unit.delegations.end('x', ended)];
      return [
        before,
        ends,
        await inForce(AT),
        (await unit.delegations.get('a'))?.reason,
        await unit.delegations.get('b'),
        await unit.delegations.get('x'),
        (await unit.delegations.list()).map(({ id }) => id).join(''),
      ];
    });
    expect(outcome).toEqual([
      ['ab', 'ab', 'b', 'c'],
      [true, false, false],
      'a',
      'Leave until Monday',
      {
        ...delegation('b', { givenAt: after(1), clinician: { subject: 'other', fhirUser: 'Practitioner/other', name: 'Dr. Other' } }),
        ended: { at: after(30), by: 'admin', reason: 'Back from leave' },
      },
      undefined,
      'bdca',
    ]);
  });

  describe('sessions', () => {
    test('a token finds its session with its scope and the grant as it stands now', async () => {
      const hash = createHash('sha256').update(scope.tenant).digest('hex');
      await store.transaction(scope, (unit) => unit.sessions.insert(session(hash)));
      expect(await store.findSession(hash)).toEqual({ session: { ...session(hash), scope, endedAt: null }, grant: undefined });
      const grant = {
        subject: 'clinician',
        fhirUser: 'Practitioner/clinician',
        name: 'Dr. Maren Oduya, MD',
        roles: ['clinician' as const, 'lead' as const],
        grantedBy: 'admin',
        grantedAt: AT,
        reason: 'Covers for the lead',
      };
      await store.transaction(scope, (unit) => unit.grants.put(grant));
      expect((await store.findSession(hash))?.grant).toEqual(grant);
      expect(await store.findSession('0'.repeat(64))).toBeUndefined();
    });

    test('activity moves forward only, and not once the session is idle, over or ended', async () => {
      const hash = createHash('sha256').update(`touch ${scope.tenant}`).digest('hex');
      const touch = (at: number, idleSince: number) =>
        store.transaction(scope, (unit) => unit.sessions.touch(hash, after(at), after(idleSince)));
      await store.transaction(scope, (unit) => unit.sessions.insert(session(hash, { expiresAt: after(1000) })));
      expect(await touch(100, -800)).toBe(true);
      expect(await touch(50, -850)).toBe(true);
      expect((await store.findSession(hash))?.session.lastActivity).toBe(after(100));
      expect(await touch(999, 100)).toBe(false);
      expect(await touch(1000, 99)).toBe(false);
      expect(await touch(200, 99)).toBe(true);
      await store.transaction(scope, (unit) => unit.sessions.end(hash, after(300)));
      expect(await touch(301, 99)).toBe(false);
      expect((await store.findSession(hash))?.session.endedAt).toBe(after(300));
    });

    test('an id_token is claimed once, by one of those who claim together', async () => {
      const claim = (hash: string) => store.transaction(scope, (unit) => unit.usedIdTokens.claim(hash, after(600), AT));
      const answers = await Promise.all([claim('t1'), claim('t1'), claim('t1')]);
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await claim('t1')).toBe(false);
      expect(await claim('t2')).toBe(true);
    });
  });

  test('grants: one per subject, listed in order', async () => {
    const grant = (subject: string, reason: string) => ({
      subject,
      fhirUser: `Practitioner/${subject}`,
      name: null,
      roles: ['coordinator' as const],
      grantedBy: 'admin',
      grantedAt: AT,
      reason,
    });
    const listed = await store.transaction(scope, async (unit) => {
      await unit.grants.put(grant('b', 'first'));
      await unit.grants.put(grant('a', 'first'));
      await unit.grants.put(grant('b', 'second'));
      return unit.grants.list();
    });
    expect(listed).toEqual([grant('a', 'first'), grant('b', 'second')]);
  });
});
