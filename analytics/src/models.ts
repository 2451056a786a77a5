/** The SQL of this package, as it lies in its folders. Each file is one `select`, named for the table it makes. */
import { readdirSync, readFileSync } from 'node:fs';
import { OVERRIDE_REASONS } from '@refloop/domain/matching/override';
import { LOSS_REASONS } from '@refloop/domain/referral/loss-reason';
import { isBusinessDay } from '@refloop/domain/sla/business-time';
import { clinicHolidaysOf } from '@refloop/domain/sla/clinic-holidays';
import { type Query, quoted } from './duckdb.ts';
import { CAUSE_OF_DECLINE, CAUSE_OF_OVERRIDE, LOSS_CAUSES } from './loss-cause.ts';
import { madeInParts, overPart, partsFor, pseudonymParts } from './parts.ts';
import restrictedZip3 from './restricted-zip3.json' with { type: 'json' };

export const HOME = new URL('../', import.meta.url);

/** In this order: a model reads only what stands before it. */
export const MODELS = [
  'input__event',
  'core__calendar',
  'core__cause',
  'core__order',
  'core__report',
  'core__attempt',
  'core__visit',
  'core__appointment',
  'core__authorization',
  'core__act',
  'core__message',
  'core__rating',
  'core__pulse',
  'core__loss',
  'core__referral',
] as const;
/** What a snapshot keeps: the events to look at, and the tables that metrics read. The others can be made from them. */
export const KEPT_MODELS = [
  'input__event',
  'core__calendar',
  'core__cause',
  'core__attempt',
  'core__visit',
  'core__appointment',
  'core__report',
  'core__authorization',
  'core__act',
  'core__message',
  'core__rating',
  'core__pulse',
  'core__loss',
  'core__referral',
] as const;

/**
 * Counts up with every change of what a model makes of the same events, or of how an event of an older version is read; what makes
 * rows of events (reading.ts) is noticed by itself, or by FOLD_VERSION of the domain where the fold says it.
 */
export const MODEL_VERSION = 6;

const readSql = (path: string): string => readFileSync(new URL(path, HOME), 'utf8');

const values = (table: string, column: string, rows: readonly string[]): string =>
  `create table ${table} as select unnest([${rows.map(quoted).join(', ')}]) as ${column}`;

const FIRST_YEAR = 2000;
const DAY_MS = 86_400_000;

const known = new Map<number, number[]>();

/** Days since 1970 on which somebody works, from 2000 to the end of that year. */
function businessDays(lastYear: number): number[] {
  const days = known.get(lastYear) ?? findBusinessDays(lastYear);
  known.set(lastYear, days);
  return days;
}

function findBusinessDays(lastYear: number): number[] {
  const holidays = Array.from({ length: lastYear - FIRST_YEAR + 2 }, (_, at) => clinicHolidaysOf(FIRST_YEAR + at));
  const [first, end] = [Date.UTC(FIRST_YEAR, 0, 1) / DAY_MS, Date.UTC(lastYear + 1, 0, 1) / DAY_MS];
  return Array.from({ length: end - first }, (_, at) => first + at).filter((number) => {
    const day = new Date(number * DAY_MS).toISOString().slice(0, 10);
    const year = Number(day.slice(0, 4));
    return isBusinessDay(day, { holidays: [year, year + 1].flatMap((each) => holidays[each - FIRST_YEAR] ?? []) });
  });
}

const pairs = (table: string, from: Readonly<Record<string, string>>): string =>
  `create table ${table} as select * from (values ${Object.entries(from)
    .map(([code, cause]) => `(${quoted(code)}, ${quoted(cause)})`)
    .join(', ')}) as given (code, cause)`;

const causes = (): string =>
  LOSS_CAUSES.map(
    ({ cause, group, avoidability, recorded }, position) =>
      `(${position}, ${[cause, group, avoidability].map(quoted).join(', ')}, ${recorded})`,
  ).join(', ');

