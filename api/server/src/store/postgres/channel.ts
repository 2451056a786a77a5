/** What other processes say over PostgreSQL, and a look for ourselves in case it was not heard. */
import pg from 'pg';
import { StoreUnavailable } from '../unavailable.ts';
import { isAway } from './database.ts';

/** A notification is lost while a connection is down; looking again finds what it said. */
const POLL_MS = 15_000;
/** After a connection broke, and while no new one can be had. */
const AGAIN_MS = 1000;

/**
 * Listens on the channel and looks at once, then again every 15 seconds and after each break of the connection.
 * @param look asks the database itself; what it throws the first time is thrown on, later the next look follows
 * @returns ends it
 */
export async function followChannel(options: {
  url: string;
  /** What the connection is called in PostgreSQL's own lists. */
  name: string;
  channel: string;
  heard: (payload: string | undefined) => void;
  look: () => Promise<void>;
}): Promise<() => Promise<void>> {
  let listener: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: options.url,
      connectionTimeoutMillis: 5000,
      query_timeout: 5000,
      keepAlive: true,
      application_name: options.name,
    });
    client.on('error', () => {
      if (listener !== client) return;
      listener = undefined;
      lookIn(AGAIN_MS);
    });
    client.on('notification', ({ payload }) => options.heard(payload));
    try {
      await client.connect();
      await client.query(`listen ${options.channel}`);
      listener = client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw isAway(error) ? new StoreUnavailable('nothing', error) : error;
    }
    if (stopped) await client.end();
  }
  async function look(): Promise<void> {
    if (!listener) await listen();
    await options.look();
  }
  /** A look that fails is followed by the next one. */
  function lookIn(milliseconds: number): void {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      look().then(
        () => lookIn(POLL_MS),
        () => lookIn(AGAIN_MS),
      );
    }, milliseconds);
    timer.unref();
  }

  await look();
  lookIn(POLL_MS);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await listener?.end();
  };
}
