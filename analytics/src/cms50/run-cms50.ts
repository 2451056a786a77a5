/** Runs the rules of CMS50 over the five tables and reads their answer. Nothing is computed here. */
import type { Day } from '@refloop/domain/instant';
import { openDuckDb, type Query, quoted } from '../duckdb.ts';
import { statisticsSql } from '../metric-definition.ts';
import { FHIR_TABLES, type FhirRow, type FhirTable } from './fhir-tables.ts';
import { type Measure, type MeasureHead, measureSql, readMeasure } from './measure.ts';
import type { Read, Refused } from './read-export.ts';
import type { ValueSetCode, ValueSetUsed } from './value-sets.ts';

/** Why a patient is in or out: the rule, what it is about, and what stands there. */
export type Reason = { rule: string; resource: string | null; value: string | null };

export type PatientOutcome = {
  /** As the input has it. */
  patient: string;
  initialPopulation: boolean;
  denominator: boolean;
  numerator: boolean;
  reasons: Reason[];
};

export type Cms50Period = {
  start: Day;
  end: Day;
  /** The last day on which a first referral may have been authored. */
  referralsUntil: Day;
};

export type Cms50Counts = {
  patients: number;
  initialPopulation: number;
  denominator: number;
  numerator: number;
  /** Of the denominator. Null where it is empty. The interval is Wilson's. */
  rate: { n: number; value: number | null; low: number | null; high: number | null; level: 0.95 };
  /** Resources and lines of the input that were not taken. */
  refused: number;
};

export type Cms50Result = {
  measure: MeasureHead;
  period: Cms50Period;
  timezone: string;
  patients: PatientOutcome[];
  counts: Cms50Counts;
  /** What the data lack, each with how many. */
  missing: { what: string; n: number }[];
  /** The first of those that were not taken. */
  refused: Refused[];
  valueSets: ValueSetUsed[];
};

export type Cms50Question = {
  /** A calendar year. */
  year: number;
  /** IANA name: the days of the measure are days there. */
  timezone: string;
  valueSets: { codes: ValueSetCode[]; used: ValueSetUsed[] };
};

export type Cms50Options = {
  onProgress?: (read: number) => void;
  signal?: AbortSignal;
  /** Of DuckDB, which holds the tables; 1024 unless told. */
  memoryMegabytes?: number;
};

export class NoSuchTimezone extends Error {
  constructor(timezone: string) {
    super(`--timezone: "${timezone}" is no time zone. Name one of the IANA database, such as America/New_York.`);
  }
}

const BATCH = 2000;
const MOST_REFUSED = 1000;
const QUERY_SECONDS = 3600;

export function periodOf(year: number): Cms50Period {
  return { start: `${year}-01-01`, end: `${year}-12-31`, referralsUntil: `${year}-10-31` };
}

const columnsOf = (table: FhirTable): string => Object.keys(FHIR_TABLES[table]).join(', ');

const insertSql = (table: FhirTable): string =>
  `insert into read_${table} select row.* from (
     select unnest(from_json($rows, ${quoted(JSON.stringify([FHIR_TABLES[table]]))})) as row
   )`;

async function createTables(query: Query): Promise<void> {
  for (const [table, columns] of Object.entries(FHIR_TABLES)) {
    await query.run(`create table read_${table} as select row.* from (
      select unnest(from_json('[]', ${quoted(JSON.stringify([columns]))})) as row
    )`);
  }
}

/** Each resource once, in its last version; two that nothing tells apart by age are told apart by what they say. */
async function keepLastVersions(query: Query): Promise<void> {
  const several: string[] = [];
  for (const table of Object.keys(FHIR_TABLES) as FhirTable[]) {
    await query.run(`create table ${table} as
      select ${columnsOf(table)} from (select distinct * from read_${table}) as one
      qualify row_number() over (
        partition by id
        order by try_cast(updated as timestamptz) desc nulls last, try_cast(version as bigint) desc nulls last, cast(to_json(one) as varchar)
      ) = 1`);
    several.push(`select id from (select distinct * from read_${table}) group by id having count(*) > 1`);
  }
  await query.run(`create table several_versions as ${several.join(' union all ')}`);
}

async function load(
  query: Query,
  source: AsyncIterable<Read>,
  { onProgress, signal }: Cms50Options,
): Promise<{ refused: Refused[]; total: number }> {
  const waiting = new Map<FhirTable, FhirRow['row'][]>();
  const refused: Refused[] = [];
  let [read, total] = [0, 0];
  const flush = async (table: FhirTable, rows: FhirRow['row'][]): Promise<void> => {
    if (rows.length > 0) await query.run(insertSql(table), { rows: JSON.stringify(rows) });
    rows.length = 0;
  };
  for await (const each of source) {
    signal?.throwIfAborted();
    if ('refused' in each) {
      total += 1;
      if (refused.length < MOST_REFUSED) refused.push(each.refused);
      continue;
    }
    const rows = waiting.get(each.table) ?? [];
    waiting.set(each.table, rows);
    rows.push(each.row);
    read += 1;
    if (rows.length < BATCH) continue;
    await flush(each.table, rows);
    onProgress?.(read);
  }
  for (const [table, rows] of waiting) await flush(table, rows);
  onProgress?.(read);
  return { refused, total };
}

