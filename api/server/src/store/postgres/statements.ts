/**
 * How the statements of one transaction reach PostgreSQL: in the order in which they are asked for, those asked for together in one
 * piece and without waiting for each other (pg's pipeline mode), each parsed and planned once a connection.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';

/** The connection of one transaction, for as long as that lasts. */
export type Client = {
  query: <Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<pg.QueryResult<Row>>;
};

export class TransactionEnded extends Error {
  constructor() {
    super('The transaction has ended, and its connection may serve another by now.');
  }
}

/** A connection keeps what it has prepared; texts that are put together from parts must not fill it. */
const MOST_NAMES = 400;
const names = new Map<string, string>();

/** The name under which a connection keeps the statement; undefined where it is to be parsed each time. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
  names.set(text, name);
  return name;
}

/** Whatever is asked for until the end of this turn of the event loop leaves in one write. */
function hold({ stream }: pg.Connection): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** @returns the handle, and what ends it: nothing that is asked for later reaches the connection */
export function openStatements(client: pg.PoolClient): { client: Client; end: () => void } {
  let ended = false;
  return {
    client: {
      query: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => {
        if (ended) throw new TransactionEnded();
        hold(client.connection);
        const name = values && nameOf(text);
        return client.query<Row>({ text, ...(values ? { values } : {}), ...(name === undefined ? {} : { name }) });
      },
    },
    end: () => {
      ended = true;
    },
  };
}

/**
 * Statements that leave ahead of the work and are waited for with it. Where one of them fails, that is told, and not what failed
 * because of it.
 */
export async function following<Value>(ahead: Promise<unknown>, work: () => Promise<Value>): Promise<Value> {
  ahead.catch(() => undefined);
  try {
    return await work();
  } finally {
    await ahead;
  }
}
