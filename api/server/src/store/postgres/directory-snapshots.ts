import { createHash } from 'node:crypto';
import pg from 'pg';
import type { DirectorySnapshot, DirectorySnapshots } from '../directory-snapshots.ts';
import { StoreUnavailable } from '../unavailable.ts';
import { ask, instant, inTransaction, isAway } from './database.ts';

const CHANNEL = 'refloop_directory';
/** A notification is lost while a connection is down; asking again finds what it said. */
const POLL_MS = 15_000;
/** After a connection broke, and while no new one can be had. */
const AGAIN_MS = 1000;

type Row = { hash: string; as_of: string; counts: Record<string, number>; synthetic: boolean; published_at: Date };

async function publish(pool: pg.Pool, snapshot: DirectorySnapshot, bytes: Uint8Array): Promise<void> {
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== snapshot.hash)
    throw new Error(`The directory’s bytes have the hash ${actual}, not ${snapshot.hash}; nothing was published.`);
  await inTransaction(pool, async (client) => {
    await client.query(
      `insert into directory_snapshot (hash, as_of, counts, synthetic, published_at, bytes) values ($1, $2, $3, $4, $5, $6)
       on conflict (hash) do nothing`,
      [snapshot.hash, snapshot.asOf, JSON.stringify(snapshot.counts), snapshot.synthetic, snapshot.publishedAt, bytes],
    );
    await client.query(
      'insert into directory_pointer (only_one, hash) values (true, $1) on conflict (only_one) do update set hash = excluded.hash',
      [snapshot.hash],
    );
    await client.query('select pg_notify($1, $2)', [CHANNEL, snapshot.hash]);
  });
}

async function current(pool: pg.Pool): Promise<DirectorySnapshot | undefined> {
  const [row] = await ask<Row>(
    pool,
    `select hash, as_of::text, counts, synthetic, published_at from directory_pointer join directory_snapshot using (hash)`,
  );
  return row && { hash: row.hash, asOf: row.as_of, counts: row.counts, synthetic: row.synthetic, publishedAt: instant(row.published_at) };
}

type Place = { pool: pg.Pool; url: string; name: string };

async function onChange({ pool, url, name }: Place, changed: (hash: string) => void): Promise<() => Promise<void>> {
  let last = (await current(pool))?.hash;
  const tell = (hash: string | undefined): void => {
    if (hash === undefined || hash === last) return;
    last = hash;
    changed(hash);
  };
  let listener: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5000,
      query_timeout: 5000,
      keepAlive: true,
      application_name: name,
    });
    client.on('error', () => {
      if (listener !== client) return;
      listener = undefined;
      lookIn(AGAIN_MS);
    });
    client.on('notification', ({ payload }) => tell(payload));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      listener = client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw isAway(error) ? new StoreUnavailable('nothing', error) : error;
    }
    if (stopped) await client.end();
  }
  async function look(): Promise<void> {
    if (!listener) await listen();
    tell((await current(pool))?.hash);
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

export const postgresDirectorySnapshots = (pool: pg.Pool, url: string, name: string): DirectorySnapshots => ({
  publish: (snapshot, bytes) => publish(pool, snapshot, bytes),
  current: () => current(pool),
  bytes: async (hash) => {
    const [row] = await ask<{ bytes: Buffer }>(pool, 'select bytes from directory_snapshot where hash = $1', [hash]);
    return row?.bytes;
  },
  onChange: (changed) => onChange({ pool, url, name }, changed),
});
