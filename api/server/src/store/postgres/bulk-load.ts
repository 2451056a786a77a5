/**
 * Many referrals at once, each sealed as a single one is. COPY cannot write into a table with row-level security, so the rows are copied
 * into temporary tables of the connection and inserted from there, under the same policies and rights as all else.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import type { KeyRing } from '../../crypto/key-ring.ts';
import { createPatientIndex, type PatientIndex } from '../../crypto/patient-index.ts';
import { sealJson } from '../../crypto/seal.ts';
import type { AuditLog } from '../audit.ts';
import type { NewEvent } from '../events.ts';
import type { GrantStore } from '../grants.ts';
import type { HistoryLoadStore } from '../history-loads.ts';
import type { NewObligation } from '../obligations.ts';
import type { ReferralRow } from '../referrals.ts';
import type { Scope } from '../store.ts';
import { StoreUnavailable } from '../unavailable.ts';
import { postgresAudit } from './audit.ts';
import { referralOwner, type UnitContext } from './context.ts';
import { type Client, enter, isAway, openPool } from './database.ts';
import { EVENT_COLUMNS, eventRow } from './events.ts';
import { postgresGrants } from './grants.ts';
import { type HeldKeys, holdKeys, introduceRoot } from './held-keys.ts';
import { postgresHistoryLoads } from './history-loads.ts';
import { readIndexRoot } from './index-root.ts';
import { OBLIGATION_COLUMNS, obligationRow } from './obligations.ts';
import { REFERRAL_COLUMNS, referralRow } from './referrals.ts';
import { dataKeyPlace, openVault, type Vault } from './vault.ts';

/** A referral that the store does not know yet, with its whole history. */
export type BulkReferral = { row: ReferralRow; events: readonly NewEvent[]; obligations: readonly NewObligation[] };

export type BulkUnit = {
  /** Throws where one of them is there already. */
  addReferrals: (referrals: readonly BulkReferral[]) => Promise<void>;
  grants: GrantStore;
  historyLoads: HistoryLoadStore;
  audit: AuditLog;
};

export type BulkLoad = {
  /** All that the work does is kept, or nothing. Run again where a key was rotated meanwhile. */
  transaction: <Value>(work: (unit: BulkUnit) => Promise<Value>) => Promise<Value>;
  /** Runs the work while nobody else loads into this scope; undefined, and nothing is done, where somebody does. */
  alone: <Value>(work: () => Promise<Value>) => Promise<Value | undefined>;
  close: () => Promise<void>;
};

export type BulkLoadOptions = { url: string; keyRing: KeyRing; newId: () => string; scope: Scope; name?: string };

const DATA_KEY_COLUMNS = 'tenant, issuer, owner, site, kid, wrapped';

/** The key-encryption key in force was retired between reading it and writing under it. */
class KeyRetired extends Error {}
const ATTEMPTS = 4;

/** PostgreSQL, COPY, text format: a backslash, and what ends a value or a row, are escaped. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  if (value instanceof Uint8Array) return `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw new Error(`A value of type ${typeof value} cannot be copied.`);
  return value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** One row as COPY takes it, in its text format. */
export const lineOf = (row: readonly unknown[]): string => `${row.map(textOf).join('\t')}\n`;

async function copy(client: pg.PoolClient, table: string, columns: string, rows: readonly unknown[][]): Promise<void> {
  const staged = `bulk_${table}`;
  await client.query(`create temporary table if not exists ${staged} (like ${table} including defaults) on commit delete rows`);
  const target = client.query(from(`copy ${staged} (${columns}) from stdin`));
  await pipeline(Readable.from([rows.map(lineOf).join('')]), target);
}

async function moveIn(client: pg.PoolClient, table: string, columns: string, condition = ''): Promise<number> {
  const moved = await client.query(`insert into ${table} (${columns}) select ${columns} from bulk_${table} ${condition}`);
  return moved.rowCount ?? 0;
}

type Parts = { client: pg.PoolClient; scope: Scope; keys: HeldKeys; index: PatientIndex };

