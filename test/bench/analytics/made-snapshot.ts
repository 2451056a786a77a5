/** A snapshot of made-up referrals, written and put in force as an import does it. */
import { join } from 'node:path';
import { openDuckDb, quoted } from '@refloop/analytics/duckdb';
import { INPUT_COLUMNS } from '@refloop/analytics/input-event';
import { createReferenceTables, KEPT_MODELS, MODEL_VERSION, runModels, writeParquet } from '@refloop/analytics/models';
import { beginSnapshot, publishSnapshot } from '@refloop/analytics/snapshot';
import { type KeptTallies, tallyFile, writeTallies } from '@refloop/analytics/tallies';
import { AS_OF, generatedReferrals } from './generated-referrals.ts';
import { QUESTIONS } from './questions.ts';

/** Nobody asks the others of it. */
const ASKED = [...new Set(QUESTIONS.map(({ metric }) => metric))];

export type Made = { parquet: string; csv: string; tallies: { files: string[]; milliseconds: number } };

/** @returns the files of the rows: as the snapshot has them, and as CSV for those who cannot read that */
export async function makeSnapshot(folder: string, count: number, seed: number): Promise<Made> {
  const building = await beginSnapshot(folder, AS_OF);
  const session = await openDuckDb({
    folders: [folder],
    spillFolder: join(folder, 'spill'),
    memoryMegabytes: 4096,
    threads: 2,
    seconds: 3600,
  });
  const csv = join(folder, 'core__referral.csv');
  let tallies: KeptTallies = {};
  let milliseconds = 0;
  try {
    const query = await session.connect();
    await createReferenceTables(query, AS_OF);
    const columns = Object.entries(INPUT_COLUMNS).map(([name, type]) => `${name} ${type}`);
    await query.run(`create table staged_event (${columns.join(', ')})`);
    // Every model over no events; then the one that metrics read, with rows. A column that is not made up stays empty.
    await runModels(query, () => undefined);
    for (const model of KEPT_MODELS) {
      const file = join(building.folder, `${model}.parquet`);
      const rows = `(select * from core__referral union all by name (${generatedReferrals(count, seed)}) order by tenant, issuer, specialty, ordered_on, referral)`;
      await writeParquet(query, model === 'core__referral' ? rows : model, file);
    }
    const names = (await query.run(`describe (${generatedReferrals(1, seed)})`)).map((row) => String(row['column_name']));
    const written = quoted(join(building.folder, 'core__referral.parquet'));
    const since = performance.now();
    await query.run('drop table core__referral');
    await query.run(`create view core__referral as select * from read_parquet(${written})`);
    tallies = await writeTallies(query, building.folder, { asOf: AS_OF, snapshot: building.name }, { least: 0, metrics: ASKED });
    milliseconds = performance.now() - since;
    await query.run(`copy (select ${names.join(', ')} from read_parquet(${written})) to ${quoted(csv)} (format csv, header true)`);
  } finally {
    session.close();
  }
  const snapshot = await publishSnapshot(folder, building, {
    asOf: AS_OF,
    modelVersion: MODEL_VERSION,
    referrals: count,
    events: 0,
    checks: [],
    tallies,
  });
  const files = Object.keys(tallies).map((metric) => join(snapshot.folder, tallyFile(metric)));
  return { parquet: join(snapshot.folder, 'core__referral.parquet'), csv, tallies: { files, milliseconds } };
}
