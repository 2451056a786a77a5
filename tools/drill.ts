/**
 * `npm run drill -- upgrade STATE_FOLDER|BACKUP`: tries this version on a copy, and says what it found. The original is only read.
 * The copy lies in the system's temporary folder (TMPDIR) and goes at the end.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ROOT, say } from './environment.ts';
import { copyDatabase, ensureDatabase, openPostgres } from './postgres.ts';

const USAGE = 'Usage: npm run drill -- upgrade STATE_FOLDER|BACKUP';

function wrongUse(why: string): never {
  say(why);
  say(USAGE);
  process.exit(2);
}

const [action, argument, ...more] = process.argv.slice(2);
if (more.length > 0) wrongUse(`"${more[0]}" is too much.`);
if (action !== 'upgrade') wrongUse(action === undefined ? 'Say what to try.' : `"${action}" is not upgrade.`);
if (argument === undefined) wrongUse('Say which state folder or backup to try it on.');
const original = resolve(process.env['INIT_CWD'] ?? process.cwd(), argument);
if (!existsSync(original) || !statSync(original).isDirectory()) wrongUse(`${original} is not a folder.`);

const work = mkdtempSync(join(tmpdir(), 'refloop-drill-'));
// PostgreSQL, as a user of its own, has to reach its part; that part is closed to others.
chmodSync(work, 0o755);
let stopping = false;

async function run(): Promise<number> {
  const isBackup = existsSync(join(original, 'manifest.json'));
  if (!isBackup) {
    say(`Copying the database of ${original} …`);
    copyDatabase(original, work);
  }
  // Nothing here outlives the drill, so durability is traded for speed.
  const postgres = await openPostgres({ stateFolder: work, hold: 'own', settings: { fsync: 'off' } });
  try {
    const url = await ensureDatabase(postgres, 'refloop');
    const second = await ensureDatabase(postgres, 'refloop_drill');
    if (stopping) return 130;
    const script = join(ROOT, 'api', 'server', 'src', 'commands', 'drill.ts');
    const args = ['--second', second, '--scratch', work, ...(isBackup ? ['--backup', original] : [])];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
      stdio: 'inherit',
      env: { ...process.env, DATABASE_URL: url, REFLOOP_MIGRATION_DATABASE_URL: url, REFLOOP_STATE: work },
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    return await new Promise<number>((done) => {
      child.on('exit', (exit, signal) => done(signal === 'SIGINT' || signal === 'SIGTERM' ? 130 : (exit ?? 1)));
    });
  } finally {
    await postgres.stop();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopping = true;
  });
}
let code = 1;
try {
  code = await run();
} catch (error) {
  say(`The drill failed: ${(error as Error).message}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(code);
