/** Histories through input events and models into DuckDB in memory: what a refresh does, without a snapshot on disk. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDb, type Query, quoted } from '@refloop/analytics/duckdb';
import { flatten, type History, INPUT_COLUMNS } from '@refloop/analytics/input-event';
import { createReferenceTables, runModels } from '@refloop/analytics/models';
import { createPseudonyms } from '@refloop/analytics/pseudonym';
import { AS_OF } from './simulated-orders.ts';

const PSEUDONYMS = createPseudonyms(Buffer.alloc(32, 11));
const COLUMNS = Object.entries(INPUT_COLUMNS)
  .map(([name, type]) => `${name}: ${quoted(type)}`)
  .join(', ');

export async function withHistories<Value>(histories: Iterable<History>, work: (query: Query) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'refloop-coverage-'));
  try {
    const staged = join(folder, 'staged.ndjson');
    let lines = '';
    for (const history of histories) for (const row of flatten(history, PSEUDONYMS)) lines += `${JSON.stringify(row)}\n`;
    await writeFile(staged, lines);
    const session = await openDuckDb({ folders: [folder], spillFolder: null, memoryMegabytes: 512, threads: 1, seconds: 120 });
    try {
      const query = await session.connect();
      await createReferenceTables(query, AS_OF);
      await query.run(
        `create table staged_event as select * from read_json(${quoted(staged)}, format = 'newline_delimited', columns = {${COLUMNS}})`,
      );
      await runModels(query, () => undefined);
      return await work(query);
    } finally {
      session.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
