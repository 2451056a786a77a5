/** What a look at an EHR leaves out: nothing for a search that fails, and of what it finds what was taken in already. */
import type { EhrFailure, EhrPort, Resource } from '@refloop/domain/fhir/ehr-port';
import { type CareCommand, decideCare } from '@refloop/domain/referral/care-command';
import { statusOf } from '@refloop/domain/referral/status';
import { ok, refuse } from '@refloop/domain/result';
import { describe, expect, test } from 'vitest';
import { sandboxSite, scopeOf } from '../../sites.ts';
import { openMemoryStore } from '../../store/memory/store.ts';
import type { Store } from '../../store/store.ts';
import { CLINICIAN, putInForce } from '../engine/test-in-force.ts';
import { applyDecision, readReferral } from '../referral-log.ts';
import { type CaptureDeps, createCapture } from './capture.ts';

const site = sandboxSite(4010, { clientId: 'x', key: {} as never, scopes: '', completes: false, tracks: true });

/** An EHR that answers as told, and a capture that looks at it; what is refused inside fails the test. */
function captureOf(
  store: Store,
  now: () => Date,
  get: (type: string) => ReturnType<EhrPort['get']>,
  more: Pick<CaptureDeps, 'machineTime'> = {},
) {
  const ehr: EhrPort = {
    base: site.iss,
    get: (path) => get(path.split('?')[0] ?? ''),
    write: async () => refuse({ kind: 'http', status: 403, detail: '' }),
  };
  const access = (async () => ({ ok: true, ehr, conditionalCreate: () => false, may: () => false })) as unknown as CaptureDeps['access'];
  const failed = (error: unknown): never => {
    throw error;
  };
  return createCapture({ store, sites: [site], access, now, version: 'test', failed, address: 'https://refloop.example.org', ...more });
}

/** Looks once an hour. @returns the types that were asked for, in their order */
async function askedIn(hours: number, failing: (type: string) => EhrFailure | undefined): Promise<string[]> {
  const store = openMemoryStore({ newId: () => 'id' });
  await store.enrol(scopeOf(site));
  const asked: string[] = [];
  let now = Date.parse('2026-11-20T15:00:00.000Z');
  const capture = captureOf(
    store,
    () => new Date(now),
    async (type) => {
      asked.push(type);
      const failure = failing(type);
      return failure ? refuse(failure) : ok({ resourceType: 'Bundle', type: 'searchset', entry: [] });
    },
  );
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
    expect(await askedIn(2, () => failure)).toEqual(['ServiceRequest', 'Task']);
  },
);

test('where it is one search that is never answered the others come first at the next look', async () => {
  const asked = await askedIn(3, (type) => (type === 'Encounter' ? { kind: 'no-answer', detail: '' } : undefined));
  expect(asked.filter((type) => type === 'DocumentReference')).toHaveLength(2);
  expect(asked.filter((type) => type === 'Encounter')).toHaveLength(3);
});

test('a version that was taken in long after it was written is not looked into again, a newer one and a fresh one are', async () => {
  const opened = openMemoryStore({ newId: () => 'id' });
  await opened.enrol(scopeOf(site));
  let transactions = 0;
  const store: Store = {
    ...opened,
    transaction: (scope, work) => {
      transactions += 1;
      return opened.transaction(scope, work);
    },
  };
  let now = Date.parse('2026-11-20T15:00:00.000Z');
  let order = { resourceType: 'ServiceRequest', id: 'o1', meta: { versionId: '1', lastUpdated: '2026-11-20T14:00:00.000Z' } };
  const capture = captureOf(
    store,
    () => new Date(now),
    async (type) => ok({ resourceType: 'Bundle', type: 'searchset', entry: type === 'ServiceRequest' ? [{ resource: order }] : [] }),
  );
  const read = async (): Promise<number> => {
    now += 3_600_000;
    transactions = 0;
    await capture.run();
    return transactions;
  };
  await read();
  const quiet = await read();
  order = { ...order, meta: { versionId: '2', lastUpdated: new Date(now + 3_599_000).toISOString() } };
  // Just written, so looked into twice: what is going on here at that moment may not be on record yet.
  expect([await read(), await read(), await read()]).toEqual([quiet + 1, quiet + 1, quiet]);
});

