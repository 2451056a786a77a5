/** Runs one of Refloop's commands with a database at hand; its result on stdout, everything else on stderr. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openDatabases, ROOT, stateFolder } from './environment.ts';

export async function runWithDatabase(script: string, args: string[]): Promise<never> {
  const databases = await openDatabases('borrow');
  const code = await new Promise<number>((done) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, script), ...args], {
      cwd: ROOT,
      stdio: 'inherit',
      env: {
        ...process.env,
        DATABASE_URL: databases.refloop,
        REFLOOP_MIGRATION_DATABASE_URL: databases.refloopMigration,
        REFLOOP_STATE: stateFolder(),
      },
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.on('exit', (exit, signal) => done(signal === 'SIGINT' || signal === 'SIGTERM' ? 130 : (exit ?? 1)));
  });
  await databases.close();
  process.exit(code);
}