async function addReferrals({ client, scope, keys, index }: Parts, referrals: readonly BulkReferral[]): Promise<void> {
  const dataKeys: unknown[][] = [];
  const made = new Map<string, Uint8Array>();
  for (const { row } of referrals) {
    const owner = referralOwner(row.referralId);
    const { key, stored } = keys.ring().newDataKey(dataKeyPlace(scope, owner));
    made.set(owner, key);
    dataKeys.push([scope.tenant, scope.issuer, owner, scope.site, stored.kid, stored.wrapped]);
  }
  const vault: Pick<Vault, 'seal'> = {
    seal: async (owner, at, value) => {
      const key = made.get(owner);
      if (!key) throw new Error(`${at.table}.${at.column} belongs to a referral that is not among those that are added.`);
      return sealJson(key, value, { ...at, tenant: scope.tenant, issuer: scope.issuer });
    },
  };
  const readsNothing = () => Promise.reject(new Error('Nothing is read while referrals are added.'));
  const unit = { scope, index, vault: { ...vault, open: readsNothing, readAhead: readsNothing } };
  const events: unknown[][] = [];
  const rows: unknown[][] = [];
  const obligations: unknown[][] = [];
  for (const { row, events: history, obligations: owed } of referrals) {
    rows.push(await referralRow(unit, row));
    for (const [at, event] of history.entries()) {
      const fact = event.factKey === undefined ? null : index.fact(scope, event.factKey);
      events.push(await eventRow(unit, row.referralId, at + 1, event, fact));
    }
    for (const each of owed) obligations.push(await obligationRow(unit, each));
  }
  await copy(client, 'data_key', DATA_KEY_COLUMNS, dataKeys);
  await copy(client, 'referral_event', EVENT_COLUMNS, events);
  await copy(client, 'referral', REFERRAL_COLUMNS, rows);
  await copy(client, 'obligation', OBLIGATION_COLUMNS, obligations);
  const inForce = 'where exists (select from key_encryption_key where kid = bulk_data_key.kid and retired_at is null)';
  const kept = await moveIn(client, 'data_key', DATA_KEY_COLUMNS, inForce);
  if (kept !== dataKeys.length) throw new KeyRetired('A key-encryption key was retired while referrals were added.');
  await moveIn(client, 'referral_event', EVENT_COLUMNS);
  await moveIn(client, 'referral', REFERRAL_COLUMNS);
  await moveIn(client, 'obligation', OBLIGATION_COLUMNS);
}

/** Foreign keys hold what the look at the key in force may have missed (store/postgres/rotation.ts). */
const wasRetired = (error: unknown): boolean =>
  error instanceof KeyRetired || (error as { constraint?: string } | null)?.constraint === 'data_key_kid';

/** Opens it. Throws `StoreUnavailable` where PostgreSQL is away. */
export async function openBulkLoad({ url, keyRing, newId, scope, name = 'refloop bulk load' }: BulkLoadOptions): Promise<BulkLoad> {
  const reading = openPool(url, 'refloop_app', 1, { name });
  // COPY takes the connection for itself: nothing may be sent behind it.
  const copying = openPool(url, 'refloop_app', 2, { name, pipeline: false });
  const close = async (): Promise<void> => void (await Promise.all([reading.end(), copying.end()]));
  const keys = holdKeys(keyRing);
  let index: PatientIndex;
  try {
    index = createPatientIndex(await readIndexRoot(reading, keys));
    await introduceRoot(reading, keys);
  } catch (error) {
    await close();
    throw error;
  }

  async function held<Value>(work: (client: pg.PoolClient) => Promise<Value>): Promise<Value> {
    let broken: Error | undefined;
    const client = await copying.connect().catch((error: unknown) => {
      throw isAway(error) ? new StoreUnavailable('nothing', error) : error;
    });
    const lost = (error: Error): void => {
      broken = error;
    };
    client.on('error', lost);
    try {
      return await work(client);
    } catch (error) {
      throw broken ? new StoreUnavailable('unknown', error) : error;
    } finally {
      client.off('error', lost);
      // A connection of which nobody knows where it stands is not used again.
      client.release(broken ?? false);
    }
  }

  async function once<Value>(work: (unit: BulkUnit) => Promise<Value>): Promise<Value> {
    return held(async (client) => {
      const one: Client = {
        query: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => client.query<Row>(text, values),
      };
      await client.query('begin');
      try {
        await enter(one, scope);
        await keys.refresh(one);
        const context: UnitContext = { client: one, scope, index, newId, vault: openVault(one, scope, keys) };
        const value = await work({
          addReferrals: (referrals) => addReferrals({ client, scope, keys, index }, referrals),
          grants: postgresGrants(context),
          historyLoads: postgresHistoryLoads(context),
          audit: postgresAudit(context),
        });
        await client.query('commit');
        return value;
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      }
    });
  }

  return {
    transaction: async (work) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(work);
        } catch (error) {
          if (attempt === ATTEMPTS || !wasRetired(error)) throw error;
        }
      }
    },
    alone: (work) =>
      held(async (client) => {
        const name = JSON.stringify(['bulk load', scope.tenant, scope.issuer]);
        // It ends with the connection, however that ends.
        const got = await client.query<{ got: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [name]);
        if (got.rows[0]?.got !== true) return undefined;
        try {
          return await work();
        } finally {
          await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(() => undefined);
        }
      }),
    close,
  };
}
