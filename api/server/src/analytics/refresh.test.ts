import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWarehouse } from '@refloop/analytics/warehouse';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMemoryStore } from '../store/memory/store.ts';
import type { Scope, Store } from '../store/store.ts';
import { refreshWarehouse } from './refresh.ts';
import { appendHistory, openEvents, seenEvents } from './test-histories.ts';

const scope: Scope = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const other: Scope = { ...scope, issuer: 'https://other.example.org/fhir', site: 'Other clinic' };
const NOW = '2027-11-28T00:00:00.000Z';

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'refloop-refresh-'));
  store = openMemoryStore({ newId: () => '' });
  for (const each of [scope, other]) await store.enrol(each);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const attended = async (of: Scope | null) => {
  const warehouse = openWarehouse({ folder });
  try {
    const { rows } = await warehouse.metric({ metric: 'completion', by: [], scope: of });
    return rows.map(({ n, parts }) => `${parts['attended']} of ${n}`);
  } finally {
    await warehouse.close();
  }
};

test('every scope is read, each sees its own, and the rows behind a figure are found again within their scope alone', async () => {
  for (let number = 0; number < 250; number += 1) await appendHistory(store, scope, `r${number}`, openEvents());
  await appendHistory(store, scope, 'seen', seenEvents());
  await appendHistory(store, other, 'seen', seenEvents());
  const { manifest } = await refreshWarehouse(store, { folder, now: NOW });
  expect(manifest.referrals).toBe(252);
  expect([await attended(null), await attended(scope), await attended(other)]).toEqual([['2 of 252'], ['1 of 251'], ['1 of 1']]);

  const warehouse = openWarehouse({ folder });
  const { rows } = await warehouse.drill({ metric: 'completion', scope, segment: {}, category: null, part: 'numerator', limit: 10 });
  await warehouse.close();
  const pseudonyms = rows.map(({ referral }) => referral);
  const found = (of: Scope) => store.transaction(of, (unit) => unit.warehousePseudonyms.find(pseudonyms));
  expect(await found(scope)).toEqual([{ pseudonym: pseudonyms[0], referralId: 'seen' }]);
  expect(await found(other)).toEqual([]);
});

test('what was recorded after the moment of the snapshot is not in it', async () => {
  await appendHistory(store, scope, 'r', seenEvents());
  // The order was written on the 20th; the visit was recorded on the 25th.
  const { manifest } = await refreshWarehouse(store, { folder, now: '2026-11-24T23:00:00.000Z' });
  expect(manifest).toMatchObject({ referrals: 1, events: seenEvents().length - 1 });
  await refreshWarehouse(store, { folder, now: NOW });
  expect(await attended(null)).toEqual(['1 of 1']);
});

test('the next refresh reads what was added to alone, and what was withheld of the one before', async () => {
  for (const id of ['r1', 'r2', 'r3']) await appendHistory(store, scope, id, openEvents());
  await appendHistory(store, other, 'seen', seenEvents());
  const readingOf = async (now: string) => (await refreshWarehouse(store, { folder, now })).manifest.reading;
  expect(await readingOf('2026-11-24T23:00:00.000Z')).toMatchObject({ kind: 'whole', read: 4 });
  // The visit was recorded after that moment, so that this referral is looked at again.
  expect(await readingOf(NOW)).toMatchObject({ kind: 'changes', read: 1, unchanged: 3 });
  expect(await readingOf(NOW)).toMatchObject({ kind: 'changes', read: 0, unchanged: 4 });
  expect(await attended(other)).toEqual(['1 of 1']);
});
