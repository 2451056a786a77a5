/** Finding what is due reads no more where twenty times as much is over; each answer is what is due. A small copy of `npm run bench -- loop`. */
import { DEVELOPMENT_KEY } from '@refloop/server/config';
import type { Scope, Store } from '@refloop/server/store/store';
import { openTestStore, type TestStore } from '@refloop/server/store/test-store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askOnce, type DueQuestion, dueQuestions } from './due-questions.ts';
import { type FilledDatabase, openFilledDatabase } from './filled-database.ts';

const SCOPE: Scope = { tenant: 'grown', issuer: 'https://ehr.example.org/fhir', site: 'Grown clinic' };
const NOW = new Date('2026-11-28T12:00:00.000Z');
const TABLES = ['referral_timer', 'outbox', 'plan', 'inbound_document', 'obligation', 'capture_checkpoint', 'referral'];
const FEW = 200;
const MANY = 4000;

let opened: TestStore;
let filled: FilledDatabase;

beforeAll(async () => {
  opened = await openTestStore();
  await opened.store.transaction(SCOPE, async (unit) => {
    for (const resourceType of ['Appointment', 'DocumentReference', 'Encounter', 'ServiceRequest', 'Task'])
      await unit.capture.keep({ resourceType, since: NOW.toISOString(), lookedAt: NOW.toISOString(), refused: null });
  });
  filled = await openFilledDatabase(opened.url, SCOPE, NOW, 100);
});
afterAll(async () => {
  await filled.close();
  await opened.close();
});

async function pagesSoFar(): Promise<number> {
  const [row] = await opened.asOwner<{ pages: string }>(
    `select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)) as pages from pg_statio_user_tables where relname = any($1)`,
    [TABLES],
  );
  return Number(row?.pages);
}

async function connections(): Promise<number> {
  const found = await opened.asOwner('select from pg_stat_activity where datname = current_database()');
  return found.length;
}

/** A connection tells what it has read when it ends, so each question has one of its own; asked often, as a worker does. */
async function pagesOf(question: DueQuestion): Promise<{ answer: string[]; pages: number }> {
  const [before, others] = [await pagesSoFar(), await connections()];
  const store: Store = await opened.another([DEVELOPMENT_KEY]);
  let answer: string[] = [];
  for (let time = 0; time < 8; time += 1) answer = await askOnce(store, SCOPE, question);
  await store.close();
  while ((await connections()) > others);
  return { answer, pages: (await pagesSoFar()) - before };
}

test('what is due is found without reading what is over', async () => {
  const questions = dueQuestions(NOW.toISOString());
  await filled.growTo(FEW, () => undefined);
  const few = new Map<string, number>();
  for (const question of questions) {
    const { answer, pages } = await pagesOf(question);
    expect(answer, question.name).toEqual(question.expected(filled.open));
    few.set(question.name, pages);
  }
  await filled.growTo(MANY, () => undefined);
  for (const question of questions) {
    const { answer, pages } = await pagesOf(question);
    expect(answer, question.name).toEqual(question.expected(filled.open));
    // A tree is a page deeper; eight times asked.
    expect(pages, question.name).toBeLessThanOrEqual((few.get(question.name) ?? 0) * 1.5 + 32);
  }
});
