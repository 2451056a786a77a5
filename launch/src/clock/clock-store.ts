/** Where the sandbox's clock is kept: one row of its database. */
import type pg from 'pg';
import type { ClockStore } from './sandbox-clock.ts';

/** Makes the table where it is missing. */
export async function migrateClock(pool: pg.Pool): Promise<void> {
  await pool.query(
    `create schema if not exists sandbox;
     create table if not exists sandbox.clock (
       only_row boolean primary key default true check (only_row),
       ahead_milliseconds bigint not null check (ahead_milliseconds >= 0),
       reached timestamptz not null
     )`,
  );
}

export const postgresClockStore = (pool: pg.Pool): ClockStore => ({
  read: async () => {
    const found = await pool.query<{ ahead_milliseconds: string; reached: Date }>('select ahead_milliseconds, reached from sandbox.clock');
    const [row] = found.rows;
    return row && { aheadMilliseconds: Number(row.ahead_milliseconds), reached: row.reached };
  },
  keep: async ({ aheadMilliseconds, reached }) => {
    // Never less than is kept: two processes on one database do not put each other back.
    await pool.query(
      `insert into sandbox.clock (ahead_milliseconds, reached) values ($1, $2)
       on conflict (only_row) do update set
         ahead_milliseconds = greatest(sandbox.clock.ahead_milliseconds, excluded.ahead_milliseconds),
         reached = greatest(sandbox.clock.reached, excluded.reached)`,
      [Math.round(aheadMilliseconds), reached],
    );
  },
});
