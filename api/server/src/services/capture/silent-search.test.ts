/** One search that an EHR always fails at keeps none of the other types from being looked at; an EHR that is away is not asked for each. */
import type { EhrFailure } from '@refloop/domain/fhir/ehr-port';
import { ok, refuse } from '@refloop/domain/result';
import { expect, test } from 'vitest';
import { sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import { type CaptureDeps, createCapture } from './capture.ts';

/** Looks at an EHR once an hour. @returns the types that were asked for, in their order */
async function askedIn(hours: number, failing: (type: string) => EhrFailure | undefined): Promise<string[]> {
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
      const failure = failing(type);
      return failure ? refuse(failure) : nothing;
    },
    write: async () => refuse({ kind: 'http', status: 403, detail: '' }),
  };
  const access = (async () => ({ ok: true, ehr, conditionalCreate: () => false, may: () => false })) as unknown as CaptureDeps['access'];
  const failed = (error: unknown): never => {
    throw error;
  };
  const address = 'https://refloop.example.org';
  const capture = createCapture({ store, sites: [site], access, now: () => new Date(now), version: 'test', failed, address });
  for (let hour = 0; hour < hours; hour += 1) {
    await capture.run();
    now += 3_600_000;
  }
  return asked;
}

test('notes are looked for also where the search of encounters always fails', async () => {
  const asked = await askedIn(2, (type) => (type === 'Encounter' ? { kind: 'http', status: 500, detail: '' } : undefined));
  expect(asked.filter((type) => type === 'Encounter')).toHaveLength(2);
  expect(asked).toContain('DocumentReference');
});

test.each<EhrFailure>([{ kind: 'no-answer', detail: '' }, { kind: 'http', status: 429, detail: '' }, { kind: 'signed-out' }])(
  'an EHR that is away ($kind, $status) is asked once and left until the next look: other sites wait for it',
  async (failure) => {
    expect(await askedIn(1, () => failure)).toEqual(['ServiceRequest']);
    expect(await askedIn(2, () => failure)).toEqual(['ServiceRequest', 'ServiceRequest']);
  },
);
