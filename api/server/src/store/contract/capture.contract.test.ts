/** The store's contract: how far an EHR was read, and what it notifies us of. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { AT, after, implementations, newScope } from './test-contract.ts';

describe.each(implementations())('the store: $name', (implementation) => {
  let store: Store;

  beforeAll(async () => {
    store = await implementation.open();
  });
  afterAll(() => implementation.close());

  test('a checkpoint a type, of its own place alone; woken it keeps how far it was', async () => {
    const [scope, other] = [newScope(), newScope()];
    const task = { resourceType: 'Task', since: AT, lookedAt: after(1), refused: null };
    const visit = { resourceType: 'Encounter', since: AT, lookedAt: after(2), refused: 'status 403' };
    const found = await store.transaction(scope, async ({ capture }) => {
      const before = await capture.checkpoint('Task');
      await capture.keep({ ...task, since: after(-9), lookedAt: null });
      await capture.keep(task);
      await capture.keep(visit);
      const kept = await capture.checkpoints();
      await capture.wake();
      return [before, kept, await capture.checkpoint('Task'), (await capture.checkpoints()).map(({ lookedAt }) => lookedAt)];
    });
    expect(found).toEqual([undefined, [visit, task], { ...task, lookedAt: null }, [null, null]]);
    expect(await store.transaction(other, ({ capture }) => capture.checkpoints())).toEqual([]);
  });

  test('one subscription a place: a newer one takes its place and was not heard of yet', async () => {
    const [scope, other] = [newScope(), newScope()];
    const first = { reference: 'Subscription/1', secretHash: 'aa', askedAt: AT };
    const found = await store.transaction(scope, async ({ capture }) => {
      await capture.heard(AT);
      await capture.subscribe(first);
      await capture.heard(after(5));
      const heard = await capture.subscription();
      await capture.subscribe({ ...first, reference: 'Subscription/2', secretHash: 'bb' });
      return [heard, await capture.subscription()];
    });
    expect(found).toEqual([
      { ...first, heardAt: after(5) },
      { ...first, reference: 'Subscription/2', secretHash: 'bb', heardAt: null },
    ]);
    expect(await store.transaction(other, ({ capture }) => capture.subscription())).toBeUndefined();
  });
});