/** What the domain knows and the models ask: which days are business days, which choices are lawful, what a referral is lost by, which places are too small, and as of when. */
export async function createReferenceTables(query: Query, asOf: string): Promise<void> {
  const lawful = Object.entries(LOSS_REASONS).filter(([, { bucket }]) => bucket === 'lawful-choice');
  const overrides = OVERRIDE_REASONS.filter(({ lawfulChoice }) => lawfulChoice);
  await query.run(
    values(
      'lawful_loss_reason',
      'reason',
      lawful.map(([reason]) => reason),
    ),
  );
  await query.run(
    values(
      'lawful_override_reason',
      'reason',
      overrides.map(({ code }) => code),
    ),
  );
  await query.run(
    `create table loss_cause as select * from (values ${causes()}) as given (position, cause, cause_group, avoidability, recorded)`,
  );
  await query.run(pairs('cause_of_override', CAUSE_OF_OVERRIDE));
  await query.run(pairs('cause_of_decline', CAUSE_OF_DECLINE));
  await query.run(values('restricted_zip3', 'zip3', restrictedZip3));
  const days = businessDays(Number(asOf.slice(0, 4)) + 1);
  await query.run(`create table business_day as select date '1970-01-01' + unnest([${days.join(', ')}]) as day`);
  await query.run(`create table snapshot as select ${quoted(asOf.slice(0, 10))}::date as as_of`);
}

type Model = (typeof MODELS)[number];

/** What these say of a referral rests on its own rows alone; and the order in which the file gives them. */
const BY_REFERRAL: Readonly<Partial<Record<Model, readonly string[]>>> = {
  input__event: ['referral', 'sequence'],
  core__order: ['referral'],
  core__report: ['referral', 'sequence'],
  core__attempt: ['referral', 'attempt'],
  core__visit: ['referral', 'sequence'],
  core__appointment: ['referral', 'sequence'],
  core__authorization: ['referral'],
  core__act: ['referral', 'act'],
  core__message: ['referral', 'topic'],
  core__rating: ['referral'],
  core__pulse: ['referral', 'sequence'],
  core__loss: ['referral'],
  core__referral: ['tenant', 'issuer', 'specialty', 'ordered_on', 'referral'],
};

const EVENTS_AT_ONCE = 500_000;

const inOrder = (select: string, order: readonly string[]): string => `select * from (${select}) order by ${order.join(', ')}`;

/** The model's rows for one part of the referrals: it sees of every earlier table what belongs to them. */
function partOf(model: Model, where: string): string {
  const earlier = MODELS.slice(0, MODELS.indexOf(model)).filter((each) => BY_REFERRAL[each]);
  const seen = earlier.length === 0 ? ['staged_event'] : earlier;
  return overPart(readSql(`models/${model}.sql`), Object.fromEntries(seen.map((table) => [table, where])));
}

/**
 * Makes the model of the rows of `made`, in the order of the file. So many are sorted at once as fit into memory: DuckDB puts aside what it
 * sorts, but not all that it needs to merge it.
 */
async function createInOrder(query: Query, model: Model, order: readonly string[], rowsAtOnce: number): Promise<void> {
  const keys = order.slice(0, -1);
  await query.run(
    `create table place as
     select ${keys.join(', ')}, (sum(rows) over (order by ${keys.join(', ')}) - rows) // ${rowsAtOnce} as part
     from (select ${keys.join(', ')}, count(*) as rows from made group by all)`,
  );
  const [counted] = await query.run('select max(part) as last from place');
  const same = keys.map((key) => `made.${key} is not distinct from place.${key}`).join(' and ');
  const selects = Array.from({ length: Number(counted?.['last']) + 1 }, (_, part) =>
    inOrder(`select made.* from made semi join (from place where part = ${part}) as place on ${same}`, order),
  );
  for (const statement of madeInParts(model, selects)) await query.run(statement);
  await query.run('drop table place');
}

