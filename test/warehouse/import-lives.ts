/**
 * Random lives imported into a warehouse, from histories of ours or from a Bulk export; run as a process of its own, it does that and waits
 * for nothing.
 */
import { importExports } from '@refloop/analytics/fhir/import-exports';
import { importHistories } from '@refloop/analytics/import-histories';
import type { History } from '@refloop/analytics/input-event';
import type { SnapshotManifest } from '@refloop/analytics/snapshot';
import fc from 'fast-check';
import { AS_OF, arbitraryLife, patientOf, playLife } from '../oracle/random-history.ts';

/** @property exported the folder of the export where they come from one; else they are histories of ours */
export type LivesToImport = { warehouse: string; seed: number; many: number; exported?: string };

const OF = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };

async function* historiesOf({ seed, many }: LivesToImport): AsyncIterable<History> {
  for (const [at, life] of fc.sample(arbitraryLife, { numRuns: many, seed }).entries()) {
    const referralId = `referral-${at}`;
    const events = playLife(referralId, life);
    if (events.length > 0) yield { ...OF, referralId, patientId: patientOf(life), events };
  }
}

export async function importLives(lives: LivesToImport): Promise<SnapshotManifest> {
  const options = {
    warehouse: lives.warehouse,
    pseudonymKey: Buffer.alloc(32, 3),
    now: AS_OF,
    reidentify: async () => undefined,
    // Old enough to go, were it not that none younger than an hour does.
    keep: 1,
  };
  if (lives.exported === undefined) return (await importHistories(historiesOf(lives), options)).manifest;
  const { snapshot } = await importExports({ ...options, sources: [lives.exported], scope: OF, views: null, keepPairs: false });
  return snapshot.manifest;
}

if (import.meta.main) {
  await importLives(JSON.parse(process.argv[2] ?? '') as LivesToImport);
}
