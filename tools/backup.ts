import { runWithDatabase } from './command.ts';

await runWithDatabase('api/server/src/commands/backup.ts', process.argv.slice(2));
