/**
 * Reads documents from outside in a process of their own, one at a time. That process may use so much time and memory for one document and no
 * more; then it is ended, the document counts as unreadable, and the next is read by a new one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROGRAM_FOLDERS } from '../program-folders.ts';
import { LIMITS, type ReadAsked, unreadable } from './read-document.ts';
import { ReadFile } from './read-file.ts';

export type DocumentReader = {
  read: (bytes: Uint8Array, asked?: ReadAsked) => Promise<ReadFile>;
  /** How often a process had to be ended or ended by itself. */
  restarts: () => number;
  close: () => Promise<void>;
};

export type ReaderLimits = {
  milliseconds: number;
  /** What the process may hold, in bytes, whatever it is: asked of the system ten times a second, where it tells (Linux). */
  memory: number;
  /** What its heap may hold, in MiB; kept by the engine itself. */
  heap: number;
  /** After so many documents a new process is started, so that what one leaves behind does not stay. */
  documents: number;
  /** Without a document for so long the process is ended. */
  idle: number;
};

export const READER_LIMITS: ReaderLimits = {
  milliseconds: 10_000,
  memory: 700 * 1024 * 1024,
  heap: 256,
  documents: 2000,
  idle: 60_000,
};

const MODULE = fileURLToPath(new URL('./reading-process.ts', import.meta.url));
/**
 * Node's permission model (nodejs.org/docs/latest-v24.x/api/permissions.html): no file is read but the program's, none is written, no program,
 * thread or native addon is started. In version 24 it knows of no sockets, and it forbids no signals to processes of the same user.
 */
export const CONFINED: readonly string[] = [
  '--permission',
  ...PROGRAM_FOLDERS.map((folder) => `--allow-fs-read=${folder}`),
  '--no-warnings',
  '--disable-proto=delete',
];

const STARTS_WITHIN_MS = 30_000;
const LOOKS_EVERY_MS = 100;
const PAGE_BYTES = 4096;

/** What a process holds in memory; undefined where the system does not tell. */
function residentBytes(pid: number | undefined): number | undefined {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return Number(resident) * PAGE_BYTES;
  } catch {
    return undefined;
  }
}

/** `ended` once the process is gone, whoever ended it; nothing may be sent to it then. */
type Reading = { child: ChildProcess; ready: Promise<void>; done: number; ended: boolean };

function startProcess({ heap }: ReaderLimits): Reading {
  const child = fork(MODULE, [], {
    // Nothing of ours is in its environment, and it may read the program and nothing else.
    env: { NODE_ENV: 'production' },
    execArgv: [`--max-old-space-size=${heap}`, ...CONFINED],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let timer: NodeJS.Timeout | undefined;
  const reading: Reading = { child, ready: Promise.resolve(), done: 0, ended: false };
  reading.ready = new Promise<void>((done, failed) => {
    timer = setTimeout(() => failed(new ReaderNotStarted()), STARTS_WITHIN_MS);
    child.once('message', () => done());
    const over = (): void => {
      reading.ended = true;
      failed(new ReaderNotStarted());
    };
    // Both for as long as it lives: it may end while it has nothing to read, and an error that nobody hears ends this process too.
    child.on('exit', over);
    child.on('error', over);
  });
  const settled = (): void => clearTimeout(timer);
  reading.ready.then(settled, settled);
  return reading;
}

/** No document's fault: there is no process that could read any. */
export class ReaderNotStarted extends Error {
  constructor() {
    super('The process that reads documents did not start. Nothing is lost: what came in is kept and read later.');
    this.name = 'ReaderNotStarted';
  }
}

export function createDocumentReader(limits: ReaderLimits = READER_LIMITS): DocumentReader {
  let current: Reading | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let [number, restarts] = [0, 0];
  let idle: NodeJS.Timeout | undefined;

  const end = (reading: Reading): void => {
    if (current === reading) current = undefined;
    reading.child.kill('SIGKILL');
  };

  /** The process that is there, or a new one; whoever asks waits until it can read. */
  async function readyProcess(): Promise<Reading> {
    if (current && (current.ended || !current.child.connected)) {
      end(current);
      restarts += 1;
    }
    const reading = (current ??= startProcess(limits));
    try {
      await reading.ready;
    } catch (error) {
      // The next document is tried with a process of its own.
      end(reading);
      throw error;
    }
    return reading;
  }

  /** Undefined where the process ended by itself before it answered. */
  function ask(reading: Reading, bytes: Uint8Array, asked: ReadAsked): Promise<ReadFile | undefined> {
    const own = (number += 1);
    return new Promise((done) => {
      let answered = false;
      const stop = (document: ReadFile | undefined): void => {
        if (answered) return;
        settle(document);
        restarts += 1;
        end(reading);
      };
      const timer = setTimeout(() => stop(unreadable('took-too-long')), limits.milliseconds);
      const watch = setInterval(() => {
        if ((residentBytes(reading.child.pid) ?? 0) > limits.memory) stop(unreadable('too-much-memory'));
      }, LOOKS_EVERY_MS);
      const heard = (message: { number?: number; document?: unknown }): void => {
        if (message.number !== own) return;
        const document = ReadFile.safeParse(message.document);
        settle(document.success ? document.data : unreadable('broken'));
      };
      const gone = (): void => stop(undefined);
      const settle = (document: ReadFile | undefined): void => {
        clearTimeout(timer);
        clearInterval(watch);
        reading.child.off('message', heard);
        reading.child.off('exit', gone);
        answered = true;
        done(document);
      };
      reading.child.on('message', heard);
      reading.child.once('exit', gone);
      reading.child.send({ number: own, bytes, asked }, (error) => {
        if (error) gone();
      });
    });
  }

  async function readNow(bytes: Uint8Array, asked: ReadAsked): Promise<ReadFile> {
    if (bytes.byteLength > LIMITS.bytes) return unreadable('too-large');
    clearTimeout(idle);
    const first = await readyProcess();
    const fresh = first.done === 0;
    let [reading, answer] = [first, await ask(first, bytes, asked)];
    // A process that had read others may have ended for any reason; one that had read none ended of this document.
    if (!answer && !fresh) {
      reading = await readyProcess();
      answer = await ask(reading, bytes, asked);
    }
    reading.done += 1;
    if (reading.done >= limits.documents) end(reading);
    idle = setTimeout(() => end(reading), limits.idle);
    idle.unref();
    return answer ?? unreadable('too-much-memory');
  }

  return {
    read: (bytes, asked = {}) => {
      const answer = last.then(() => readNow(bytes, asked));
      last = answer.catch(() => undefined);
      return answer;
    },
    restarts: () => restarts,
    close: async () => {
      await last;
      clearTimeout(idle);
      const reading = current;
      if (!reading || reading.ended) return;
      const gone = new Promise((done) => reading.child.once('exit', done));
      end(reading);
      await gone;
    },
  };
}
