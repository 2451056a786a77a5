/** The store's contract: effects, one a key, taken by one at a time. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { effectId, type NewEffect } from '../outbox.ts';
import type { Scope, Store, Unit } from '../store.ts';
import { AT, after, implementations, newScope } from './test-contract.ts';

const effect = (key: string, more: Partial<NewEffect> = {}): NewEffect => ({
  referralId: 'r1',
  kind: 'mail',
  key,
  askedAt: AT,
  dueAt: AT,
  content: { to: 'office@example.org' },
  ...more,
});

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

  const inScope = <Value>(work: (unit: Unit) => Promise<Value>): Promise<Value> => store.transaction(scope, work);
  const add = (...effects: NewEffect[]): Promise<string[]> =>
    inScope(async (unit) => {
      const ids: string[] = [];
      for (const each of effects) ids.push(await unit.outbox.add(each));
      return ids;
    });
  const claim = (seconds: number, more: { holder?: string; kinds?: string[]; limit?: number } = {}) =>
    inScope((unit) =>
      unit.outbox.claim({ kinds: ['mail', 'fax'], holder: 'w1', limit: 9, ...more, now: after(seconds), until: after(seconds + 60) }),
    );
  const keys = async (claimed: ReturnType<typeof claim>): Promise<string[]> => (await claimed).map(({ key }) => key);
  const at = (seconds: number) => ({ at: after(seconds), dueAt: null });

  test('one effect a kind and key: added again it changes nothing; its id is the same for good, and another elsewhere', async () => {
    const [first, again, fax] = await add(
      effect('a'),
      effect('a', { content: { to: 'another' }, dueAt: after(9) }),
      effect('a', { kind: 'fax' }),
    );
    expect([first, again, fax]).toEqual([effectId(scope, 'mail', 'a'), effectId(scope, 'mail', 'a'), effectId(scope, 'fax', 'a')]);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(effectId(newScope(), 'mail', 'a')).not.toBe(first);
    const [kept, all] = await inScope(async ({ outbox }) => [await outbox.get(first ?? ''), await outbox.ids()]);
    expect(kept).toEqual({
      ...effect('a'),
      id: first,
      lane: null,
      place: 0,
      tries: 0,
      since: AT,
      lease: null,
      standing: { status: 'waiting' },
    });
    expect([all.length, new Set(all)]).toEqual([2, new Set([first, fax])]);
    expect(await store.transaction(newScope(), ({ outbox }) => outbox.get(first ?? ''))).toBeUndefined();
  });

  test('what is due is taken, of the kinds that are asked for, earliest first, and by one holder until its lease is over', async () => {
    await add(effect('late', { dueAt: after(5) }), effect('early', { dueAt: after(1) }), effect('ahead', { dueAt: after(99) }));
    await add(effect('other', { kind: 'text-message' }));
    expect(await keys(claim(0))).toEqual([]);
    expect(await keys(claim(6))).toEqual(['early', 'late']);
    expect(await keys(claim(6, { holder: 'w2' }))).toEqual([]);
    expect(await keys(claim(65, { holder: 'w2' }))).toEqual([]);
    expect(await keys(claim(66, { holder: 'w2', limit: 1 }))).toEqual(['early']);
  });

  test('a lease ends by the machine’s time, and what is due by the practice’s, which may be moved on', async () => {
    const [id = ''] = await add(effect('a', { dueAt: after(1000) }));
    const take = (holder: string, seconds: number, machine: number) =>
      inScope((unit) =>
        unit.outbox.claim({
          kinds: ['mail'],
          holder,
          limit: 9,
          now: after(seconds),
          machineTime: after(machine),
          until: after(machine + 60),
        }),
      );
    expect(await keys(take('w1', 999, 0))).toEqual([]);
    expect(await keys(take('w1', 1000, 0))).toEqual(['a']);
    expect(await keys(take('w2', 90_000, 59))).toEqual([]);
    expect(await inScope(({ outbox }) => outbox.begin(id, 'w1', after(90_000), after(59)))).toBe(true);
    expect(await inScope(({ outbox }) => outbox.begin(id, 'w1', after(90_000), after(60)))).toBe(false);
    expect(await keys(take('w2', 90_000, 60))).toEqual(['a']);
  });

  test('of those who ask together each effect goes to one', async () => {
    await add(...['a', 'b', 'c', 'd', 'e', 'f'].map((key) => effect(key)));
    const taken = await Promise.all(['w1', 'w2', 'w3'].map((holder) => keys(claim(1, { holder, limit: 4 }))));
    const rest = await keys(claim(1, { holder: 'w4' }));
    expect([...taken.flat(), ...rest].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('effects of a lane leave one after the other, in order of their place, whatever is due first', async () => {
    const [first] = await add(
      effect('z', { lane: 'task 1', place: 3, dueAt: after(5) }),
      effect('a', { lane: 'task 1', place: 10 }),
      effect('b', { lane: 'task 2', place: 10 }),
    );
    expect(await keys(claim(1))).toEqual(['b']);
    expect(await keys(claim(6))).toEqual(['z']);
    await inScope((unit) =>
      unit.outbox.settle(first ?? '', 'w1', { ...at(7), standing: { status: 'unknown', detail: '?' }, dueAt: after(20) }),
    );
    expect(await keys(claim(8))).toEqual([]);
    expect(await keys(claim(20))).toEqual(['z']);
    await inScope((unit) => unit.outbox.settle(first ?? '', 'w1', { ...at(21), standing: { status: 'failed', detail: 'no' } }));
    expect(await keys(claim(22))).toEqual(['a']);
  });

  test('it begins, and what came of it is put on record, by who holds it alone', async () => {
    const [id = ''] = await add(effect('a'));
    await claim(0);
    const done = { ...at(4), standing: { status: 'done' as const, receipt: 'Task/1' } };
    const answers = await inScope(async ({ outbox }) => [
      await outbox.begin(id, 'w2', after(1)),
      await outbox.begin(id, 'w1', after(60)),
      await outbox.begin(id, 'w1', after(2)),
      (await outbox.get(id))?.standing,
      await outbox.settle(id, 'w2', done),
      await outbox.settle(id, 'w1', done),
      await outbox.settle(id, 'w1', done),
      await outbox.begin(id, 'w1', after(5)),
      await outbox.settle('00000000-0000-8000-8000-000000000000', 'w1', done),
    ]);
    expect(answers).toEqual([false, false, true, { status: 'begun' }, false, true, false, false, false]);
    const kept = await inScope(({ outbox }) => outbox.get(id));
    expect(kept).toMatchObject({ standing: done.standing, dueAt: null, lease: null, tries: 1, since: after(4) });
    expect(await keys(claim(500))).toEqual([]);
  });

  test('a begun one whose holder is gone is found as it was left', async () => {
    const [id = ''] = await add(effect('a'));
    await claim(0);
    await inScope(({ outbox }) => outbox.begin(id, 'w1', after(1)));
    expect(await claim(60, { holder: 'w2' })).toMatchObject([{ key: 'a', standing: { status: 'begun' }, tries: 1, since: after(1) }]);
    // Whoever was thought gone puts nothing on record any more.
    const late = await inScope(({ outbox }) => outbox.settle(id, 'w1', { ...at(61), standing: { status: 'done', receipt: 'x' } }));
    expect(late).toBe(false);
  });

  test('a person decides on what nobody tries any more, once, and on nothing else', async () => {
    const [unknown = '', waiting = '', done = ''] = await add(effect('a'), effect('b', { dueAt: after(99) }), effect('c'));
    await claim(0);
    const again = { standing: { status: 'waiting' as const }, at: after(9), dueAt: after(9) };
    const answers = await inScope(async ({ outbox }) => {
      await outbox.settle(done, 'w1', { ...at(1), standing: { status: 'done', receipt: 'x' } });
      const early = await outbox.decide(unknown, again);
      await outbox.settle(unknown, 'w1', { ...at(1), standing: { status: 'unknown', detail: '?' } });
      return [
        early,
        await outbox.decide(waiting, again),
        await outbox.decide(done, again),
        await outbox.decide(unknown, again),
        await outbox.decide(unknown, again),
      ];
    });
    expect(answers).toEqual([false, false, false, true, false]);
    expect(await claim(9)).toMatchObject([{ key: 'a', standing: { status: 'waiting' } }]);
    expect((await inScope(({ outbox }) => outbox.ofReferral('r1'))).map(({ key }) => key).sort()).toEqual(['a', 'b', 'c']);
  });

  test('what is added in a transaction that is not kept was never asked for', async () => {
    await inScope(async ({ outbox }) => {
      await outbox.add(effect('a'));
      throw new Error('not kept');
    }).catch(() => undefined);
    expect(await inScope(({ outbox }) => outbox.ids())).toEqual([]);
  });
});
