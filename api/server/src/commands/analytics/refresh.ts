/** `npm run analytics -- refresh`: from what the database holds to a snapshot in force. */
import { ChecksFailed } from '@refloop/analytics/import-histories';
import type { Reading } from '@refloop/analytics/reading';
import { NewerSnapshotInForce, type Snapshot } from '@refloop/analytics/snapshot';
import { type RefreshProgress, refreshWarehouse } from '../../analytics/refresh.ts';
import { createKeyRing } from '../../crypto/key-ring.ts';
import { migrate } from '../../migrations/migrate.ts';
import { openPostgresStore } from '../../store/postgres/store.ts';
import { folderOf, plural, say, settings, wrongUse } from '../console.ts';
import { readOptions, type Subcommand, WAREHOUSE_OPTION } from './subcommand.ts';

const HELP = `Usage: npm run analytics -- refresh [--full] [--keep N] [--warehouse DIR]

Reads from the database the history of every referral to which something was added since the snapshot in force, takes all others
from that snapshot, and puts a new one in force. Readers keep the old one until then, and so does everybody when it is cancelled or
a check fails. A referral whose data key was destroyed is left out, and the snapshots that still hold it go within the hour.
Days are those of REFLOOP_TIMEZONE (UTC unless set).

  --full             reads every history anew, whatever the snapshot in force holds
  --keep N           how many snapshots stay (5); one younger than an hour always does
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
        // What is as it was is passed over fast, so that the rate is of all that was looked at.
        const rate = progress.referrals / Math.max(0.001, (now - began) / 1000);
        const left = Math.ceil(Math.max(0, total - progress.referrals) / Math.max(1, rate));
        return say(
          `looked at ${whole.format(progress.referrals)} of ${whole.format(total)} referrals, read ${whole.format(progress.read)} of them, ${whole.format(progress.events)} events ` +
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
  const { name, referrals, events, checks, reading } = manifest;
  return `analytics: snapshot ${name}, ${referrals} referrals, ${events} events, ${readingText(reading)}, ${plural(checks.length, 'check')}, ${plural(warnings.length, 'warning')}, ${seconds.toFixed(1)} s`;
}

function readingText(reading: Reading | undefined): string {
  if (reading === undefined) return 'read whole';
  const { kind, read, unchanged, removed, unreadable } = reading;
  const told = kind === 'whole' ? [`${read} read`] : [`${read} read`, `${unchanged} unchanged`];
  if (removed !== null && removed > 0) told.push(`${removed} removed`);
  if (unreadable > 0) told.push(`${unreadable} left out (data key destroyed)`);
  return told.join(', ');
}

/** From 1 on. */
function keepOf(text: string | undefined): number {
  if (text === undefined) return 5;
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : wrongUse(`--keep: "${text}" is not a whole number from 1 to 9999.`, HELP);
}

const OPTIONS = { warehouse: { type: 'string' }, full: { type: 'boolean', default: false }, keep: { type: 'string' } } as const;

async function run(args: string[], signal: AbortSignal): Promise<string> {
  const { positionals, values } = readOptions(args, OPTIONS, HELP);
  if (positionals.length > 0) return wrongUse(`"${positionals[0]}" is too much.`, HELP);
  const [began, keep] = [performance.now(), keepOf(values.keep)];
  // Named here, it counts as the setting does: in production the attestation must be of this very folder.
  const named = values.warehouse === undefined ? {} : { REFLOOP_WAREHOUSE: folderOf(values.warehouse) };
  const config = settings({ ...process.env, ...named });
  await migrate(config.migrationDatabaseUrl);
  const store = await openPostgresStore({ url: config.databaseUrl, keyRing: createKeyRing(config.keys), newId: () => '', poolSize: 2 });
  try {
    const { warehouseFolder: folder, timezone } = config;
    const options = { folder, timezone, keep, full: values.full, now: new Date().toISOString(), signal, onProgress: progressTo() };
    const snapshot = await refreshWarehouse(store, options);
    return `${snapshotLine(snapshot, (performance.now() - began) / 1000)}\n`;
  } finally {
    await store.close();
  }
}

export const refresh: Subcommand = {
  help: HELP,
  whenCancelled: 'the snapshot in force is as it was',
  plainErrors: [ChecksFailed, NewerSnapshotInForce],
  run,
};
