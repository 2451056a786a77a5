import { runWithDatabase } from './command.ts';

await runWithDatabase('api/server/src/commands/restore.ts', process.argv.slice(2));
