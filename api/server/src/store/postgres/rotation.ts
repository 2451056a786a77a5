/**
 * Rotating the key-encryption key while any number of processes serve. In one transaction a new key is put in force and
 * those before it are retired; once it has committed, no new statement wraps anything under them. Then everything is wrapped
 * anew, pass after pass, until the foreign keys let the retired keys go, which wait for each transaction that wrapped under
 * one before. A process that meets a key it does not know looks it up, so none has to be told.
 *
 * Wherever it is interrupted, the retired keys are still there, and the next run goes on with them.
 */
import { randomBytes } from 'node:crypto';
import type { AuditActor } from '@refloop/domain/audit/entry';
import type pg from 'pg';
import { type KeyRing, storedKeyName, storedKeyPlace } from '../../crypto/key-ring.ts';
import { createPatientIndex, type PatientIndex } from '../../crypto/patient-index.ts';
import type { Scope } from '../store.ts';
import { postgresAudit } from './audit.ts';
import { type Client, enter, instant, inTransaction, openPool } from './database.ts';
import { CURRENT_KEY_LOCK, type HeldKeys, holdKeys, KEY_CHANNEL } from './held-keys.ts';
import { readIndexRoot } from './index-root.ts';
import { rewrapDataKeys, rewrapIndexRoot } from './rewrap.ts';
import { openVault } from './vault.ts';

export type KeyState = {
  kid: string;
  /** The key of REFLOOP_KEY that wraps it; null where it is itself one of those. */
  root: string | null;
  createdAt: string;
  /** `older`: another key of REFLOOP_KEY; `retired`: a rotation that did not end has still to empty and destroy it. */
  standing: 'in force' | 'older' | 'retired';
  /** How many data keys of enrolled sites lie under it, and whether the root of the indexes does. */
  dataKeys: number;
  indexRoot: boolean;
};

export type RotationProgress =
  | { step: 'started' | 'resumed'; kid: string; older: string[] }
  /** Data keys wrapped anew by this run, of those there were at its start. */
  | { step: 'wrapped'; wrapped: number; of: number }
  | { step: 'waiting'; older: string[] };

export type RotationOutcome =
  | { status: 'rotated'; kid: string; resumed: boolean; wrapped: number; destroyed: string[] }
  /** Another rotation is running. */
  | { status: 'busy' };

export type KeyRotation = {
  status: () => Promise<KeyState[]>;
  rotate: (by: { actor: AuditActor; now: () => Date; progress?: (progress: RotationProgress) => void }) => Promise<RotationOutcome>;
  close: () => Promise<void>;
};

/** One rotation at a time (an arbitrary number of ours). Two at once would do no harm, only each other's work. */
const ROTATION_LOCK = 7_310_004;
/** Passes in a row that find nothing to wrap while something still lies under a retired key. */
const FRUITLESS = 8;
/** Foreign key violation: still used. Lock not available: a transaction that used it has not ended. */
const STILL_USED = new Set(['23503', '55P03']);

class KeyStillUsed extends Error {}

type Parts = { pool: pg.Pool; keys: HeldKeys; index: PatientIndex; newId: () => string };
type By = Parameters<KeyRotation['rotate']>[0];

const scopesOf = async (client: Client): Promise<Scope[]> =>
  (await client.query<Scope>('select tenant, issuer, site from scope order by tenant, issuer')).rows;

/** In every site's log: the keys of each are wrapped anew. `details` runs within the scope. */
async function record(
  client: Client,
  { keys, index, newId }: Parts,
  by: By,
  action: 'key-rotation.started' | 'key-rotation.finished',
  details: (scope: Scope) => Promise<Record<string, unknown>>,
): Promise<void> {
  for (const scope of await scopesOf(client)) {
    await enter(client, scope);
    const audit = postgresAudit({ client, scope, index, newId, vault: openVault(client, scope, keys) });
    await audit.append({ at: by.now().toISOString(), actor: by.actor, action, purpose: 'HSYSADMIN', payload: await details(scope) });
  }
}

