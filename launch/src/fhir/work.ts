/** One PostgreSQL transaction: begun, judged at its end, committed as a whole or not at all. */
import type { Pool, PoolClient } from 'pg';
import { refusal } from './fhir-error.ts';
import { settle, type Written } from './settle.ts';

/** `now` is the time of everything written in it. */
export type Work = { client: PoolClient; now: Date; written: Written[] };

/** Where work is done, and the clock it is done by. */
export type Place = { pool: Pool; now: () => Date };

export const commit = <Result>(place: Place, run: (work: Work) => Promise<Result>): Promise<Result> => inTransaction(place, run, 'commit');

/** The same judgement, and then nothing of it is kept: what would be answered. */
export const rehearse = <Result>(place: Place, run: (work: Work) => Promise<Result>): Promise<Result> =>
  inTransaction(place, run, 'rollback');

async function inTransaction<Result>(
  { pool, now }: Place,
  run: (work: Work) => Promise<Result>,
  end: 'commit' | 'rollback',
): Promise<Result> {
  const client = await pool.connect();
  const work: Work = { client, now: now(), written: [] };
  try {
    await client.query('begin');
    const result = await run(work);
    await settle(client, work.written);
    await client.query(end);
    client.release();
    return result;
  } catch (error) {
    await rollBack(client);
    throw refusedByDatabase(error);
  }
}

/** After a rollback that itself fails the connection is of no use any more. */
async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback');
    client.release();
  } catch (error) {
    client.release(error instanceof Error ? error : true);
  }
}

/** What PostgreSQL refuses because of the data or of a rival is the caller's to repeat or correct, not a fault of the server. */
export function refusedByDatabase(error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === '40P01' || code === '40001' || code === '23505') {
    return refusal(409, 'conflict', 'Another request changed the same resources at the same time. Read them again and repeat the request.');
  }
  if (code === '57014') {
    return refusal(503, 'timeout', 'The database took too long over this request. Ask for less at a time, or try again.');
  }
  if (code.startsWith('22')) {
    return refusal(
      400,
      'invalid',
      'The request holds a value that cannot be stored or compared, such as a NUL character or a date out of range.',
    );
  }
  return error;
}
