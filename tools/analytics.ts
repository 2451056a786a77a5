import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runWithDatabase } from './command.ts';
import { ROOT, stateFolder } from './environment.ts';

const SCRIPT = 'api/server/src/commands/analytics.ts';
const [action, ...more] = process.argv.slice(2);

// What is read from the warehouse needs no database, and nothing has to be started for it.
if (action === 'refresh' && !more.includes('--help')) await runWithDatabase(SCRIPT, [action, ...more]);
else {
  process.env['REFLOOP_STATE'] = stateFolder();
  await import(pathToFileURL(join(ROOT, SCRIPT)).href);
}
