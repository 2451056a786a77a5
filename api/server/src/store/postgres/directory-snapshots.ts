import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { DirectorySnapshot, DirectorySnapshots } from '../directory-snapshots.ts';
import { followChannel } from './channel.ts';
import { ask, instant, inTransaction } from './database.ts';

const CHANNEL = 'refloop_directory';

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
  const look = async (): Promise<void> => tell((await current(pool))?.hash);
  return followChannel({ url, name, channel: CHANNEL, heard: tell, look });
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
