/**
 * Makes a backup: one snapshot of the database, whatever is written meanwhile, as a folder of its own. It is written beside and
 * renamed when all of it is on disk, so that a folder of that name is always a whole backup.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { verifyChain } from '@refloop/domain/audit/chain';
import pg from 'pg';
import { sha256 } from '../audit/entry.ts';
import type { KeyRing } from '../crypto/key-ring.ts';
import { type Migration, readMigrations, tablesOf } from '../migrations/files.ts';
import { appliedMigrations, missingMigrations } from '../migrations/migrate.ts';
import { auditViewOf } from '../store/postgres/audit-trail.ts';
import { columnsOf, existingTables, hiddenTables, readSequences, seeWholeDatabase } from './catalog.ts';
import { BackupUnusable, type ChainFound, FORMAT, type Manifest, type TableFile, writeManifest } from './manifest.ts';
import { writeTable } from './table-file.ts';

export type BackupOptions = {
  /** As the role that owns the tables. */
  url: string;
  /** Must not exist yet. */
  folder: string;
  /** The keys of REFLOOP_KEY. */
  keyRing: KeyRing;
  /** Of Refloop. */
  version: string;
  now: () => Date;
  /** Told of each table once it is written, and waited for. */
  progress?: (written: TableFile) => void | Promise<void>;
  migrations?: Migration[];
  /** Breaks off; nothing is left behind. */
  signal?: AbortSignal;
};

/** The chain as this client sees it: the whole one. */
export async function chainOf(client: pg.ClientBase): Promise<ChainFound> {
  const view = auditViewOf(client);
  const verdict = await verifyChain(view.rows(), view.heads(), sha256);
  return verdict.status === 'whole' ? { status: 'whole', rows: verdict.rows, head: verdict.head } : verdict;
}

/** The keys of REFLOOP_KEY that wrap something; the first one wraps what every serving process has to open first. */
async function keysNeeded(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select name from (
       select coalesce(root, instance_key.kid) as name, 0 as place from instance_key left join key_encryption_key using (kid)
       union all select root, 1 from key_encryption_key where root is not null
       union all select data_key.kid, 2 from data_key join key_encryption_key using (kid) where root is null
     ) needed group by name order by min(place), name`,
  );
  return rows.map(({ name }) => name);
}

async function refuseOtherForms(client: pg.ClientBase, migrations: Migration[]): Promise<void> {
  const exists = await client.query(`select from pg_tables where schemaname = 'public' and tablename = 'schema_migration'`);
  if (exists.rowCount === 0) throw new BackupUnusable('The database holds nothing of Refloop.');
  const missing = missingMigrations(await appliedMigrations(client), migrations);
  if (missing.length > 0) {
    throw new BackupUnusable(
      `The database is of an older version (it lacks ${missing.map(({ name }) => name).join(', ')}). Back it up with that version, or start ` +
        'this one once, which brings the database up.',
    );
  }
}

/** Throws `BackupUnusable`, or in `migrate`’s words, unless the database is of exactly this version’s form. */
export async function requireThisForm(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await refuseOtherForms(client, readMigrations());
  } finally {
    await client.end();
  }
}

/**
 * A table that is written anew, as a migration may, looks empty to a snapshot of before (PostgreSQL, 13.6 Caveats). So all are held
 * before the snapshot is taken, which the first query after the lock does: whoever wants to alter one waits.
 */
async function beginSnapshot(client: pg.ClientBase, tables: string[]): Promise<void> {
  await client.query('begin isolation level repeatable read, read only');
  await client.query(`lock table ${tables.map((table) => client.escapeIdentifier(table)).join(', ')} in access share mode`);
  await seeWholeDatabase(client);
}

async function readAll(client: pg.ClientBase, folder: string, options: BackupOptions): Promise<Manifest> {
  const { migrations = readMigrations(), progress } = options;
  await refuseOtherForms(client, migrations);
  const tables = await existingTables(client, tablesOf(migrations));
  const hidden = await hiddenTables(client, tables);
  if (hidden.length > 0) {
    throw new BackupUnusable(
      `This login does not see every row of ${hidden.join(', ')}. Back up as the role that owns the tables and starts Refloop's ` +
        'migrations (REFLOOP_MIGRATION_DATABASE_URL).',
    );
  }
  await beginSnapshot(client, [...tables, 'schema_migration']);
  // A newer version may have started since.
  await refuseOtherForms(client, migrations);
  const keys = await keysNeeded(client);
  if (keys.length === 0)
    throw new BackupUnusable('The database holds no keys: Refloop was never started on it, and there is nothing to back up.');
  const files: TableFile[] = [];
  for (const table of tables) {
    const written = await writeTable(client, folder, table, await columnsOf(client, table));
    await progress?.(written);
    files.push(written);
  }
  return {
    format: FORMAT,
    version: options.version,
    madeAt: options.now().toISOString(),
    migrations: (await appliedMigrations(client)).map(({ name, sha256 }) => ({ name, sha256 })),
    tables: files,
    sequences: await readSequences(client, tables),
    audit: await chainOf(client),
    keys,
  };
}

/** Rejects when the signal is given; what it breaks off fails by itself once its connection is closed. */
const brokenOff = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, failed) => {
    const breakOff = (): void => failed(new BackupUnusable('It was broken off.'));
    if (signal?.aborted) breakOff();
    signal?.addEventListener('abort', breakOff, { once: true });
  });

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readSnapshot(folder: string, options: BackupOptions): Promise<Manifest> {
  const client = new pg.Client({ connectionString: options.url, connectionTimeoutMillis: 5000, keepAlive: true });
  // A connection that breaks fails the statement that waits for it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await Promise.race([readAll(client, folder, options), brokenOff(options.signal)]);
  } finally {
    await client.end();
  }
}

/** Throws `BackupUnusable` in words where it cannot be made; the folder then does not exist. */
export async function makeBackup(options: BackupOptions): Promise<Manifest> {
  const { folder, keyRing } = options;
  const partial = `${folder}.${randomBytes(4).toString('hex')}.partial`;
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(partial, { mode: 0o700 });
  try {
    const manifest = await readSnapshot(partial, options);
    const [kid = ''] = manifest.keys;
    await writeManifest(partial, manifest, keyRing, kid);
    await syncFolder(partial);
    await rename(partial, folder);
    await syncFolder(dirname(folder));
    return manifest;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}
