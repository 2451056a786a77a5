/** `npm run simulate`: needs no database. */
import '../test/simulation/command.ts';
