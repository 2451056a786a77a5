/** Reads documents that were made to break the reader, and says what came of them. */
import { createDocumentReader, type DocumentReader, READER_LIMITS } from '@refloop/server/inbound/document-reader';
import { hostileDocuments } from './hostile-documents.ts';

export type HostileRun = {
  inputs: number;
  read: number;
  unreadable: Map<string, number>;
  restarts: number;
  slowest: { milliseconds: number; seed: number };
  violations: string[];
};

/** A document may take as long as it may, and then a process is ended and another one started, on a machine that may be busy. */
const GRACE_MS = 15_000;

/** One reads while what the other has read is judged; more would only wait for each other. */
const READERS = 2;

export async function readHostile(from: number, inputs: number, told: (done: number) => void = () => undefined): Promise<HostileRun> {
  const documents = await hostileDocuments();
  const run: HostileRun = { inputs, read: 0, unreadable: new Map(), restarts: 0, slowest: { milliseconds: 0, seed: from }, violations: [] };
  let next = from;
  let done = 0;
  await Promise.all(
    Array.from({ length: READERS }, async () => {
      const reader = createDocumentReader();
      for (let seed = next++; seed < from + inputs; seed = next++) {
        await readOne(reader, documents(seed), seed, run);
        done += 1;
        if (done % 5000 === 0) told(done);
      }
      run.restarts += reader.restarts();
      await reader.close();
    }),
  );
  return run;
}

async function readOne(reader: DocumentReader, bytes: Buffer, seed: number, run: HostileRun): Promise<void> {
  const began = performance.now();
  try {
    const document = await reader.read(bytes);
    if (document.kind === 'read') {
      run.read += 1;
      for (const { part, from: start, to, text } of document.extracts)
        if (document.parts[part]?.text.slice(start, to) !== text)
          run.violations.push(`seed ${seed}: an extract that is not in the document`);
      if (JSON.stringify(document).includes('root:x:0')) run.violations.push(`seed ${seed}: a file of the machine was read`);
    } else run.unreadable.set(document.why, (run.unreadable.get(document.why) ?? 0) + 1);
  } catch (error) {
    run.violations.push(`seed ${seed}: the reader failed (${error instanceof Error ? error.message : 'unknown'})`);
  }
  const milliseconds = performance.now() - began;
  if (milliseconds > run.slowest.milliseconds) run.slowest = { milliseconds, seed };
  if (milliseconds > READER_LIMITS.milliseconds + GRACE_MS) run.violations.push(`seed ${seed}: ${Math.round(milliseconds)} ms`);
}
