/** Faults by which an answer does not come, or does not come in time, each over a real connection. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultName } from '../modes/faults.ts';
import { fhir, prefixOf, sessionIn } from './test-backend.ts';
import { CHART, EHR, openTestEhr, type TestEhr } from './test-ehr.ts';
import { documentOf, faultyToken, keptCount, overConnection, SCOPE } from './test-faults.ts';

let ehr: TestEhr;
beforeAll(async () => {
  ehr = await openTestEhr([...CHART, { ...documentOf('own'), id: 'doc-a' }]);
});
afterAll(() => ehr.close());

const PATH = '/fhir/DocumentReference';
const tokenWith = (...faults: FaultName[]): Promise<string> => faultyToken(ehr, ...faults);
const eventually = async (check: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 100 && !(await check()); tries += 1) await new Promise((done) => setTimeout(done, 20));
  expect(await check()).toBe(true);
};

test('dropped_after_write ends the connection once the write is kept, once', async () => {
  const token = await tokenWith('dropped_after_write');
  await overConnection(ehr, async ({ ask }) => {
    const dropped = await ask('POST', PATH, token, documentOf('dropped'));
    await expect(dropped.text()).rejects.toThrow('terminated');
    expect(await keptCount(ehr, 'dropped')).toBe(1);
    const repeated = await ask('POST', PATH, token, documentOf('dropped'));
    expect([repeated.status, ((await repeated.json()) as DocumentReference).description]).toEqual([201, 'dropped']);
  });
});

describe('down', () => {
  test.each([
    ['GET', '/fhir/Patient/pat-a'],
    ['GET', '/fhir/ServiceRequest?patient=pat-a'],
    ['POST', PATH],
    ['GET', '/fhir/metadata'],
    ['GET', '/fhir/.well-known/smart-configuration'],
    ['GET', '/fhir/.well-known/openid-configuration'],
  ])('%s %s gets no answer at all, each time, and nothing is kept', async (method, path) => {
    const token = await tokenWith('down');
    await overConnection(ehr, async ({ ask }) => {
      const body = method === 'POST' ? documentOf('down') : undefined;
      for (const _ of [1, 2]) await expect(ask(method, path, token, body)).rejects.toThrow('fetch failed');
    });
    expect(await keptCount(ehr, 'down')).toBe(0);
  });

  test('is so for that launch alone, in every mode, and what asks without a token is answered', async () => {
    const [down, other] = [await tokenWith('down'), await tokenWith()];
    const { tokens } = await sessionIn(ehr, { mode: 'epic-like', faults: ['down'], scope: SCOPE });
    await overConnection(ehr, async ({ ask }) => {
      expect((await ask('GET', '/fhir/metadata')).status).toBe(200);
      expect((await ask('GET', '/fhir/metadata', other)).status).toBe(200);
      expect((await ask('GET', '/fhir/Patient/pat-a', other)).status).toBe(200);
      await expect(ask('GET', '/fhir/Patient/pat-a', down)).rejects.toThrow('fetch failed');
      await expect(ask('GET', `${prefixOf('epic-like')}/fhir/metadata`, tokens.access_token)).rejects.toThrow('fetch failed');
    });
  });

  test('ends when it is taken back', async () => {
    const { launch, tokens } = await sessionIn(ehr, { faults: ['down'], scope: SCOPE });
    await overConnection(ehr, async ({ ask }) => {
      await expect(ask('GET', '/fhir/Patient/pat-a', tokens.access_token)).rejects.toThrow('fetch failed');
      await ehr.app.request(`${EHR}/launches/${launch}`, { method: 'PUT', body: JSON.stringify({ faults: [] }) });
      expect((await ask('GET', '/fhir/Patient/pat-a', tokens.access_token)).status).toBe(200);
    });
  });
});

describe('slow_writes', () => {
  test('the write takes effect at once, its answer comes 20 seconds later; reading is as fast as ever', async () => {
    const token = await tokenWith('slow_writes');
    ehr.waited.length = 0;
    const release = ehr.holdWaits();
    await overConnection(ehr, async ({ ask }) => {
      let answered = false;
      const answer = ask('POST', PATH, token, documentOf('slow')).finally(() => {
        answered = true;
      });
      await eventually(async () => (await keptCount(ehr, 'slow')) === 1);
      expect((await ask('GET', '/fhir/Patient/pat-a', token)).status).toBe(200);
      await eventually(() => Promise.resolve(ehr.waited.length === 1));
      expect([answered, ehr.waited]).toEqual([false, [20_000]]);
      release();
      expect((await answer).status).toBe(201);
    });
  });

  test('each time, for a refused one too', async () => {
    const token = await tokenWith('slow_writes');
    ehr.waited.length = 0;
    for (const _ of [1, 2]) expect((await fhir(ehr, 'full', token, 'POST', 'DocumentReference', documentOf('slow'))).status).toBe(201);
    expect(ehr.waited).toEqual([20_000, 20_000]);
  });
});

describe('late_write', () => {
  const refusedOne = { resourceType: 'DocumentReference', status: 'current' };

  test('of the first write that would succeed the answer is lost, and it takes effect three seconds later, not before', async () => {
    const token = await tokenWith('late_write');
    ehr.waited.length = 0;
    const release = ehr.holdWaits();
    await overConnection(ehr, async ({ ask }) => {
      expect((await ask('POST', PATH, token, refusedOne)).status).toBe(400);
      const lost = await ask('POST', PATH, token, documentOf('late'));
      expect([lost.status, lost.headers.get('location'), lost.headers.get('etag')]).toEqual([201, null, null]);
      await expect(lost.text()).rejects.toThrow('terminated');
      expect([await keptCount(ehr, 'late'), ehr.waited]).toEqual([0, [3000]]);
      const next = await ask('POST', PATH, token, documentOf('after it'));
      expect([next.status, await keptCount(ehr, 'after it'), await keptCount(ehr, 'late')]).toEqual([201, 1, 0]);
      release();
      await eventually(async () => (await keptCount(ehr, 'late')) === 1);
    });
  });

  test('of a change too: until then the old version is read, and what was changed meanwhile is not overwritten', async () => {
    const token = await tokenWith('late_write');
    const release = ehr.holdWaits();
    const path = 'DocumentReference/doc-a';
    const before = await fhir(ehr, 'full', token, 'GET', path);
    const put = (description: string): Promise<Response> =>
      Promise.resolve(
        ehr.app.request(`${EHR}/fhir/${path}`, {
          method: 'PUT',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/fhir+json', 'If-Match': 'W/"1"' },
          body: JSON.stringify({ ...before.json, description }),
        }),
      );
    const lost = await put('late');
    expect(lost.status).toBe(200);
    await expect(lost.text()).rejects.toThrow('dropped');
    expect((await fhir(ehr, 'full', token, 'GET', path)).json['description']).toBe('own');
    expect((await put('meanwhile')).status).toBe(200);
    release();
    // The late change names a version that is no longer the current one.
    const later = await put('last');
    expect(later.status).toBe(412);
    await new Promise((done) => setTimeout(done, 100));
    const after = await fhir(ehr, 'full', token, 'GET', path);
    expect([after.json.meta.versionId, after.json['description']]).toEqual(['2', 'meanwhile']);
  });

  test('of a batch and of a transaction; one that would fail as a whole is refused and does not use the fault up', async () => {
    const bundle = (type: string, ...resources: unknown[]) => ({
      resourceType: 'Bundle',
      type,
      entry: resources.map((resource) => ({ request: { method: 'POST', url: 'DocumentReference' }, resource })),
    });
    for (const type of ['batch', 'transaction']) {
      const token = await tokenWith('late_write');
      const release = ehr.holdWaits();
      const title = `late ${type}`;
      await overConnection(ehr, async ({ ask }) => {
        if (type === 'transaction') expect((await ask('POST', '/fhir', token, bundle(type, refusedOne))).status).toBe(400);
        // Of a batch one entry may fail, and it is answered 200 like any.
        const beside =
          type === 'batch' ? [{ ...documentOf('dangling'), context: { related: [{ reference: 'ServiceRequest/none' }] } }] : [];
        const lost = await ask('POST', '/fhir', token, bundle(type, documentOf(title), ...beside));
        expect(lost.status).toBe(200);
        await expect(lost.text()).rejects.toThrow('terminated');
        expect(await keptCount(ehr, title)).toBe(0);
        release();
        await eventually(async () => (await keptCount(ehr, title)) === 1);
      });
    }
  });

  test('a write that would leave a reference dangling is refused like any, before anything is lost', async () => {
    const token = await tokenWith('late_write');
    const dangling = { ...documentOf('dangling'), context: { related: [{ reference: 'ServiceRequest/none' }] } };
    expect((await fhir(ehr, 'full', token, 'POST', 'DocumentReference', dangling)).status).toBe(422);
  });
});
