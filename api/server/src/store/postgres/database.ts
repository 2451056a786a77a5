/** Connections as the application's role, and transactions bound to one scope. What breaks on the way is told as `StoreUnavailable`. */
import pg from 'pg';
import type { Scope } from '../store.ts';
import { StoreUnavailable } from '../unavailable.ts';
import { type Client, following, openStatements } from './statements.ts';

export type { Client } from './statements.ts';

export type Role = 'refloop_app' | 'refloop_auditor';

/** A connection is given up after this; so is the wait for one when all are in use. */
const CONNECT_MS = 5000;
/** PostgreSQL ends a statement after 30 s by itself; a server that says nothing at all is given up a little later. */
const SILENCE_MS = 35_000;

/**
 * A connection that nobody needs is closed after this. A new one costs 6 ms and learns all statements again, one that is there 0.2 ms
 * (2026-11-28): the pool's own ten seconds would have most clicks of a quiet practice pay for it.
 */
const IDLE_MS = 300_000;

/** `name` stands beside its connections in pg_stat_activity. Without `pipeline` each statement waits for the one before it, as COPY needs. */
export type PoolDetails = { name?: string; connectMs?: number; silenceMs?: number; pipeline?: boolean };

const OPTIONS_IN_URL = /(?<=[?&])options=([^&#]*)&?/g;

/** The driver takes options of the URL instead of any others. Here ours follow them, and of two settings PostgreSQL takes the later. */
function withOptions(url: string, ours: string): { connectionString: string; options: string } {
  const given = [...url.matchAll(OPTIONS_IN_URL)].map(([, value = '']) => new URLSearchParams(`options=${value}`).get('options'));
  return { connectionString: url.replaceAll(OPTIONS_IN_URL, ''), options: [...given, ours].join(' ') };
}

/** What lies between Refloop and PostgreSQL left out which role to take: what then is read and written has the rights of the login. */
class ActsAsLogin extends Error {}

async function requireRole(client: pg.ClientBase, role: Role): Promise<void> {
  const { rows } = await client.query<{ acting: string }>('select current_user as acting');
  const acting = rows[0]?.acting;
  if (acting === role) return;
  throw new ActsAsLogin(
    `Connections act as ${acting} and not as ${role}: a pooler in between drops what Refloop asks for when it connects (options). ` +
      'Give the address of PostgreSQL itself, or have the pooler pass options on.',
  );
}

/**
 * A pool whose connections act as the role from their first statement, whoever logs in and whatever the URL asks: where the login
 * may not take the role, or what lies in between does not ask for it, connecting fails. No statement runs, waits for a lock or sits in
 * an open transaction without end.
 */
export function openPool(url: string, role: Role, size: number, more: PoolDetails = {}): pg.Pool {
  const settings = { role, statement_timeout: '30s', lock_timeout: '10s', idle_in_transaction_session_timeout: '60s' };
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  // The pool waits for what this returns, though its types say that it returns nothing.
  const onConnect = (client: pg.ClientBase): unknown => requireRole(client, role);
  const pool = new pg.Pool({
    ...withOptions(url, options),
    max: size,
    connectionTimeoutMillis: more.connectMs ?? CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    query_timeout: more.silenceMs ?? SILENCE_MS,
    application_name: more.name ?? 'refloop',
    keepAlive: true,
    pipeline: more.pipeline ?? true,
    onConnect,
  });
  // A connection that breaks while idle is dropped by the pool; the next query gets a new one.
  pool.on('error', () => undefined);
  return pool;
}

const RETRIES = 3;
/** Serialization failure, deadlock (PostgreSQL, Appendix A): the transaction did nothing and may run again. */
const AGAIN = new Set(['40001', '40P01']);
/** The server was not reached, or was just starting or ending: nothing was sent. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', '57P01', '57P03']);
/**
 * PostgreSQL, Appendix A: connection exceptions, insufficient resources, the server being ended or not yet up, a standby that takes no
 * writes, a lock or a statement that took too long.
 */
const UNAVAILABLE = /^(08...|53...|57P0.|25006|55P03|57014)$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** A data key was wrapped under a key-encryption key that was destroyed in the same moment; the next attempt takes the one in force. */
const KEY_DESTROYED = new Set(['data_key_kid', 'instance_key_kid']);

const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? '';

/** An answer of PostgreSQL carries its five characters; what breaks below it carries a code of the system or none. */
const isAnswer = (error: unknown): boolean => error instanceof pg.DatabaseError && SQLSTATE.test(codeOf(error));

/** Whether connecting, or a statement of our own, failed because the server is away and not because of what was asked. */
export const isAway = (error: unknown): boolean =>
  isAnswer(error) ? UNAVAILABLE.test(codeOf(error)) : error instanceof Error && !(error instanceof ActsAsLogin);

const mayRunAgain = (error: unknown): boolean =>
  AGAIN.has(codeOf(error)) || (error instanceof pg.DatabaseError && KEY_DESTROYED.has(error.constraint ?? ''));

const pause = (attempt: number): Promise<void> => new Promise((done) => setTimeout(done, 50 * 2 ** attempt));

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await pool.connect();
    } catch (error) {
      if (attempt < RETRIES && NOT_REACHED.has(codeOf(error))) await pause(attempt);
      else throw isAway(error) ? new StoreUnavailable('nothing', error) : error;
    }
  }
}

