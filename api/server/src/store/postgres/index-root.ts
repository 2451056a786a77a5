/** The root of the keyed indexes: made by the first process that starts, the same for all after it. */
import type pg from 'pg';
import type { KeyRing, WrappedKey } from '../../crypto/key-ring.ts';
import type { Place } from '../../crypto/seal.ts';

export const INDEX_ROOT: Place = { table: 'instance_key', tenant: '', issuer: '', id: 'index', column: 'wrapped' };

/** 32 bytes. Throws where the key that wrapped them is not at hand. */
export async function readIndexRoot(pool: pg.Pool, keyRing: KeyRing): Promise<Uint8Array> {
  const { key, stored } = keyRing.newDataKey(INDEX_ROOT);
  await pool.query(`insert into instance_key (name, kid, wrapped) values ('index', $1, $2) on conflict do nothing`, [
    stored.kid,
    stored.wrapped,
  ]);
  const found = await pool.query<WrappedKey>(`select kid, wrapped from instance_key where name = 'index'`);
  const [row] = found.rows;
  return row ? keyRing.unwrap(row, INDEX_ROOT) : key;
}
