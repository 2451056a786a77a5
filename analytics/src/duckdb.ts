/** DuckDB as this package uses it: no network, no extension, no folder but those it is given, and no query without an end. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api';

export type DuckDbLimits = {
  /** The only folders it may read or write; none where it reads nothing from disk. */
  folders: string[];
  memoryMegabytes: number;
  threads: number;
  /** Where it puts what does not fit into memory; without one it fails instead. Lies within `folders`. */
  spillFolder: string | null;
  /**
   * Whether tables lie in a file of the spill folder, packed, instead of in memory: what is far more than memory takes a part of the disk
   * and of the time then, and each statement takes as long as a file needs.
   */
  tablesOnDisk?: boolean;
};

export type Rows = Record<string, unknown>[];

export type Query = {
  /** Runs one or more statements; the rows of the last. Counts come as numbers, dates as `2026-11-28`, structs as objects. */
  run: (sql: string, values?: Record<string, DuckDBValue>) => Promise<Rows>;
  /** The rows of one statement, piece by piece: for more than fits into memory. Ended by the signal, between pieces. */
  stream: (sql: string) => AsyncIterable<Rows>;
  close: () => void;
};

export type Session = { connect: () => Promise<Query>; close: () => void };

export class QueryTookTooLong extends Error {
  constructor(seconds: number) {
    super(`The query was ended after ${seconds} seconds. Ask for fewer segments, or give it longer.`);
  }
}

/** A path or a name as SQL text: names of tables and folders cannot be parameters there. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** DuckDB's own values as plain ones. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof DuckDBDateValue) return value.toString();
  if (value instanceof DuckDBListValue) return value.items.map(plain);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, each]) => [name, plain(each)]));
  }
  return value;
}

const plainRow = (row: Record<string, DuckDBValue>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));

/** A query ends when its time is over or when the signal says so, and the connection serves the next one. */
async function bounded<Value>(
  connection: DuckDBConnection,
  { seconds, signal }: { seconds: number; signal: AbortSignal | undefined },
  work: () => Promise<Value>,
): Promise<Value> {
  signal?.throwIfAborted();
  let late = false;
  const interrupt = (): void => connection.interrupt();
  const timer = setTimeout(() => {
    late = true;
    interrupt();
  }, seconds * 1000);
  signal?.addEventListener('abort', interrupt);
  try {
    return await work();
  } catch (error) {
    if (late) throw new QueryTookTooLong(seconds);
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
  }
}

/**
 * A database of its own that sees the given folders and nothing else of the machine, and whose settings cannot be changed any more.
 * @param limits.seconds after which a query is ended
 */
export async function openDuckDb(limits: DuckDbLimits & { seconds: number; signal?: AbortSignal | undefined }): Promise<Session> {
  const folder = limits.tablesOnDisk ? limits.spillFolder : null;
  if (folder !== null) await mkdir(folder, { recursive: true, mode: 0o700 });
  const instance = await DuckDBInstance.create(folder === null ? ':memory:' : join(folder, 'tables.duckdb'), {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    memory_limit: `${limits.memoryMegabytes}MB`,
    threads: String(limits.threads),
    temp_directory: limits.spillFolder ?? '',
  });
  const setUp = await instance.connect();
  // Nobody opens the file again.
  await setUp.run('pragma disable_checkpoint_on_shutdown');
  await setUp.run(`set allowed_directories = [${limits.folders.map(quoted).join(', ')}]`);
  await setUp.run('set enable_external_access = false');
  await setUp.run('set lock_configuration = true');
  setUp.closeSync();
  return {
    connect: async () => {
      const connection = await instance.connect();
      const bounds = { seconds: limits.seconds, signal: limits.signal };
      return {
        run: (sql, values) =>
          bounded(connection, bounds, async () => {
            const reader = await connection.runAndReadAll(sql, values);
            return reader.getRowObjects().map(plainRow);
          }),
        stream: async function* (sql) {
          const result = await bounded(connection, bounds, () => connection.stream(sql));
          for await (const rows of result.yieldRowObjects()) {
            limits.signal?.throwIfAborted();
            yield rows.map(plainRow);
          }
        },
        close: () => connection.closeSync(),
      };
    },
    close: () => instance.closeSync(),
  };
}
