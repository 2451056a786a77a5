/**
 * `npm run restore -- FOLDER [--force]` puts a backup into an empty database, or with --force in the place of what Refloop has in it.
 * The last line of stdout sums up. Exit 0 restored · 1 not restored and nothing changed, not known, or restored with a broken audit log · 2 wrong use.
 */
import { parseArgs } from 'node:util';
import { monotonicFactory } from 'ulid';
import { verifyAudit } from '../audit/verify.ts';
import type { Manifest } from '../backup/manifest.ts';
import { DatabaseNotEmpty, type RestoreProgress, RestoreUnknown, restoreBackup, type TableCount } from '../backup/restore-backup.ts';
import type { Config } from '../config.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { wordsOf } from '../logging/words.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { chainWords, recordEverywhere, totals } from './backup-words.ts';
import { folderOf, megabytes, plural, say, settings, wrongUse } from './console.ts';

const USAGE = 'Usage: npm run restore -- FOLDER [--force]';

type Wish = { folder: string; force: boolean };

function wish(): Wish {
  let parsed: { values: { force?: boolean }; positionals: string[] };
  try {
    parsed = parseArgs({ options: { force: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    return wrongUse((error as Error).message, USAGE);
  }
  const [argument, ...more] = parsed.positionals;
  if (argument === undefined) return wrongUse('Say which folder to restore.', USAGE);
  if (more.length > 0) return wrongUse(`"${more[0]}" is too much.`, USAGE);
  return { folder: folderOf(argument), force: parsed.values.force ?? false };
}

const list = (tables: TableCount[]): string => tables.map(({ table, rows }) => `${table} ${rows}`).join(', ');

function tell(progress: RestoreProgress): void {
  switch (progress.step) {
    case 'checked':
      return say(`${progress.file.file}: ${megabytes(progress.file.bytes)}, unaltered`);
    case 'destroying':
      return say(`--force: what is in the database now is destroyed (rows: ${list(progress.tables)}).`);
    case 'restored':
      return say(`${progress.file.table}: ${plural(progress.file.rows, 'row')} restored`);
  }
}

/** Tells the logs, whose last entries may be gone, what happened; then checks them once more as every process will. */
async function recordAndVerify(config: Config, manifest: Manifest): Promise<void> {
  const store = await openPostgresStore({
    url: config.databaseUrl,
    keyRing: createKeyRing(config.keys),
    newId: monotonicFactory(),
    poolSize: 2,
  });
  try {
    await recordEverywhere(store, 'npm run restore', 'backup.restored', { madeAt: manifest.madeAt, audit: manifest.audit });
    const verdict = await verifyAudit(store.auditTrail, new Date());
    if (verdict.status !== manifest.audit.status) throw new Error('the audit log does not verify; `npm run audit -- verify` says why');
  } finally {
    await store.close();
  }
}

const { folder, force } = wish();
const config = settings();
try {
  const manifest = await restoreBackup({
    url: config.migrationDatabaseUrl,
    folder,
    keyRing: createKeyRing(config.keys),
    force,
    now: () => new Date(),
    progress: tell,
  });
  say(`Restored as of ${manifest.madeAt}; the audit log ends as it did then. Sessions of that time are ended: everybody launches anew.`);
  try {
    await recordAndVerify(config, manifest);
    const { words, code } = chainWords(manifest.audit);
    process.stdout.write(`restore: ${plural(manifest.tables.length, 'table')}, ${plural(totals(manifest).rows, 'row')}, ${words}\n`);
    process.exitCode = code;
  } catch (error) {
    say(`The backup was restored, but Refloop cannot use it: ${wordsOf(error)}`);
    process.exitCode = 1;
  }
} catch (error) {
  say(error instanceof RestoreUnknown ? error.message : `The backup was not restored: ${wordsOf(error)}`);
  if (error instanceof DatabaseNotEmpty)
    say(`Rows: ${list(error.tables)}. Nothing was changed. With --force they are destroyed and replaced.`);
  process.exitCode = 1;
}
