/**
 * The upgrade drill: brings a copy up to this version and looks whether everything in it survived, then backs it up and restores
 * it elsewhere. The databases it is handed are copies; it changes them.
 */
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { verifyAudit } from '../audit/verify.ts';
import type { KeyRing } from '../crypto/key-ring.ts';
import { appliedMigrations, migrate } from '../migrations/migrate.ts';
import { checkProjections, renewProjections } from '../services/projections.ts';
import { openPostgresStore } from '../store/postgres/store.ts';
import type { Store } from '../store/store.ts';
import { seeWholeDatabase } from './catalog.ts';
import { chainOf, makeBackup } from './make-backup.ts';
import type { ChainFound } from './manifest.ts';
import { type Counts, readEverything } from './read-everything.ts';
import { restoreBackup } from './restore-backup.ts';

export type DrillOptions = {
  /** A copy of the database, as a role that owns it and may act as the application. */
  url: string;
  /** An empty database for the backup of the copy. */
  secondUrl: string;
  /** Where that backup is written; must not exist. */
  backupFolder: string;
  keyRing: KeyRing;
  version: string;
  newId: () => string;
  /** The last migration of the original, where the copy was restored from a backup and brought up by that already. */
  from?: string | undefined;
  now: () => Date;
  /** Told what was found, a line at a time. */
  found: (line: string) => void;
  /** Told what begins, and how far it is. */
  progress?: (what: string) => (done: number, of: number) => void;
};

export type DrillOutcome = { good: boolean; from: string; chain: ChainFound; counts: Counts };

type Before = { migrations: string[]; chain: ChainFound };

async function lookBefore(url: string): Promise<Before> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read, read only');
    await seeWholeDatabase(client);
    return { migrations: (await appliedMigrations(client)).map(({ name }) => name), chain: await chainOf(client) };
  } finally {
    await client.end();
  }
}

async function withStore<Value>(options: DrillOptions, url: string, work: (store: Store) => Promise<Value>): Promise<Value> {
  const store = await openPostgresStore({ url, keyRing: options.keyRing, newId: options.newId, poolSize: 2 });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const words = (counts: Counts): string => {
  const { PENDING_REVIEW: drafts, APPROVED: approved, DISMISSED: dismissed, SUPERSEDED: superseded } = counts.recommendations;
  return (
    `${counts.referrals} referrals; recommendations: ${drafts} drafts, ${approved} approved, ${dismissed} dismissed, ${superseded} superseded; ` +
    `${counts.plans.finished} finished and ${counts.plans.unfinished} unfinished plans; ${counts.openObligations} open obligations, ` +
    `${counts.documents} documents, ${counts.inboundDocuments} that came in, ${counts.openEffects} effects under way`
  );
};

/** Throws where the copy cannot be brought up at all. */
export async function upgradeDrill(options: DrillOptions): Promise<DrillOutcome> {
  const { url, secondUrl, backupFolder: folder, keyRing, version, now, found } = options;
  const begin = (what: string): ((done: number, of: number) => void) => options.progress?.(what) ?? (() => undefined);
  let good = true;
  const bad = (line: string): void => {
    good = false;
    found(line);
  };
  const before = await lookBefore(url);
  const from = options.from ?? before.migrations.at(-1) ?? 'nothing';
  await migrate(url);
  const applied = (await lookBefore(url)).migrations.filter((name) => name > from);
  found(applied.length === 0 ? `migrations: none to apply after ${from}` : `migrations: ${applied.join(', ')} applied after ${from}`);

  const after = await lookBefore(url);
  const { chain } = before;
  if (chain.status === 'broken') bad(`audit: row ${chain.row}: ${chain.what}`);
  else if (!isDeepStrictEqual(after.chain, chain)) bad('audit: the log is not the one of before');
  else found(`audit: ${chain.rows} rows, head ${chain.head}, as before`);

  const { counts } = await withStore(options, url, async (store) => {
    const reading = await readEverything(store, now(), begin('reading everything'));
    for (const fault of reading.faults) bad(fault);
    found(`readable: ${words(reading.counts)}`);
    const renewed = await renewProjections(store, now());
    if (renewed > 0) found(`projections: ${renewed} referrals were brought into this version’s form`);
    const projections = await checkProjections(store, begin('comparing with the events'));
    (projections.good ? found : bad)(projections.line);
    if ((await verifyAudit(store.auditTrail, now())).status !== 'whole') bad('audit: entries of before cannot be numbered and verified');
    return reading;
  });

  begin('making a backup');
  const manifest = await makeBackup({ url, folder, keyRing, version, now });
  begin('restoring it');
  await restoreBackup({ url: secondUrl, folder, keyRing, force: false, now });
  const again = await withStore(options, secondUrl, (store) => readEverything(store, now(), begin('reading everything again')));
  if (isDeepStrictEqual(again.counts, counts)) found(`backup and restore: ${manifest.tables.length} tables, and the same is readable`);
  else bad(`backup and restore: after it, readable are ${words(again.counts)}`);
  return { good, from, chain, counts };
}
