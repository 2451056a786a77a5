/** Random lives imported into a warehouse; run as a process of its own, it does that and waits for nothing. */
import { importHistories } from '@refloop/analytics/import-histories';
import type { History } from '@refloop/analytics/input-event';
import type { SnapshotManifest } from '@refloop/analytics/snapshot';
import fc from 'fast-check';
import { AS_OF, arbitraryLife, playLife } from '../oracle/random-history.ts';

export type LivesToImport = { warehouse: string; seed: number; many: number };

async function* historiesOf({ seed, many }: LivesToImport): AsyncIterable<History> {
  for (const [at, life] of fc.sample(arbitraryLife, { numRuns: many, seed }).entries()) {
    const referralId = `referral-${at}`;
    const events = playLife(referralId, life);
    const of = { tenant: 'north', issuer: 'https://ehr.example.org/fhir', site: 'North clinic' };
    if (events.length > 0) yield { ...of, referralId, patientId: `p${life.setting}`, events };
  }
}

export async function importLives(lives: LivesToImport): Promise<SnapshotManifest> {
  const { manifest } = await importHistories(historiesOf(lives), {
    warehouse: lives.warehouse,
    pseudonymKey: Buffer.alloc(32, 3),
    now: AS_OF,
    reidentify: async () => undefined,
    // Old enough to go, were it not that none younger than an hour does.
    keep: 1,
  });
  return manifest;
}

if (import.meta.main) {
  await importLives(JSON.parse(process.argv[2] ?? '') as LivesToImport);
}
