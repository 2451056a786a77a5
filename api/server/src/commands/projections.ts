/**
 * `npm run projections -- check` compares every referral as it stands with what its events say; `-- rebuild` writes it anew
 * from them. Exit 0 they agree (or were rebuilt) · 1 they differ, or it failed · 2 wrong use.
 */
import { configFaults, readConfig } from '../config.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { wordsOf } from '../logging/words.ts';
import { migrate } from '../migrations/migrate.ts';
import { checkProjections, rebuildProjections } from '../services/projections.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import { progressOf } from './console.ts';

const USAGE = 'Usage: npm run projections -- check   or   npm run projections -- rebuild';
const [action, ...more] = process.argv.slice(2);

if ((action !== 'check' && action !== 'rebuild') || more.length > 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
const config = readConfig(process.env);
if (!config.ok) {
  process.stderr.write(`${configFaults(config.refusal)}\n`);
  process.exit(2);
}
try {
  await migrate(config.value.migrationDatabaseUrl);
  const store = await openPostgresStore({
    url: config.value.databaseUrl,
    keyRing: createKeyRing(config.value.keys),
    newId: () => '',
    poolSize: 2,
  });
  try {
    const outcome =
      action === 'check'
        ? await checkProjections(store, progressOf('comparing with the events'))
        : await rebuildProjections(store, new Date(), progressOf('reading events'));
    process.stdout.write(`${outcome.line}\n`);
    process.exitCode = outcome.good ? 0 : 1;
  } finally {
    await store.close();
  }
} catch (error) {
  process.stderr.write(`The projections could not be read: ${wordsOf(error)}\n`);
  process.exitCode = 1;
}
