/**
 * `npm run backup -- FOLDER` writes everything Refloop keeps in its database to a new folder, while it serves. The last line of
 * stdout sums up. Exit 0 made · 1 not made, or made of a broken audit log · 2 wrong use · 130 broken off.
 */
import { existsSync } from 'node:fs';
import { monotonicFactory } from 'ulid';
import { makeBackup, requireThisForm } from '../backup/make-backup.ts';
import type { Manifest } from '../backup/manifest.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { chainWords, recordEverywhere, totals, version } from './backup-words.ts';
import { folderOf, megabytes, plural, say, settings, wrongUse } from './console.ts';

const USAGE = 'Usage: npm run backup -- FOLDER';

const [argument, ...more] = process.argv.slice(2);
if (argument === undefined) wrongUse('Say which folder to write.', USAGE);
if (more.length > 0) wrongUse(`"${more[0]}" is too much.`, USAGE);
const folder = folderOf(argument);
if (existsSync(folder)) wrongUse(`${folder} exists already. Name a folder that does not; a backup is never written over another.`, USAGE);

const breakOff = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => breakOff.abort());

async function run(): Promise<Manifest> {
  const config = settings();
  const keyRing = createKeyRing(config.keys);
  await requireThisForm(config.migrationDatabaseUrl);
  const store = await openPostgresStore({ url: config.databaseUrl, keyRing, newId: monotonicFactory(), poolSize: 2 });
  try {
    await recordEverywhere(store, 'npm run backup', 'backup.started', { folder });
  } finally {
    await store.close();
  }
  return makeBackup({
    url: config.migrationDatabaseUrl,
    folder,
    keyRing,
    version: version(),
    now: () => new Date(),
    signal: breakOff.signal,
    progress: ({ table, rows, bytes }) => say(`${table}: ${plural(rows, 'row')}, ${megabytes(bytes)}`),
  });
}

try {
  const manifest = await run();
  const { rows, bytes } = totals(manifest);
  say(`Written to ${folder}. To restore it, REFLOOP_KEY must hold ${manifest.keys.join(', ')}: keys are not in the backup.`);
  const { words, code } = chainWords(manifest.audit);
  process.stdout.write(`backup: ${plural(manifest.tables.length, 'table')}, ${plural(rows, 'row')}, ${megabytes(bytes)}, ${words}\n`);
  process.exitCode = code;
} catch (error) {
  say(`The backup was not made: ${(error as Error).message}`);
  process.exitCode = breakOff.signal.aborted ? 130 : 1;
}
