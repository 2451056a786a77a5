/** Seals and opens the columns of one transaction, each under the data key of its owner. */
import type { KeyRing, WrappedKey } from '../../crypto/key-ring.ts';
import { openJson, type Place, sealJson } from '../../crypto/seal.ts';
import type { Scope } from '../store.ts';
import type { Client } from './database.ts';

export type Vault = {
  /** @param owner `referral/<id>`, `session/<digest>`, `audit/<year-month>` */
  seal: (owner: string, at: { table: string; id: string; column: string }, value: unknown) => Promise<Buffer>;
  open: (owner: string, at: { table: string; id: string; column: string }, sealed: Uint8Array) => Promise<unknown>;
};

export const dataKeyPlace = (scope: Pick<Scope, 'tenant' | 'issuer'>, owner: string): Place => ({
  table: 'data_key',
  tenant: scope.tenant,
  issuer: scope.issuer,
  id: owner,
  column: 'wrapped',
});

export function openVault(client: Client, scope: Scope, keyRing: KeyRing): Vault {
  const keys = new Map<string, Uint8Array>();
  const keyPlace = (owner: string): Place => dataKeyPlace(scope, owner);
  const place = (at: { table: string; id: string; column: string }): Place => ({ ...at, tenant: scope.tenant, issuer: scope.issuer });

  async function read(owner: string): Promise<Uint8Array | undefined> {
    const known = keys.get(owner);
    if (known) return known;
    const found = await client.query<WrappedKey>('select kid, wrapped from data_key where tenant = $1 and issuer = $2 and owner = $3', [
      scope.tenant,
      scope.issuer,
      owner,
    ]);
    const [stored] = found.rows;
    if (!stored) return undefined;
    const key = keyRing.unwrap(stored, keyPlace(owner));
    keys.set(owner, key);
    return key;
  }

  async function readOrMake(owner: string): Promise<Uint8Array> {
    const before = await read(owner);
    if (before) return before;
    const { key, stored } = keyRing.newDataKey(keyPlace(owner));
    const inserted = await client.query(
      `insert into data_key (tenant, issuer, owner, site, kid, wrapped) values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing`,
      [scope.tenant, scope.issuer, owner, scope.site, stored.kid, stored.wrapped],
    );
    if (inserted.rowCount === 1) {
      keys.set(owner, key);
      return key;
    }
    // Another transaction made it first and has committed by now, since the insert waited for it.
    const after = await read(owner);
    if (!after) throw new Error('A data key that was just made by another transaction cannot be read.');
    return after;
  }

  return {
    seal: async (owner, at, value) => sealJson(await readOrMake(owner), value, place(at)),
    open: async (owner, at, sealed) => {
      const key = await read(owner);
      if (!key) throw new Error(`The data key of ${at.table}.${at.column} has been destroyed.`);
      return openJson(key, sealed, place(at));
    },
  };
}
