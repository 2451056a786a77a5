/**
 * Restores a backup in one transaction: everything about it is checked before the database is touched, and whatever fails
 * afterwards leaves the database as it was.
 */
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import type { KeyRing, WrappedKey } from '../crypto/key-ring.ts';
import { wordsOf } from '../logging/words.ts';
import { type Migration, readMigrations, tablesOf } from '../migrations/files.ts';
import { applyMigration, finishMigrations, MIGRATION_LOCK } from '../migrations/migrate.ts';
import { wasRefused } from '../store/postgres/database.ts';
import { holdKeys } from '../store/postgres/held-keys.ts';
import { INDEX_ROOT } from '../store/postgres/index-root.ts';
import { dataKeyPlace } from '../store/postgres/vault.ts';
import { existingTables, forcedTables, othersConnected, seeWholeDatabase, setSequences } from './catalog.ts';
import { chainOf } from './make-backup.ts';
import { BackupUnusable, type ChainFound, type Manifest, readManifest, type TableFile } from './manifest.ts';
import { checkTable, readTable } from './table-file.ts';

export type TableCount = { table: string; rows: number };

export type RestoreProgress = { step: 'checked' | 'restored'; file: TableFile } | { step: 'destroying'; tables: TableCount[] };

export type RestoreOptions = {
  /** As the role that owns the tables, or will: of an existing database. */
  url: string;
  folder: string;
  /** The keys of REFLOOP_KEY. */
  keyRing: KeyRing;
  /** Destroys what Refloop has in the database now. */
  force: boolean;
  now: () => Date;
  progress?: (progress: RestoreProgress) => void;
  migrations?: Migration[];
};

/** The database holds rows, and nobody said that they may go. */
export class DatabaseNotEmpty extends Error {
  readonly tables: TableCount[];
  constructor(tables: TableCount[]) {
    super('The database already holds rows of Refloop.');
    this.tables = tables;
  }
}

/** The connection broke while everything restored was being committed. */
export class RestoreUnknown extends Error {
  constructor(cause: unknown) {
    super(
      'The connection broke at the very end, and whether it was restored cannot be said: all of it was, or nothing has changed. ' +
        'Restore it again without --force: where the database then is said to hold rows of the backup’s time, it was.',
      { cause },
    );
  }
}

/** The migrations of the backup's time. */
function migrationsThen(manifest: Manifest, migrations: Migration[]): Migration[] {
  return manifest.migrations.map(({ name, sha256 }) => {
    const file = migrations.find((each) => each.name === name);
    if (!file)
      throw new BackupUnusable(`This backup was made by a newer version of Refloop: it has ${name}. Restore it with that version.`);
    if (file.sha256 !== sha256) throw new BackupUnusable(`${name} here is not the file that the backup’s database was made with.`);
    return file;
  });
}

/** Throws `BackupUnusable` unless the backup is whole, unaltered, ours, and can be restored by this version with these keys. */
export async function checkBackup(
  options: Pick<RestoreOptions, 'folder' | 'keyRing' | 'progress' | 'migrations'>,
): Promise<{ manifest: Manifest; applied: Migration[] }> {
  const { folder, progress, migrations = readMigrations() } = options;
  const manifest = await readManifest(folder, options.keyRing);
  const applied = migrationsThen(manifest, migrations);
  for (const file of manifest.tables) {
    await checkTable(folder, file);
    progress?.({ step: 'checked', file });
  }
  return { manifest, applied };
}

/** The owner of the tables sees and writes all of them while the work runs. */
async function unforced(client: pg.ClientBase, tables: string[], work: () => Promise<void>): Promise<void> {
  const alter = async (how: string): Promise<void> => {
    for (const table of tables) await client.query(`alter table ${client.escapeIdentifier(table)} ${how} row level security`);
  };
  await alter('no force');
  await work();
  await alter('force');
}

async function countRows(client: pg.ClientBase, tables: string[]): Promise<TableCount[]> {
  const counts: TableCount[] = [];
  for (const table of tables) {
    const { rows } = await client.query<{ rows: string }>(`select count(*) as rows from ${client.escapeIdentifier(table)}`);
    counts.push({ table, rows: Number(rows[0]?.rows ?? 0) });
  }
  return counts.filter((count) => count.rows > 0);
}

const LOG = 'schema_migration';

/** Whether these tables are Refloop's own, and not another program's that bear the same names. */
async function areOurs(client: pg.ClientBase, tables: string[], migrations: Migration[]): Promise<boolean> {
  if (!tables.includes(LOG)) return false;
  const { rows } = await client.query<{ name: string }>(`select name from ${LOG}`);
  // Nothing was applied yet where a first start was cut off at once.
  return rows.some(({ name }) => name === migrations[0]?.name) || (rows.length === 0 && tables.length === 1);
}

