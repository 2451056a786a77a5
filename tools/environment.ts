/** What every command needs: the repository's root, the state folder and a database, found or started. */
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDatabase, openPostgres, type Postgres } from './postgres.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

export function stateFolder(): string {
  const folder = resolve(process.env['REFLOOP_STATE'] ?? join(ROOT, '.data'));
  mkdirSync(folder, { recursive: true });
  return folder;
}

export type Databases = { refloop: string; refloopMigration: string; sandbox: string; close: () => Promise<void> };

/** The site's own server by DATABASE_URL, else the embedded one of this state folder. */
export async function openDatabases(hold: 'own' | 'borrow'): Promise<Databases> {
  const own = process.env['DATABASE_URL'];
  if (own) {
    const migration = process.env['REFLOOP_MIGRATION_DATABASE_URL'] ?? own;
    return {
      refloop: own,
      refloopMigration: migration,
      sandbox: process.env['EHR_DATABASE_URL'] ?? migration,
      close: async () => undefined,
    };
  }
  const postgres: Postgres = await openPostgres({ stateFolder: stateFolder(), hold, revive: hold === 'own', say });
  const refloopMigration = await ensureDatabase(postgres, 'refloop');
  const sandbox = await ensureDatabase(postgres, 'sandbox_ehr');
  return { refloop: postgres.url('refloop'), refloopMigration, sandbox, close: postgres.stop };
}