const retiredKeys = async (client: Client): Promise<string[]> =>
  (
    await client.query<{ kid: string }>('select kid from key_encryption_key where retired_at is not null order by created_at, kid')
  ).rows.map(({ kid }) => kid);

/**
 * The new key is wrapped by the key of REFLOOP_KEY that every serving process must have opened already: the one that wraps
 * the key in force, else the one that wraps the root of the indexes.
 */
async function rootInUse(client: Client): Promise<string> {
  const found = await client.query<{ root: string }>(
    `select coalesce((select root from key_encryption_key where wrapped is not null and retired_at is null),
       (select kid from instance_key where name = 'index')) as root`,
  );
  const [row] = found.rows;
  if (!row?.root) throw new Error('The database holds no root of the indexes.');
  return row.root;
}

type Begun = { kid: string; older: string[]; resumed: boolean };

async function begin(parts: Parts, by: By): Promise<Begun> {
  const { keys, newId } = parts;
  return inTransaction(parts.pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [CURRENT_KEY_LOCK]);
    const { current } = await keys.refresh(client);
    const unfinished = await retiredKeys(client);
    if (unfinished.length > 0) return { kid: current, older: unfinished, resumed: true };
    const root = await rootInUse(client);
    const kid = storedKeyName(newId());
    const { wrapped } = keys.roots.wrap(randomBytes(32), storedKeyPlace(kid), root);
    const older = (await client.query<{ kid: string }>('select kid from key_encryption_key order by created_at, kid')).rows.map(
      (row) => row.kid,
    );
    await client.query('update key_encryption_key set retired_at = now() where retired_at is null');
    await client.query('insert into key_encryption_key (kid, root, wrapped) values ($1, $2, $3)', [kid, root, wrapped]);
    await keys.refresh(client);
    await record(client, parts, by, 'key-rotation.started', async () => ({ kid, root, older }));
    await client.query('select pg_notify($1, $2)', [KEY_CHANNEL, kid]);
    return { kid, older, resumed: false };
  });
}

async function countDataKeys(client: Client, scope: Scope): Promise<Map<string, number>> {
  await enter(client, scope);
  const found = await client.query<{ kid: string; count: string }>(
    'select kid, count(*) from data_key where tenant = $1 and issuer = $2 group by kid',
    [scope.tenant, scope.issuer],
  );
  return new Map(found.rows.map(({ kid, count }) => [kid, Number(count)]));
}

async function countAllDataKeys(pool: pg.Pool): Promise<Map<string, number>> {
  const total = new Map<string, number>();
  for (const scope of await inTransaction(pool, scopesOf)) {
    const counts = await inTransaction(pool, (client) => countDataKeys(client, scope));
    for (const [kid, count] of counts) total.set(kid, (total.get(kid) ?? 0) + count);
  }
  return total;
}

/** Destroys the retired keys and says so in the logs, or undefined where something still lies under one. */
async function destroy(parts: Parts, by: By, begun: Begun): Promise<string[] | undefined> {
  try {
    return await inTransaction(parts.pool, async (client) => {
      // Before anything else, so that it waits for others while holding nothing that they might wait for.
      const deleted = await client
        .query<{ kid: string }>('delete from key_encryption_key where retired_at is not null returning kid')
        .catch((error: { code?: string }) => {
          throw STILL_USED.has(error.code ?? '') ? new KeyStillUsed() : error;
        });
      const destroyed = deleted.rows.map(({ kid }) => kid).sort();
      await parts.keys.refresh(client);
      await record(client, parts, by, 'key-rotation.finished', async (scope) => ({
        kid: begun.kid,
        destroyed,
        dataKeys: (await countDataKeys(client, scope)).get(begun.kid) ?? 0,
        resumed: begun.resumed,
      }));
      await client.query('select pg_notify($1, $2)', [KEY_CHANNEL, begun.kid]);
      return destroyed;
    });
  } catch (error) {
    if (error instanceof KeyStillUsed) return undefined;
    throw error;
  }
}

