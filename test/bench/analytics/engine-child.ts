/** Our side and ClickHouse, each in a process of its own. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stateFolder } from '../../../tools/environment.ts';
import { type Answer, dropFromCache, type Engine, type EngineReply, type EngineRequest, peakOf } from './engine.ts';
import type { Question } from './questions.ts';

const SCRIPT = fileURLToPath(new URL('./engine-process.ts', import.meta.url));

export type ChildEngine = Engine & {
  /** All at once, as a view asks: the time until the last is answered. */
  view: (questions: readonly Question[]) => Promise<Omit<Answer, 'rows'>>;
  run: (sql: string) => Promise<Answer>;
  /** The rows of a question in SQL. */
  read: (sql: string) => Promise<Answer['rows']>;
};

function startChild(name: string, args: string[], files: string): ChildEngine {
  const start = (): ChildProcess => fork(SCRIPT, args, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  let child = start();
  const tell = (request: EngineRequest): Promise<Answer> =>
    new Promise((done, failed) => {
      const ended = (code: number | null): void => failed(new Error(`${name} ended with code ${code}`));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        const reply = message as EngineReply;
        if (reply.kind === 'answer') done(reply.answer);
        else failed(new Error(`${name}: ${reply.message}`));
      });
      child.send(request);
    });
  // What it holds is only read from here on; libchdb does not always come to its end by itself.
  const end = (): Promise<void> =>
    new Promise((done) => {
      child.once('exit', () => done());
      child.kill('SIGKILL');
    });
  return {
    name,
    ask: (question) => tell({ kind: 'ask', question }),
    view: (questions) => tell({ kind: 'view', questions }),
    run: (sql) => tell({ kind: 'run', sql }),
    read: async (sql) => (await tell({ kind: 'read', sql })).rows,
    chill: async () => {
      await end();
      dropFromCache(files);
      child = start();
    },
    peak: async () => (child.pid === undefined ? undefined : peakOf(child.pid)),
    close: end,
  };
}

/** The warehouse of this folder, as the server opens it, but that it counts everything anew. */
export const ourWarehouse = (folder: string): ChildEngine =>
  startChild('ours, raw (DuckDB on the Parquet snapshot)', ['raw', folder], folder);

/** The same with the tallies that the snapshot keeps, and without answers from memory. */
export const ourTallies = (folder: string): ChildEngine => startChild('ours, served (kept tallies)', ['served', folder], folder);

/** ClickHouse within a process, of the npm registry: half a gigabyte, so no dependency of the product. */
const CHDB = 'chdb@3.4.0';

/** Where it is installed, at the first use under the state folder; else why there is none. */
export function findChDb(say: (line: string) => void): { ok: true; folder: string } | { ok: false; why: string } {
  const folder = join(stateFolder(), 'bench', CHDB.replace('@', '-'));
  if (!existsSync(join(folder, 'node_modules', 'chdb', 'package.json'))) {
    say(`Installing ${CHDB} (half a gigabyte, once) in ${folder} …`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
    const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--save-exact', CHDB], { cwd: folder, encoding: 'utf8' });
    if (installed.status !== 0) return { ok: false, why: `${CHDB} could not be installed: ${(installed.stderr ?? '').split('\n')[0]}` };
  }
  return { ok: true, folder };
}

/** Its columns with the types that one chooses there: few values are LowCardinality, what may be missing is Nullable. */
const clickHouseTable = (parquet: string): string[] => [
  `create table core__referral (
     tenant LowCardinality(String), issuer LowCardinality(String), site LowCardinality(String), referral String, patient String,
     started_on Date, specialty LowCardinality(String), urgency LowCardinality(String), service LowCardinality(String), requester LowCardinality(String),
     payer LowCardinality(Nullable(String)), zip3 LowCardinality(String), miles Float64, language LowCardinality(String), ordered_on Date,
     month LowCardinality(String), ordered_performer LowCardinality(String), ordered_network LowCardinality(String),
     standing LowCardinality(String), was_active Bool, ended_how LowCardinality(Nullable(String)), ended_on Nullable(Date),
     booked_by Nullable(Date), visits Int32, seen_on Nullable(Date), seen_by Nullable(Date), seen_place LowCardinality(Nullable(String)),
     seen_network LowCardinality(Nullable(String)), asked_network LowCardinality(Nullable(String)), loss_reason Nullable(String),
     lawful_choice Bool
   ) engine = MergeTree order by (tenant, issuer, specialty, ordered_on)`,
  `insert into core__referral select tenant, issuer, site, referral, patient, started_on, specialty, urgency, service, requester, payer, zip3, miles,
     language, ordered_on, month, ordered_performer, ordered_network, standing, was_active, ended_how, ended_on, booked_by, visits,
     seen_on, seen_by, seen_place, seen_network, asked_network, loss_reason, lawful_choice
   from file('${parquet}', Parquet)`,
  'optimize table core__referral final',
];

/** An empty one. */
export const startClickHouse = (folder: string, chDb: string): ChildEngine =>
  startChild('ClickHouse (chdb, MergeTree)', ['clickhouse', folder, chDb], folder);

/** A MergeTree in the order of our own files. */
export async function clickHouse(folder: string, chDb: string, parquet: string): Promise<ChildEngine> {
  const engine = startClickHouse(folder, chDb);
  for (const sql of clickHouseTable(parquet)) await engine.run(sql);
  return engine;
}
