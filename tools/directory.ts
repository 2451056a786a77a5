import { runWithDatabase } from './command.ts';

await runWithDatabase('api/server/src/commands/directory.ts', process.argv.slice(2));
