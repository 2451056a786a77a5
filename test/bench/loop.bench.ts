/**
 * `npm run bench -- loop [--sizes 10000,100000,1000000] [--referrals 300] [--runs 30]`: whole referrals through services, store, outbox and
 * projections on PostgreSQL, in a database of so many referrals that are over; and what finding what is due costs there: pages read and
 * time, as the product asks it, beside the same question without indexes. Every answer is compared first.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEVELOPMENT_KEY } from '@refloop/server/config';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { migrate } from '@refloop/server/migrations/migrate';
import { keepFirstPolicy } from '@refloop/server/services/engine/policy-in-force';
import { scopeOf } from '@refloop/server/sites';
import { openPostgresStore } from '@refloop/server/store/postgres/store';
import type { Scope, Store } from '@refloop/server/store/store';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import pg from 'pg';
import { monotonicFactory } from 'ulid';
import { ensureDatabase, openPostgres } from '../../tools/postgres.ts';
import { inMilliseconds, machineLoad, median, quantile, table } from './figures.ts';
import { bareWrites } from './loop/bare-writes.ts';
import { askOnce, type DueQuestion, dueQuestions } from './loop/due-questions.ts';
import { explainedUrl, LOG_SETTINGS, openTelling, type Told, WITHOUT_INDEXES } from './loop/explained-store.ts';
import { type FilledDatabase, OPEN, openFilledDatabase } from './loop/filled-database.ts';
import { startTaskServer } from './loop/task-server.ts';
import { type LoopsRun, runWholeLoops, taskSite } from './loop/whole-loops.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Ours, since no source gives one: between the smallest and the largest database, of pages for each question (a B-tree is a page deeper each
 * few hundred times its size), of its time, and of events a second.
 */
const TARGET = { pages: 1.5, time: 2, events: 0.8 };
/** A prepared statement may get a plan for all values at its sixth execution (PostgreSQL, PREPARE, Notes): what is told is of one after that. */
const BEFORE_TOLD = 8;

type Cost = { pages: number; milliseconds: number; scanned: string[] };
type Measured = { name: string; ours: Cost; withoutIndexes: Cost | undefined };
type AtSize = { size: number; bytes: number; questions: Measured[]; loops: LoopsRun; bare: number };

const small = (count: number): string => (count >= 1_000_000 ? `${count / 1_000_000} M` : `${count / 1000} k`);

/** Of the whole transaction: the question, and the keys of what is opened. */
const costOf = (told: readonly Told[], milliseconds: number): Cost => ({
  pages: told.reduce((sum, { pages }) => sum + pages, 0),
  milliseconds,
  scanned: [...new Set(told.flatMap(({ scanned }) => scanned))],
});

type Stores = { plain: Store; explained: Store; withoutIndexes: Store; telling: Awaited<ReturnType<typeof openTelling>> };

async function measure(
  question: DueQuestion,
  scope: Scope,
  filled: FilledDatabase,
  stores: Stores,
  runs: number,
  wrong: string[],
): Promise<Measured> {
  const expected = JSON.stringify(question.expected(filled.open));
  const check = (answer: string[], how: string): void => {
    if (JSON.stringify(answer) !== expected) wrong.push(`${question.name}, ${how}: ${answer.length} answers, not those that are due`);
  };
  check(await askOnce(stores.plain, scope, question), 'asked first');
  for (let time = 0; time < BEFORE_TOLD; time += 1) await askOnce(stores.explained, scope, question);
  const told = await stores.telling.during(async () => check(await askOnce(stores.explained, scope, question), 'explained'));
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    const answer = await askOnce(stores.plain, scope, question);
    times.push(performance.now() - started);
    check(answer, `run ${run}`);
  }
  return { name: question.name, ours: costOf(told, median(times)), withoutIndexes: await scanned(question, scope, stores, check) };
}

