/** Finding what is due reads no more where fifteen times as much is over; each answer is what is due. A small copy of `npm run bench -- loop`. */
import { DEVELOPMENT_KEY } from '@refloop/server/environment/keys';
import type { Scope, Store } from '@refloop/server/store/store';
import { openTestStore, type TestStore } from '@refloop/server/store/test-store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askOnce, type DueQuestion, dueQuestions } from './due-questions.ts';
import { type FilledDatabase, openFilledDatabase } from './filled-database.ts';

const SCOPE: Scope = { tenant: 'grown', issuer: 'https://ehr.example.org/fhir', site: 'Grown clinic' };
const NOW = new Date('2026-11-28T12:00:00.000Z');
const TABLES = ['referral_timer', 'outbox', 'plan', 'inbound_document', 'obligation', 'capture_checkpoint', 'referral'];
const FEW = 200;
const MANY = 3000;
/** Each is asked so often on one connection. */
const TIMES = 8;
/** Due, and of a kind that no worker has a handler for: the channel was taken away. */
const NOBODYS = 1000;
const COUNTED = 'obligations: counted';
const CLAIMED = 'outbox: effects to carry out';

let opened: TestStore;
let filled: FilledDatabase;

beforeAll(async () => {
  opened = await openTestStore();
  await opened.store.transaction(SCOPE, async (unit) => {
    for (const resourceType of ['Appointment', 'DocumentReference', 'Encounter', 'ServiceRequest', 'Task'])
      await unit.capture.keep({ resourceType, since: NOW.toISOString(), lookedAt: NOW.toISOString(), refused: null });
  });
  // Whose pages would be counted as ours, whenever it comes by.
  for (const table of TABLES) await opened.asOwner(`alter table ${table} set (autovacuum_enabled = off)`);
  filled = await openFilledDatabase(opened.url, SCOPE, NOW, 100);
});
afterAll(async () => {
  await filled.close();
  await opened.close();
});

type Pages = { all: number; obligations: number };

/** `obligations`: of its table alone, without its indexes. */
async function pagesSoFar(): Promise<Pages> {
  const [row] = await opened.asOwner<{ all: string; obligations: string }>(
    `select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)) as all,
       sum(heap_blks_hit + heap_blks_read) filter (where relname = 'obligation') as obligations
     from pg_statio_user_tables where relname = any($1)`,
    [TABLES],
  );
  return { all: Number(row?.all), obligations: Number(row?.obligations) };
}

async function connections(): Promise<number> {
  const found = await opened.asOwner('select from pg_stat_activity where datname = current_database()');
  return found.length;
}

/** A connection tells what it has read when it ends, so each question has one of its own; asked often, as a worker does. */
async function pagesOf(question: DueQuestion): Promise<{ answer: string[]; pages: Pages }> {
  const [before, others] = [await pagesSoFar(), await connections()];
  const store: Store = await opened.another([DEVELOPMENT_KEY]);
  let answer: string[] = [];
  for (let time = 0; time < TIMES; time += 1) answer = await askOnce(store, SCOPE, question);
  await store.close();
  while ((await connections()) > others);
  const after = await pagesSoFar();
  return { answer, pages: { all: after.all - before.all, obligations: after.obligations - before.obligations } };
}

test('what is due is found without reading what is over', async () => {
  const questions = dueQuestions(NOW.toISOString());
  await filled.growTo(FEW, () => undefined);
  const few = new Map<string, number>();
  for (const question of questions) {
    const { answer, pages } = await pagesOf(question);
    expect(answer, question.name).toEqual(question.expected(filled.open));
    few.set(question.name, pages.all);
  }
  await filled.growTo(MANY, () => undefined);
  for (const question of questions) {
    const { answer, pages } = await pagesOf(question);
    expect(answer, question.name).toEqual(question.expected(filled.open));
    // A tree is a page deeper.
    expect(pages.all, question.name).toBeLessThanOrEqual((few.get(question.name) ?? 0) * 1.5 + 4 * TIMES);
    // Two counts from their index alone: of the table a page of its visibility map is read for each, and none that holds rows.
    if (question.name === COUNTED) expect(pages.obligations, question.name).toBeLessThanOrEqual(2 * TIMES);
  }
});

test('what is due of a kind that nobody here carries out is passed over unread', async () => {
  const question = dueQuestions(NOW.toISOString()).find(({ name }) => name === CLAIMED);
  if (!question) throw new Error(`No question is called ${CLAIMED}.`);
  const { pages: without } = await pagesOf(question);
  // In another order than that of the table, as what waits longest is. What this reads is told at once, and not while the question is asked.
  await opened.asOwner(
    `with added as (
       insert into outbox (tenant, issuer, site, id, referral_id, kind, key, asked_at, due_at, status, since, content_sealed)
       select $1, $2, $3, gen_random_uuid(), 'nobody', 'carrier-pigeon', 'nobody/' || number, at, at, 'waiting', at, ''
       from generate_series(1, ${NOBODYS}) number, lateral (select $4::timestamptz - (number * 7919 % ${NOBODYS}) * interval '1 minute' as at))
     select pg_stat_force_next_flush()`,
    [SCOPE.tenant, SCOPE.issuer, SCOPE.site, NOW.toISOString()],
  );
  const { answer, pages } = await pagesOf(question);
  expect(answer).toEqual(question.expected(filled.open));
  expect(pages.all - without.all).toBeLessThan((NOBODYS / 4) * TIMES);
});
