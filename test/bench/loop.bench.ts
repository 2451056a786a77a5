/**
 * `npm run bench -- loop [--sizes 10000,100000,1000000] [--referrals 300] [--runs 30]`: whole referrals through services, store, outbox and
 * projections on PostgreSQL, in a database of so many referrals that are over; and what finding what is due costs there: pages read and
 * time, as the product asks it, beside the same question without indexes. Every answer is compared first.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createKeyRing } from '@refloop/server/crypto/key-ring';
import { DEVELOPMENT_KEY } from '@refloop/server/environment/keys';
import { migrate } from '@refloop/server/migrations/migrate';
import { keepFirstPolicy } from '@refloop/server/services/engine/policy-in-force';
import { scopeOf } from '@refloop/server/sites';
import { openPostgresStore } from '@refloop/server/store/postgres/store';
import type { Scope, Store } from '@refloop/server/store/store';
import { StoreUnavailable } from '@refloop/server/store/unavailable';
import pg from 'pg';
import { monotonicFactory } from 'ulid';
import { ensureDatabase, openPostgres } from '../../tools/postgres.ts';
import { machineLoad, median, pause } from './figures.ts';
import { bareWrites } from './loop/bare-writes.ts';
import { askOnce, type DueQuestion, dueQuestions } from './loop/due-questions.ts';
import { explainedUrl, LOG_SETTINGS, openTelling, WITHOUT_INDEXES } from './loop/explained-store.ts';
import { type FilledDatabase, openFilledDatabase } from './loop/filled-database.ts';
import { type AtSize, type Cost, costOf, type Measured, perCpu, say, sayDue, sayLoops, sayStatements, small, TARGET } from './loop/said.ts';
import { statementPages } from './loop/statement-pages.ts';
import { startTaskServer } from './loop/task-server.ts';
import { type Practice, runWholeLoops, taskSite, type Used } from './loop/whole-loops.ts';
import { usedBy } from './processes.ts';

/** Whole referrals whose statements are told. */
const TOLD = 20;
const POOL = 20;
/** Referrals that are not over, at every size. */
const OPEN = 2000;
/** A prepared statement may get a plan for all values at its sixth execution (PostgreSQL, PREPARE, Notes): what is told is of one after that. */
const BEFORE_TOLD = 8;

type Stores = {
  /** One connection, whose process in PostgreSQL is known. */
  timed: Store;
  pid: () => Promise<number>;
  explained: Store;
  /** As many connections as presses and the outbox need. */
  explainedMany: Store;
  withoutIndexes: Store;
  telling: Awaited<ReturnType<typeof openTelling>>;
};

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
  for (let time = 0; time < BEFORE_TOLD; time += 1) check(await askOnce(stores.timed, scope, question), 'asked first');
  for (let time = 0; time < BEFORE_TOLD; time += 1) await askOnce(stores.explained, scope, question);
  const told = await stores.telling.during(async () => check(await askOnce(stores.explained, scope, question), 'explained'));
  const pid = await stores.pid();
  const [times, cpu]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    const [started, ran] = [performance.now(), ranFor(pid)];
    const answer = await askOnce(stores.timed, scope, question);
    times.push(performance.now() - started);
    cpu.push(ranFor(pid) - ran);
    check(answer, `run ${run}`);
  }
  return {
    name: question.name,
    ours: costOf(told, median(cpu), median(times)),
    withoutIndexes: await scanned(question, scope, stores, check),
  };
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
  return took === undefined ? undefined : costOf(told, 0, took);
}

async function asOwner<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(text, values);
  await client.end();
  return rows[0];
}

const TIMED = 'bench timed';

/** The process in PostgreSQL of the one connection of this name. */
async function pidOf(url: string, name: string): Promise<number> {
  const row = await asOwner<{ pid: number; count: number }>(
    url,
    'select min(pid) as pid, count(*)::int as count from pg_stat_activity where application_name = $1',
    [name],
  );
  if (row?.count !== 1) throw new Error(`${row?.count} connections are called ${name}, not one.`);
  return row.pid;
}

/** Milliseconds that a process has run so far, to the nanosecond (Linux, Documentation/scheduler/sched-stats.rst: /proc/<pid>/schedstat). */
const ranFor = (pid: number): number => Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;

const cpuOfPostgres = (pid: number): number => [...usedBy(pid).values()].reduce((sum, { cpu }) => sum + cpu, 0);

/** Since the server started; a server process tells it at the end of a transaction, at most once a second (PostgreSQL, Monitoring Statistics). */
async function writtenToLog(url: string): Promise<{ bytes: number; wholePages: number }> {
  await pause(1500);
  const row = await asOwner<{ bytes: string; whole: string }>(url, 'select wal_bytes as bytes, wal_fpi as whole from pg_stat_wal');
  return { bytes: Number(row?.bytes), wholePages: Number(row?.whole) };
}

