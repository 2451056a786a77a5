/** How often the counted faults of a launch have fired: in the database, so that a restart neither repeats nor forgets one. */
import type pg from 'pg';
import { type FaultName, timesOf } from '../modes/faults.ts';

/** Whether the fault fires now; of requests that come together no more than its number do. */
export async function fires(pool: pg.Pool, launchId: string, fault: FaultName): Promise<boolean> {
  const counted = await pool.query(
    `insert into ehr_auth.fault_firings as f (launch_id, fault, fired) values ($1, $2, 1)
     on conflict (launch_id, fault) do update set fired = f.fired + 1 where f.fired < $3 returning fired`,
    [launchId, fault, timesOf(fault)],
  );
  return counted.rowCount === 1;
}
