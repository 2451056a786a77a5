/** Runs a metric's SQL on a connection that has the table `core__referral`, and reads its answer. Nothing is computed here. */
import { type Day, dayOf, type Instant } from '@refloop/domain/instant';
import { assumptionViews, type RevenueAssumptions } from './assumptions.ts';
import { type Query, quoted, type Rows } from './duckdb.ts';
import { judged } from './judged.ts';
import { keptTally } from './kept-tally.ts';
import { headOf, type MetricDefinition, metricSql, readMetric, statisticsSql } from './metric-definition.ts';
import {
  type CurvePoint,
  type DrillPart,
  type DrillQuestion,
  type DrillResult,
  type DrillRow,
  type MetricFilter,
  type MetricResult,
  type MetricRow,
  SEGMENTS,
  type SegmentName,
  type SegmentValues,
  UNKNOWN,
} from './metric-result.ts';
import type { EhrScope } from './pseudonym.ts';

export type MetricQuestion = {
  metric: string;
  /** What to tell apart; nothing = all in one row. */
  by: SegmentName[];
  /** Whose referrals; null = all that the warehouse holds. */
  scope: EhrScope | null;
  filter?: MetricFilter;
  /** The curves of how many segments, those with most referrals: 0 = none; of all unless told. */
  curves?: number;
};

export type Moment = {
  asOf: Instant;
  /** The day of it in the time zone of the snapshot; in UTC unless told. */
  asOfDay?: Day;
  /** Of metrics of money; null or none where the site has supplied none. */
  assumptions?: RevenueAssumptions | null;
  snapshot: string;
  /** The metrics whose tally the connection has as `tally__<metric>`; none unless told. */
  tallies?: ReadonlySet<string>;
};

/** The referrals asked for, each with the segment it belongs to. A struct without fields is none, hence `everyone`. */
export function referralView({ by, scope, filter }: Pick<MetricQuestion, 'by' | 'scope' | 'filter'>): string {
  const fields =
    by.length === 0 ? `'everyone': true` : by.map((name) => `${quoted(name)}: coalesce(${name}, ${quoted(UNKNOWN)})`).join(', ');
  const own = scope === null ? [] : [`tenant = ${quoted(scope.tenant)}`, `issuer = ${quoted(scope.issuer)}`];
  const where = [...own, ...filterSql(filter ?? {})].map((each) => ` and ${each}`).join('');
  return `create or replace temp view referral as select *, {${fields}} as segment from core__referral where true${where}`;
}

/** Months sort as text; what has none was never ordered, and is left out where a month is asked for. */
function filterSql({ from, to, ...values }: MetricFilter): string[] {
  const months = [...(from === undefined ? [] : [`month >= ${quoted(from)}`]), ...(to === undefined ? [] : [`month <= ${quoted(to)}`])];
  const same = FILTERS.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`coalesce(${name}, ${quoted(UNKNOWN)}) = ${quoted(value)}`];
  });
  return [...months, ...same];
}

const FILTERS = ['specialty', 'site', 'payer'] as const;

/** For measures of a calendar year: that of the last month looked at, else of the first one, else of the day of the snapshot. */
export const yearOf = ({ from, to }: MetricFilter, asOfDay: Day): number => Number((to ?? from ?? asOfDay).slice(0, 4));

export function parametersView(
  definition: Pick<MetricDefinition, 'parameters'>,
  { asOf, asOfDay }: Moment,
  filter: MetricFilter = {},
): string {
  const today = asOfDay ?? dayOf(asOf);
  const given = { ...definition.parameters, period_year: yearOf(filter, today) };
  const numbers = Object.entries(given).map(([name, value]) => `, ${value}::integer as ${name}`);
  return `create or replace temp view parameters as select ${quoted(today)}::date as as_of${numbers.join('')}`;
}

