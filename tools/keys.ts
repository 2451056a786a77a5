import { runWithDatabase } from './command.ts';

await runWithDatabase('api/server/src/commands/keys.ts', process.argv.slice(2));
