/** From the histories of our own events to a snapshot in force. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '@refloop/domain/instant';
import { dayIn } from './calendar-day.ts';
import { openDuckDb, type Query, quoted } from './duckdb.ts';
import { type History, INPUT_COLUMNS } from './input-event.ts';
import { type CheckOutcome, createReferenceTables, KEPT_MODELS, MODEL_VERSION, runChecks, runModels, writeParquet } from './models.ts';
import type { EhrScope } from './pseudonym.ts';
import { type Earlier, earlierSnapshot, type ListedReferral, MARKS, type Reading, type ReferralSource, readingVersion } from './reading.ts';
import { type Building, beginSnapshot, publishSnapshot, retireSnapshots, type Snapshot } from './snapshot.ts';
import { type EventTable, openStaging, type StagedCounts, type Staging } from './staging.ts';
import { type KeptTallies, writeTallies } from './tallies.ts';

export type ImportProgress =
  | ({ stage: 'reading' } & StagedCounts)
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
  /** IANA name of the zone in which an instant becomes a day; UTC unless told. */
  timezone?: string;
  /** Of changes alone: reads every history anew, as if there were no snapshot. */
  full?: boolean;
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

const UTC = 'UTC';

const COLUMNS = Object.entries(INPUT_COLUMNS)
  .map(([name, type]) => `${name}: ${quoted(type)}`)
  .join(', ');

/** The rows that were read, and those of the snapshot before whose referrals are as they were. */
async function createStagedEvents(query: Query, { files }: Staging, before: Snapshot | undefined): Promise<void> {
  const read = `select * from read_json(${quoted(files.events)}, format = 'newline_delimited', columns = {${COLUMNS}}, maximum_object_size = 1048576)`;
  const kept = before && `select * from read_parquet(${quoted(join(before.folder, 'input__event.parquet'))})`;
  const tables = files.tables.map((file) => `read_parquet(${quoted(file)})`);
  const marks = tables.map((table) => ` union all select distinct referral, null as mark, true as read from ${table}`);
  await query.run(
    `create table staged_mark as
     select * from read_json(${quoted(files.marks)}, format = 'newline_delimited', columns = {referral: 'varchar', mark: 'varchar', read: 'boolean'})${marks.join('')}`,
  );
  const whole = [read, ...tables.map((table) => `select * from ${table}`)].join(' union all by name ');
  await query.run(
    `create view staged_event as ${whole}${kept ? ` union all by name ${kept} where referral in (select referral from staged_mark where not read)` : ''}`,
  );
}

/** One row for each referral. Where a history came twice with different marks, which of them holds is not known. */
const MARKS_OF_ALL = `(
  select referral, if(count(mark) = count(*) and min(mark) = max(mark), min(mark), null) as mark
  from staged_mark group by referral order by referral)`;

type Built = { checks: CheckOutcome[]; tallies: KeptTallies };

async function build(query: Query, { folder, name }: Building, { now, onProgress, timezone }: ImportOptions): Promise<Built> {
  await createReferenceTables(query, dayIn(timezone ?? UTC)(now));
  await runModels(query, (model) => onProgress?.({ stage: 'modelling', model }));
  onProgress?.({ stage: 'checking' });
  const checks = await runChecks(query);
  const failed = checks.filter(({ severity, rows }) => severity === 'error' && rows > 0);
  if (failed.length > 0) throw new ChecksFailed(failed);
  onProgress?.({ stage: 'writing' });
  for (const model of KEPT_MODELS) {
    await writeParquet(query, model, join(folder, `${model}.parquet`));
  }
  await writeParquet(query, MARKS_OF_ALL, join(folder, MARKS));
  const tallies = await writeTallies(query, folder, { asOf: now, asOfDay: dayIn(timezone ?? UTC)(now), snapshot: name });
  return { checks, tallies };
}

async function count(query: Query, sql: string): Promise<number> {
  const [row] = await query.run(`select count(*) as rows from ${sql}`);
  return Number(row?.['rows']);
}

/** Fills the staging; may look up what the snapshot before had, and leave files beside the tables in the folder of the snapshot. */
type Fill = (staging: Staging, query: Query, before: Snapshot | undefined, folder: string) => Promise<void>;

