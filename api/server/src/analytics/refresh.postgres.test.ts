/** What only a real database does: commits that come late, keys that are destroyed, and a restore. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reading } from '@refloop/analytics/reading';
import { openWarehouse } from '@refloop/analytics/warehouse';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Scope } from '../store/store.ts';
import { openTestStore, type TestStore } from '../store/test-store.ts';
import { refreshWarehouse } from './refresh.ts';
import { appendHistory, newEvent, openEvents, seenEvents } from './test-histories.ts';

const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const NOW = '2027-11-28T00:00:00.000Z';

let folder: string;
let opened: TestStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refloop-refresh-'));
  opened = await openTestStore();
  await opened.store.enrol(scope);
  await appendHistory(opened.store, scope, 'first', openEvents());
  await appendHistory(opened.store, scope, 'second', openEvents());
});
afterEach(async () => {
  await opened.close();
  await rm(folder, { recursive: true, force: true });
});

const refreshed = async (): Promise<Reading | undefined> => (await refreshWarehouse(opened.store, { folder, now: NOW })).manifest.reading;

async function referralsBehind(): Promise<string[]> {
  const warehouse = openWarehouse({ folder });
  const question = { metric: 'completion', scope, segment: {}, category: null, part: 'denominator', limit: 10 } as const;
  const { rows } = await warehouse.drill(question);
  await warehouse.close();
  const found = await opened.store.transaction(scope, (unit) => unit.warehousePseudonyms.find(rows.map(({ referral }) => referral)));
  return found.map(({ referralId }) => referralId).sort();
}

test('an event that was appended before a refresh and committed after it is read by the next, though later ones were read before it', async () => {
  await refreshed();
  const more = seenEvents().slice(openEvents().length);
  let [commit, appended] = [(): void => undefined, (): void => undefined];
  const committed = new Promise<void>((done) => {
    commit = done;
  });
  const isAppended = new Promise<void>((done) => {
    appended = done;
  });
  const late = opened.store.transaction(scope, async (unit) => {
    const events = more.map((event) => newEvent(event, 'first'));
    await unit.events.append('first', openEvents().length, events);
    appended();
    await committed;
  });
  await isAppended;
  await appendHistory(opened.store, scope, 'third', openEvents());
  expect(await refreshed()).toMatchObject({ kind: 'changes', read: 1, unchanged: 2 });
  commit();
  await late;
  expect(await refreshed()).toMatchObject({ kind: 'changes', read: 1, unchanged: 2 });
  const warehouse = openWarehouse({ folder });
  const { rows } = await warehouse.metric({ metric: 'completion', by: [], scope });
  await warehouse.close();
  expect(rows[0]).toMatchObject({ n: 3, parts: { attended: 1 } });
});

test('a referral whose data key was destroyed is left out, counted, and ends nothing', async () => {
  await refreshed();
  await opened.asOwner(`delete from data_key where owner = 'referral/first'`);
  expect(await refreshed()).toMatchObject({ read: 0, unchanged: 1, removed: 1, unreadable: 1 });
  expect(await referralsBehind()).toEqual(['second']);
  const read = await opened.store.transaction(scope, (unit) => unit.events.histories(['first', 'second']));
  expect(read.map(({ referralId }) => referralId)).toEqual(['second']);
});

test('another history of as many events, as after a restore, is read anew; a pair that the restore took away is kept again', async () => {
  await refreshed();
  await opened.asOwner('alter table referral_event disable trigger all');
  await opened.asOwner(`delete from referral_event where referral_id = 'first'`);
  await opened.asOwner('delete from warehouse_pseudonym');
  await appendHistory(opened.store, scope, 'first', openEvents());
  expect(await refreshed()).toMatchObject({ read: 1, unchanged: 1, removed: 0 });
  expect(await referralsBehind()).toEqual(['first', 'second']);
});
