/**
 * `npm run bench -- analytics [--referrals 100000] [--runs 7] [--seed 1] [--without clickhouse|postgres]`: ten questions of a dashboard to
 * our warehouse, to PostgreSQL and to ClickHouse, in one run, in turn, over the same rows. The answers are compared row by row first;
 * where they differ no time is told.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Answer, bytesOf, type Engine } from './analytics/engine.ts';
import { type ChildEngine, clickHouse, findChDb, ourTallies, ourWarehouse } from './analytics/engine-child.ts';
import { makeSnapshot } from './analytics/made-snapshot.ts';
import { postgres } from './analytics/postgres-engine.ts';
import { differences, QUESTIONS, type Question } from './analytics/questions.ts';
import { inMilliseconds, machineLoad, median, table } from './figures.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Raw against raw: what is aimed at over ten million referrals. */
const TARGET = { of: 10_000_000, ofClickHouse: 1.3, ofPostgres: 20, served: 5, peakBytes: 1e9, firstPaintMs: 300 };

const megabytes = (bytes: number | undefined): string => (bytes === undefined ? 'elsewhere' : `${Math.round(bytes / 1e6)} MB`);
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

type Time = Omit<Answer, 'rows'>;
type Times = Map<Engine, Time[][]>;

/** What the answers of the others have otherwise than ours, in words. */
async function compared(engines: readonly Engine[]): Promise<string[]> {
  const [ours, ...others] = engines;
  const found: string[] = [];
  for (const question of QUESTIONS) {
    const expected = await ours?.ask(question);
    for (const other of others) {
      const answer = await other.ask(question);
      for (const line of differences(expected?.rows ?? [], answer.rows)) found.push(`${question.title}, ${other.name}: ${line}`);
    }
  }
  return found;
}

/** In turn, question by question, so that what slows the machine for a while slows all of them. */
async function race(engines: readonly Engine[], runs: number): Promise<Times> {
  const times: Times = new Map(engines.map((engine) => [engine, QUESTIONS.map((): Time[] => [])]));
  for (let run = 0; run < runs; run += 1) {
    for (const [at, question] of QUESTIONS.entries()) {
      for (const engine of engines) times.get(engine)?.[at]?.push(await engine.ask(question));
    }
  }
  return times;
}

/** The first question of each metric, from a process that has just begun, its files not in memory. */
const COLD = QUESTIONS.filter(({ metric }, at) => QUESTIONS.findIndex((question) => question.metric === metric) === at);