/** Each rule becomes a view of its name, in the order of metric.yml. A tally is made once, since all of the result is reckoned from it. */
const ruleSql = (id: string, rule: string): string =>
  `create or replace temp ${rule === 'tally' ? 'table' : 'view'} ${rule} as ${metricSql(id, rule)}`;

const tablesSql = ({ id, tables }: MetricDefinition): string[] => tables.map((table) => ruleSql(id, table));

export const rulesSql = (definition: MetricDefinition, moment: Moment, filter: MetricFilter | undefined): string[] => [
  parametersView(definition, moment, filter),
  ...(definition.assumes === null ? [] : assumptionViews(moment.assumptions ?? null)),
  ...tablesSql(definition),
  ...definition.rules.map((rule) => ruleSql(definition.id, rule)),
];

/** For rows: their result is not asked for. */
const withoutTally = (definition: MetricDefinition): MetricDefinition => ({
  ...definition,
  rules: definition.rules.filter((rule) => rule !== 'tally'),
});

/** All in one go: each call waits for a thread, which on a busy machine takes longer than what it does. */
const inOneGo = (statements: readonly string[]): string => statements.map((sql) => sql.trimEnd().replace(/;$/, '')).join('\n;\n');

const segmentOf = (value: unknown): SegmentValues => {
  const { everyone: _everyone, ...segment } = value as Record<string, unknown>;
  return segment as SegmentValues;
};

const number = (value: unknown): number | null => (value === null ? null : Number(value));
export const words = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const rowOf = (row: Rows[number]): MetricRow => ({
  segment: segmentOf(row['segment']),
  category: words(row['category']),
  n: number(row['n']),
  value: number(row['value']),
  low: number(row['low']),
  high: number(row['high']),
  level: 0.95,
  parts: Object.fromEntries(Object.entries(row['parts'] as Record<string, unknown>).map(([name, value]) => [name, number(value)])),
  note: words(row['note']),
});

const pointOf = (row: Rows[number]): CurvePoint => ({
  segment: segmentOf(row['segment']),
  day: Number(row['day']),
  value: Number(row['value']),
  low: Number(row['low']),
  high: Number(row['high']),
  kaplanMeier: Number(row['kaplan_meier']),
  kaplanMeierLow: Number(row['kaplan_meier_low']),
  kaplanMeierHigh: Number(row['kaplan_meier_high']),
  atRisk: Number(row['at_risk']),
  events: Number(row['events']),
  competing: Number(row['competing']),
  censored: Number(row['censored']),
});

/** The referrals asked for as a view, for whoever asks them something that is no metric. */
export async function defineReferrals(query: Query, question: Pick<MetricQuestion, 'scope' | 'filter'>): Promise<void> {
  await query.run(referralView({ ...question, by: [] }));
}

/** The rules of a metric over them as views, for whoever asks something else than its result. Throws where there is no such metric. */
export async function defineMetric(query: Query, question: Omit<MetricQuestion, 'by'>, moment: Moment): Promise<MetricDefinition> {
  const definition = readMetric(question.metric);
  await query.run(inOneGo([referralView({ ...question, by: [] }), ...rulesSql(withoutTally(definition), moment, question.filter)]));
  return definition;
}

/** What the result is reckoned from: the rows of a tally that was kept where they answer the question, else the rules over the referrals. */
function countedSql(definition: MetricDefinition, question: MetricQuestion, moment: Moment): string[] {
  const kept = moment.tallies?.has(definition.id) === true ? keptTally(question) : null;
  if (kept === null) return [referralView(question), ...rulesSql(definition, moment, question.filter)];
  return [parametersView(definition, moment, question.filter), ...tablesSql(definition), `create or replace temp table tally as ${kept}`];
}

/** Of the segments with most referrals, in the order of the segments where two have as many. */
const curveSql = (id: string, most: number | undefined): string =>
  most === undefined
    ? metricSql(id, 'curve')
    : `select * from (${metricSql(id, 'curve')})
       semi join (select segment from time_summary order by n desc, segment limit ${Math.trunc(most)}) using (segment)
       order by segment, day`;