async function createParameters(query: Query, { year, timezone, valueSets }: Cms50Question): Promise<void> {
  const [known] = await query.run('select name from pg_timezone_names() where lower(name) = lower($timezone) limit 1', { timezone });
  const zone = known?.['name'];
  if (typeof zone !== 'string') throw new NoSuchTimezone(timezone);
  const { start, end, referralsUntil } = periodOf(year);
  await query.run(
    `create table parameters as select ${quoted(start)} as period_start, ${quoted(end)} as period_end,
       ${quoted(referralsUntil)} as referrals_until, ${quoted(zone)} as zone`,
  );
  await query.run(
    `create table value_set_code as select distinct row.* from (
       select unnest(from_json($rows, '[{"role":"VARCHAR","system":"VARCHAR","code":"VARCHAR"}]')) as row
     )`,
    { rows: JSON.stringify(valueSets.codes) },
  );
}

/** Each rule becomes a table of its name, in the order of measure.yml. */
async function runRules(query: Query, measure: Measure): Promise<void> {
  await query.run(measureSql('moment'));
  await query.run(statisticsSql('wilson'));
  for (const rule of measure.rules) await query.run(`create table ${rule} as ${measureSql(rule)}`);
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const share = (value: unknown): number | null => (value === null ? null : Number(value));

async function readCounts(query: Query, refused: number): Promise<Cms50Counts> {
  const [row = {}] = await query.run(`
    select
      count(*) as patients,
      count(*) filter (initial_population) as initial_population,
      count(*) filter (denominator) as n,
      count(*) filter (numerator) as k,
      share(k, n) as value,
      share_low(k, n) as low,
      share_high(k, n) as high
    from patient_outcome`);
  const n = Number(row['n']);
  return {
    patients: Number(row['patients']),
    initialPopulation: Number(row['initial_population']),
    denominator: n,
    numerator: Number(row['k']),
    rate: { n, value: share(row['value']), low: share(row['low']), high: share(row['high']), level: 0.95 },
    refused,
  };
}

async function readPatients(query: Query): Promise<PatientOutcome[]> {
  const reasons = await query.run('select patient, rule, resource, value from reason order by patient, part, resource, rule, value');
  const why = Map.groupBy(reasons, ({ patient }) => patient);
  const outcomes = await query.run('select patient, initial_population, denominator, numerator from patient_outcome order by patient');
  return outcomes.map(({ patient, initial_population, denominator, numerator }) => ({
    patient: String(patient),
    initialPopulation: initial_population === true,
    denominator: denominator === true,
    numerator: numerator === true,
    reasons: (why.get(patient) ?? []).map(({ rule, resource, value }) => ({
      rule: String(rule),
      resource: text(resource),
      value: text(value),
    })),
  }));
}

const byPlace = (one: Refused, other: Refused): number =>
  one.file.localeCompare(other.file) || (one.line ?? 0) - (other.line ?? 0) || (one.id ?? '').localeCompare(other.id ?? '');

/**
 * CMS50 over whatever fills the five tables. The answer does not depend on the order in which resources come, nor on how often one comes.
 * Throws `NoSuchTimezone`.
 */
export async function runCms50(source: AsyncIterable<Read>, question: Cms50Question, options: Cms50Options = {}): Promise<Cms50Result> {
  const measure = readMeasure();
  const session = await openDuckDb({
    folders: [],
    spillFolder: null,
    memoryMegabytes: options.memoryMegabytes ?? 1024,
    threads: 2,
    seconds: QUERY_SECONDS,
    signal: options.signal,
  });
  try {
    const query = await session.connect();
    await createParameters(query, question);
    await createTables(query);
    const { refused, total } = await load(query, source, options);
    await keepLastVersions(query);
    await runRules(query, measure);
    const missing = await query.run('select lack, n from missing order by lack');
    return {
      measure: measure.head,
      period: periodOf(question.year),
      timezone: question.timezone,
      patients: await readPatients(query),
      counts: await readCounts(query, total),
      missing: missing.map(({ lack, n }) => ({ what: String(lack), n: Number(n) })),
      refused: refused.toSorted(byPlace),
      valueSets: question.valueSets.used,
    };
  } finally {
    session.close();
  }
}
