/** The root of the keyed indexes: made by the first process that starts, the same for all after it. */
import type pg from 'pg';
import type { WrappedKey } from '../../crypto/key-ring.ts';
import type { Place } from '../../crypto/seal.ts';
import { ask, inTransaction } from './database.ts';
import { type HeldKeys, introduceRoot, openWrapped } from './held-keys.ts';

export const INDEX_ROOT: Place = { table: 'instance_key', tenant: '', issuer: '', id: 'index', column: 'wrapped' };

const look = (pool: pg.Pool, keys: HeldKeys): Promise<Uint8Array | undefined> =>
  inTransaction(pool, (client) => {
    const read = async (): Promise<WrappedKey | undefined> =>
      (await client.query<WrappedKey>(`select kid, wrapped from instance_key where name = 'index'`)).rows[0];
    return openWrapped(keys, client, read, INDEX_ROOT);
  });

/** 32 bytes. Throws where the key that wrapped them is not at hand. */
export async function readIndexRoot(pool: pg.Pool, keys: HeldKeys): Promise<Uint8Array> {
  for (;;) {
    const root = await look(pool, keys);
    if (root) return root;
    await introduceRoot(pool, keys);
    const { stored } = keys.ring().newDataKey(INDEX_ROOT);
    // Nothing is inserted where another process was first, or the key was retired meanwhile; the next look finds out.
    await ask(
      pool,
      `insert into instance_key (name, kid, wrapped) select 'index', $1, $2
       where exists (select from key_encryption_key where kid = $1 and retired_at is null) on conflict do nothing`,
      [stored.kid, stored.wrapped],
    );
  }
}
