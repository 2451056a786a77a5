/** The sandbox's connections: a PostgreSQL that ends costs the requests that were using it, and nothing else. */
import pg from 'pg';

/** No request may hold a connection for longer; loading a folder works in pieces that are far below it. */
const STATEMENT_MILLISECONDS = 30_000;

/** @param ended is told of a connection that broke; it is replaced when one is needed */
export function openPool(connectionString: string, ended: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 20, connectionTimeoutMillis: 10_000, statement_timeout: STATEMENT_MILLISECONDS });
  pool.on('error', ended);
  // The pool listens while a connection is idle alone; an error that nobody listens to ends the process.
  pool.on('connect', (client) => client.on('error', ended));
  return pool;
}
