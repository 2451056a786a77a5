/** `npm run simulate`: needs no database. */
import '../api/server/src/commands/simulate.ts';
