/** Tables in memory with transactions: one at a time, undone in reverse when the work throws. */
import { asKept } from '../kept-json.ts';

/** What is read cannot be changed: it is the row as it is kept. */
export type Table<Row> = {
  get: (key: string) => Row | undefined;
  put: (key: string, row: Row) => void;
  remove: (key: string) => void;
  /** In order of their key. */
  rows: () => Row[];
  /** Those that stand under this name, in order of their key; where the table gives its rows no names, none. */
  named: (name: string) => Row[];
};

/** Rows that stand in places, each by itself. */
export type PlacedTable<Row> = {
  in: (place: string) => Table<Row>;
  /** Of all places, one place after the other. */
  everywhere: () => Row[];
  namedEverywhere: (name: string) => Row[];
};

export type Tables = {
  /** @param namesOf what rows are also found by, without looking through all of them */
  table: <Row extends object>(namesOf?: (row: Row) => readonly string[]) => PlacedTable<Row>;
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
    all: (): readonly string[] => {
      settle();
      return keys;
    },
  };
}

/** Rows of one name in order of their keys: few, and read as one piece. */
function createGroup<Row>() {
  const keys: string[] = [];
  const rows: Row[] = [];
  return {
    put: (key: string, row: Row): void => {
      const last = keys.at(-1);
      if (last === undefined || last < key) {
        keys.push(key);
        rows.push(row);
        return;
      }
      const at = placeOf(keys, key);
      if (keys[at] === key) rows[at] = row;
      else {
        keys.splice(at, 0, key);
        rows.splice(at, 0, row);
      }
    },
    remove: (key: string): void => {
      const at = placeOf(keys, key);
      if (keys[at] !== key) return;
      keys.splice(at, 1);
      rows.splice(at, 1);
    },
    rows: (): Row[] => rows.slice(),
  };
}

const NO_NAMES: readonly string[] = [];

function createRows<Row extends object>(namesOf: ((row: Row) => readonly string[]) | undefined) {
  const byKey = new Map<string, Row>();
  const all = createKeys();
  const groups = new Map<string, ReturnType<typeof createGroup<Row>>>();
  const groupOf = (name: string): ReturnType<typeof createGroup<Row>> => {
    const known = groups.get(name);
    if (known) return known;
    const group = createGroup<Row>();
    groups.set(name, group);
    return group;
  };
  const name = (key: string, row: Row | undefined, before: Row | undefined): void => {
    if (!namesOf) return;
    const names = row === undefined ? NO_NAMES : namesOf(row);
    for (const each of before === undefined ? NO_NAMES : namesOf(before)) if (!names.includes(each)) groupOf(each).remove(key);
    if (row !== undefined) for (const each of names) groupOf(each).put(key, row);
  };
  /** All rows, until one is written. */
  let inOrder: Row[] | undefined;
  const set = (key: string, row: Row | undefined): Row | undefined => {
    const before = byKey.get(key);
    inOrder = undefined;
    name(key, row, before);
    if (row !== undefined) {
      byKey.set(key, row);
      if (before === undefined) all.add(key);
    } else if (before !== undefined) {
      byKey.delete(key);
      all.remove(key);
    }
    return before;
  };
  return {
    get: (key: string) => byKey.get(key),
    set,
    rows: (): Row[] => {
      inOrder ??= all.all().flatMap((key) => byKey.get(key) ?? []);
      return inOrder.slice();
    },
    named: (each: string): Row[] => groups.get(each)?.rows() ?? [],
  };
}

export function createTables(): Tables {
  let undo: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();

  function placed<Row extends object>(namesOf: ((row: Row) => readonly string[]) | undefined): Table<Row> {
    const kept = createRows(namesOf);
    const write = (key: string, row: Row | undefined): void => {
      const before = kept.set(key, row);
      undo.push(() => void kept.set(key, before));
    };
    return {
      get: kept.get,
      put: (key, row) => write(key, asKept(row)),
      remove: (key) => write(key, undefined),
      rows: kept.rows,
      named: kept.named,
    };
  }

  return {
    table: <Row extends object>(namesOf?: (row: Row) => readonly string[]): PlacedTable<Row> => {
      const places = new Map<string, Table<Row>>();
      return {
        in: (place) => {
          const table = places.get(place) ?? placed(namesOf);
          places.set(place, table);
          return table;
        },
        everywhere: () => [...places.values()].flatMap((table) => table.rows()),
        namedEverywhere: (name) => [...places.values()].flatMap((table) => table.named(name)),
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