/** A connection in use. One that broke is never used again. */
type Held = { client: pg.PoolClient; broken: () => boolean; discard: (why: Error) => void; giveBack: () => void };

async function hold(pool: pg.Pool): Promise<Held> {
  const client = await connect(pool);
  let broken: Error | undefined;
  const discard = (why: Error): void => {
    broken ??= why;
  };
  // The pool listens while a connection is idle; an error that nobody listens to would end the process.
  client.on('error', discard);
  return {
    client,
    broken: () => broken !== undefined,
    discard,
    giveBack: () => {
      client.off('error', discard);
      client.release(broken);
    },
  };
}

/** pg's word for a server that says nothing (`query_timeout`); the statement may still be running there. */
const isSilence = (error: unknown): error is Error => error instanceof Error && error.message === 'Query read timeout';

/** A commit is refused by an answer, and then nothing is kept; an answer that the server is ending says neither. */
export const wasRefused = (error: unknown): boolean => isAnswer(error) && !codeOf(error).startsWith('57P0');

/** PostgreSQL answers a commit of a transaction that has failed by rolling it back, and calls that no error. */
function refuseRollback({ command }: pg.QueryResult): void {
  if (command !== 'COMMIT') throw new Error('A statement failed that nobody waited for, and PostgreSQL rolled the transaction back.');
}

/** Runs the work in one transaction; commits what it returns, rolls back what it throws. The work may be run again. */
export async function inTransaction<Value>(pool: pg.Pool, work: (client: Client) => Promise<Value>): Promise<Value> {
  for (let attempt = 0; ; attempt += 1) {
    const { client, broken, discard, giveBack } = await hold(pool);
    const statements = openStatements(client);
    let at: 'begin' | 'work' | 'commit' = 'begin';
    try {
      const begun = statements.client.query('begin').then(() => {
        at = 'work';
      });
      const value = await following(begun, () => work(statements.client));
      statements.end();
      at = 'commit';
      refuseRollback(await client.query('commit'));
      return value;
    } catch (error) {
      statements.end();
      const silent = isSilence(error);
      if (silent) discard(error);
      const lost = broken();
      if (!lost) await client.query('rollback').catch(discard);
      const again = mayRunAgain(error) || (at === 'begin' && lost && !silent);
      if (attempt >= RETRIES || !again) {
        // What the work threw while its connection held is its own.
        if (!lost && !(isAnswer(error) && isAway(error)) && !again) throw error;
        throw new StoreUnavailable(at === 'commit' && !wasRefused(error) ? 'unknown' : 'nothing', error);
      }
    } finally {
      giveBack();
    }
    await pause(attempt);
  }
}

/** One statement outside of any scope, on a connection of its own. */
export async function ask<Row extends pg.QueryResultRow>(pool: pg.Pool, sql: string, values: unknown[] = []): Promise<Row[]> {
  return inTransaction(pool, async (client) => (await client.query<Row>(sql, values)).rows);
}

/** From here to the end of the transaction, row-level security shows this scope alone. */
export async function enter(client: Client, scope: Pick<Scope, 'tenant' | 'issuer'>): Promise<void> {
  await client.query(`select set_config('refloop.tenant', $1, true), set_config('refloop.issuer', $2, true)`, [scope.tenant, scope.issuer]);
}

export const instant = (value: Date): string => value.toISOString();