async function finish(parts: Parts, by: By, begun: Begun): Promise<{ wrapped: number; destroyed: string[] }> {
  const { pool, keys } = parts;
  const counts = await countAllDataKeys(pool);
  const of = begun.older.reduce((sum, kid) => sum + (counts.get(kid) ?? 0), 0);
  let wrapped = 0;
  const count = (more: number): void => {
    wrapped += more;
    by.progress?.({ step: 'wrapped', wrapped, of: Math.max(of, wrapped) });
  };
  for (let fruitless = 0; fruitless < FRUITLESS; ) {
    let found = await rewrapIndexRoot(pool, keys);
    for (const scope of await inTransaction(pool, scopesOf)) found += await rewrapDataKeys(pool, keys, scope, count);
    const destroyed = await destroy(parts, by, begun);
    if (destroyed) return { wrapped, destroyed };
    by.progress?.({ step: 'waiting', older: begun.older });
    fruitless = found === 0 ? fruitless + 1 : 0;
    await new Promise((again) => setTimeout(again, 100 * fruitless));
  }
  throw new Error(
    `Something still lies under ${begun.older.join(', ')}: data keys of a site that was never enrolled, or of a transaction that does not ` +
      'end. Nothing was destroyed, and everything can be read. Run it again; it goes on from here.',
  );
}

async function rotate(parts: Parts, by: By): Promise<RotationOutcome> {
  const holder = await parts.pool.connect();
  // A lost connection loses the lock; the work goes on, see above.
  holder.on('error', () => undefined);
  try {
    const asked = await holder.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [ROTATION_LOCK]);
    if (asked.rows[0]?.taken !== true) return { status: 'busy' };
    const begun = await begin(parts, by);
    by.progress?.({ step: begun.resumed ? 'resumed' : 'started', kid: begun.kid, older: begun.older });
    const { wrapped, destroyed } = await finish(parts, by, begun);
    return { status: 'rotated', kid: begun.kid, resumed: begun.resumed, wrapped, destroyed };
  } finally {
    // Where it cannot be given back, the lock goes with its connection.
    const given = await holder.query('select pg_advisory_unlock($1)', [ROTATION_LOCK]).catch(() => undefined);
    holder.release(given === undefined);
  }
}

type StateRow = { kid: string; root: string | null; created_at: Date; retired: boolean; index_root: boolean };

async function status({ pool, keys }: Parts): Promise<KeyState[]> {
  const counts = await countAllDataKeys(pool);
  const [current, found] = await inTransaction(pool, async (client) => [
    (await keys.refresh(client)).current,
    await client.query<StateRow>(
      `select kid, root, created_at, retired_at is not null as retired,
         exists (select from instance_key where instance_key.kid = key_encryption_key.kid) as index_root
       from key_encryption_key order by created_at desc, kid`,
    ),
  ]);
  return found.rows.map((row) => ({
    kid: row.kid,
    root: row.root,
    createdAt: instant(row.created_at),
    standing: row.retired ? 'retired' : row.kid === current ? 'in force' : 'older',
    dataKeys: counts.get(row.kid) ?? 0,
    indexRoot: row.index_root,
  }));
}

/**
 * @param options.url a migrated database, as a login that may act as refloop_app
 * @param options.keyRing the keys of REFLOOP_KEY
 */
export async function openKeyRotation(options: { url: string; keyRing: KeyRing; newId: () => string }): Promise<KeyRotation> {
  const pool = openPool(options.url, 'refloop_app', 3);
  const keys = holdKeys(options.keyRing);
  try {
    const parts: Parts = { pool, keys, index: createPatientIndex(await readIndexRoot(pool, keys)), newId: options.newId };
    return { status: () => status(parts), rotate: (by) => rotate(parts, by), close: () => pool.end() };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
