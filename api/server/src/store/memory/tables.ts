/** Tables in memory with transactions: one at a time, undone in reverse when the work throws. */
import { asKept } from './kept-row.ts';

/** What is read cannot be changed: it is the row as it is kept. */
export type Table<Row> = {
  get: (key: string) => Row | undefined;
  put: (key: string, row: Row) => void;
  remove: (key: string) => void;
  /** Rows whose key starts with the prefix, in order of their key. */
  rows: (prefix: string) => Row[];
  /** Those of them that stand under this name, by what the table is grouped by; without it none. */
  named: (prefix: string, name: string) => Row[];
};

export type Tables = {
  /** @param nameOf what rows are also found by, without looking through all of them */
  table: <Row extends object>(nameOf?: (row: Row) => string) => Table<Row>;
  /** Runs the work alone; what it wrote is undone where it throws. */
  transaction: <Value>(work: () => Promise<Value>) => Promise<Value>;
};

/** Where the key stands, or would stand, in a list that is in order. */
function placeOf(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Keys in order. */
function createKeys() {
  const keys: string[] = [];
  return {
    add: (key: string): void => {
      const at = (keys.at(-1) ?? '') < key ? keys.length : placeOf(keys, key);
      if (keys[at] !== key) keys.splice(at, 0, key);
    },
    remove: (key: string): void => {
      const at = placeOf(keys, key);
      if (keys[at] === key) keys.splice(at, 1);
    },
    from: (prefix: string): string[] => {
      const found: string[] = [];
      for (let at = placeOf(keys, prefix); at < keys.length; at += 1) {
        const key = keys[at] ?? '';
        if (!key.startsWith(prefix)) break;
        found.push(key);
      }
      return found;
    },
  };
}

function createRows<Row extends object>(nameOf: ((row: Row) => string) | undefined) {
  const rows = new Map<string, Row>();
  const keys = createKeys();
  const groups = new Map<string, ReturnType<typeof createKeys>>();
  const groupOf = (row: Row): ReturnType<typeof createKeys> | undefined => {
    if (!nameOf) return undefined;
    const name = nameOf(row);
    const group = groups.get(name) ?? createKeys();
    groups.set(name, group);
    return group;
  };
  const set = (key: string, row: Row | undefined): Row | undefined => {
    const before = rows.get(key);
    if (before !== undefined) groupOf(before)?.remove(key);
    if (row === undefined) {
      rows.delete(key);
      keys.remove(key);
    } else {
      rows.set(key, row);
      if (before === undefined) keys.add(key);
      groupOf(row)?.add(key);
    }
    return before;
  };
  const read = (found: readonly string[]): Row[] => found.flatMap((key) => rows.get(key) ?? []);
  return {
    get: (key: string) => rows.get(key),
    set,
    from: (prefix: string) => read(keys.from(prefix)),
    named: (prefix: string, name: string) => read(groups.get(name)?.from(prefix) ?? []),
  };
}

export function createTables(): Tables {
  let undo: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  return {
    table: <Row extends object>(nameOf?: (row: Row) => string): Table<Row> => {
      const kept = createRows(nameOf);
      const write = (key: string, row: Row | undefined): void => {
        const before = kept.set(key, row);
        undo.push(() => void kept.set(key, before));
      };
      return {
        get: kept.get,
        put: (key, row) => write(key, asKept(row)),
        remove: (key) => write(key, undefined),
        rows: kept.from,
        named: kept.named,
      };
    },
    transaction: (work) => {
      const run = async () => {
        undo = [];
        try {
          return await work();
        } catch (error) {
          for (const step of undo.reverse()) step();
          throw error;
        }
      };
      const result = last.then(run, run);
      last = result.catch(() => undefined);
      return result;
    },
  };
}
