/** From the files of exports to the events of each referral, by views and models; what was found on the way is told. */
import { readFileSync } from 'node:fs';
import { SPECIALTIES } from '@refloop/domain/clinical/specialty';
import type { Instant } from '@refloop/domain/instant';
import { dayIn } from '../calendar-day.ts';
import type { Query, Rows } from '../duckdb.ts';
import { quoted } from '../duckdb.ts';
import { HOME } from '../models.ts';
import { hashParts, madeInParts, overPart, partsFor } from '../parts.ts';
import { FHIRPATH_MACROS } from '../sql-on-fhir/compile-fhirpath.ts';
import { compileView } from '../sql-on-fhir/compile-view.ts';
import type { ViewDefinition } from '../sql-on-fhir/view-definition.ts';
import { MOST_LINE_BYTES } from './ndjson-lines.ts';
import type { ScannedExport } from './scan-export.ts';

const FHIR_MODELS = ['input__fhir_performer', 'input__fhir_referral', 'input__fhir_event'] as const;

/**
 * The day in the practice's time zone. What is told as a day is that day; what says less has none; a time without its zone is taken as UTC,
 * which FHIR does not allow to be left out.
 */
const dayMacro = (timezone: string): string => `create or replace macro fhir_day(moment) as case
  when length(moment) = 10 then try_cast(moment as date)
  when length(moment) > 10 then cast(timezone(${quoted(timezone)}, try_cast(moment as timestamptz)) as date)
end`;

const read = (paths: readonly string[]): string =>
  `read_ndjson_objects([${paths.map(quoted).join(', ')}], maximum_object_size = ${MOST_LINE_BYTES + 1024})`;

/** The lines of one type, with the number of the export they come of: later ones are newer. */
function linesOf(exports: readonly ScannedExport[], resource: string): string {
  const parts = exports.flatMap(({ files }, at) => {
    const holding = files.filter(({ types, lines }) => lines > 0 && types.includes(resource));
    const [alone, mixed] = [holding.filter(({ types }) => types.length === 1), holding.filter(({ types }) => types.length > 1)];
    const from = (of: typeof holding, where: string): string[] =>
      of.length === 0 ? [] : [`select json as resource, ${at} as export from ${read(of.map(({ path }) => path))}${where}`];
    return [...from(alone, ''), ...from(mixed, ` where json_extract_string(json, '$.resourceType') = ${quoted(resource)}`)];
  });
  return parts.length === 0 ? `select null::json as resource, 0 as export where false` : parts.join(' union all ');
}

export type ReadResources = {
  resource: string;
  read: number /** Versions of a resource that a newer one stands for. */;
  superseded: number;
  deleted: number;
};

const LINES_AT_ONCE = 1_000_000;

/** How many lines there are, and whether each has an id of its own. Ids are told apart by their hash: two that share one only cost time. */
async function lookAtIds(query: Query): Promise<{ lines: number; eachOnce: boolean }> {
  await query.run(`create or replace table line_id as select hash(json_extract_string(resource, '$.id')) as id from line`);
  const [counted] = await query.run('select count(*) as lines, count(id) as ids from line_id');
  const [lines, ids] = [Number(counted?.['lines']), Number(counted?.['ids'])];
  const parts = partsFor(lines, LINES_AT_ONCE);
  let eachOnce = ids === lines;
  for (let at = 0; eachOnce && at < parts; at += 1) {
    const [part] = await query.run(`select count(*) = count(distinct id) as once from line_id where id % ${parts} = ${at}`);
    eachOnce = part?.['once'] === true;
  }
  await query.run('drop table line_id');
  return { lines, eachOnce };
}

/** Whether each line that was chosen is a resource of its own: then no row of one can be a row of another. */
type Chosen = { found: ReadResources; eachOnce: boolean };

