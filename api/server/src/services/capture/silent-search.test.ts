/** One search that an EHR always fails at keeps none of the other types from being looked at. */
import { ok, refuse } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import { sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import { type CaptureDeps, createCapture } from './capture.ts';

test('notes are looked for also where the search of encounters always fails', async () => {
  const store = openMemoryStore({ newId: () => 'id' });
  const site = sandboxSite(4010, { clientId: 'x', key: {} as never, scopes: '', completes: false, tracks: true });
  await store.enrol(scopeOf(site));
  const asked: string[] = [];
  let now = Date.parse('2026-11-20T15:00:00.000Z');
  const nothing = ok({ resourceType: 'Bundle', type: 'searchset', entry: [] });
  const ehr = {
    base: site.iss,
    get: async (path: string) => {
      const [type = ''] = path.split('?');
      asked.push(type);
      return type === 'Encounter' ? refuse({ kind: 'http', status: 500, detail: '' }) : nothing;
    },
    write: async () => refuse({ kind: 'http', status: 403, detail: '' }),
  };
  const access = (async () => ({ ok: true, ehr, conditionalCreate: () => false, may: () => false })) as unknown as CaptureDeps['access'];
  const failed = (error: unknown): never => {
    throw error;
  };
  const address = 'https://refloop.example.org';
  const capture = createCapture({ store, sites: [site], access, now: () => new Date(now), version: 'test', failed, address });
  for (let hour = 0; hour < 2; hour += 1) {
    await capture.run();
    now += 3_600_000;
  }
  expect(asked.filter((type) => type === 'Encounter')).toHaveLength(2);
  expect(asked).toContain('DocumentReference');
});