/** Throws where there is no such metric. */
export async function runMetric(query: Query, question: MetricQuestion, moment: Moment): Promise<MetricResult> {
  const definition = readMetric(question.metric);
  // A table of few rows that several parts of the answer read, such as a life table, is made once by its statistic, not for each.
  const statistics = definition.statistics.map(statisticsSql);
  await query.run(inOneGo([...countedSql(definition, question, moment), ...statistics]));
  const rows = (await query.run(metricSql(definition.id, 'result'))).map(rowOf);
  const answer = { metric: headOf(definition), asOf: moment.asOf, snapshot: moment.snapshot, by: question.by, rows };
  if (!definition.hasCurve || question.curves === 0) return judged(answer);
  return judged({ ...answer, curve: (await query.run(curveSql(definition.id, question.curves))).map(pointOf) });
}

const VIEWS: Record<DrillPart, string> = {
  numerator: 'select *, null as left_out from numerator',
  denominator: 'select *, null as left_out from denominator',
  excluded: 'select *, why as left_out from exclusions where why is not null',
};

/** A rule tells categories apart by having that column: each row of the numerator has its reason, the denominator may be one and the same. */
async function tellsCategories(query: Query, part: DrillPart): Promise<boolean> {
  const columns = await query.run(`describe ${VIEWS[part]}`);
  return columns.some((column) => column['column_name'] === 'category');
}

/** The referrals behind one row of the answer, oldest order first. */
export async function drillInto(
  query: Query,
  question: DrillQuestion & { scope: EhrScope | null; filter?: MetricFilter },
  moment: Moment,
): Promise<DrillResult> {
  const { metric, scope, segment, category, part, limit, filter } = question;
  const by = Object.keys(segment) as SegmentName[];
  await query.run(
    inOneGo([referralView({ by, scope, filter: filter ?? {} }), ...rulesSql(withoutTally(readMetric(metric)), moment, filter)]),
  );
  const ofCategory = category !== null && (await tellsCategories(query, part));
  const values: Record<string, string> = {
    ...Object.fromEntries(by.map((name) => [name, segment[name] ?? UNKNOWN])),
    ...(ofCategory ? { category } : {}),
  };
  const chosen = [...by.map((name) => ` and segment.${name} = $${name}`), ...(ofCategory ? [' and category = $category'] : [])].join('');
  const behind = `from (${VIEWS[part]}) where true${chosen}`;
  const [counted] = await query.run(`select count(*) as total ${behind}`, values);
  const rows = await query.run(
    `select referral, strftime(ordered_on, '%Y-%m-%d') as ordered_on, left_out ${behind} order by ordered_on nulls last, referral limit ${Math.trunc(limit)}`,
    values,
  );
  return {
    question: { metric, segment, category, part, limit },
    snapshot: moment.snapshot,
    asOf: moment.asOf,
    total: Number(counted?.['total']),
    rows: rows.map(
      (row): DrillRow => ({
        referral: words(row['referral']) ?? '',
        orderedOn: words(row['ordered_on']),
        why: words(row['left_out']),
      }),
    ),
  };
}

export type Choices = Record<SegmentName, string[]> & { count: number };

/** What there is to choose from, in order; `unknown` where the events do not say. */
export async function readChoices(query: Query, scope: EhrScope | null): Promise<Choices> {
  await query.run(referralView({ by: [], scope }));
  const lists = SEGMENTS.map((name) => `list_sort(list(distinct coalesce(${name}, ${quoted(UNKNOWN)}))) as ${name}`);
  const [row] = await query.run(`select count(*) as total, ${lists.join(', ')} from referral`);
  const values = Object.fromEntries(SEGMENTS.map((name) => [name, ((row?.[name] ?? []) as unknown[]).map(String)]));
  return { ...(values as Record<SegmentName, string[]>), count: Number(row?.['total']) };
}
