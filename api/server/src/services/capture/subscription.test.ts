/** A subscription that its EHR gave up, because nobody answered its handshake, is asked for again. */
import type { EhrPort } from '@refloop/domain/fhir/ehr-port';
import { ok } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import { sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import { type CaptureDeps, createCapture } from './capture.ts';
import { heardFrom } from './subscription.ts';

const SECOND_MS = 1000;
const site = sandboxSite(4010, { clientId: 'x', key: {} as never, scopes: '', completes: false, tracks: true });

/** An EHR that keeps subscriptions, each with the status it is told. */
async function subscribingEhr(statuses: string[]) {
  const store = openMemoryStore({ newId: () => 'id' });
  await store.enrol(scopeOf(site));
  const asked: { endpoint: string; bearer: string }[] = [];
  let reads = 0;
  let now = new Date('2026-11-20T15:00:00.000Z');
  const ehr: EhrPort = {
    base: site.iss,
    get: async (path) => {
      const [, number] = /^Subscription\/(\d+)$/.exec(path) ?? [];
      if (number === undefined) return ok({ resourceType: 'Bundle', type: 'searchset', entry: [] });
      reads += 1;
      const { endpoint } = asked[Number(number)] ?? { endpoint: '' };
      return ok({ resourceType: 'Subscription', status: statuses[Number(number)], channel: { endpoint } });
    },
    write: async ({ resource }) => {
      const { endpoint, header } = (resource as unknown as { channel: { endpoint: string; header: string[] } }).channel;
      asked.push({ endpoint, bearer: header[0] ?? '' });
      const reference = `Subscription/${asked.length - 1}`;
      return ok({ reference } as never);
    },
  };
  const access = (async () => ({
    ok: true,
    ehr,
    conditionalCreate: () => false,
    may: (type: string) => type === 'Subscription',
  })) as unknown as CaptureDeps['access'];
  const failed = (error: unknown): never => {
    throw error;
  };
  const { run } = createCapture({
    store,
    sites: [site],
    access,
    now: () => now,
    version: 'test',
    failed,
    address: 'https://refloop.example.org',
  });
  const after = async (seconds: number): Promise<void> => {
    now = new Date(now.getTime() + seconds * SECOND_MS);
    await run();
  };
  const subscription = () => store.transaction(scopeOf(site), ({ capture }) => capture.subscription());
  return { store, after, asked, subscription, reads: () => reads, now: () => now };
}

test('what was given up is asked for again within seconds; what is active is left, and looked at less and less until it is heard', async () => {
  const { store, after, asked, subscription, reads, now } = await subscribingEhr(['error', 'active']);
  await after(0);
  await after(5);
  expect([asked.length, reads()], 'not before its time').toEqual([1, 0]);
  await after(6);
  expect([asked.length, (await subscription())?.reference]).toEqual([2, 'Subscription/1']);
  for (let quarter = 0; quarter < 240; quarter += 1) await after(15);
  expect(asked.length).toBe(2);
  expect(reads(), 'an hour without a word').toBeGreaterThan(5);
  expect(reads()).toBeLessThan(14);
  const known = await subscription();
  expect(await heardFrom(store, site, known?.secretHash, now())).toBe(true);
  await after(15 * 60);
  const before = reads();
  for (let quarter = 0; quarter < 240; quarter += 1) await after(15);
  expect(reads()).toBe(before);
});
