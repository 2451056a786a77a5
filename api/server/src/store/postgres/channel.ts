/** What other processes say over PostgreSQL, and a look for ourselves in case it was not heard. */
import pg from 'pg';

/** A notification is lost while a connection is down; looking again finds what it said. */
const POLL_MS = 15_000;

/**
 * Listens on the channel and looks at once, then every 15 seconds.
 * @param look asks the database itself; what it throws the first time is thrown on, later the next look follows
 * @returns ends it
 */
export async function followChannel(options: {
  url: string;
  channel: string;
  heard: (payload: string | undefined) => void;
  look: () => Promise<void>;
}): Promise<() => Promise<void>> {
  let listener: pg.Client | undefined;
  let stopped = false;
  const listen = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 5000, keepAlive: true });
    client.on('error', () => {
      if (listener === client) listener = undefined;
    });
    client.on('notification', ({ payload }) => options.heard(payload));
    await client.connect();
    await client.query(`listen ${options.channel}`);
    if (stopped) await client.end();
    else listener = client;
  };
  const look = async (): Promise<void> => {
    if (!listener) await listen();
    await options.look();
  };
  await look();
  const timer = setInterval(() => void look().catch(() => undefined), POLL_MS);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await listener?.end();
  };
}
