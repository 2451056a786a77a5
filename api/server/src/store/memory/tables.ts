/** Tables in memory with transactions: one at a time, undone in reverse when the work throws. */

export type Table<Row> = {
  get: (key: string) => Row | undefined;
  put: (key: string, row: Row) => void;
  remove: (key: string) => void;
  /** Rows whose key starts with the prefix, in order of their key. */
  rows: (prefix: string) => Row[];
};

export type Tables = {
  table: <Row extends object>() => Table<Row>;
  /** Runs the work alone; what it wrote is undone where it throws. */
  transaction: <Value>(work: () => Promise<Value>) => Promise<Value>;
};

/** A copy that shares nothing, as JSON would come back from a database. */
export const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value ?? null)) as Value;

export function createTables(): Tables {
  let undo: (() => void)[] = [];
  let last: Promise<unknown> = Promise.resolve();
  return {
    table: <Row extends object>(): Table<Row> => {
      const kept = new Map<string, Row>();
      const write = (key: string, row: Row | undefined): void => {
        const before = kept.get(key);
        undo.push(() => {
          if (before === undefined) kept.delete(key);
          else kept.set(key, before);
        });
        if (row === undefined) kept.delete(key);
        else kept.set(key, row);
      };
      return {
        get: (key) => {
          const row = kept.get(key);
          return row === undefined ? undefined : copy(row);
        },
        put: (key, row) => {
          write(key, copy(row));
        },
        remove: (key) => write(key, undefined),
        rows: (prefix) =>
          [...kept.entries()]
            .filter(([key]) => key.startsWith(prefix))
            .sort(([left], [right]) => (left < right ? -1 : 1))
            .map(([, row]) => copy(row)),
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
