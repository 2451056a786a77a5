/**
 * `npm run drill -- upgrade STATE_FOLDER|BACKUP` (`tools/drill.ts` makes the copy and calls this). What was found on stdout, the last
 * line sums up. Exit 0 everything survives the upgrade · 1 something does not · 2 wrong use.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { monotonicFactory } from 'ulid';
import { restoreBackup } from '../backup/restore-backup.ts';
import { upgradeDrill } from '../backup/upgrade-drill.ts';
import { createKeyRing } from '../crypto/key-ring.ts';
import { wordsOf } from '../logging/words.ts';
import { chainWords, version } from './backup-words.ts';
import { plural, progressOf, say, settings } from './console.ts';

const { values } = parseArgs({
  options: {
    /** A backup to begin with; without it the database is a copy already. */
    backup: { type: 'string' },
    second: { type: 'string' },
    scratch: { type: 'string' },
  },
});
const { backup, second = '', scratch = '' } = values;
const config = settings();
const url = config.migrationDatabaseUrl;
const keyRing = createKeyRing(config.keys);
const now = (): Date => new Date();

let from: string | undefined;

try {
  if (backup !== undefined) {
    const manifest = await restoreBackup({ url, folder: backup, keyRing, force: false, now });
    from = manifest.migrations.at(-1)?.name;
    say(`The backup of ${manifest.madeAt} is restored into a database of the drill.`);
  }
  const outcome = await upgradeDrill({
    url,
    secondUrl: second,
    backupFolder: join(scratch, 'backup'),
    keyRing,
    version: version(),
    newId: monotonicFactory(),
    from,
    now,
    found: (line) => void process.stdout.write(`${line}\n`),
    progress: (what) => {
      say(`${what} …`);
      return progressOf(what);
    },
  });
  const { words } = chainWords(outcome.chain);
  const verdict = outcome.good ? words : 'not everything survives; the lines above say what';
  process.stdout.write(`drill: from ${outcome.from}, ${plural(outcome.counts.referrals, 'referral')}, ${verdict}\n`);
  process.exitCode = outcome.good ? 0 : 1;
} catch (error) {
  say(`The drill failed: ${wordsOf(error)}`);
  process.exitCode = 1;
}
