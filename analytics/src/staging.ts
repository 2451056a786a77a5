/** What is read for a snapshot, on its way into DuckDB: lines of JSON, which it reads faster than it takes rows one by one. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { dayIn } from './calendar-day.ts';
import type { ImportProgress, Reidentification } from './import-histories.ts';
import { flatten, type History } from './input-event.ts';
import { createPseudonyms, type EhrScope } from './pseudonym.ts';

/** One file that grows; memory does not grow with it. */
function openLines(file: string): { add: (value: unknown) => Promise<void>; close: () => Promise<void> } {
  const out = createWriteStream(file, { mode: 0o600 });
  let failure: Error | undefined;
  out.on('error', (error) => {
    failure = error;
  });
  let lines = '';
  const write = async (): Promise<void> => {
    if (failure) throw failure;
    const text = lines;
    lines = '';
    if (!out.write(text)) await once(out, 'drain');
  };
  return {
    add: async (value) => {
      lines += `${JSON.stringify(value)}\n`;
      if (lines.length >= WRITE_AT) await write();
    },
    close: async () => {
      if (!failure && lines !== '') await write();
      out.end();
      if (!out.closed) await once(out, 'close');
      if (failure) throw failure;
    },
  };
}

const BATCH = 500;
const WRITE_AT = 1_000_000;

export type StagingOptions = {
  pseudonymKey: Uint8Array;
  timezone: string;
  reidentify: (pairs: Reidentification[]) => Promise<void>;
  onProgress?: ((progress: ImportProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
};

/** Of events and of marks; `tables` are Parquet. */
export type StagedFiles = { events: string; marks: string; tables: string[] };

/** Parquet files of rows of events, with the columns of INPUT_COLUMNS that they have; in the folder of the snapshot that is built. */
export type EventTable = { files: string[]; referrals: number; events: number };

type Named = EhrScope & { site: string; referralId: string };

export type StagedCounts = {
  /** Looked at so far. */
  referrals: number;
  /** Of them: read, taken over from the snapshot before, left out because they cannot be read. */
  read: number;
  unchanged: number;
  unreadable: number;
  /** Of those that were read. */
  events: number;
};

export type Staging = {
  files: StagedFiles;
  counts: Readonly<StagedCounts>;
  pseudonymOf: (named: Named) => string;
  /** A history that was read. */
  take: (history: History) => Promise<void>;
  /** Referrals whose events are rows already. */
  takeTable: (table: EventTable) => void;
  /** A referral of the snapshot before, to which nothing was added. */
  keep: (named: Named, mark: string) => Promise<void>;
  /** A referral whose history cannot be read any more. */
  leaveOut: () => void;
  /** Gives the last pairs on, and has everything in the files. */
  finish: () => Promise<void>;
  /** Ends it in any case. */
  close: () => Promise<void>;
};

export function openStaging(folder: string, options: StagingOptions): Staging {
  const { reidentify, onProgress, signal } = options;
  const files: StagedFiles = { events: join(folder, 'staged.ndjson'), marks: join(folder, 'staged-marks.ndjson'), tables: [] };
  const pseudonyms = createPseudonyms(options.pseudonymKey);
  const dayOf = dayIn(options.timezone);
  const [events, marks] = [openLines(files.events), openLines(files.marks)];
  const counts: StagedCounts = { referrals: 0, read: 0, unchanged: 0, unreadable: 0, events: 0 };
  let pairs: Reidentification[] = [];
  const pseudonymOf = (named: Named): string => pseudonyms.referral(named, named.referralId);

  async function giveOn(): Promise<void> {
    signal?.throwIfAborted();
    if (pairs.length > 0) await reidentify(pairs);
    pairs = [];
    onProgress?.({ stage: 'reading', ...counts });
  }

  /** Its pair is given each time: the database may have been restored to a day before it was kept. */
  async function hold({ tenant, issuer, site, referralId }: Named, how: { mark: string | null; read: boolean }): Promise<void> {
    const pseudonym = pseudonymOf({ tenant, issuer, site, referralId });
    await marks.add({ referral: pseudonym, ...how });
    pairs.push({ tenant, issuer, site, pseudonym, referralId });
    counts.referrals += 1;
    if (pairs.length >= BATCH) await giveOn();
  }

  async function close(): Promise<void> {
    await Promise.all([events.close(), marks.close()]);
  }

  return {
    files,
    counts,
    pseudonymOf,
    take: async (history) => {
      const rows = flatten(history, pseudonyms, dayOf);
      signal?.throwIfAborted();
      for (const row of rows) await events.add(row);
      counts.read += 1;
      counts.events += rows.length;
      if (rows.length > 0) await hold(history, { mark: history.mark ?? null, read: true });
    },
    takeTable: ({ files: tables, referrals, events: many }) => {
      files.tables.push(...tables);
      counts.referrals += referrals;
      counts.read += referrals;
      counts.events += many;
    },
    keep: async (named, mark) => {
      counts.unchanged += 1;
      await hold(named, { mark, read: false });
    },
    leaveOut: () => {
      counts.unreadable += 1;
      counts.referrals += 1;
    },
    finish: async () => {
      await giveOn();
      await close();
    },
    close,
  };
}