/** The same question where no index stands. PostgreSQL ends a statement of ours after half a minute: then nothing is told of it. */
async function scanned(
  question: DueQuestion,
  scope: Scope,
  { withoutIndexes, telling }: Stores,
  check: (answer: string[], how: string) => void,
): Promise<Cost | undefined> {
  let took: number | undefined;
  const told = await telling.during(async () => {
    const started = performance.now();
    try {
      check(await askOnce(withoutIndexes, scope, question), 'without indexes');
      took = performance.now() - started;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  });
  return took === undefined ? undefined : costOf(told, took);
}

async function databaseBytes(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
  await client.end();
  return Number(rows[0]?.bytes);
}

async function prepare(store: Store, grown: Scope, loops: Scope, now: Date): Promise<void> {
  // The worker looks at every site that was ever served: the one that is full of old referrals is not among them, so that what is due there stays.
  await store.enrol(loops);
  await keepFirstPolicy(store, loops, 'America/Chicago', now);
  const grant = { fhirUser: 'Practitioner/kim', name: 'Kim', grantedBy: 'bench', grantedAt: now.toISOString(), reason: 'The bench' };
  await store.transaction(loops, (unit) => unit.grants.put({ ...grant, subject: 'kim', roles: ['coordinator'] }));
  await store.transaction(grown, async (unit) => {
    for (const resourceType of ['Appointment', 'DocumentReference', 'Encounter', 'ServiceRequest', 'Task'])
      await unit.capture.keep({ resourceType, since: now.toISOString(), lookedAt: now.toISOString(), refused: null });
  });
}

function sayDue(sizes: readonly AtSize[]): { pages: number; time: number } {
  const [first, last] = [sizes[0], sizes.at(-1)];
  const header = [
    'question',
    ...sizes.map(({ size }) => small(size)),
    'ratio',
    ...sizes.map(({ size }) => `${small(size)}, ms`),
    'ratio',
    'scan',
  ];
  const worst = { pages: 0, time: 0 };
  const rows = (first?.questions ?? []).map(({ name }, at) => {
    const each = sizes.map(({ questions }) => questions[at]?.ours ?? { pages: 0, milliseconds: 0, scanned: [] });
    const scan = last?.questions[at]?.withoutIndexes;
    const [a, z] = [each[0], each.at(-1)];
    const ratios = { pages: (z?.pages ?? 0) / Math.max(1, a?.pages ?? 1), time: (z?.milliseconds ?? 0) / (a?.milliseconds ?? 1) };
    worst.pages = Math.max(worst.pages, ratios.pages);
    worst.time = Math.max(worst.time, ratios.time);
    return [
      name,
      ...each.map(({ pages }) => String(pages)),
      `${ratios.pages.toFixed(2)}×`,
      ...each.map(({ milliseconds }) => milliseconds.toFixed(2)),
      `${ratios.time.toFixed(2)}×`,
      scan ? `${scan.pages} pages, ${inMilliseconds(scan.milliseconds)} ms` : 'over 30 s',
    ];
  });
  say('Finding what is due: pages of 8 kB in one transaction, then median ms; the same without indexes in the largest database');
  for (const line of table([header, ...rows])) say(line);
  for (const { size, questions } of sizes)
    for (const { name, ours } of questions)
      if (ours.scanned.length > 0) say(`at ${small(size)}, ${name} read from end to end: ${ours.scanned.join(', ')}`);
  return worst;
}

function sayLoops(sizes: readonly AtSize[]): void {
  const rows = sizes.map(({ size, bytes, loops, bare }) => {
    const rate = loops.events / loops.seconds;
    return [
      small(size),
      `${(bytes / 1e9).toFixed(1)} GB`,
      rate.toFixed(0),
      (loops.effects / loops.seconds).toFixed(0),
      `${inMilliseconds(median(loops.times))} / ${inMilliseconds(quantile(loops.times, 0.99))}`,
      bare.toFixed(0),
      (rate / bare).toFixed(2),
    ];
  });
  say('Whole referrals, until the last effect was carried out');
  const header = ['referrals over', 'database', 'events/s', 'effects/s', 'press p50 / p99, ms', 'bare writes, events/s', 'of it'];
  for (const line of table([header, ...rows])) say(line);
}

const USAGE = 'loop: --sizes takes whole numbers in ascending order, as 10000,100000; --referrals and --runs whole numbers from 1';

export default async function loopBench(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: 'string', default: '10000,100000,1000000' },
      referrals: { type: 'string', default: '300' },
      runs: { type: 'string', default: '30' },
    },
  });
  const sizes = values.sizes.split(',').map(Number);
  const [referrals, runs] = [Number(values.referrals), Number(values.runs)];
  const inOrder = sizes.every((size, at) => Number.isInteger(size) && size > (sizes[at - 1] ?? 0));
  if (!inOrder || ![referrals, runs].every((each) => Number.isInteger(each) && each > 0)) return { lastLine: USAGE, good: false };
  const folder = mkdtempSync(join(tmpdir(), 'refloop-bench-'));
  chmodSync(folder, 0o755);
  const server = await openPostgres({ stateFolder: folder, hold: 'own', say, settings: { ...LOG_SETTINGS, max_wal_size: '2GB' } });
  const dataFolder = join(folder, 'postgres');
  if (!existsSync(dataFolder)) throw new Error('The database does not lie where its log can be read.');
  const closing: (() => Promise<void>)[] = [];
  try {
    const url = await ensureDatabase(server, 'loop');
    await migrate(url);
    const open = async (address: string, poolSize: number): Promise<Store> => {
      const store = await openPostgresStore({
        url: address,
        keyRing: createKeyRing([DEVELOPMENT_KEY]),
        newId: monotonicFactory(),
        poolSize,
      });
      closing.push(store.close);
      return store;
    };
    const plain = await open(url, 20);
    const tasks = await startTaskServer();
    closing.push(tasks.close);
    const telling = await openTelling(url, dataFolder);
    closing.push(telling.close);
    const stores = {
      plain,
      explained: await open(explainedUrl(url), 1),
      withoutIndexes: await open(explainedUrl(url, WITHOUT_INDEXES), 1),
      telling,
    };
    const now = new Date();
    const site = taskSite(tasks);
    const loops = scopeOf(site);
    const grown: Scope = { tenant: 'grown', issuer: 'https://ehr.example.org/fhir', site: 'Grown clinic' };
    await prepare(plain, grown, loops, now);
    const filled = await openFilledDatabase(url, grown, now);
    closing.push(filled.close);
    const wrong: string[] = [];
    const measured: AtSize[] = [];
    say(`loop: ${OPEN} referrals are open at every size; rows of the others are made by the domain, sealed, and loaded by COPY`);
    await runWholeLoops(plain, site, 'warm', 20);
    for (const size of sizes) {
      const started = performance.now();
      await filled.growTo(size, (closed) => {
        if (closed % 50_000 === 0) say(`${small(closed)} of ${small(size)} after ${((performance.now() - started) / 1000).toFixed(0)} s`);
      });
      say(`${small(size)} referrals are over; loaded in ${((performance.now() - started) / 1000).toFixed(0)} s, load ${machineLoad()}`);
      const questions: Measured[] = [];
      for (const question of dueQuestions(now.toISOString())) questions.push(await measure(question, grown, filled, stores, runs, wrong));
      const run = await runWholeLoops(plain, site, String(size), referrals);
      wrong.push(...run.wrong);
      const bare = await bareWrites(url, loops.tenant);
      measured.push({ size, bytes: await databaseBytes(url), questions, loops: run, bare: bare.perSecond });
    }
    for (const line of new Set(wrong)) say(`WRONG ${line}`);
    say(wrong.length === 0 ? 'Every answer is the one that is due, and every referral ended whole.' : `${wrong.length} answers are wrong.`);
    sayLoops(measured);
    const worst = sayDue(measured);
    const rates = measured.map(({ loops: { events, seconds } }) => events / seconds);
    const kept = (rates.at(-1) ?? 0) / (rates[0] ?? 1);
    const met = worst.pages <= TARGET.pages && worst.time <= TARGET.time && kept >= TARGET.events;
    const good = wrong.length === 0 && met;
    const span = `${small(sizes[0] ?? 0)} → ${small(sizes.at(-1) ?? 0)}`;
    return {
      lastLine:
        `loop: ${span} referrals over, ${rates.map((rate) => rate.toFixed(0)).join(', ')} events/s (kept ${kept.toFixed(2)}, aim ${TARGET.events}), ` +
        `finding what is due at most ${worst.pages.toFixed(2)}× the pages (aim ${TARGET.pages}) and ${worst.time.toFixed(2)}× the time (aim ${TARGET.time}), ` +
        `n ${referrals} referrals and ${runs} askings, load ${machineLoad()}; ${wrong.length === 0 ? 'all answers right' : `${wrong.length} WRONG`}; ${met ? 'met' : 'MISSED'}`,
      good,
    };
  } finally {
    for (const close of closing.reverse()) await close().catch((error: unknown) => say(String(error)));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
