import { runWithDatabase } from './command.ts';

await runWithDatabase('api/server/src/commands/projections.ts', process.argv.slice(2));
