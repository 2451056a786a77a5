/**
 * Which data this sandbox's database was made from, so that one state never mixes two: the built-in patients, or one folder.
 */
import type pg from 'pg';

/** Where the charts come from. A folder is known by what is in it, so that a copy elsewhere is the same data and a changed one is not. */
export type DataSource = { kind: 'built-in' } | { kind: 'folder'; path: string; fingerprint: string };

/**
 * `loading` is also what a killed load leaves behind; it is then done again. The built-in charts end on the day `asOf`, and are
 * made for the same day again.
 */
export type LoadedData = { source: DataSource; asOf: string; status: 'loading' | 'loaded' };

/** The source as a person knows it. */
export const sourceName = (source: DataSource): string =>
  source.kind === 'built-in' ? 'the built-in patients' : `the folder ${source.path}`;

const sameSource = (left: DataSource, right: DataSource): boolean =>
  left.kind === 'folder' && right.kind === 'folder' ? left.fingerprint === right.fingerprint : left.kind === right.kind;

export type LoadDecision =
  | { kind: 'load'; asOf: string }
  | { kind: 'keep' }
  /** The state holds other data; the reason names both and says what to do. */
  | { kind: 'refuse'; reason: string };

function refusalOf(held: DataSource, wanted: DataSource, stateFolder: string): string {
  if (held.kind === 'folder' && wanted.kind === 'folder' && held.path === wanted.path) {
    return `The state folder ${stateFolder} was made from ${held.path}, whose files have changed since. Set REFLOOP_STATE to another folder to load them as they are now.`;
  }
  const again = held.kind === 'built-in' ? 'without --data' : `with --data ${held.path}`;
  return `The state folder ${stateFolder} was made from ${sourceName(held)}, and this start asks for ${sourceName(wanted)}. Start ${again}, or set REFLOOP_STATE to another folder.`;
}

/** What to do at a start that asks for `wanted`, given what the state holds. `today` is a calendar day. */
export function decideLoad(held: LoadedData | undefined, wanted: DataSource, today: string, stateFolder: string): LoadDecision {
  if (!held) return { kind: 'load', asOf: today };
  if (!sameSource(held.source, wanted)) {
    return { kind: 'refuse', reason: refusalOf(held.source, wanted, stateFolder) };
  }
  return held.status === 'loaded' ? { kind: 'keep' } : { kind: 'load', asOf: held.asOf };
}

/** Makes the table where it is missing. */
export async function migrateLoadedData(pool: pg.Pool): Promise<void> {
  await pool.query(
    `create schema if not exists sandbox;
     create table if not exists sandbox.loaded_data (
       only_row boolean primary key default true check (only_row),
       source jsonb not null,
       as_of text not null,
       status text not null
     )`,
  );
}

export async function readLoadedData(pool: pg.Pool): Promise<LoadedData | undefined> {
  const result = await pool.query<{ source: DataSource; as_of: string; status: LoadedData['status'] }>(
    'select source, as_of, status from sandbox.loaded_data',
  );
  const row = result.rows[0];
  return row && { source: row.source, asOf: row.as_of, status: row.status };
}

export async function writeLoadedData(pool: pg.Pool, data: LoadedData): Promise<void> {
  await pool.query(
    `insert into sandbox.loaded_data (source, as_of, status) values ($1, $2, $3)
     on conflict (only_row) do update set source = excluded.source, as_of = excluded.as_of, status = excluded.status`,
    [data.source, data.asOf, data.status],
  );
}

/** For a source that held nothing to load: the state is bound to no data yet. */
export async function forgetLoadedData(pool: pg.Pool): Promise<void> {
  await pool.query('delete from sandbox.loaded_data');
}