/**
 * Makes every model from the table `staged_event`.
 * @param eventsAtOnce what is more is modelled in parts, with the same rows in the same order
 */
export async function runModels(query: Query, made: (model: string) => void, eventsAtOnce = EVENTS_AT_ONCE): Promise<void> {
  const [counted] = await query.run('select count(*) as rows from staged_event');
  const parts = pseudonymParts(partsFor(Number(counted?.['rows']), eventsAtOnce));
  for (const model of MODELS) {
    const order = BY_REFERRAL[model];
    if (parts.length > 1 && order) {
      // Parts by pseudonym follow each other as the file has its rows, so that each is sorted by itself.
      const follow = order[0] === 'referral';
      const selects = parts.map((where) => (follow ? inOrder(partOf(model, where), order) : partOf(model, where)));
      for (const statement of madeInParts(follow ? model : 'made', selects)) await query.run(statement);
      if (!follow) {
        await createInOrder(query, model, order, eventsAtOnce);
        await query.run('drop table made');
      }
    } else await query.run(`create table ${model} as ${readSql(`models/${model}.sql`)}`);
    made(model);
  }
}

/** Writes a table, or what a select gives, as one file of a snapshot: in the order of its rows, compressed with zstd. */
export async function writeParquet(query: Query, source: string, file: string): Promise<void> {
  await query.run(`copy ${source} to ${quoted(file)} (format parquet, compression zstd)`);
}

export type CheckOutcome = {
  /** The file's name without its ending. */
  check: string;
  severity: 'error' | 'warning';
  /** In English: what the rows are, and why it matters. */
  meaning: string;
  rows: number;
  /** The first few, by pseudonym. */
  sample: Record<string, unknown>[];
};

const SAMPLE = 3;

function readCheck(file: string): Pick<CheckOutcome, 'check' | 'severity' | 'meaning'> & { sql: string } {
  const sql = readSql(`checks/${file}`);
  const [first = '', ...lines] = sql.split('\n');
  const severity = /^-- severity: (error|warning)$/.exec(first)?.[1];
  if (severity !== 'error' && severity !== 'warning')
    throw new Error(`The first line of checks/${file} is not "-- severity: error" or "-- severity: warning".`);
  const comment = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('--')),
  );
  return { check: file.slice(0, -'.sql'.length), severity, meaning: comment.map((line) => line.slice(3)).join(' '), sql };
}

const EVENTS_CHECKED_AT_ONCE = 2_000_000;

/**
 * Runs every check; those that found nothing are told as well. What a check says of a referral rests on its own rows, and its first column
 * names it.
 * @param eventsAtOnce what is more is looked at in parts, with the same outcomes
 */
export async function runChecks(query: Query, eventsAtOnce = EVENTS_CHECKED_AT_ONCE): Promise<CheckOutcome[]> {
  const files = readdirSync(new URL('checks/', HOME))
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const [events] = await query.run('select count(*) as rows from input__event');
  const parts = pseudonymParts(partsFor(Number(events?.['rows']), eventsAtOnce));
  const outcomes: CheckOutcome[] = [];
  for (const { sql, ...check } of files.map(readCheck)) {
    const outcome: CheckOutcome = { ...check, rows: 0, sample: [] };
    for (const where of parts) {
      const narrowed = Object.fromEntries(Object.keys(BY_REFERRAL).map((table) => [table, where]));
      const found = parts.length === 1 ? `(${sql})` : `(${overPart(sql, narrowed)})`;
      const [counted] = await query.run(`select count(*) as rows from ${found}`);
      const rows = Number(counted?.['rows']);
      const wanted = SAMPLE - outcome.sample.length;
      if (rows > 0 && wanted > 0) outcome.sample.push(...(await query.run(`select * from ${found} order by all limit ${wanted}`)));
      outcome.rows += rows;
    }
    outcomes.push(outcome);
  }
  return outcomes;
}
