/** Tables in memory with transactions: one at a time, undone in reverse when the work throws. */
import { asKept } from '../kept-json.ts';

/** What is read cannot be changed: it is the row as it is kept. */
export type Table<Row> = {
  get: (key: string) => Row | undefined;
  put: (key: string, row: Row) => void;
  remove: (key: string) => void;
  /** Rows whose key starts with the prefix, in order of their key. */
  rows: (prefix: string) => Row[];
  /** Those of them that stand under this name; where the table gives its rows no names, none. */
  named: (prefix: string, name: string) => Row[];
};

export type Tables = {
  /** @param namesOf what rows are also found by, without looking through all of them */
  table: <Row extends object>(namesOf?: (row: Row) => readonly string[]) => Table<Row>;
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

/** Beyond every character that a key holds. */
const LAST = '\uffff';
/** So many are put in their places one by one. */
const FEW = 8;

/** Keys in order: what begins alike stands together. They are put in order when somebody asks, so that what nobody asks for costs nothing. */
function createKeys() {
  let keys: string[] = [];
  let added: string[] = [];
  const settle = (): void => {
    if (added.length > FEW) keys = [...keys, ...added].sort();
    else for (const key of added) keys.splice(placeOf(keys, key), 0, key);
    added = [];
  };
  return {
    /** Of a key that is not among them. */
    add: (key: string): void => {
      if (added.length === 0 && (keys.at(-1) ?? '') < key) keys.push(key);
      else added.push(key);
    },
    remove: (key: string): void => {
      settle();
      const at = placeOf(keys, key);
      if (keys[at] === key) keys.splice(at, 1);
    },
    from: (prefix: string): string[] => {
      settle();
      return keys.slice(placeOf(keys, prefix), placeOf(keys, prefix + LAST));
    },
  };
}

/** Rows of one name in order of their keys: few, and read as one piece. */
function createGroup<Row>() {
  const keys: string[] = [];
  const rows: Row[] = [];
  return {
    put: (key: string, row: Row): void => {
      const at = (keys.at(-1) ?? '') < key ? keys.length : placeOf(keys, key);
      const among = keys[at] === key ? 1 : 0;
      keys.splice(at, among, key);
      rows.splice(at, among, row);
    },
    remove: (key: string): void => {
      const at = placeOf(keys, key);
      if (keys[at] !== key) return;
      keys.splice(at, 1);
      rows.splice(at, 1);
    },
    from: (prefix: string): Row[] => rows.slice(placeOf(keys, prefix), placeOf(keys, prefix + LAST)),
  };
}

const NO_NAMES: readonly string[] = [];

function createRows<Row extends object>(namesOf: (row: Row) => readonly string[]) {
  const byKey = new Map<string, Row>();
  const all = createKeys();
  const groups = new Map<string, ReturnType<typeof createGroup<Row>>>();
  const groupOf = (name: string): ReturnType<typeof createGroup<Row>> => {
    const group = groups.get(name) ?? createGroup<Row>();
    groups.set(name, group);
    return group;
  };
  const set = (key: string, row: Row | undefined): Row | undefined => {
    const before = byKey.get(key);
    const names = row === undefined ? NO_NAMES : namesOf(row);
    for (const name of before === undefined ? NO_NAMES : namesOf(before)) if (!names.includes(name)) groupOf(name).remove(key);
    if (row === undefined) {
      byKey.delete(key);
      if (before !== undefined) all.remove(key);
      return before;
    }
    byKey.set(key, row);
    if (before === undefined) all.add(key);
    for (const name of names) groupOf(name).put(key, row);
    return before;
  };
  return {
    get: (key: string) => byKey.get(key),
    set,
    from: (prefix: string): Row[] => all.from(prefix).flatMap((key) => byKey.get(key) ?? []),
    named: (prefix: string, name: string) => groups.get(name)?.from(prefix) ?? [],
  };
}

export function createTables(): Tables {
  let undo: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  return {
    table: <Row extends object>(namesOf: (row: Row) => readonly string[] = () => NO_NAMES): Table<Row> => {
      const kept = createRows(namesOf);
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
