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
  slowest: { milliseconds: number; seed: number };
  violations: string[];
};

/** A document may take as long as it may, and then a process is ended and another one started, on a machine that may be busy. */
const GRACE_MS = 15_000;
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
    const timer = setTimeout(gone, READER_LIMITS.milliseconds + GRACE_MS);
    const watch = setInterval(() => {
      if (residentBytes(child.pid) > READER_LIMITS.memory) gone();
    }, LOOKS_EVERY_MS);
    child.once('message', settle);
    child.once('exit', gone);
    child.send(batch);
  });

async function readAlone(reader: DocumentReader, documents: HostileDocuments, seed: number): Promise<Judged> {
  const began = performance.now();
  try {
    const document = ReadDocument.parse(await reader.read(documents(seed)));
    const milliseconds = performance.now() - began;
    const reading = judged(seed, document, milliseconds);
    const late = milliseconds > READER_LIMITS.milliseconds + GRACE_MS ? [`seed ${seed}: ${Math.round(milliseconds)} ms`] : [];
    return { ...reading, violations: [...reading.violations, ...late] };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    return { seed, outcome: 'failed', milliseconds: performance.now() - began, violations: [`seed ${seed}: the reader failed (${why})`] };
  }
}

export async function readHostile(from: number, inputs: number, told: (done: number) => void = () => undefined): Promise<HostileRun> {
  const documents = await hostileDocuments();
  const reader = createDocumentReader();
  const run: HostileRun = { inputs, read: 0, unreadable: new Map(), restarts: 0, slowest: { milliseconds: 0, seed: from }, violations: [] };
  const put = ({ seed, outcome, milliseconds, violations }: Judged): void => {
    if (outcome === 'read') run.read += 1;
    else run.unreadable.set(outcome, (run.unreadable.get(outcome) ?? 0) + 1);
    if (milliseconds > run.slowest.milliseconds) run.slowest = { milliseconds, seed };
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
    if (readings) for (const reading of readings) put(reading);
    else {
      run.restarts += 1;
      for (let one = batch.from; one < batch.from + batch.count; one += 1) put(await readAlone(reader, documents, one));
    }
    if (!readings || batches % BATCHES_A_PROCESS === 0) {
      current.child.kill('SIGKILL');
      current = undefined;
    }
    if ((seed + batch.count - from) % 5000 === 0) told(seed + batch.count - from);
  }
  current?.child.kill('SIGKILL');
  run.restarts += reader.restarts();
  await reader.close();
  return run;
}
