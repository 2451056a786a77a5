/** From the histories of our own events to a snapshot in force. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '@refloop/domain/instant';
import { openDuckDb, type Query, quoted } from './duckdb.ts';
import { flatten, type History, INPUT_COLUMNS } from './input-event.ts';
import { type CheckOutcome, createReferenceTables, KEPT_MODELS, MODEL_VERSION, runChecks, runModels, writeParquet } from './models.ts';
import { createPseudonyms, type EhrScope } from './pseudonym.ts';
import { type Building, beginSnapshot, publishSnapshot, retireSnapshots, type Snapshot } from './snapshot.ts';

export type ImportProgress =
  | { stage: 'reading'; referrals: number; events: number }
  | { stage: 'modelling'; model: string }
  | { stage: 'checking' }
  | { stage: 'writing' };

/** Which referral a pseudonym stands for. Never in the warehouse: whoever keeps it can say who is behind a bar. */
export type Reidentification = EhrScope & { site: string; pseudonym: string; referralId: string };

export type ImportOptions = {
  /** The folder of the warehouse; made where it is missing. */
  warehouse: string;
  /** 32 bytes or more; the same for each import, or the same referral gets another pseudonym. */
  pseudonymKey: Uint8Array;
  /** The moment the snapshot is of. */
  now: Instant;
  /** Given every pair, in batches, before the snapshot that holds the pseudonyms is in force. */
  reidentify: (pairs: Reidentification[]) => Promise<void>;
  onProgress?: (progress: ImportProgress) => void;
  signal?: AbortSignal;
  /** How many snapshots stay; 5 unless told. One younger than an hour always does. */
  keep?: number;
  /** Of DuckDB; 512 unless told. What does not fit goes to disk. */
  memoryMegabytes?: number;
  /** How long one step may take; an hour unless told. */
  stepSeconds?: number;
};

/** A check found rows that would make every number wrong: the snapshot before stays in force. */
export class ChecksFailed extends Error {
  readonly failed: CheckOutcome[];
  constructor(failed: CheckOutcome[]) {
    const lines = failed.map(
      ({ check, rows, meaning, sample }) => `  ${check}: ${rows} rows. ${meaning} First: ${JSON.stringify(sample[0])}`,
    );
    super(`The snapshot was not put in force; the one before it still is. What was read does not hold together:\n${lines.join('\n')}`);
    this.failed = failed;
  }
}

const BATCH = 500;
const WRITE_AT = 1_000_000;

/** Writes the flattened events as lines of JSON, which DuckDB reads faster than it takes rows one by one. Memory does not grow with them. */
async function stage(
  source: AsyncIterable<History>,
  file: string,
  { pseudonymKey, reidentify, onProgress, signal }: ImportOptions,
): Promise<{ events: number }> {
  const pseudonyms = createPseudonyms(pseudonymKey);
  const out = createWriteStream(file, { mode: 0o600 });
  let failure: Error | undefined;
  out.on('error', (error) => {
    failure = error;
  });
  const write = async (text: string): Promise<void> => {
    if (failure) throw failure;
    if (!out.write(text)) await once(out, 'drain');
  };
  let [referrals, events, lines] = [0, 0, ''];
  let pairs: Reidentification[] = [];
  try {
    for await (const history of source) {
      signal?.throwIfAborted();
      const rows = flatten(history, pseudonyms);
      for (const row of rows) lines += `${JSON.stringify(row)}\n`;
      const { tenant, issuer, site, referralId } = history;
      const pseudonym = rows[0]?.referral;
      if (typeof pseudonym === 'string') pairs.push({ tenant, issuer, site, pseudonym, referralId });
      referrals += 1;
      events += rows.length;
      if (pairs.length >= BATCH) {
        await reidentify(pairs);
        pairs = [];
        onProgress?.({ stage: 'reading', referrals, events });
      }
      if (lines.length >= WRITE_AT) {
        await write(lines);
        lines = '';
      }
    }
    if (pairs.length > 0) await reidentify(pairs);
    await write(lines);
    onProgress?.({ stage: 'reading', referrals, events });
  } finally {
    out.end();
    if (!out.closed) await once(out, 'close');
  }
  if (failure) throw failure;
  return { events };
}

const COLUMNS = Object.entries(INPUT_COLUMNS)
  .map(([name, type]) => `${name}: ${quoted(type)}`)
  .join(', ');

async function build(query: Query, folder: string, staged: string, { now, onProgress }: ImportOptions): Promise<CheckOutcome[]> {
  await createReferenceTables(query, now);
  await query.run(
    `create view staged_event as
     select * from read_json(${quoted(staged)}, format = 'newline_delimited', columns = {${COLUMNS}}, maximum_object_size = 1048576)`,
  );
  await runModels(query, (model) => onProgress?.({ stage: 'modelling', model }));
  onProgress?.({ stage: 'checking' });
  const checks = await runChecks(query);
  const failed = checks.filter(({ severity, rows }) => severity === 'error' && rows > 0);
  if (failed.length > 0) throw new ChecksFailed(failed);
  onProgress?.({ stage: 'writing' });
  for (const model of KEPT_MODELS) {
    await writeParquet(query, model, join(folder, `${model}.parquet`));
  }
  return checks;
}

async function count(query: Query, sql: string): Promise<number> {
  const [row] = await query.run(`select count(*) as rows from ${sql}`);
  return Number(row?.['rows']);
}

async function make(source: AsyncIterable<History>, building: Building, options: ImportOptions): Promise<Snapshot> {
  const { warehouse, signal, now } = options;
  const staged = join(building.folder, 'staged.ndjson');
  const spillFolder = join(building.folder, 'spill');
  await stage(source, staged, options);
  const session = await openDuckDb({
    folders: [building.folder],
    spillFolder,
    memoryMegabytes: options.memoryMegabytes ?? 512,
    threads: 2,
    seconds: options.stepSeconds ?? 3600,
    signal,
  });
  try {
    const query = await session.connect();
    const checks = await build(query, building.folder, staged, options);
    const [referrals, events] = [await count(query, 'core__referral'), await count(query, 'input__event')];
    query.close();
    await rm(staged);
    await rm(spillFolder, { recursive: true, force: true });
    signal?.throwIfAborted();
    return await publishSnapshot(warehouse, building, { asOf: now, modelVersion: MODEL_VERSION, referrals, events, checks });
  } finally {
    session.close();
  }
}

/**
 * Reads every history, makes the models, checks them, and puts the new snapshot in force. The result does not depend on the order of
 * the histories, nor on how often one of them comes. Whatever ends it before, the snapshot in force stays as it is.
 * Throws `ChecksFailed`, `NewerSnapshotInForce`, or the reason of the signal.
 */
export async function importHistories(source: AsyncIterable<History>, options: ImportOptions): Promise<Snapshot> {
  const building = await beginSnapshot(options.warehouse, options.now);
  try {
    const snapshot = await make(source, building, options);
    await retireSnapshots(options.warehouse, options.keep ?? 5);
    return snapshot;
  } finally {
    await rm(building.folder, { recursive: true, force: true });
  }
}
