import { runWithDatabase } from './command.ts';

await runWithDatabase('api/server/src/commands/audit.ts', process.argv.slice(2));