async function databaseBytes(url: string): Promise<number> {
  const row = await asOwner<{ bytes: string }>(url, 'select pg_database_size(current_database()) as bytes');
  return Number(row?.bytes);
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

const USAGE =
  'loop: --sizes takes whole numbers in ascending order, beyond 100,000 in steps of as many; --referrals and --runs whole numbers from 1';

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
  const inOrder = sizes.every(
    (size, at) => Number.isInteger(size) && size > (sizes[at - 1] ?? 0) && (size <= 100_000 || size % 100_000 === 0),
  );
  if (!inOrder || ![referrals, runs].every((each) => Number.isInteger(each) && each > 0)) return { lastLine: USAGE, good: false };
  const folder = mkdtempSync(join(tmpdir(), 'refloop-bench-'));
  chmodSync(folder, 0o755);
  const server = await openPostgres({ stateFolder: folder, hold: 'own', say, settings: { ...LOG_SETTINGS, max_wal_size: '1GB' } });
  const dataFolder = join(folder, 'postgres');
  if (!existsSync(dataFolder)) throw new Error('The database does not lie where its log can be read.');
  const closing: (() => Promise<void>)[] = [];
  try {
    const url = await ensureDatabase(server, 'loop');
    await migrate(url);
    const open = async (address: string, poolSize: number, name = 'bench'): Promise<Store> => {
      const keyRing = createKeyRing([DEVELOPMENT_KEY]);
      const store = await openPostgresStore({ url: address, keyRing, newId: monotonicFactory(), poolSize, name });
      closing.push(store.close);
      return store;
    };
    const plain = await open(url, POOL);
    const tasks = await startTaskServer();
    closing.push(tasks.close);
    const telling = await openTelling(url, dataFolder);
    closing.push(telling.close);
    const stores: Stores = {
      timed: await open(url, 1, TIMED),
      pid: () => pidOf(url, TIMED),
      explained: await open(explainedUrl(url), 1),
      explainedMany: await open(explainedUrl(url), POOL),
      withoutIndexes: await open(explainedUrl(url, WITHOUT_INDEXES), 1),
      telling,
    };
    const now = new Date();
    const site = taskSite(tasks);
    const loops = scopeOf(site);
    const grown: Scope = { tenant: 'grown', issuer: 'https://ehr.example.org/fhir', site: 'Grown clinic' };
    await prepare(plain, grown, loops, now);
    const filled = await openFilledDatabase(url, grown, now, OPEN);
    closing.push(filled.close);
    const wrong: string[] = [];
    const measured: AtSize[] = [];
    say(
      `loop: ${OPEN} referrals are open at every size; rows of the others are made by the domain, sealed, and loaded by COPY (beyond 100 k copied by PostgreSQL under other ids)`,
    );
    const used = (): Used => {
      const { user, system } = process.cpuUsage();
      return { ours: (user + system) / 1e6, postgres: cpuOfPostgres(server.pid) };
    };
    const practice: Practice = { store: plain, judging: plain, site, used };
    await runWholeLoops(practice, 'warm', 20);
    for (const size of sizes) {
      const started = performance.now();
      await filled.growTo(size, (closed) => {
        if (closed % 50_000 === 0) say(`${small(closed)} of ${small(size)} after ${((performance.now() - started) / 1000).toFixed(0)} s`);
      });
      say(`${small(size)} referrals are over; loaded in ${((performance.now() - started) / 1000).toFixed(0)} s, load ${machineLoad()}`);
      const questions: Measured[] = [];
      for (const question of dueQuestions(now.toISOString())) questions.push(await measure(question, grown, filled, stores, runs, wrong));
      const logged = await writtenToLog(url);
      const run = await runWholeLoops(practice, String(size), referrals);
      const log = await writtenToLog(url);
      let toldEvents = 0;
      const told = await telling.during(async () => {
        const toldRun = await runWholeLoops({ ...practice, store: stores.explainedMany }, `told-${size}`, TOLD);
        toldEvents = toldRun.events;
        wrong.push(...toldRun.wrong);
      });
      wrong.push(...run.wrong);
      const bare = await bareWrites(url, loops.tenant);
      measured.push({
        size,
        bytes: await databaseBytes(url),
        questions,
        loops: run,
        statements: statementPages(told, toldEvents),
        log: { bytes: (log.bytes - logged.bytes) / run.events, wholePages: (log.wholePages - logged.wholePages) / run.events },
        bare: bare.perSecond,
      });
      // What a long run has found so far is told, should it be broken off.
      sayLoops(measured);
      sayStatements(measured);
      if (size !== sizes.at(-1)) sayDue(measured);
    }
    for (const line of new Set(wrong)) say(`WRONG ${line}`);
    say(wrong.length === 0 ? 'Every answer is the one that is due, and every referral ended whole.' : `${wrong.length} answers are wrong.`);
    const worst = sayDue(measured);
    const rates = measured.map(({ loops: { events, seconds } }) => events / seconds);
    const ofCpu = measured.map(perCpu);
    const kept = (ofCpu.at(-1) ?? 0) / (ofCpu[0] ?? 1);
    const met = worst.pages <= TARGET.pages && worst.time <= TARGET.time && kept >= TARGET.events;
    const good = wrong.length === 0 && met;
    const span = `${small(sizes[0] ?? 0)} → ${small(sizes.at(-1) ?? 0)}`;
    return {
      lastLine:
        `loop: ${span} referrals over, ${rates.map((rate) => rate.toFixed(0)).join(', ')} events/s by the clock, ` +
        `${ofCpu.map((rate) => rate.toFixed(0)).join(', ')} a second of processor (kept ${kept.toFixed(2)}, aim ${TARGET.events}), ` +
        `finding what is due at most ${worst.pages.toFixed(2)}× the pages (aim ${TARGET.pages}) and ${worst.time.toFixed(2)}× the processor time (aim ${TARGET.time}), ` +
        `n ${referrals} referrals and ${runs} askings, load ${machineLoad()}; ${wrong.length === 0 ? 'all answers right' : `${wrong.length} WRONG`}; ${met ? 'met' : 'MISSED'}`,
      good,
    };
  } finally {
    for (const close of closing.reverse()) await close().catch((error: unknown) => say(String(error)));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