async function cold(engines: readonly Engine[]): Promise<Times> {
  const times: Times = new Map();
  for (const engine of engines) {
    if (!engine.chill) continue;
    const own: Time[][] = [];
    for (const question of COLD) {
      await engine.chill();
      own.push([await engine.ask(question)]);
    }
    times.set(engine, own);
  }
  return times;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function tell(
  engines: readonly Engine[],
  title: string,
  questions: readonly Question[],
  times: Times,
  of: keyof Time,
): Map<Engine, number[]> {
  const medians = new Map(
    engines.flatMap((engine) =>
      times.has(engine) ? [[engine, (times.get(engine) ?? []).map((all) => median(all.map((time) => time[of])))] as const] : [],
    ),
  );
  const [ours] = engines;
  const base = (ours && medians.get(ours)) ?? [];
  const cellOf = (engine: Engine, value: number, own: number): string =>
    engine === ours ? inMilliseconds(value) : `${inMilliseconds(value)} (${(value / own).toFixed(2)}×)`;
  const rows = questions.map((question, at) => [
    question.title,
    ...[...medians].map(([engine, all]) => cellOf(engine, all[at] ?? Number.NaN, base[at] ?? Number.NaN)),
  ]);
  say('');
  say(title);
  for (const line of table([
    ['', ...[...medians.keys()].map(({ name }) => name)],
    ...rows,
    ['sum', ...[...medians].map(([engine, all]) => cellOf(engine, sum(all), sum(base)))],
  ]))
    say(line);
  return new Map(medians);
}

type Options = { referrals: number; runs: number; seed: number; without: readonly string[] };

function read(args: string[]): Options | string {
  const { values } = parseArgs({
    args,
    options: {
      referrals: { type: 'string', default: '100000' },
      runs: { type: 'string', default: '7' },
      seed: { type: 'string', default: '1' },
      without: { type: 'string', multiple: true, default: [] },
    },
  });
  const [referrals, runs, seed] = [values.referrals, values.runs, values.seed].map(Number) as [number, number, number];
  if (![referrals, runs, seed].every((value) => Number.isInteger(value) && value >= 1))
    return 'analytics: --referrals, --runs and --seed take whole numbers from 1 on';
  const wrong = values.without.find((name) => name !== 'clickhouse' && name !== 'postgres');
  return wrong === undefined
    ? { referrals, runs, seed, without: values.without }
    : `analytics: --without "${wrong}" is neither clickhouse nor postgres`;
}

type Engines = { all: Engine[]; served: ChildEngine };

async function openEngines(folder: string, { referrals, seed, without }: Options): Promise<Engines> {
  let since = performance.now();
  const warehouse = join(folder, 'warehouse');
  const { parquet, csv, tallies } = await makeSnapshot(warehouse, referrals, seed);
  say(
    `${referrals.toLocaleString('en-US')} referrals made (seed ${seed}) in ${seconds(since)}: Parquet ${megabytes(bytesOf(parquet))}, CSV ${megabytes(bytesOf(csv))}`,
  );
  say(
    `tallies of ${tallies.files.length} metrics made in ${(tallies.milliseconds / 1000).toFixed(1)} s: ${megabytes(tallies.files.reduce((all, file) => all + bytesOf(file), 0))}`,
  );
  const served = ourTallies(warehouse);
  const engines: Engine[] = [ourWarehouse(warehouse), served];
  if (!without.includes('postgres')) {
    since = performance.now();
    const data = join(folder, 'postgres');
    mkdirSync(data, { mode: 0o755 });
    engines.push(await postgres(data, csv, say));
    say(`PostgreSQL filled and indexed in ${seconds(since)}`);
  }
  rmSync(csv);
  const chDb = without.includes('clickhouse') ? undefined : findChDb(say);
  if (chDb?.ok) {
    since = performance.now();
    const data = join(folder, 'clickhouse');
    engines.push(await clickHouse(data, chDb.folder, parquet));
    say(`ClickHouse filled in ${seconds(since)}: ${megabytes(bytesOf(data))}`);
  } else if (chDb) say(`ClickHouse is not among them: ${chDb.why}`);
  return { all: engines, served };
}

export default async function analyticsBench(args: string[]): Promise<{ lastLine: string; good: boolean }> {
  const options = read(args);
  if (typeof options === 'string') return { lastLine: options, good: false };
  const folder = mkdtempSync(join(tmpdir(), 'refloop-bench-'));
  // For root, PostgreSQL runs as another user, who must be able to reach it.
  chmodSync(folder, 0o755);
  let engines: Engine[] = [];
  try {
    const opened = await openEngines(folder, options);
    engines = opened.all;
    const found = await compared(engines);
    for (const line of found) say(`DIFFERS: ${line}`);
    if (found.length > 0) return { lastLine: `analytics: ${found.length} answers differ; no times`, good: false };
    say(`The ${QUESTIONS.length} answers of ${engines.length} engines are the same, row by row.`);
    const raced = await race(engines, options.runs);
    const n = `median of ${options.runs} (load ${machineLoad()})`;
    const warm = tell(engines, `Warm, ms, ${n}`, QUESTIONS, raced, 'milliseconds');
    const worked = tell(engines, `Warm, ms of processor time of all cores, ${n}`, QUESTIONS, raced, 'cpuMilliseconds');
    const peaks = new Map<Engine, number | undefined>();
    for (const engine of engines) peaks.set(engine, await engine.peak());
    for (const [{ name }, peak] of peaks) say(`peak memory ${name}: ${megabytes(peak)}`);
    const painted: Time[] = [];
    for (let run = 0; run < options.runs; run += 1) painted.push(await opened.served.view(QUESTIONS));
    const paint = median(painted.map(({ milliseconds }) => milliseconds));
    const paintWork = median(painted.map(({ cpuMilliseconds }) => cpuMilliseconds));
    say(`all ${QUESTIONS.length} at once, served: ${inMilliseconds(paint)} ms, ${inMilliseconds(paintWork)} ms of processor time, ${n}`);
    const atFirst = tell(engines, 'Cold, ms, n 1: a new process, its files not in memory', COLD, await cold(engines), 'milliseconds');
    const [ours, ...others] = engines;
    const own = (ours && warm.get(ours)) ?? [];
    const ratio = (start: string, of: Map<Engine, number[]>): number | undefined => {
      const rival = others.find(({ name }) => name.startsWith(start));
      return rival && sum(of.get(rival) ?? []) / sum((ours && of.get(ours)) ?? []);
    };
    const ratioText = (name: string, of: Map<Engine, number[]>): string => `${(ratio(name, of) ?? Number.NaN).toFixed(2)}×`;
    const [byPostgres, byClickHouse] = [ratio('PostgreSQL', warm), ratio('ClickHouse', warm)];
    const postgresEngine = others.find(({ name }) => name.startsWith('PostgreSQL'));
    const slower = QUESTIONS.filter(
      (_, at) => postgresEngine && (own[at] ?? 0) > (warm.get(postgresEngine)?.[at] ?? Number.POSITIVE_INFINITY),
    );
    const peak = (ours && peaks.get(ours)) ?? Number.NaN;
    let missed = 0;
    const met = (good: boolean): string => {
      if (!good) missed += 1;
      return good ? 'met' : 'MISSED';
    };
    say('');
    say(
      `By processor time, which other work on the machine changes less: ${others.map(({ name }) => `${name} ${ratioText(name, worked)}`).join('; ')} of ours, raw.`,
    );
    say('');
    say('Targets (raw against raw, said of 10,000,000 referrals), by the clock:');
    if (byClickHouse !== undefined)
      say(
        `  at most ${TARGET.ofClickHouse}× of ClickHouse: ${(1 / byClickHouse).toFixed(2)}×, ${met(1 / byClickHouse <= TARGET.ofClickHouse)}`,
      );
    if (byPostgres !== undefined) {
      say(`  at least ${TARGET.ofPostgres}× faster than PostgreSQL: ${byPostgres.toFixed(1)}×, ${met(byPostgres >= TARGET.ofPostgres)}`);
      say(`  no question slower than PostgreSQL: ${met(slower.length === 0)}${slower.map(({ title }) => `; ${title}`).join('')}`);
    }
    const byServed = sum(own) / sum(warm.get(opened.served) ?? []);
    say(`  served at least ${TARGET.served}× faster than raw: ${byServed.toFixed(1)}×, ${met(byServed >= TARGET.served)}`);
    say(`  peak memory at most ${megabytes(TARGET.peakBytes)}: ${megabytes(peak)}, ${met(peak <= TARGET.peakBytes)}`);
    say(
      `  all of a view within ${TARGET.firstPaintMs} ms (said of 1,000,000): ${inMilliseconds(paint)} ms, ${met(paint <= TARGET.firstPaintMs)}`,
    );
    const said = (value: number | undefined, name: string): string =>
      value === undefined ? `${name} not measured` : `${name} ${value.toFixed(2)}×`;
    return {
      lastLine:
        `analytics: ${options.referrals} referrals, ${QUESTIONS.length} questions, n ${options.runs}, sum ${inMilliseconds(sum(own))} ms raw and warm, served ${byServed.toFixed(1)}× faster, ` +
        `${inMilliseconds(sum((ours && atFirst.get(ours)) ?? []))} ms cold; ${said(byPostgres, 'PostgreSQL')}, ${said(byClickHouse, 'ClickHouse')} of that; ` +
        `peak ${megabytes(peak)}; all the same answers`,
      // Said of ten million; of fewer they are only told.
      good: options.referrals < TARGET.of || missed === 0,
    };
  } finally {
    for (const engine of engines) await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