test('a note that came to the chart while another was linked by mistake is on record, and stands once that is taken off, which does not come back', async () => {
  let ids = 0;
  const store = openMemoryStore({ newId: () => `id-${(ids += 1)}`, indexRoot: new Uint8Array(32) });
  const scope = scopeOf(site);
  await store.enrol(scope);
  await putInForce(store, scope, 'r', '2026-11-20T14:00:00.000Z');
  let now = Date.parse('2026-11-20T15:00:00.000Z');
  const notes: Resource[] = [];
  const capture = captureOf(
    store,
    () => new Date(now),
    async (type) =>
      ok({ resourceType: 'Bundle', type: 'searchset', entry: type === 'DocumentReference' ? notes.map((resource) => ({ resource })) : [] }),
  );
  const look = async (came: string[] = []): Promise<void> => {
    for (const id of came)
      notes.push({
        resourceType: 'DocumentReference',
        id,
        meta: { versionId: '1', lastUpdated: new Date(now).toISOString() },
        status: 'current',
        docStatus: 'final',
        subject: { reference: 'Patient/p1' },
        context: { related: [{ reference: 'ServiceRequest/o1' }] },
      });
    now += 3_600_000;
    await capture.run();
  };
  const ask = (command: CareCommand) =>
    store.transaction(scope, (unit) => {
      const at = new Date(now).toISOString();
      return applyDecision(unit, 'r', CLINICIAN, at, (referral) => decideCare(referral, command, at));
    });
  const standing = async () => {
    const referral = await store.transaction(scope, (unit) => readReferral(unit, 'r'));
    return [referral && statusOf(referral), referral?.reports.map(({ id, status }) => `${id} ${status}`)];
  };
  await look(['wrong']);
  await ask({ type: 'review-report', reportId: 'DocumentReference/wrong' });
  expect(await standing()).toEqual(['closed', ['DocumentReference/wrong reviewed']]);
  await look(['right']);
  await ask({ type: 'unlink-report', reportId: 'DocumentReference/wrong', because: 'other-patient', reason: 'Of a namesake' });
  const after = ['reported', ['DocumentReference/wrong not-of-this', 'DocumentReference/right matched']];
  expect(await standing()).toEqual(after);
  await look();
  expect(await standing()).toEqual(after);
});

describe('while the clock is moved an hour at a time', () => {
  const START = Date.parse('2026-11-20T15:00:00.000Z');
  const HOUR_MS = 3_600_000;

  async function moved() {
    let [ahead, machine, ids] = [0, START, 0];
    const store = openMemoryStore({ newId: () => `id-${(ids += 1)}`, indexRoot: new Uint8Array(32) });
    await store.enrol(scopeOf(site));
    const asked: string[] = [];
    let failure: EhrFailure | undefined;
    const capture = captureOf(
      store,
      () => new Date(machine + ahead),
      async (type) => {
        asked.push(type);
        return failure ? refuse(failure) : ok({ resourceType: 'Bundle', type: 'searchset', entry: [] });
      },
      { machineTime: () => new Date(machine) },
    );
    return {
      store,
      fails: (how: EhrFailure | undefined) => {
        failure = how;
      },
      passes: (milliseconds: number) => {
        machine += milliseconds;
      },
      now: () => new Date(machine + ahead).toISOString(),
      /** @returns what is asked for after this hour */
      hour: async (): Promise<string[]> => {
        ahead += HOUR_MS;
        machine += 200;
        asked.length = 0;
        await capture.run();
        return [...asked];
      },
    };
  }

  test('a site without a referral is looked at once, and again after a quarter of an hour of the machine’s clock', async () => {
    const { hour, passes } = await moved();
    expect(await hour()).toContain('Task');
    expect([await hour(), await hour()]).toEqual([[], []]);
    passes(15 * 60_000);
    expect(await hour()).toContain('Task');
    expect(await hour()).toEqual([]);
  });

  test('with the first referral it is looked at with each hour', async () => {
    const { hour, store, now } = await moved();
    await hour();
    expect(await hour()).toEqual([]);
    await putInForce(store, scopeOf(site), 'r1', now());
    expect(await hour()).toContain('Task');
    expect(await hour()).toContain('Task');
  });

  test('a look that was not answered is made again, with or without a referral', async () => {
    const { hour, fails } = await moved();
    fails({ kind: 'no-answer', detail: '' });
    expect(await hour()).toHaveLength(1);
    expect(await hour()).toHaveLength(1);
    fails(undefined);
    expect(await hour()).toContain('DocumentReference');
    expect(await hour()).toEqual([]);
  });
});
