/** For tests: a connection with the models over no events, so that rows can be put into them by hand. */
import type { DuckDBValue } from '@duckdb/node-api';
import { openDuckDb, type Query } from './duckdb.ts';
import { INPUT_COLUMNS, type InputEvent } from './input-event.ts';
import { createReferenceTables, MODELS, runModels } from './models.ts';

export type CoreRow = Record<string, string | number | boolean | null | undefined>;

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
  recommended: true,
  visits: 0,
  lawful_choice: false,
};

export type Core = { query: Query; close: () => void };

/** A connection without any model. */
export async function withQuery<Value>(work: (query: Query) => Promise<Value>): Promise<Value> {
  const session = await openDuckDb({ folders: [], spillFolder: null, memoryMegabytes: 256, threads: 1, seconds: 30 });
  try {
    return await work(await session.connect());
  } finally {
    session.close();
  }
}

/** A connection with every model made of these events. Dear: take one for many cases, and empty it between. */
export async function openCore(events: readonly InputEvent[] = [], eventsAtOnce?: number): Promise<Core> {
  const session = await openDuckDb({ folders: [], spillFolder: null, memoryMegabytes: 256, threads: 1, seconds: 30 });
  const query = await session.connect();
  await createReferenceTables(query, '2026-11-28T00:00:00.000Z');
  const columns = Object.entries(INPUT_COLUMNS).map(([name, type]) => `${name} ${type}`);
  await query.run(`create table staged_event (${columns.join(', ')})`);
  await putRows(query, 'staged_event', events);
  await runModels(query, () => undefined, eventsAtOnce);
  return { query, close: () => session.close() };
}

export async function withCore<Value>(work: (query: Query) => Promise<Value>): Promise<Value> {
  const core = await openCore();
  try {
    return await work(core.query);
  } finally {
    core.close();
  }
}

const WITHOUT_EVENTS: readonly string[] = ['core__cause', 'core__calendar'];

/** What the models know without any event stays. */
export async function emptyCore({ query }: Core): Promise<void> {
  for (const model of MODELS.filter((each) => !WITHOUT_EVENTS.includes(each))) await query.run(`delete from ${model}`);
}

/** Rows of one model as they are; a column that is not named is null. */
export async function putRows(query: Query, table: string, rows: readonly CoreRow[]): Promise<void> {
  for (const row of rows) {
    const names = Object.keys(row);
    const values = Object.fromEntries(names.map((name): [string, DuckDBValue] => [name, row[name] ?? null]));
    await query.run(`insert into ${table} (${names.join(', ')}) values (${names.map((name) => `$${name}`).join(', ')})`, values);
  }
}

const referralOf = (row: CoreRow): CoreRow => ({
  ...USUAL,
  month: typeof row['ordered_on'] === 'string' ? row['ordered_on'].slice(0, 7) : null,
  ...row,
});

export const putReferrals = (query: Query, rows: readonly CoreRow[]): Promise<void> =>
  putRows(query, 'core__referral', rows.map(referralOf));
