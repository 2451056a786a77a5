/** Rotating the key-encryption key: data keys are wrapped anew, what they seal stays as it is. */
import type pg from 'pg';
import type { KeyRing, WrappedKey } from '../../crypto/key-ring.ts';
import type { Scope } from '../store.ts';
import { type Client, enter, inTransaction } from './database.ts';
import { INDEX_ROOT } from './index-root.ts';
import { dataKeyPlace } from './vault.ts';

const BATCH = 500;

export async function rewrapIndexRoot(pool: pg.Pool, keyRing: KeyRing): Promise<number> {
  return inTransaction(pool, async (client) => {
    const found = await client.query<WrappedKey>(`select kid, wrapped from instance_key where name = 'index' and kid <> $1 for update`, [
      keyRing.current,
    ]);
    const [stored] = found.rows;
    if (!stored) return 0;
    const { kid, wrapped } = keyRing.rewrap(stored, INDEX_ROOT);
    await client.query(`update instance_key set kid = $1, wrapped = $2 where name = 'index'`, [kid, wrapped]);
    return 1;
  });
}

async function rewrapBatch(client: Client, keyRing: KeyRing, scope: Scope): Promise<number> {
  await enter(client, scope);
  const found = await client.query<WrappedKey & { owner: string }>(
    `select owner, kid, wrapped from data_key where tenant = $1 and issuer = $2 and kid <> $3
     order by owner limit $4 for update`,
    [scope.tenant, scope.issuer, keyRing.current, BATCH],
  );
  const fresh = found.rows.map((stored) => keyRing.rewrap(stored, dataKeyPlace(scope, stored.owner)));
  await client.query(
    `update data_key set kid = $3, wrapped = given.wrapped from unnest($4::text[], $5::bytea[]) as given (owner, wrapped)
     where tenant = $1 and issuer = $2 and data_key.owner = given.owner`,
    [scope.tenant, scope.issuer, keyRing.current, found.rows.map(({ owner }) => owner), fresh.map(({ wrapped }) => wrapped)],
  );
  return found.rows.length;
}

/** In batches, so that no request waits long for a key. */
export async function rewrapDataKeys(pool: pg.Pool, keyRing: KeyRing, scope: Scope): Promise<number> {
  for (let total = 0; ; ) {
    const count = await inTransaction(pool, (client) => rewrapBatch(client, keyRing, scope));
    total += count;
    if (count < BATCH) return total;
  }
}