/** Of each resource the newest version, whatever the order in which they came and however often; none of one that is gone. */
async function chooseVersions(query: Query, exports: readonly ScannedExport[], resource: string): Promise<Chosen> {
  const deletions = exports.flatMap(({ deleted }, at) =>
    deleted.filter((key) => key.startsWith(`${resource}/`)).map((key) => `(${quoted(key)}, ${at})`),
  );
  const gone = deletions.length === 0 ? `(null, 0)` : deletions.join(', ');
  await query.run(
    `create or replace table gone as select id, max(export) as export from (values ${gone}) as given(id, export) group by id`,
  );
  await query.run(`create or replace view line as ${linesOf(exports, resource)}`);
  const { lines: told, eachOnce } = await lookAtIds(query);
  // An export that says everything once needs no choice.
  if (eachOnce && deletions.length === 0) {
    await query.run('create or replace view chosen as select resource from line');
    return { found: { resource, read: told, superseded: 0, deleted: 0 }, eachOnce };
  }
  await query.run(
    `create or replace table each_line as
     select
       ${quoted(`${resource}/`)} || parts[1] as id,
       export,
       coalesce(epoch_us(try_cast(parts[2] as timestamptz)), 0) as changed,
       coalesce(try_cast(parts[3] as bigint), 0) as number,
       content
     from (
       select export, json_extract_string(resource, ['$.id', '$.meta.lastUpdated', '$.meta.versionId']) as parts, md5(resource::varchar) as content
       from line
     )`,
  );
  await query.run('drop table if exists version');
  const versions = hashParts('id', partsFor(told, LINES_AT_ONCE)).map(
    (where) => `select id, arg_max(content, {'export': export, 'changed': changed, 'number': number, 'content': content}) as content,
      count(*) as lines, count(distinct content) as contents, max(export) as export
    from each_line
    where ${where}
    group by id`,
  );
  for (const statement of madeInParts('version', versions)) await query.run(statement);
  await query.run('drop table each_line');
  const [row] = await query.run(
    `select count(*) as resources, coalesce(sum(lines), 0)::bigint as lines, coalesce(sum(contents - 1), 0)::bigint as superseded,
       count(*) filter (gone.export >= version.export) as deleted
     from version left join gone using (id)`,
  );
  const [resources, lines, superseded, deleted] = [row?.['resources'], row?.['lines'], row?.['superseded'], row?.['deleted']].map(Number);
  const allOnce = lines === resources && deleted === 0;
  const chosen = `select line.resource from line
    inner join version on version.id = ${quoted(`${resource}/`)} || json_extract_string(resource, '$.id')
      and version.content = md5(line.resource::varchar)
    left join gone on gone.id = version.id
    where coalesce(gone.export < version.export, true)`;
  await query.run(`create or replace view chosen as ${allOnce ? 'select resource from line' : chosen}`);
  return { found: { resource, read: resources ?? 0, superseded: superseded ?? 0, deleted: deleted ?? 0 }, eachOnce };
}

/** What each table that tells of referrals says of one part of them; a table that is not named is seen whole. */
const NARROWED: Readonly<Record<(typeof FHIR_MODELS)[number], Readonly<Record<string, string>>>> = {
  input__fhir_performer: {},
  input__fhir_referral: { input__fhir_service_request: 'patient', input__fhir_coverage: 'patient', input__fhir_patient: 'key' },
  input__fhir_event: {
    input__fhir_referral: 'referral',
    input__fhir_task: 'referral',
    input__fhir_appointment: 'referral',
    input__fhir_document_reference: 'referral',
    input__fhir_diagnostic_report: 'referral',
    input__fhir_procedure: 'referral',
    input__fhir_claim: 'referral',
    input__fhir_explanation_of_benefit: 'referral',
  },
};

const REFERRALS_AT_ONCE = 200_000;

/**
 * Its rows say in which part they were made, and those of a part lie together: what is asked of one part need not look at the others.
 * @param atOnce what is more is made in parts, with the same rows
 */
