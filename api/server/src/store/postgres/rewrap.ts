/** Wrapping keys anew under the key-encryption key in force. What data keys seal stays as it is. */
import type pg from 'pg';
import { storedKeyPlace, type WrappedKey } from '../../crypto/key-ring.ts';
import type { Scope } from '../store.ts';
import { type Client, enter, inTransaction } from './database.ts';
import type { HeldKeys } from './held-keys.ts';
import { INDEX_ROOT } from './index-root.ts';
import { dataKeyPlace } from './vault.ts';

const BATCH = 500;

/** Nothing is wrapped under a key that was retired after this process last looked. */
const IN_FORCE = 'exists (select from key_encryption_key current where current.kid = $1 and current.retired_at is null)';

/** Names of all keys but the one in force, oldest first; foreign keys hold that nothing lies under any other. */
async function olderKeys(client: Client, current: string): Promise<string[]> {
  const found = await client.query<{ kid: string }>('select kid from key_encryption_key where kid <> $1 order by created_at, kid', [
    current,
  ]);
  return found.rows.map(({ kid }) => kid);
}

/** Brings the keys that the database keeps under the first key of REFLOOP_KEY. Returns how many lay under another. */
export async function rewrapStoredKeys(pool: pg.Pool, keys: HeldKeys): Promise<number> {
  return inTransaction(pool, async (client) => {
    const found = await client.query<WrappedKey & { root: string }>(
      'select kid, root, wrapped from key_encryption_key where root <> $1 order by kid for update',
      [keys.roots.current],
    );
    for (const { kid, root, wrapped } of found.rows) {
      const fresh = keys.roots.rewrap({ kid: root, wrapped }, storedKeyPlace(kid));
      await client.query('update key_encryption_key set root = $2, wrapped = $3 where kid = $1', [kid, fresh.kid, fresh.wrapped]);
    }
    return found.rows.length;
  });
}

export async function rewrapIndexRoot(pool: pg.Pool, keys: HeldKeys): Promise<number> {
  return inTransaction(pool, async (client) => {
    const ring = await keys.refresh(client);
    const found = await client.query<WrappedKey>(`select kid, wrapped from instance_key where name = 'index' and kid <> $1 for update`, [
      ring.current,
    ]);
    const [stored] = found.rows;
    if (!stored) return 0;
    const { kid, wrapped } = ring.rewrap(stored, INDEX_ROOT);
    const saved = await client.query(`update instance_key set kid = $1, wrapped = $2 where name = 'index' and ${IN_FORCE}`, [kid, wrapped]);
    return saved.rowCount ?? 0;
  });
}

/** The next keys of this scope under this older key, in order of their owners: two that wrap at once never wait in a circle. */
async function rewrapBatch(
  client: Client,
  keys: HeldKeys,
  scope: Scope,
  older: string,
  after: string,
): Promise<{ wrapped: number; last: string | undefined }> {
  await enter(client, scope);
  const ring = await keys.refresh(client);
  const found = await client.query<WrappedKey & { owner: string }>(
    `select owner, kid, wrapped from data_key where kid = $1 and kid <> $2 and tenant = $3 and issuer = $4 and owner > $5
     order by owner limit $6 for update`,
    [older, ring.current, scope.tenant, scope.issuer, after, BATCH],
  );
  const fresh = found.rows.map((stored) => ring.rewrap(stored, dataKeyPlace(scope, stored.owner)));
  const saved = await client.query(
    `update data_key set kid = $1, wrapped = given.wrapped from unnest($4::text[], $5::bytea[]) as given (owner, wrapped)
     where tenant = $2 and issuer = $3 and data_key.owner = given.owner and ${IN_FORCE}`,
    [ring.current, scope.tenant, scope.issuer, found.rows.map(({ owner }) => owner), fresh.map(({ wrapped }) => wrapped)],
  );
  return { wrapped: saved.rowCount ?? 0, last: found.rows.at(-1)?.owner };
}

/**
 * One pass over the scope's data keys, in batches, so that no request waits long for a key. Others may make keys meanwhile:
 * a pass that wraps nothing says that none was left when it began.
 */
export async function rewrapDataKeys(
  pool: pg.Pool,
  keys: HeldKeys,
  scope: Scope,
  wrapped: (count: number) => void = () => undefined,
): Promise<number> {
  let total = 0;
  const all = await inTransaction(pool, async (client) => olderKeys(client, (await keys.refresh(client)).current));
  for (const older of all) {
    for (let after = ''; ; ) {
      const batch = await inTransaction(pool, (client) => rewrapBatch(client, keys, scope, older, after));
      total += batch.wrapped;
      if (batch.last === undefined) break;
      after = batch.last;
      wrapped(batch.wrapped);
    }
  }
  return total;
}