/** Takes away what Refloop has in the database; where that is anything, only by force. */
async function clear(client: pg.ClientBase, options: RestoreOptions, migrations: Migration[]): Promise<void> {
  const tables = await existingTables(client, [...tablesOf(migrations), LOG]);
  if (tables.length === 0) return;
  if (!(await areOurs(client, tables, migrations)))
    throw new BackupUnusable(
      `The database holds tables that are not Refloop’s, but bear its names: ${tables.join(', ')}. Name another one.`,
    );
  const list = tables.map((table) => client.escapeIdentifier(table)).join(', ');
  await client.query(`lock table ${list} in access exclusive mode`);
  let counts: TableCount[] = [];
  const forced = (await forcedTables(client)).filter((table) => tables.includes(table));
  await unforced(client, forced, async () => {
    counts = await countRows(
      client,
      tables.filter((table) => table !== LOG),
    );
  });
  if (counts.length > 0 && !options.force) throw new DatabaseNotEmpty(counts);
  if (counts.length > 0) options.progress?.({ step: 'destroying', tables: counts });
  await client.query(`drop table ${list}`);
}

async function copyIn(client: pg.ClientBase, options: RestoreOptions, manifest: Manifest): Promise<void> {
  const order = await existingTables(
    client,
    manifest.tables.map(({ table }) => table),
  );
  // What a migration put into a new database is in the backup as well.
  await client.query(`truncate ${order.map((table) => client.escapeIdentifier(table)).join(', ')}`);
  await unforced(client, await forcedTables(client), async () => {
    for (const table of order) {
      const file = manifest.tables.find((each) => each.table === table);
      if (!file) continue;
      await readTable(client, options.folder, file);
      options.progress?.({ step: 'restored', file });
    }
  });
  if (order.length !== manifest.tables.length)
    throw new BackupUnusable('The backup holds a table that its own migrations do not make; nothing was restored.');
  await setSequences(client, manifest.sequences);
}

/** A session that was ended after the backup was made must not come to life again; nobody can say which were. */
const endSessions = (client: pg.ClientBase, now: Date): Promise<void> =>
  unforced(client, ['session'], async () => {
    await client.query('update session set ended_at = $1 where ended_at is null', [now]);
  });

/** Opens what every process opens when it starts, and one data key under each key: the names of keys may be right and their bytes wrong. */
async function openKeys(client: pg.ClientBase, keyRing: KeyRing): Promise<void> {
  type DataKey = WrappedKey & { tenant: string; issuer: string; owner: string };
  const root = await client.query<WrappedKey>('select kid, wrapped from instance_key');
  const dataKeys = await client.query<DataKey>('select distinct on (kid) tenant, issuer, owner, kid, wrapped from data_key order by kid');
  try {
    const ring = await holdKeys(keyRing).refresh(client);
    for (const row of root.rows) ring.unwrap(row, INDEX_ROOT);
    for (const row of dataKeys.rows) ring.unwrap(row, dataKeyPlace(row, row.owner));
  } catch (error) {
    throw new BackupUnusable(`The keys of REFLOOP_KEY do not open what the backup holds: ${wordsOf(error)} Nothing was restored.`);
  }
}

const describeChain = (chain: ChainFound): string =>
  chain.status === 'whole' ? `${chain.rows} rows, head ${chain.head}` : `row ${chain.row}: ${chain.what}`;

async function replace(client: pg.ClientBase, options: RestoreOptions, manifest: Manifest, applied: Migration[]): Promise<void> {
  const migrations = options.migrations ?? readMigrations();
  await clear(client, options, migrations);
  for (const migration of applied) await applyMigration(client, migration);
  await copyIn(client, options, manifest);
  for (const migration of migrations) {
    if (!applied.some(({ name }) => name === migration.name)) await applyMigration(client, migration);
  }
  await endSessions(client, options.now());
  await finishMigrations(client);
  await seeWholeDatabase(client);
  const chain = await chainOf(client);
  if (!isDeepStrictEqual(chain, manifest.audit)) {
    throw new BackupUnusable(
      `The audit log is not the one the backup was made of (${describeChain(chain)}; then ${describeChain(manifest.audit)}). Nothing was restored.`,
    );
  }
  await openKeys(client, options.keyRing);
}

/** Throws `BackupUnusable` or `DatabaseNotEmpty` in words; whatever it throws but `RestoreUnknown`, the database is as it was. */
export async function restoreBackup(options: RestoreOptions): Promise<Manifest> {
  const { manifest, applied } = await checkBackup(options);
  const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 5000, keepAlive: true });
  // A connection that breaks fails the statement that waits for it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const others = await othersConnected(client);
    if (others > 0) throw new BackupUnusable(`The database is in use (${others} connections). Stop Refloop first; nothing was changed.`);
    await client.query('begin');
    try {
      await replace(client, options, manifest, applied);
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
    await client.query('commit').catch((error: unknown) => {
      throw wasRefused(error) ? error : new RestoreUnknown(error);
    });
    // PostgreSQL does it by itself later; that it was restored holds without it.
    await client.query('analyze').catch(() => undefined);
    return manifest;
  } finally {
    await client.end();
  }
}
