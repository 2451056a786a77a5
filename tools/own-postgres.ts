/** For tests: a PostgreSQL of the test's own, which can be killed and started again at the same address. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDatabase, openPostgres, type Postgres } from './postgres.ts';

export type OwnPostgres = {
  /** The superuser's URL of the database; the same before and after a restart. */
  url: string;
  /** `kill -9`, as a power cut or the kernel would: nobody says goodbye. */
  kill: () => Promise<void>;
  /** Starts it again on what it had written. */
  start: () => Promise<void>;
  /** The processes that serve connections now: their ids, and what each says it does. */
  backends: () => { pid: number; doing: string }[];
  /** Stops answering without closing a connection, as a machine that hangs does; undone by `thaw`. */
  freeze: () => void;
  thaw: () => void;
  close: () => Promise<void>;
  /** Kills it and removes its folder at once: for a process that ends in this moment. */
  discard: () => void;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

export async function openOwnPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'refloop-own-'));
  chmodSync(folder, 0o755);
  // A killed server loses nothing that the kernel has; what it holds back itself would be lost, so commits stay synchronous.
  const options = { stateFolder: folder, hold: 'own', socketFolder: join(folder, 'socket'), settings: { fsync: 'off' } } as const;
  let postgres: Postgres = await openPostgres(options);
  const url = await ensureDatabase(postgres, 'own');

  async function start(): Promise<void> {
    // The memory of the killed server goes when its last back end has noticed; until then a new one refuses to start.
    for (let attempt = 0; ; attempt += 1) {
      try {
        postgres = await openPostgres(options);
        return;
      } catch (error) {
        if (attempt >= 50) throw error;
        await pause(100);
      }
    }
  }

  /** Each back end leads a process group of its own, so they are found as children (Linux). */
  const children = (): number[] =>
    readFileSync(`/proc/${postgres.pid}/task/${postgres.pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

  function signal(name: NodeJS.Signals): void {
    for (const pid of [postgres.pid, ...children()]) process.kill(pid, name);
  }

  /** "postgres: user database [local] what it does" (PostgreSQL 18, 27.1); one that has ended meanwhile is none. */
  function backends(): { pid: number; doing: string }[] {
    return children().flatMap((pid) => {
      try {
        const [, doing] = /^postgres: \S+ own \[local\] ([^\0]*)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? [];
        return doing === undefined ? [] : [{ pid, doing: doing.trim() }];
      } catch {
        return [];
      }
    });
  }

  return {
    url,
    kill: async () => {
      process.kill(postgres.pid, 'SIGKILL');
      while (isAlive(postgres.pid)) await pause(10);
    },
    start,
    backends,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    close: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    discard: () => {
      if (isAlive(postgres.pid)) process.kill(postgres.pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
