/** Seals and opens the columns of one transaction, each under the data key of its owner. */
import type { WrappedKey } from '../../crypto/key-ring.ts';
import { openJson, type Place, sealJson } from '../../crypto/seal.ts';
import type { Scope } from '../store.ts';
import type { Client } from './database.ts';
import { type HeldKeys, openWrapped } from './held-keys.ts';

export type Vault = {
  /** @param owner `referral/<id>`, `session/<digest>`, `audit/<year-month>` */
  seal: (owner: string, at: { table: string; id: string; column: string }, value: unknown) => Promise<Buffer>;
  /** Reads the data keys of many owners at once, so that opening waits for none of them. */
  readAhead: (owners: string[]) => Promise<void>;
  open: (owner: string, at: { table: string; id: string; column: string }, sealed: Uint8Array) => Promise<unknown>;
};

/** What it sealed can be read by nobody any more. */
export class DataKeyDestroyed extends Error {}

/** Rotations may overtake a transaction; more than a few within one look-up mean that something else is wrong. */
const ATTEMPTS = 5;

export const dataKeyPlace = (scope: Pick<Scope, 'tenant' | 'issuer'>, owner: string): Place => ({
  table: 'data_key',
  tenant: scope.tenant,
  issuer: scope.issuer,
  id: owner,
  column: 'wrapped',
});

export function openVault(client: Client, scope: Scope, held: HeldKeys): Vault {
  const keys = new Map<string, Uint8Array>();
  const keyPlace = (owner: string): Place => dataKeyPlace(scope, owner);
  const place = (at: { table: string; id: string; column: string }): Place => ({ ...at, tenant: scope.tenant, issuer: scope.issuer });

  async function read(owner: string): Promise<Uint8Array | undefined> {
    const known = keys.get(owner);
    if (known) return known;
    const stored = async (): Promise<WrappedKey | undefined> => {
      const found = await client.query<WrappedKey>('select kid, wrapped from data_key where tenant = $1 and issuer = $2 and owner = $3', [
        scope.tenant,
        scope.issuer,
        owner,
      ]);
      return found.rows[0];
    };
    const key = await openWrapped(held, client, stored, keyPlace(owner));
    if (key) keys.set(owner, key);
    return key;
  }

  /** Undefined where another transaction made it first, or where the key-encryption key was retired meanwhile. */
  async function make(owner: string): Promise<Uint8Array | undefined> {
    const { key, stored } = held.ring().newDataKey(keyPlace(owner));
    const inserted = await client.query(
      `insert into data_key (tenant, issuer, owner, site, kid, wrapped) select $1, $2, $3, $4, $5, $6
       where exists (select from key_encryption_key where kid = $5 and retired_at is null) on conflict do nothing`,
      [scope.tenant, scope.issuer, owner, scope.site, stored.kid, stored.wrapped],
    );
    if (inserted.rowCount !== 1) return undefined;
    keys.set(owner, key);
    return key;
  }

  async function readOrMake(owner: string): Promise<Uint8Array> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const key = (await read(owner)) ?? (await make(owner));
      if (key) return key;
      // Either another transaction made it and has committed by now, since the insert waited for it; or another
      // key-encryption key is in force.
      await held.refresh(client);
    }
    throw new Error('A data key can neither be read nor made: no key-encryption key known here is in force.');
  }

  return {
    readAhead: async (owners) => {
      const found = await client.query<WrappedKey & { owner: string }>(
        'select owner, kid, wrapped from data_key where tenant = $1 and issuer = $2 and owner = any($3)',
        [scope.tenant, scope.issuer, owners],
      );
      // One whose wrapper is not known here yet is looked for when it is needed.
      for (const { owner, ...stored } of found.rows)
        if (held.ring().has(stored.kid)) keys.set(owner, held.ring().unwrap(stored, keyPlace(owner)));
    },
    seal: async (owner, at, value) => sealJson(await readOrMake(owner), value, place(at)),
    open: async (owner, at, sealed) => {
      const key = await read(owner);
      if (!key) throw new DataKeyDestroyed(`The data key of ${at.table}.${at.column} has been destroyed.`);
      return openJson(key, sealed, place(at));
    },
  };
}
