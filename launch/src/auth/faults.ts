/**
 * What is to go wrong, for whom, and how often it has: a launch has faults, and so has a backend service in each mode. They can be
 * replaced while sessions run. Kept in the database, counts too, so that a restart neither repeats nor forgets one.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type FaultName, timesOf } from '../modes/faults.ts';
import type { ModeName } from '../modes/modes.ts';
import { inTransaction } from './transaction.ts';

/** Whether the fault fires now; of requests that come together no more than its number do. */
export async function fires(pool: pg.Pool, owner: string, fault: FaultName): Promise<boolean> {
  const counted = await pool.query(
    `insert into ehr_auth.fault_firings as f (owner_id, fault, fired) values ($1, $2, 1)
     on conflict (owner_id, fault) do update set fired = f.fired + 1 where f.fired < $3 returning fired`,
    [owner, fault, timesOf(fault)],
  );
  return counted.rowCount === 1;
}

/** How often each counted fault has fired since the faults were last set. */
export async function firingsOf(pool: pg.Pool, owner: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ fault: string; fired: number }>(
    'select fault, fired from ehr_auth.fault_firings where owner_id = $1 order by fault',
    [owner],
  );
  return Object.fromEntries(rows.map(({ fault, fired }) => [fault, fired]));
}

const startAnew = (db: Pick<pg.ClientBase, 'query'>, owner: string) =>
  db.query('delete from ehr_auth.fault_firings where owner_id = $1', [owner]);

/** Replaces the faults of a launch and of every token that came of it, from the next request on; what is counted is counted anew. */
export const setLaunchFaults = (pool: pg.Pool, launchId: string, faults: readonly string[]): Promise<void> =>
  inTransaction(pool, async (db) => {
    await db.query('update ehr_auth.launches set faults = $2 where id = $1', [launchId, faults]);
    await startAnew(db, launchId);
  });

/** What is to go wrong for a backend service in a mode. */
export async function faultsOfClient(pool: pg.Pool, clientId: string, mode: ModeName): Promise<string[]> {
  const { rows } = await pool.query<{ faults: string[] }>('select faults from ehr_auth.client_faults where client_id = $1 and mode = $2', [
    clientId,
    mode,
  ]);
  return rows[0]?.faults ?? [];
}

/** Replaces the faults of a backend service in a mode, for the tokens it has too; what is counted is counted anew. */
export const setClientFaults = (pool: pg.Pool, clientId: string, mode: ModeName, faults: readonly string[]): Promise<void> =>
  inTransaction(pool, async (db) => {
    const { rows } = await db.query<{ id: string }>(
      `insert into ehr_auth.client_faults (id, client_id, mode, faults) values ($1, $2, $3, $4)
       on conflict (client_id, mode) do update set faults = excluded.faults returning id`,
      [randomUUID(), clientId, mode, faults],
    );
    for (const { id } of rows) await startAnew(db, id);
  });
