import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readAsked } from '../api/server/src/commands/analytics/subcommands.ts';
import { runWithDatabase } from './command.ts';
import { stateFolder } from './environment.ts';
import { SANDBOX_KEYS } from './sandbox-keys.ts';

const args = process.argv.slice(2);
const asked = await readAsked(args);

// The sandbox EHR knows Refloop by the key that the first start made.
const sandboxKey = join(stateFolder(), SANDBOX_KEYS.system);
if (existsSync(sandboxKey)) process.env['REFLOOP_SANDBOX_SYSTEM_KEY'] ??= sandboxKey;

// What needs no database runs here, and nothing has to be started for it.
if (asked.kind === 'run' && asked.subcommand.needsDatabase) await runWithDatabase('api/server/src/commands/analytics.ts', args);
else {
  process.env['REFLOOP_STATE'] = stateFolder();
  await import('../api/server/src/commands/analytics.ts');
}
