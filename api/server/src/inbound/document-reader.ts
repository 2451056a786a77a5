/**
 * Reads documents from outside in a process of their own, one at a time. That process may use so much time and memory for one document and no
 * more; then it is ended, the document counts as unreadable, and the next is read by a new one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LIMITS, ReadDocument, type Unreadable, unreadable } from './read-document.ts';

export type DocumentReader = {
  read: (bytes: Uint8Array) => Promise<ReadDocument>;
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
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
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

type Reading = { child: ChildProcess; ready: Promise<void>; done: number };

function startProcess({ heap }: ReaderLimits): Reading {
  const child = fork(MODULE, [], {
    // Nothing of ours is in its environment, and it may read the program and nothing else.
    env: { NODE_ENV: 'production' },
    execArgv: [`--max-old-space-size=${heap}`, '--permission', `--allow-fs-read=${ROOT}`, '--no-warnings', '--disable-proto=delete'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ready = new Promise<void>((done, failed) => {
    const timer = setTimeout(() => failed(new Error('The reading process did not start.')), STARTS_WITHIN_MS);
    child.once('message', () => {
      clearTimeout(timer);
      done();
    });
    child.once('exit', () => {
      clearTimeout(timer);
      failed(new Error('The reading process ended before it was ready.'));
    });
  });
  ready.catch(() => undefined);
  return { child, ready, done: 0 };
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

  async function readNow(bytes: Uint8Array): Promise<ReadDocument> {
    if (bytes.byteLength > LIMITS.bytes) return unreadable('too-large');
    clearTimeout(idle);
    const reading = (current ??= startProcess(limits));
    try {
      await reading.ready;
    } catch (error) {
      // The next document is tried with a process of its own.
      end(reading);
      throw error;
    }
    const own = (number += 1);
    const answer = await new Promise<ReadDocument>((done) => {
      const stop = (why: Unreadable): void => {
        settle(unreadable(why));
        restarts += 1;
        end(reading);
      };
      const timer = setTimeout(() => stop('took-too-long'), limits.milliseconds);
      const watch = setInterval(() => {
        if ((residentBytes(reading.child.pid) ?? 0) > limits.memory) stop('too-much-memory');
      }, LOOKS_EVERY_MS);
      const heard = (message: { number?: number; document?: unknown }): void => {
        if (message.number !== own) return;
        const document = ReadDocument.safeParse(message.document);
        settle(document.success ? document.data : unreadable('broken'));
      };
      const gone = (): void => stop('too-much-memory');
      const settle = (document: ReadDocument): void => {
        clearTimeout(timer);
        clearInterval(watch);
        reading.child.off('message', heard);
        reading.child.off('exit', gone);
        done(document);
      };
      reading.child.on('message', heard);
      reading.child.once('exit', gone);
      reading.child.send({ number: own, bytes });
    });
    reading.done += 1;
    if (reading.done >= limits.documents) end(reading);
    idle = setTimeout(() => end(reading), limits.idle);
    idle.unref();
    return answer;
  }

  return {
    read: (bytes) => {
      const answer = last.then(() => readNow(bytes));
      last = answer.catch(() => undefined);
      return answer;
    },
    restarts: () => restarts,
    close: async () => {
      await last;
      clearTimeout(idle);
      const reading = current;
      if (!reading) return;
      const gone = new Promise((done) => reading.child.once('exit', done));
      end(reading);
      await gone;
    },
  };
}
