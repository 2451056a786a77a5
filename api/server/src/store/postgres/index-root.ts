/** The root of the keyed indexes: made by the first process that starts, the same for all after it. */
import type pg from 'pg';
import type { KeyRing, WrappedKey } from '../../crypto/key-ring.ts';
import type { Place } from '../../crypto/seal.ts';
import { ask } from './database.ts';

export const INDEX_ROOT: Place = { table: 'instance_key', tenant: '', issuer: '', id: 'index', column: 'wrapped' };

/** 32 bytes. Throws where the key that wrapped them is not at hand. */
export async function readIndexRoot(pool: pg.Pool, keyRing: KeyRing): Promise<Uint8Array> {
  const { key, stored } = keyRing.newDataKey(INDEX_ROOT);
  await ask(pool, `insert into instance_key (name, kid, wrapped) values ('index', $1, $2) on conflict do nothing`, [
    stored.kid,
    stored.wrapped,
  ]);
  const [row] = await ask<WrappedKey>(pool, `select kid, wrapped from instance_key where name = 'index'`);
  return row ? keyRing.unwrap(row, INDEX_ROOT) : key;
}