async function make(fill: Fill, building: Building, earlier: Earlier | undefined, options: ImportOptions): Promise<Snapshot> {
  const { warehouse, signal, now } = options;
  const timezone = options.timezone ?? UTC;
  const before = earlier?.usable === true && options.full !== true ? earlier.snapshot : undefined;
  const spillFolder = join(building.folder, 'spill');
  const session = await openDuckDb({
    folders: [building.folder, ...(earlier ? [earlier.snapshot.folder] : [])],
    spillFolder,
    memoryMegabytes: options.memoryMegabytes ?? 512,
    threads: 2,
    seconds: options.stepSeconds ?? 3600,
    signal,
  });
  const staging = openStaging(building.folder, { ...options, timezone });
  try {
    const query = await session.connect();
    if (earlier) {
      const file = quoted(join(earlier.snapshot.folder, MARKS));
      await query.run(`create table earlier_mark as select referral, mark from read_parquet(${file})`);
    }
    await fill(staging, query, before, building.folder);
    await staging.finish();
    await createStagedEvents(query, staging, before);
    const built = await build(query, building, options);
    const [referrals, events] = [await count(query, 'core__referral'), await count(query, 'input__event')];
    const removed = earlier ? await count(query, '(select referral from earlier_mark except select referral from staged_mark)') : null;
    query.close();
    for (const file of [staging.files.events, staging.files.marks, ...staging.files.tables]) await rm(file);
    await rm(spillFolder, { recursive: true, force: true });
    signal?.throwIfAborted();
    const { read, unchanged, unreadable } = staging.counts;
    const kind = before ? 'changes' : 'whole';
    const reading: Reading = { kind, read, unchanged, removed, unreadable, version: readingVersion(timezone), timezone };
    return await publishSnapshot(warehouse, building, { asOf: now, modelVersion: MODEL_VERSION, referrals, events, reading, ...built });
  } finally {
    await staging.close().catch(() => undefined);
    session.close();
  }
}

async function importBy(fill: Fill, options: ImportOptions): Promise<Snapshot> {
  const building = await beginSnapshot(options.warehouse, options.now);
  try {
    const snapshot = await make(fill, building, await earlierSnapshot(options.warehouse, options.timezone ?? UTC), options);
    await retireSnapshots(options.warehouse, options.keep ?? 5);
    return snapshot;
  } finally {
    await rm(building.folder, { recursive: true, force: true });
  }
}

/**
 * Takes referrals whose events are rows already, makes the models, checks them, and puts the new snapshot in force. Whatever ends it
 * before, the snapshot in force stays as it is. Throws `ChecksFailed`, `NewerSnapshotInForce`, or the reason of the signal.
 * @param write given the folder in which the snapshot is built: what it leaves there beside the table is part of the snapshot. Whose the
 * pseudonyms are, it tells `reidentify` itself.
 */
export const importTable = (write: (building: string) => Promise<EventTable>, options: ImportOptions): Promise<Snapshot> =>
  importBy(async (staging, _query, _before, folder) => staging.takeTable(await write(folder)), { ...options, full: true });

/**
 * Reads every history of our own events into a new snapshot. The result does not depend on the order of the histories, nor on how often
 * one of them comes. Throws what `importTable` throws.
 */
export const importHistories = (source: AsyncIterable<History>, options: ImportOptions): Promise<Snapshot> =>
  importBy(
    async (staging) => {
      for await (const history of source) await staging.take(history);
    },
    { ...options, full: true },
  );

/** The marks that these referrals had in the snapshot before. */
async function earlierMarks(query: Query, pseudonyms: readonly string[]): Promise<Map<string, unknown>> {
  const rows = await query.run(
    `select referral, mark from earlier_mark where referral in (select unnest(from_json($asked, '["varchar"]')))`,
    {
      asked: JSON.stringify(pseudonyms),
    },
  );
  return new Map(rows.map(({ referral, mark }) => [String(referral), mark]));
}

/**
 * Reads the histories that have changed since the snapshot in force, takes the rows of all others from it, and puts the new snapshot in
 * force: the same tables as if everything had been read. Each referral is compared with itself, by the mark of its last event, so
 * that it does not matter in which order events were committed; a history is read after it was listed, so that it holds what its mark
 * says or more. What is no longer listed is left out, and so is what can no longer be read.
 * Throws what `importTable` throws.
 */
export const importChanges = (source: ReferralSource, options: ImportOptions): Promise<Snapshot> =>
  importBy(async (staging, query, before) => {
    for await (const page of source.pages()) {
      const named = page.map((listed) => ({ listed, pseudonym: staging.pseudonymOf(listed) }));
      const pseudonyms = named.map(({ pseudonym }) => pseudonym);
      const earlier = before ? await earlierMarks(query, pseudonyms) : new Map<string, unknown>();
      const changed: ListedReferral[] = [];
      for (const { listed, pseudonym } of named) {
        if (listed.mark === null) staging.leaveOut();
        else if (earlier.get(pseudonym) === listed.mark) await staging.keep(listed, listed.mark);
        else changed.push(listed);
      }
      for await (const history of source.read(changed)) await staging.take(history);
    }
  }, options);
