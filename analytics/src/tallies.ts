/**
 * Tallies that are kept with a snapshot. What a metric with a rule `tally` answers is reckoned from rows that say how many referrals there
 * are of a kind; such rows may be added up. Counted once for each specialty, site and payer with its months, they answer most of what a
 * dashboard asks without a look at the referrals.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Query, quoted } from './duckdb.ts';
import { GRAINS, type Grain, monthly } from './kept-tally.ts';
import { type MetricDefinition, metricIds, metricSql, readMetric } from './metric-definition.ts';
import { UNKNOWN } from './metric-result.ts';
import { writeParquet } from './models.ts';
import { type Moment, rulesSql } from './run-metric.ts';

/** Which tallies a snapshot holds: of each metric the digest of the rules that made it. */
export type KeptTallies = Record<string, string>;

/** With fewer referrals, counting anew takes no longer. */
const WORTHWHILE = 10_000;

export const tallyFile = (metric: string): string => `tally__${metric}.parquet`;

/** Changes with whatever the rows of a tally depend on, so that a release that counts otherwise does not believe an older one's. */
function digestOf({ id, tables, rules, parameters }: MetricDefinition): string {
  const sql = [...tables, ...rules].map((rule) => metricSql(id, rule));
  return createHash('sha256')
    .update(JSON.stringify([rules, sql, parameters, GRAINS]))
    .digest('hex')
    .slice(0, 32);
}

/** Metrics of money depend on what a site assumes. */
const isKept = ({ rules, assumes, countsOnce }: MetricDefinition): boolean => rules.includes('tally') && assumes === null && !countsOnce;

const valueOf = (grain: Grain): string => `coalesce(${grain}, ${quoted(UNKNOWN)})`;

/** Of all that a tally is kept by, which referral is of what, by number: a rule carries a number through faster than the values. */
const SEGMENTS = `create or replace temp table tally_segment as
  select row_number() over () as segment, *
  from (select distinct tenant, issuer, ${GRAINS.map((grain) => `${valueOf(grain)} as ${grain}`).join(', ')}, month from core__referral)`;

const REFERRALS = `create or replace temp table tally_referral as
  select core__referral.*, tally_segment.segment
  from core__referral
  inner join tally_segment
    on tally_segment.tenant = core__referral.tenant and tally_segment.issuer = core__referral.issuer
      and ${GRAINS.map((grain) => `tally_segment.${grain} = coalesce(core__referral.${grain}, ${quoted(UNKNOWN)})`).join(' and ')}
      and tally_segment.month is not distinct from core__referral.month`;

/** The rows of the tally by one of what it is kept by, with the months beside it and without. */
const keptBy = (grain: Grain): string[] => {
  const rows = (name: string, month: string): string =>
    `select tally_segment.tenant, tally_segment.issuer, ${quoted(name)} as grain, tally_segment.${grain} as value, ${month} as month,
       tally.* exclude (segment, many), sum(tally.many)::bigint as many
     from tally inner join tally_segment using (segment)
     group by all`;
  return [rows(monthly(grain), 'tally_segment.month'), rows(grain, 'null::varchar')];
};

/**
 * Counts the tally of every metric that has one, from the tables of the connection, into files of the folder.
 * @param choice.least referrals there must be; with fewer it makes none
 * @param choice.metrics of these alone; of all unless told
 */
export async function writeTallies(
  query: Query,
  folder: string,
  moment: Moment,
  { least = WORTHWHILE, metrics = metricIds() }: { least?: number; metrics?: readonly string[] } = {},
): Promise<KeptTallies> {
  const [row] = await query.run('select count(*) as rows from core__referral');
  if (Number(row?.['rows']) < least) return {};
  const kept: KeptTallies = {};
  for (const sql of [SEGMENTS, REFERRALS, 'create or replace temp view referral as select * from tally_referral']) await query.run(sql);
  for (const definition of metrics.map(readMetric).filter(isKept)) {
    for (const sql of rulesSql(definition, moment, undefined)) await query.run(sql);
    const rows = GRAINS.flatMap(keptBy).join(' union all ');
    await writeParquet(query, `(select * from (${rows}) order by all)`, join(folder, tallyFile(definition.id)));
    await query.run('drop table tally');
    kept[definition.id] = digestOf(definition);
  }
  for (const each of ['view referral', 'table tally_referral', 'table tally_segment']) await query.run(`drop ${each}`);
  return kept;
}

/** The metrics whose tally of a snapshot was made by the rules of this release. */
export const usableTallies = (kept: KeptTallies | undefined): ReadonlySet<string> =>
  new Set(
    Object.entries(kept ?? {}).flatMap(([id, digest]) => (metricIds().includes(id) && digestOf(readMetric(id)) === digest ? [id] : [])),
  );
