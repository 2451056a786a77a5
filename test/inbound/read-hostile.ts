/**
 * Reads documents that were made to break the reader, and says what came of them. Many are read one after the other in a process with the rights of
 * the product's own; where that process dies, or is too slow or too large, each of its documents goes through the product's reader, alone and under
 * its limits.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createDocumentReader, type DocumentReader, READER_LIMITS } from '@refloop/server/inbound/document-reader';
import { ReadDocument } from '@refloop/server/inbound/read-document';
import { type HostileDocuments, hostileDocuments } from './hostile-documents.ts';
import { type Judged, judged } from './judged-reading.ts';
import type { Batch } from './reading-batches.ts';

export type HostileRun = {
  inputs: number;
  read: number;
  unreadable: Map<string, number>;
  /** Processes that were ended or ended by themselves. */
  restarts: number;
  /** What it took of the processor: a machine that has much else to do does not lengthen it. */
  slowest: { cpuMs: number; seed: number };
  cpuSeconds: number;
  violations: string[];
};

/** A document may take as long as it may, and then a process is ended and another one started, on a machine that may be busy. */
const GRACE_MS = 15_000;
/** A process that took no more of the processor than it may, and says nothing for so long, waits for something that does not come. */
const SILENT_MS = 600_000;
/** One that took too long by the clock is read again: only what takes too long each time is slow by itself. */
const READ_ALONE = 3;
/** Of the processor's time in /proc, a second (proc_pid_stat(5), sysconf(_SC_CLK_TCK)). */
const TICKS = 100;
const BATCH = 50;
const BATCHES_A_PROCESS = READER_LIMITS.documents / BATCH;
const LOOKS_EVERY_MS = 100;
const PAGE_BYTES = 4096;

const MODULE = fileURLToPath(new URL('./reading-batches.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** As the product starts its own (inbound/document-reader.ts). */
function startProcess(): { child: ChildProcess; ready: Promise<unknown> } {
  const child = fork(MODULE, [], {
    env: { NODE_ENV: 'production' },
    execArgv: [
      `--max-old-space-size=${READER_LIMITS.heap}`,
      '--permission',
      `--allow-fs-read=${ROOT}`,
      '--no-warnings',
      '--disable-proto=delete',
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ready = new Promise((done, failed) => {
    child.once('message', done);
    child.once('exit', () => failed(new Error('The process that reads many documents did not start.')));
  });
  return { child, ready };
}

function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

/** What the process has taken of the processor. */
function cpuMsOf(pid: number | undefined): number {
  try {
    // The name of the program may hold blanks; it ends with the last bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1000;
  } catch {
    return 0;
  }
}

/** Undefined where the process died, took too long or grew too large. */
const readTogether = (child: ChildProcess, batch: Batch): Promise<Judged[] | undefined> =>
  new Promise((done) => {
    const settle = (readings: Judged[] | undefined): void => {
      clearTimeout(timer);
      clearInterval(watch);
      child.off('message', settle);
      child.off('exit', gone);
      done(readings);
    };
    const gone = (): void => settle(undefined);
    const timer = setTimeout(gone, SILENT_MS);
    const began = cpuMsOf(child.pid);
    const watch = setInterval(() => {
      const tooSlow = cpuMsOf(child.pid) - began > READER_LIMITS.milliseconds + GRACE_MS;
      if (tooSlow || residentBytes(child.pid) > READER_LIMITS.memory) gone();
    }, LOOKS_EVERY_MS);
    child.once('message', settle);
    child.once('exit', gone);
    child.send(batch);
  });

async function readAlone(reader: DocumentReader, documents: HostileDocuments, seed: number): Promise<Judged> {
  const times: number[] = [];
  try {
    for (;;) {
      const began = performance.now();
      const document = ReadDocument.parse(await reader.read(documents(seed)));
      times.push(Math.round(performance.now() - began));
      const late = times.every((milliseconds) => milliseconds > READER_LIMITS.milliseconds + GRACE_MS);
      const slow = document.kind === 'unreadable' && document.why === 'took-too-long';
      if ((late || slow) && times.length < READ_ALONE) continue;
      const reading = judged(seed, document, undefined);
      return late ? { ...reading, violations: [...reading.violations, `seed ${seed}: took ${times.join(', ')} ms`] } : reading;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    return { seed, outcome: 'failed', cpuMs: undefined, violations: [`seed ${seed}: the reader failed (${why})`] };
  }
}

export async function readHostile(from: number, inputs: number, told: (done: number) => void = () => undefined): Promise<HostileRun> {
  const documents = await hostileDocuments();
  const reader = createDocumentReader();
  const run: HostileRun = {
    inputs,
    read: 0,
    unreadable: new Map(),
    restarts: 0,
    slowest: { cpuMs: 0, seed: from },
    cpuSeconds: 0,
    violations: [],
  };
  const put = ({ seed, outcome, cpuMs = 0, violations }: Judged): void => {
    if (outcome === 'read') run.read += 1;
    else run.unreadable.set(outcome, (run.unreadable.get(outcome) ?? 0) + 1);
    run.cpuSeconds += cpuMs / 1000;
    if (cpuMs > run.slowest.cpuMs) run.slowest = { cpuMs, seed };
    run.violations.push(...violations);
  };
  let current: ReturnType<typeof startProcess> | undefined;
  let batches = 0;
  for (let seed = from; seed < from + inputs; seed += BATCH) {
    const batch = { from: seed, count: Math.min(BATCH, from + inputs - seed) };
    current ??= startProcess();
    await current.ready;
    const readings = await readTogether(current.child, batch);
    batches += 1;
    if (!readings || batches % BATCHES_A_PROCESS === 0) {
      current.child.kill('SIGKILL');
      current = undefined;
    }
    if (readings) for (const reading of readings) put(reading);
    else {
      run.restarts += 1;
      for (let one = batch.from; one < batch.from + batch.count; one += 1) put(await readAlone(reader, documents, one));
    }
    if ((seed + batch.count - from) % 5000 === 0) told(seed + batch.count - from);
  }
  current?.child.kill('SIGKILL');
  run.restarts += reader.restarts();
  await reader.close();
  return run;
}
