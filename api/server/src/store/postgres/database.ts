/** Connections as the application's role, and transactions bound to one scope. */
import pg from 'pg';
import type { Scope } from '../store.ts';

export type Client = pg.PoolClient;

export type Role = 'refloop_app' | 'refloop_auditor';

/**
 * A pool whose connections act as the role from their first statement, whoever logs in: where the login may not take the
 * role, connecting fails. No statement runs, waits for a lock or sits in an open transaction without end.
 */
export function openPool(url: string, role: Role, size: number): pg.Pool {
  const settings = { role, statement_timeout: '30s', lock_timeout: '10s', idle_in_transaction_session_timeout: '60s' };
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  const pool = new pg.Pool({ connectionString: url, max: size, connectionTimeoutMillis: 5000, options });
  // A connection that breaks while idle is dropped by the pool; the next query gets a new one.
  pool.on('error', () => undefined);
  return pool;
}

const RETRIES = 3;
/** Serialization failure, deadlock (PostgreSQL, Appendix A): the transaction did nothing and may run again. */
const AGAIN = new Set(['40001', '40P01']);
/** The server was not reached, or was just starting or ending: nothing was sent. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', '57P01', '57P03']);

/** A data key was wrapped under a key-encryption key that was destroyed in the same moment; the next attempt takes the one in force. */
const KEY_DESTROYED = new Set(['data_key_kid', 'instance_key_kid']);

const mayRunAgain = (error: unknown): boolean =>
  AGAIN.has(codeOf(error)) || KEY_DESTROYED.has((error as { constraint?: string } | null)?.constraint ?? '');

const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? '';

const pause = (attempt: number): Promise<void> => new Promise((done) => setTimeout(done, 50 * 2 ** attempt));

async function connect(pool: pg.Pool): Promise<Client> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await pool.connect();
    } catch (error) {
      if (attempt >= RETRIES || !NOT_REACHED.has(codeOf(error))) throw error;
      await pause(attempt);
    }
  }
}

/** Runs the work in one transaction; commits what it returns, rolls back what it throws. */
export async function inTransaction<Value>(pool: pg.Pool, work: (client: Client) => Promise<Value>): Promise<Value> {
  for (let attempt = 0; ; attempt += 1) {
    const client = await connect(pool);
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const value = await work(client);
      await client.query('commit');
      return value;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      if (attempt >= RETRIES || !mayRunAgain(error)) throw error;
    } finally {
      client.release(broken);
    }
    await pause(attempt);
  }
}

/** From here to the end of the transaction, row-level security shows this scope alone. */
export async function enter(client: Client, scope: Pick<Scope, 'tenant' | 'issuer'>): Promise<void> {
  await client.query(`select set_config('refloop.tenant', $1, true), set_config('refloop.issuer', $2, true)`, [scope.tenant, scope.issuer]);
}

export const instant = (value: Date): string => value.toISOString();
