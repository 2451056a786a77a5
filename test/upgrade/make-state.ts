/**
 * Makes a fixture of this folder anew: a state folder as an earlier commit leaves it after some work, and what was in it.
 *
 *   node test/upgrade/make-state.ts COMMIT
 *
 * 1. checks the commit out into a temporary folder, by `git archive`, and lets it install itself
 * 2. publishes a directory of 6,000 practitioner-locations there, so that the state stays small
 * 3. starts that commit's product on a state folder and does the work of leave-work.e2e.ts in Chromium
 * 4. asks that commit's `npm run audit -- verify` for the head of the audit log
 * 5. drops the sandbox EHR's database, which is not Refloop's, and the write-ahead log that is no longer needed
 * 6. writes <commit>.tar.br and <commit>.json
 *
 * Needs Chromium and about three minutes. Ports: REFLOOP_EHR_PORT and REFLOOP_PORT, else those of the browser tests.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findChromium } from '../../tools/chromium.ts';
import { ROOT, say } from '../../tools/environment.ts';
import { openPostgres, type Postgres } from '../../tools/postgres.ts';
import { packFolder } from './archive.ts';
import type { Fixture } from './fixture.ts';

const DIRECTORY_SIZE = '6000';
/** More than PostgreSQL keeps for reuse (min_wal_size is 80 MB, a segment 16 MB). */
const SEGMENTS_KEPT = 10;

const [argument] = process.argv.slice(2);
if (argument === undefined) {
  say('Usage: node test/upgrade/make-state.ts COMMIT');
  process.exit(2);
}

function run(command: string, args: string[], options: { cwd?: string; env?: Record<string, string>; input?: Buffer } = {}): Buffer {
  const { cwd = ROOT, env = {}, input } = options;
  const ended = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    input,
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 30,
  });
  if (ended.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${ended.status}\n${ended.stdout.toString().slice(-4000)}`);
  return ended.stdout;
}

/** The commit's own product, tools and browser tests do everything up to here. */
function leaveWork(commit: string, home: string, state: string): string {
  const checkout = join(home, 'checkout');
  mkdirSync(checkout);
  run('tar', ['-x', '-C', checkout], { input: run('git', ['archive', commit]) });
  cpSync(import.meta.dirname, join(checkout, 'test', 'upgrade'), { recursive: true });
  const env = { REFLOOP_STATE: state };
  const command = (name: string, ...args: string[]): string =>
    run('node', [join('tools', 'bootstrap.mjs'), name, ...args], { cwd: checkout, env }).toString();
  say(`Installing ${commit} …`);
  command('directory', 'status');
  const directory = join(home, 'directory');
  mkdirSync(directory);
  run(process.execPath, [join('launch', 'src', 'directory', 'generate.ts'), '--out', directory, '--size', DIRECTORY_SIZE], {
    cwd: checkout,
  });
  command('directory', 'publish', '--source', directory);
  say('Working in Chromium …');
  const chromium = findChromium();
  const playwright = join('test', 'node_modules', '@playwright', 'test', 'cli.js');
  const worked = run(
    process.execPath,
    [playwright, 'test', '--config', join('test', 'upgrade', 'playwright.config.ts'), '--reporter=list'],
    {
      cwd: checkout,
      env: { ...env, ...(chromium ? { REFLOOP_CHROMIUM: chromium } : {}) },
    },
  );
  say(worked.toString());
  return command('audit', 'verify').trim();
}

async function ask<Row extends pg.QueryResultRow>(postgres: Postgres, database: string, ...statements: string[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: postgres.url(database) });
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const sql of statements) ({ rows } = await client.query<Row>(sql));
    return rows;
  } finally {
    await client.end();
  }
}

/** What is in it, asked of the tables themselves; and everything out of it that nobody needs. */
async function takeStock(state: string): Promise<Omit<Fixture, 'commit' | 'audit'>> {
  const settings = { wal_recycle: 'off' };
  const postgres = await openPostgres({ stateFolder: state, hold: 'own', settings });
  const recommendations = await ask<{ id: string; status: string }>(
    postgres,
    'refloop',
    'select id, status from recommendation order by id',
  );
  const plans = await ask<{ id: string; finished: boolean }>(postgres, 'refloop', 'select id, finished from plan order by id');
  const [obligations] = await ask<{ open: number }>(
    postgres,
    'refloop',
    `select count(*)::int as open from obligation where status = 'open'`,
  );
  const [referrals] = await ask<{ n: number }>(postgres, 'refloop', 'select count(distinct referral_id)::int as n from referral_event');
  const migrations = await ask<{ name: string }>(postgres, 'refloop', 'select name from schema_migration order by name');
  await ask(postgres, 'postgres', 'drop database sandbox_ehr', 'vacuum full');
  await ask(postgres, 'template1', 'vacuum full');
  await ask(postgres, 'refloop', 'vacuum full');
  // Past the segments that were kept for reuse, with what was in them, to one that is empty.
  const next = [`select pg_logical_emit_message(true, 'next', '')`, 'select pg_switch_wal()'];
  await ask(postgres, 'postgres', ...Array.from({ length: SEGMENTS_KEPT }, () => next).flat(), 'checkpoint');
  await postgres.stop();
  return {
    migration: migrations.at(-1)?.name ?? '',
    referrals: referrals?.n ?? 0,
    recommendations,
    plans,
    openObligations: obligations?.open ?? 0,
  };
}

const commit = run('git', ['rev-parse', '--short', argument]).toString().trim();
const home = mkdtempSync(join(tmpdir(), 'refloop-state-'));
const state = join(home, 'state');
mkdirSync(state, { mode: 0o755 });
spawnSync('chmod', ['755', home]);
try {
  const audit = leaveWork(commit, home, state);
  const stock = await takeStock(state);
  for (const log of readdirSync(state).filter((file) => file.endsWith('.log'))) rmSync(join(state, log), { force: true });
  const file = join(import.meta.dirname, `${commit}.tar.br`);
  say('Packing …');
  await packFolder(state, file);
  const fixture: Fixture = { commit, audit, ...stock };
  writeFileSync(join(import.meta.dirname, `${commit}.json`), `${JSON.stringify(fixture, null, 2)}\n`);
  process.stdout.write(`${file}: ${(statSync(file).size / 1e6).toFixed(2)} MB; ${audit}\n`);
} finally {
  rmSync(home, { recursive: true, force: true });
}
