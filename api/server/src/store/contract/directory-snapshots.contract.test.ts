/** The store's contract: published directories. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { AT, implementations } from './test-contract.ts';

describe.each(implementations())('the store: $name', (implementation) => {
  let store: Store;

  beforeAll(async () => {
    store = await implementation.open();
  });
  afterAll(() => implementation.close());

  test('directories: content-addressed, one in force, listeners told once', async () => {
    const bytes = (text: string) => Buffer.from(text, 'utf8');
    const snapshot = (text: string) => ({
      hash: createHash('sha256').update(bytes(text)).digest('hex'),
      asOf: '2026-11-03',
      counts: { locations: 2 },
      synthetic: true,
      publishedAt: AT,
    });
    expect(await store.directory.current()).toBeUndefined();
    const told: string[] = [];
    const stop = await store.directory.onChange((hash) => told.push(hash));
    await store.directory.publish(snapshot('one'), bytes('one'));
    await store.directory.publish(snapshot('two'), bytes('two'));
    await store.directory.publish(snapshot('two'), bytes('two'));
    expect(await store.directory.current()).toEqual(snapshot('two'));
    expect(Buffer.from((await store.directory.bytes(snapshot('one').hash)) ?? []).toString()).toBe('one');
    await expect(store.directory.publish({ ...snapshot('one'), hash: '0'.repeat(64) }, bytes('one'))).rejects.toThrow(
      'nothing was published',
    );
    await expect.poll(() => told).toEqual([snapshot('one').hash, snapshot('two').hash]);
    await stop();
  });
});
