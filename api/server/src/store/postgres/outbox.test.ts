/** The outbox's claim holds its limit whichever way PostgreSQL's planner answers it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEVELOPMENT_KEY } from '../../environment/keys.ts';
import type { Store } from '../store.ts';
import { openTestStore, type TestStore } from '../test-store.ts';

const AT = '2026-11-16T16:00:00.000Z';
const UNTIL = '2026-11-16T16:05:00.000Z';
const SCOPE = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

let opened: TestStore;
let store: Store;

beforeAll(async () => {
  opened = await openTestStore();
  const [{ database } = { database: '' }] = await opened.asOwner<{ database: string }>('select current_database() as database');
  // What is left is a nested loop that asks its inner side anew for each row of the outer one; without statistics the planner may choose it too.
  for (const way of ['hashjoin', 'mergejoin', 'material', 'memoize', 'hashagg'])
    await opened.asOwner(`alter database ${database} set enable_${way} = off`);
  store = await opened.another([DEVELOPMENT_KEY]);
  await store.enrol(SCOPE);
});
afterAll(async () => {
  await store.close();
  await opened.close();
});

test('no more is taken than was asked for, also where the planner would ask for each row what is due', async () => {
  await store.transaction(SCOPE, async ({ outbox }) => {
    for (const key of KEYS) await outbox.add({ referralId: 'r1', kind: 'mail', key, askedAt: AT, dueAt: AT, content: {} });
  });
  const taken = [];
  for (const holder of ['w1', 'w2', 'w3', 'w4'])
    taken.push(
      (await store.transaction(SCOPE, ({ outbox }) => outbox.claim({ kinds: ['mail'], holder, now: AT, until: UNTIL, limit: 4 }))).length,
    );
  expect(taken).toEqual([4, 4, 1, 0]);
});
