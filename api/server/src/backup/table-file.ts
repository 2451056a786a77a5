/**
 * A table as a file: what COPY says in its text format, which any PostgreSQL reads, gzipped. Rows pass through as they come; a
 * table of any size takes the same memory here.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type pg from 'pg';
import { from, to } from 'pg-copy-streams';
import { BackupUnusable, type TableFile } from './manifest.ts';

/** Ciphertext hardly shrinks; a little is gained where hexadecimal becomes bytes again, and more effort gains no more. */
const LEVEL = 1;

const hashing = (hash: Hash): Transform =>
  new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });

const target = (client: pg.ClientBase, table: string, columns: string[]): string =>
  `${client.escapeIdentifier(table)} (${columns.map((column) => client.escapeIdentifier(column)).join(', ')})`;

/** Writes the table's rows as this transaction sees them to a new file, durably. */
export async function writeTable(client: pg.ClientBase, folder: string, table: string, columns: string[]): Promise<TableFile> {
  const file = `${table}.copy.gz`;
  const hash = createHash('sha256');
  const rows = client.query(to(`copy ${target(client, table, columns)} to stdout`));
  await pipeline(
    rows,
    createGzip({ level: LEVEL }),
    hashing(hash),
    createWriteStream(join(folder, file), { flags: 'wx', mode: 0o600, flush: true }),
  );
  // The count comes with the end of the command, which the next answer is sure to follow.
  await client.query('select');
  return { table, columns, file, rows: rows.rowCount, bytes: (await stat(join(folder, file))).size, sha256: hash.digest('hex') };
}

const altered = ({ file }: TableFile): BackupUnusable =>
  new BackupUnusable(`${file} was altered after the backup was made; nothing was restored.`);

/** Throws `BackupUnusable` where the file is missing, or is not byte for byte what was written. */
export async function checkTable(folder: string, written: TableFile): Promise<void> {
  const path = join(folder, written.file);
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) throw new BackupUnusable(`${written.file} is missing from the backup; nothing was restored.`);
  if (size !== written.bytes) throw altered(written);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hashing(hash), new PassThrough().resume());
  if (hash.digest('hex') !== written.sha256) throw altered(written);
}

/** Copies the file's rows into the table, in the transaction of the caller. The hash is looked at again: the file may have changed since. */
export async function readTable(client: pg.ClientBase, folder: string, written: TableFile): Promise<void> {
  const hash = createHash('sha256');
  const rows = client.query(from(`copy ${target(client, written.table, written.columns)} from stdin`));
  await pipeline(createReadStream(join(folder, written.file)), hashing(hash), createGunzip(), rows);
  if (hash.digest('hex') !== written.sha256) throw altered(written);
  if (rows.rowCount !== written.rows) throw new BackupUnusable(`${written.file} held ${rows.rowCount} rows, not ${written.rows}.`);
}
