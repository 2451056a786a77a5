/** Vitest's global set-up: one embedded PostgreSQL for the whole run, in a folder that goes when it ends. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../api/server/src/migrations/migrate.ts';
import { ensureDatabase, openPostgres } from './postgres.ts';

/** What tests are given a copy of; nobody else connects to it. */
const MIGRATED = 'migrated';

export default async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'refloop-test-'));
  chmodSync(folder, 0o755);
  // Nothing here outlives the run, so durability is traded for speed.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const postgres = await openPostgres({ stateFolder: folder, hold: 'own', settings });
  process.env['REFLOOP_TEST_POSTGRES'] = postgres.url('postgres');
  await migrate(await ensureDatabase(postgres, MIGRATED));
  process.env['REFLOOP_TEST_MIGRATED'] = MIGRATED;
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
