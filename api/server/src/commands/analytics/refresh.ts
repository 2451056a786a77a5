/** `npm run analytics -- refresh`: from what the database holds to a snapshot in force. */
import { ChecksFailed } from '@refloop/analytics/import-histories';
import { NewerSnapshotInForce, type Snapshot } from '@refloop/analytics/snapshot';
import { type RefreshProgress, refreshWarehouse } from '../../analytics/refresh.ts';
import { createKeyRing } from '../../crypto/key-ring.ts';
import { migrate } from '../../migrations/migrate.ts';
import { openPostgresStore } from '../../store/postgres/store.ts';
import { folderOf, plural, say, settings, wrongUse } from '../console.ts';
import { readOptions, type Subcommand, WAREHOUSE_OPTION } from './subcommand.ts';

const HELP = `Usage: npm run analytics -- refresh [--warehouse DIR]

Reads every referral's history from the database and puts a new snapshot in force. Readers keep the old one until then, and so
does everybody when it is cancelled or a check fails.

  ${WAREHOUSE_OPTION}`;

const whole = new Intl.NumberFormat('en-US');
const MODELS: Record<string, string> = { input__event: 'events', core__referral: 'referrals' };

/** Progress with its rate and the time left, at most twice a second. */
function progressTo(): (progress: RefreshProgress) => void {
  const began = performance.now();
  let [told, total] = [0, 0];
  return (progress) => {
    switch (progress.stage) {
      case 'counted':
        total = progress.referrals;
        return say(`${whole.format(total)} referrals to read`);
      case 'reading': {
        const now = performance.now();
        if (now - told < 500 && progress.referrals < total) return;
        told = now;
        const rate = progress.referrals / Math.max(0.001, (now - began) / 1000);
        const left = Math.ceil(Math.max(0, total - progress.referrals) / Math.max(1, rate));
        return say(
          `read ${whole.format(progress.referrals)} of ${whole.format(total)} referrals, ${whole.format(progress.events)} events ` +
            `(${whole.format(Math.round(rate))} referrals a second, ${left} s left)`,
        );
      }
      case 'modelling':
        return MODELS[progress.model] === undefined ? undefined : say(`${MODELS[progress.model]} made`);
      case 'checking':
        return say('checking');
      case 'writing':
        return say('writing');
    }
  };
}

function snapshotLine({ manifest }: Snapshot, seconds: number): string {
  const warnings = manifest.checks.filter(({ rows }) => rows > 0);
  for (const { check, rows, meaning } of warnings) say(`warning ${check}: ${whole.format(rows)} rows. ${meaning}`);
  const { name, referrals, events, checks } = manifest;
  return `analytics: snapshot ${name}, ${referrals} referrals, ${events} events, ${plural(checks.length, 'check')}, ${plural(warnings.length, 'warning')}, ${seconds.toFixed(1)} s`;
}

async function run(args: string[], signal: AbortSignal): Promise<string> {
  const { positionals, values } = readOptions(args, { warehouse: { type: 'string' } }, HELP);
  if (positionals.length > 0) return wrongUse(`"${positionals[0]}" is too much.`, HELP);
  const began = performance.now();
  // Named here, it counts as the setting does: in production the attestation must be of this very folder.
  const named = values.warehouse === undefined ? {} : { REFLOOP_WAREHOUSE: folderOf(values.warehouse) };
  const config = settings({ ...process.env, ...named });
  await migrate(config.migrationDatabaseUrl);
  const store = await openPostgresStore({ url: config.databaseUrl, keyRing: createKeyRing(config.keys), newId: () => '', poolSize: 2 });
  try {
    const options = { folder: config.warehouseFolder, now: new Date().toISOString(), signal, onProgress: progressTo() };
    const snapshot = await refreshWarehouse(store, options);
    return `${snapshotLine(snapshot, (performance.now() - began) / 1000)}\n`;
  } finally {
    await store.close();
  }
}

export const refresh: Subcommand = {
  name: 'refresh',
  does: 'makes a snapshot of what happened to every referral, and puts it in force',
  help: HELP,
  needsDatabase: true,
  whenCancelled: 'the snapshot in force is as it was',
  plainErrors: [ChecksFailed, NewerSnapshotInForce],
  run,
};