async function createModel(query: Query, model: (typeof FHIR_MODELS)[number], atOnce: number): Promise<void> {
  const sql = readFileSync(new URL(`models/${model}.sql`, HOME), 'utf8');
  const narrowed = Object.entries(NARROWED[model]);
  const [counted] = await query.run('select count(*) as orders from input__fhir_service_request');
  const parts = narrowed.length === 0 ? 1 : partsFor(Number(counted?.['orders']), atOnce);
  const conditions = narrowed.map(([table, key]) => [table, hashParts(key, parts)] as const);
  const partOf = (at: number): string =>
    parts === 1 ? sql : overPart(sql, Object.fromEntries(conditions.map(([table, where]) => [table, where[at] ?? 'true'])));
  const selects = Array.from({ length: parts }, (_, at) => `select *, ${at}::utinyint as part from (${partOf(at)})`);
  for (const statement of madeInParts(model, selects)) await query.run(statement);
}

async function createSpecialties(query: Query): Promise<void> {
  const codes = new Map<string, string>();
  for (const { id, nucc } of SPECIALTIES) for (const code of nucc) if (!codes.has(code)) codes.set(code, id);
  for (const { id, referral } of SPECIALTIES) if (referral.primary) codes.set(referral.code, id);
  const rows = [...codes].map(([code, id]) => `(${quoted(code)}, ${quoted(id)})`).join(', ');
  await query.run(`create table fhir_specialty as select * from (values ${rows}) as given(code, specialty)`);
}

/**
 * Makes every view's table and the models over them. The events are in the table `input__fhir_event` then, with keys of the EHR's own.
 * @param asOf the moment the snapshot is of; what was known on a later day is not there yet
 * @param timezone IANA name of the zone whose days are reckoned with
 * @param referralsAtOnce how many orders a model looks at in one query
 */
export async function flattenExports(
  query: Query,
  {
    exports,
    views,
    asOf,
    timezone,
    onTable,
    referralsAtOnce = REFERRALS_AT_ONCE,
  }: {
    exports: readonly ScannedExport[];
    views: readonly ViewDefinition[];
    asOf: Instant;
    timezone: string;
    onTable?: (table: string) => void;
    referralsAtOnce?: number;
  },
): Promise<ReadResources[]> {
  for (const macro of [...FHIRPATH_MACROS, dayMacro(timezone)]) await query.run(macro);
  await query.run(`create table snapshot as select ${quoted(dayIn(timezone)(asOf))}::date as as_of`);
  await createSpecialties(query);
  const found: ReadResources[] = [];
  for (const view of views) {
    const chosen = await chooseVersions(query, exports, view.resource);
    found.push(chosen.found);
    const rows = compileView(view, 'chosen', new Map(), { distinct: chosen.eachOnce });
    // A resource that came twice makes each of its rows twice.
    await query.run(`create table ${view.name} as select ${chosen.eachOnce ? '' : 'distinct'} * from (${rows})`);
    onTable?.(view.name);
  }
  for (const table of ['version', 'gone']) await query.run(`drop table if exists ${table}`);
  for (const model of FHIR_MODELS) {
    await createModel(query, model, referralsAtOnce);
    onTable?.(model);
  }
  return found;
}

export type ReferralCounts = { orders: number; referrals: number; leftOut: Record<string, number>; events: Record<string, number> };

const countsOf = (rows: Rows): Record<string, number> =>
  Object.fromEntries(rows.map(({ name, rows: many }) => [String(name), Number(many)]));

/** How many referrals there are, why others make none, and how much of each kind is told of them. */
export async function countReferrals(query: Query): Promise<ReferralCounts> {
  const [orders] = await query.run('select count(*) as rows from input__fhir_service_request');
  const leftOut = await query.run(
    'select left_out as name, count(*) as rows from input__fhir_referral where left_out is not null group by left_out order by left_out',
  );
  const events = await query.run('select type as name, count(*) as rows from input__fhir_event group by type order by type');
  const known = await query.run(
    `select 'network known' as name, count(*) as rows from input__fhir_event where network in ('in', 'out')
     union all select 'specialty known', count(*) from input__fhir_event where specialty is not null`,
  );
  const counts = countsOf(events);
  return {
    orders: Number(orders?.['rows']),
    referrals: counts['referral-started'] ?? 0,
    leftOut: countsOf(leftOut),
    events: { ...counts, ...countsOf(known) },
  };
}
