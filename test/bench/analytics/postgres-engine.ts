/** PostgreSQL with the indexes that these questions want: the embedded one of the project, or that of DATABASE_URL. */
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { ensureDatabase, openPostgres } from '../../../tools/postgres.ts';
import { dropFromCache, type Engine } from './engine.ts';
import type { AnswerRow } from './questions.ts';
import { POSTGRES, rivalSql } from './rival-sql.ts';

const SETTINGS = {
  shared_buffers: '2GB',
  work_mem: '256MB',
  maintenance_work_mem: '1GB',
  effective_cache_size: '8GB',
  max_parallel_workers_per_gather: '2',
  max_wal_size: '8GB',
  fsync: 'off',
  jit: 'on',
};

const TABLE = `create table core__referral (
  tenant text, issuer text, site text, referral text, patient text, started_on date, specialty text, urgency text, service text, requester text,
  payer text, zip3 text, miles float8, language text, ordered_on date, month text, ordered_performer text, ordered_network text, standing text,
  was_active boolean, ended_how text, ended_on date, booked_by date, visits integer, seen_on date, seen_by date, seen_place text,
  seen_network text, asked_network text, loss_reason text, lawful_choice boolean)`;

const INDEXES = ['specialty, ordered_on', 'site, ordered_on', 'payer', 'month'];

const cell = (value: unknown): AnswerRow[number] => (value === null ? null : Number(value));

/** Proportional memory of the server and all its processes, in bytes (proc_pid_smaps(5)). */
function memoryOf(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
    const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024 + children.reduce((sum, child) => sum + memoryOf(child), 0);
  } catch {
    // It ended between being listed and being read.
    return 0;
  }
}

/** Time on the processor of the server and all its processes, those that have ended too, in milliseconds (proc_pid_stat(5)). */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
    // Linux counts in hundredths of a second here, whatever its clock (USER_HZ).
    return ticks * 10 + children.reduce((sum, child) => sum + cpuOf(child), 0);
  } catch {
    return 0;
  }
}

/** @param csv the rows, with a line of names, in the order of the table */
export async function postgres(folder: string, csv: string, say: (line: string) => void): Promise<Engine> {
  const elsewhere = process.env['DATABASE_URL'];
  const open = () => openPostgres({ stateFolder: folder, hold: 'own', settings: SETTINGS });
  let server = elsewhere === undefined ? await open() : undefined;
  const url = server === undefined ? String(elsewhere) : await ensureDatabase(server, 'bench');
  const connect = async (address: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    await client.query('set search_path = refloop_bench, public');
    return client;
  };
  const first = new pg.Client({ connectionString: url });
  await first.connect();
  await first.query('drop schema if exists refloop_bench cascade');
  await first.query('create schema refloop_bench');
  await first.end();

  let client = await connect(url);
  await client.query(TABLE);
  await pipeline(createReadStream(csv), client.query(from('copy core__referral from stdin (format csv, header true)')));
  for (const columns of INDEXES) await client.query(`create index on core__referral (${columns})`);
  await client.query('vacuum analyze core__referral');

  let peak = 0;
  // Its workers come and go, so that the peak is looked for while they work.
  const timer = setInterval(() => {
    if (server) peak = Math.max(peak, memoryOf(server.pid));
  }, 250);

  return {
    name: elsewhere === undefined ? 'PostgreSQL 18 (indexed, parallel)' : 'PostgreSQL of DATABASE_URL (indexed)',
    ask: async (question) => {
      const text = rivalSql(question, POSTGRES);
      const started = performance.now();
      const before = server ? cpuOf(server.pid) : Number.NaN;
      const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
      const read = rows.map(([segment, ...numbers]): AnswerRow => [String(segment), ...numbers.map(cell)]);
      return { rows: read, milliseconds: performance.now() - started, cpuMilliseconds: (server ? cpuOf(server.pid) : Number.NaN) - before };
    },
    chill:
      server === undefined
        ? undefined
        : async () => {
            await client.end();
            await server?.stop();
            for (const entry of readdirSync(folder)) dropFromCache(join(folder, entry));
            server = await open();
            client = await connect(server.url('bench'));
          },
    peak: async () => (server === undefined ? undefined : Math.max(peak, memoryOf(server.pid))),
    close: async () => {
      clearInterval(timer);
      if (server === undefined) await client.query('drop schema refloop_bench cascade');
      await client.end().catch((error: Error) => say(error.message));
      await server?.stop();
    },
  };
}
