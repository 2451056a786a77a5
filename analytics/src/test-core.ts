/** For tests: a connection with the models over no events, so that rows can be put into them by hand. */
import type { DuckDBValue } from '@duckdb/node-api';
import { openDuckDb, type Query } from './duckdb.ts';
import { INPUT_COLUMNS } from './input-event.ts';
import { createReferenceTables, runModels } from './models.ts';

export type CoreRow = Record<string, string | number | boolean | null>;

/** A referral for a visit whose order stood in the chart, until the case says otherwise. */
const USUAL: CoreRow = {
  tenant: 'north',
  issuer: 'https://ehr.example.org/fhir',
  site: 'North clinic',
  patient: 'p',
  specialty: 'cardiology',
  urgency: 'routine',
  service: 'visit',
  standing: 'active',
  was_active: true,
  visits: 0,
  lawful_choice: false,
};

export async function withCore<Value>(work: (query: Query) => Promise<Value>): Promise<Value> {
  const session = await openDuckDb({ folders: [], spillFolder: null, memoryMegabytes: 256, threads: 1, seconds: 30 });
  try {
    const query = await session.connect();
    await createReferenceTables(query, '2026-11-28T00:00:00.000Z');
    const columns = Object.entries(INPUT_COLUMNS).map(([name, type]) => `${name} ${type}`);
    await query.run(`create table staged_event (${columns.join(', ')})`);
    await runModels(query, () => undefined);
    return await work(query);
  } finally {
    session.close();
  }
}

export async function putReferrals(query: Query, rows: CoreRow[]): Promise<void> {
  for (const row of rows) {
    const whole: CoreRow = { ...USUAL, month: typeof row['ordered_on'] === 'string' ? row['ordered_on'].slice(0, 7) : null, ...row };
    const names = Object.keys(whole);
    const values = Object.fromEntries(names.map((name): [string, DuckDBValue] => [name, whole[name] ?? null]));
    await query.run(`insert into core__referral (${names.join(', ')}) values (${names.map((name) => `$${name}`).join(', ')})`, values);
  }
}
